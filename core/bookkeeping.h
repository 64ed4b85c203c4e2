// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace Cachelens {

// What the library keeps beside entries (see core/backend/fillslot.h) is known by its key.
inline constexpr char leaseSuffix[] = "~lease";
inline constexpr char indexPrefix[] = "~index:";

/// Whether a raw key is a lease's or an index's, and not an entry's.
[[nodiscard]] constexpr bool isBookkeeping(std::string_view rawKey)
{
    return rawKey.ends_with(leaseSuffix) || rawKey.starts_with(indexPrefix);
}

} // namespace Cachelens
