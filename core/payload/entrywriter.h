// SPDX-License-Identifier: MIT
#pragma once

#include "core/clock.h"
#include "core/payload/entrycodec.h"

namespace Cachelens {

// The reverse of decodeEntry(), which reads what is written here; so do Python's own pickle, json
// and msgpack, and therefore django-redis. Pure; safe from any thread. Nothing is written that goes
// over DecodeLimits: such a value is LimitExceeded. What the format cannot say is Unsupported, and
// the error names the value's place (`value.users[3].photo`); picklewriter.h, jsonwriter.h and
// msgpackwriter.h tell what that is for each.

/// A value alone, in the bytes of a serializer. PlainInteger takes integers only.
[[nodiscard]] Result<QByteArray> encodeValue(const Value &value,
                                             Serializer serializer = Serializer::Pickle);

/// A time as entries hold it: ISO 8601, in UTC, with microseconds where there are any.
[[nodiscard]] QByteArray isoUtc(WallTime time);

/// What is written beside a result.
struct EntryTimes {
    WallTime cachedAt = {};
    std::optional<WallTime> resetAt = {}; ///< none: no expiry
    CacheStatus writtenBy = CacheStatus::Miss; ///< Miss or Refresh
};

struct EncodeOptions {
    Serializer serializer = Serializer::Pickle; ///< not PlainInteger, which holds no entry
    Compressor compressor = Compressor::None;
    /// Bytes; what is not longer than this, or would not get shorter, stays uncompressed.
    qsizetype compressAbove = 1024;
};

/// A function's result as it lies in the cache. Source: docs/wire-format.md, "An entry".
[[nodiscard]] Result<QByteArray> encodeEntry(const Value &result, const EntryTimes &times,
                                             const EncodeOptions &options = {});

} // namespace Cachelens
