// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/cachebackend.h"
#include "core/key/keyreader.h"
#include "core/keyspace/keyquery.h"
#include "core/payload/entrycodec.h"

#include <optional>

namespace Cachelens {

/// What a row of the entry table shows of a key.
struct EntrySummary {
    QByteArray key;
    KeyFacts facts; ///< type None: gone
    NextCall nextCall = NextCall::Unknown;
    std::optional<EntryMetadata> metadata; ///< of a function's entry, when its value was read
    WallTime readAt; ///< when `facts` held

    /// None: it stays until it is deleted or evicted.
    [[nodiscard]] std::optional<WallTime> expiresAt() const
    {
        return facts.ttl ? std::optional(readAt + *facts.ttl) : std::nullopt;
    }
    [[nodiscard]] bool isOver(WallTime now) const { return facts.ttl && *expiresAt() <= now; }
};

/// All that the entry panel shows of a key.
struct EntryDetails {
    EntrySummary summary;
    KeyReading reading;
    /// The stored bytes: all of them, or the beginning when `partial`.
    QByteArray bytes;
    bool partial = false; ///< larger than DetailOptions::maxBytes; `decoded` is then an error
    /// Of a String. Undecodable or LimitExceeded is a normal answer.
    Result<DecodedEntry> decoded = DecodedEntry();
    /// Of other kinds: the first elements, as ValueHead has them.
    std::vector<std::vector<QByteArray>> elements;
};

struct DetailOptions {
    qint64 maxBytes = 8 * 1024 * 1024; ///< larger values are not fetched whole unasked
    qint64 headBytes = 64 * 1024; ///< what is fetched of those
    qsizetype elements = 200; ///< of other kinds
};

/// From an entry's times: Unknown without metadata.
[[nodiscard]] NextCall nextCall(const KeyFacts &facts, const std::optional<EntryMetadata> &metadata,
                                WallTime now);

} // namespace Cachelens
