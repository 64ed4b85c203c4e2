// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace Cachelens {

/// Whether a raw key is what the library keeps beside entries (a lease, an index; see
/// core/backend/fillslot.h), and not an entry itself.
[[nodiscard]] constexpr bool isBookkeeping(std::string_view rawKey)
{
    return rawKey.ends_with("~lease") || rawKey.starts_with("~index:");
}

} // namespace Cachelens
