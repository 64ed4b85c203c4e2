// SPDX-License-Identifier: MIT
#pragma once

#include "core/clock.h"
#include "core/payload/entrycodec.h"

#include <chrono>
#include <optional>

namespace Cachelens {

/// How a call was answered, and what it cost. A value.
struct CallMetadata {
    CacheStatus status = CacheStatus::Bypass;
    /// When the value that was returned was computed for the cache; none when it neither came from
    /// there nor went there.
    std::optional<WallTime> cachedAt;
    std::optional<WallTime> resetAt; ///< when it stops being fresh; none: never, or not cached
    bool stored = false; ///< this call, or the one it waited for, wrote the entry
    bool fromNearCache = false; ///< answered without the backend
    /// Of the whole call, as the caller waited. Observers are told of all; for a call without
    /// metadata and observers that hits the near cache, or an embedded backend, it is not measured.
    std::chrono::microseconds duration{0};
    std::chrono::microseconds functionTime{0}; ///< of the function; 0 when the call did not need it
    qint64 bytes = 0; ///< the entry's, as read or written; 0 when none was
};

/// What became of a removal. A value.
struct Removal {
    qint64 entries = 0; ///< that were there and are gone
    /// False: the backend could not be reached. The removal is kept, holds for this process at once
    /// and is delivered when the backend is back.
    bool delivered = true;
};

} // namespace Cachelens
