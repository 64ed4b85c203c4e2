// SPDX-License-Identifier: MIT
#pragma once

#include "core/clock.h"
#include "core/payload/entrycodec.h"

namespace Cachelens {

/// A value as a pickle of protocol 4, without a compressor: what django-redis's default serializer
/// reads. Unsupported for what has no meaning to Python without its class (Object, Request, Class,
/// Cycle) and for ByteArray, BigInt and Uuid; LimitExceeded beyond DecodeLimits::depth.
[[nodiscard]] Result<QByteArray> pickled(const Value &value);

/// What is written beside a result.
struct EntryTimes {
    WallTime cachedAt;
    std::optional<WallTime> resetAt; ///< none: no expiry
    CacheStatus writtenBy = CacheStatus::Miss; ///< Miss or Refresh
};

/// A function's result as it lies in the cache. Source: docs/wire-format.md, "An entry".
[[nodiscard]] Result<QByteArray> encodeEntry(const Value &result, const EntryTimes &times);

} // namespace Cachelens
