// SPDX-License-Identifier: MIT
#pragma once

#include "core/keyspace/entry.h"

#include <functional>
#include <memory>
#include <span>

namespace Cachelens {

/// True when an answer is no longer wanted: asked between two round trips.
using Unwanted = std::function<bool()>;

[[nodiscard]] inline Error canceledError(const char *attempt)
{
    return {.code = Error::Code::Canceled,
            .attempt = attempt,
            .subject = {},
            .reason = "canceled",
            .retryable = true};
}

/// Reads entries as the table and the panel show them. A value; blocks, so it belongs on a worker.
struct EntryReader {
    std::shared_ptr<CacheBackend> backend;
    std::shared_ptr<const Clock> clock;
    std::shared_ptr<const KeyReader> keys;
    DetailOptions options;
    DecodeLimits limits;

    [[nodiscard]] Result<std::vector<EntrySummary>> summaries(std::span<const QByteArray> wanted,
                                                              const Unwanted &unwanted) const;
    [[nodiscard]] Result<EntryDetails> details(const QByteArray &key, bool whole) const;

    /// In pipelined batches, in the order of the keys.
    [[nodiscard]] Result<std::vector<KeyFacts>> facts(std::span<const QByteArray> wanted,
                                                      const Unwanted &unwanted) const;
    /// None for what is not a function's entry, larger than `largest` bytes, or cannot be decoded.
    [[nodiscard]] Result<std::vector<std::optional<EntryMetadata>>>
    metadata(std::span<const QByteArray> wanted, std::span<const KeyFacts> facts, qint64 largest,
             const Unwanted &unwanted) const;
};

} // namespace Cachelens
