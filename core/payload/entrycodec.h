// SPDX-License-Identifier: MIT
#pragma once

#include "core/payload/decodelimits.h"
#include "core/result.h"
#include "core/value/value.h"

#include <optional>

namespace Cachelens {

enum class Serializer : quint8 {
    Pickle,
    Json,
    MessagePack,
    PlainInteger, ///< the decimal text that django-redis stores for an int
};
enum class Compressor : quint8 { None, Zlib, Gzip, Lz4, Xz, Zstd };

/// "pickle", "json", "msgpack", "integer".
[[nodiscard]] const char *name(Serializer serializer);
/// "none", "zlib", "gzip", "lz4", "xz", "zstd".
[[nodiscard]] const char *name(Compressor compressor);

enum class CacheStatus : quint8 { Hit, Miss, Stale, Bypass, Refresh };
/// "HIT", "MISS", "STALE", "BYPASS", "REFRESH".
[[nodiscard]] const char *name(CacheStatus status);
[[nodiscard]] std::optional<CacheStatus> cacheStatus(QByteArrayView name);

/// What drf-restflow writes beside a result.
struct EntryMetadata {
    QByteArray cachedAt; ///< ISO 8601, as written
    std::optional<QByteArray> cacheResetAt; ///< none: no expiry
    QByteArray cacheStatus; ///< as written: how the call that stored it was answered
    std::optional<qint64> cachedAtMs; ///< since the epoch, UTC; none when it cannot be read
    std::optional<qint64> resetAtMs;
};

/// An entry's bytes, decoded.
struct DecodedEntry {
    Serializer serializer = Serializer::Pickle;
    int pickleProtocol = -1; ///< -1 when not a pickle
    Compressor compressor = Compressor::None;
    qsizetype storedBytes = 0; ///< as they lie in the cache
    qsizetype serializedBytes = 0; ///< after decompression
    /// Whether it has the shape of a function's entry: a map of `value` and `metadata`.
    bool restflow = false;
    std::optional<EntryMetadata> metadata; ///< when `restflow`
    Value value; ///< the function's result when `restflow`, else the whole decoded value
};

/// Decodes what a cache client stored: detects the compressor and the serializer, executes nothing,
/// stops at the limits. Pure; safe from any thread. Fails with Undecodable, saying what was tried,
/// or LimitExceeded, saying which limit.
[[nodiscard]] Result<DecodedEntry> decodeEntry(QByteArrayView stored,
                                               const DecodeLimits &limits = {});

struct Decompressed {
    Compressor compressor = Compressor::None;
    QByteArray bytes;
};
/// Undoes the compressor that the first bytes name; bytes that name none are returned as they are.
[[nodiscard]] Result<Decompressed> decompress(QByteArrayView stored,
                                              const DecodeLimits &limits = {});

} // namespace Cachelens
