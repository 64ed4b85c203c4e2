// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <rapidcheck.h>

#include <string>
#include <vector>

namespace Cachelens::Testing {

/// Bytes that are often what matters: separators, escapes, pieces of UTF-8, digits.
inline rc::Gen<std::string> trickyBytes()
{
    const auto piece = rc::gen::oneOf(
        rc::gen::element<std::string>("\\", "\\x", "\\x4", "\\\\x41", "::", "é", "\xc3", "\xe2\x80",
                                      "\xe2\x80\xae", "\xff", std::string(1, '\0'), "'", "\"", "\n",
                                      " ", "\xc2\xa0", "09", "9", "10", "user_id:", "*", "$(x)"),
        rc::gen::string<std::string>());
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                        [](const std::vector<std::string> &pieces) {
                            std::string text;
                            for (const std::string &p : pieces)
                                text += p;
                            return text;
                        });
}

} // namespace Cachelens::Testing
