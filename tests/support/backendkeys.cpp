// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/backendkeys.h"

#include <stdexcept>

namespace Cachelens::Testing {

std::vector<QByteArray> nastyKeys()
{
    std::set<QByteArray> keys;
    const QByteArray pieces[] = {"*",
                                 "?",
                                 "[",
                                 "]",
                                 "\\",
                                 "^",
                                 "{",
                                 "}",
                                 "[a]",
                                 "[^a]",
                                 "[a-z]",
                                 "\\*",
                                 " ",
                                 "::",
                                 "a",
                                 "ab",
                                 "\xff\xfe",
                                 "\x80",
                                 "\n",
                                 "\r\n",
                                 "**",
                                 "$1",
                                 "h[ae]llo",
                                 "%2A",
                                 "\"",
                                 "'",
                                 "\\\\",
                                 "\t",
                                 QByteArray(1, '\0'),
                                 QByteArray("a\0b", 3)};
    for (const QByteArray &piece : pieces) {
        keys.insert(piece);
        keys.insert("key:" + piece);
        keys.insert("key:" + piece + ":tail");
        keys.insert(piece + "tail");
    }
    return {keys.begin(), keys.end()};
}

std::set<QByteArray> listKeys(CacheBackend &backend, const QByteArray &prefix, qsizetype slice)
{
    std::set<QByteArray> keys;
    const auto cursor = backend.scan({.prefix = prefix, .slice = slice});
    const auto sink = [&](std::span<const std::string_view> found) {
        if (found.empty())
            throw std::runtime_error("a sink was given no keys");
        for (const std::string_view key : found)
            keys.emplace(key.data(), qsizetype(key.size()));
    };
    for (;;) {
        const auto more = cursor->next(sink);
        if (!more)
            throw std::runtime_error(more.error().message().toStdString());
        if (!*more)
            return keys;
    }
}

} // namespace Cachelens::Testing
