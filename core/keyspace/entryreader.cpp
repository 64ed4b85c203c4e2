// SPDX-License-Identifier: MIT
#include "core/keyspace/entryreader.h"

#include "core/keyspace/byteview.h"

#include <algorithm>

namespace Cachelens {

namespace {

constexpr size_t keysAtOnce = 1000; // in one round trip
constexpr qint64 bytesAtOnce = 4 * 1024 * 1024; // of values in one round trip

} // namespace

Result<std::vector<KeyFacts>> EntryReader::facts(std::span<const QByteArray> wanted,
                                                 const Unwanted &unwanted) const
{
    std::vector<KeyFacts> all;
    all.reserve(wanted.size());
    while (!wanted.empty()) {
        if (unwanted())
            return failure(canceledError("read the entries"));
        const auto batch = wanted.first(std::min(wanted.size(), keysAtOnce));
        wanted = wanted.subspan(batch.size());
        const auto some = backend->facts(batch);
        if (!some)
            return failure(some.error());
        all.insert(all.end(), some->begin(), some->end());
    }
    return all;
}

Result<std::vector<std::optional<EntryMetadata>>>
EntryReader::metadata(std::span<const QByteArray> wanted, std::span<const KeyFacts> facts,
                      qint64 largest, const Unwanted &unwanted) const
{
    std::vector<std::optional<EntryMetadata>> all(wanted.size());
    std::vector<QByteArray> asked;
    std::vector<size_t> places;
    qint64 bytes = 0;
    const auto fetch = [&]() -> Result<void> {
        if (asked.empty())
            return {};
        if (unwanted())
            return failure(canceledError("read the entries"));
        const auto values = backend->getMany(asked);
        if (!values)
            return failure(values.error());
        for (size_t i = 0; i < asked.size(); ++i) {
            const auto &value = (*values)[i];
            if (!value || value->size() > largest)
                continue;
            if (auto decoded = decodeEntry(*value, limits); decoded && decoded->restflow)
                all[places[i]] = std::move(decoded->metadata);
        }
        asked.clear();
        places.clear();
        bytes = 0;
        return {};
    };
    for (size_t i = 0; i < wanted.size(); ++i) {
        if (facts[i].type != KeyType::String || facts[i].size > largest
            || keys->levels(viewOf(wanted[i])).source == KeyReading::Source::Foreign)
            continue;
        if (asked.size() == keysAtOnce || bytes + facts[i].size > bytesAtOnce) {
            if (auto fetched = fetch(); !fetched)
                return failure(fetched.error());
        }
        asked.push_back(wanted[i]);
        places.push_back(i);
        bytes += facts[i].size;
    }
    if (auto fetched = fetch(); !fetched)
        return failure(fetched.error());
    return all;
}

Result<std::vector<EntrySummary>> EntryReader::summaries(std::span<const QByteArray> wanted,
                                                         const Unwanted &unwanted) const
{
    const WallTime now = clock->now();
    const auto known = facts(wanted, unwanted);
    if (!known)
        return failure(known.error());
    auto read = metadata(wanted, *known, options.headBytes, unwanted);
    if (!read)
        return failure(read.error());
    std::vector<EntrySummary> all(wanted.size());
    for (size_t i = 0; i < wanted.size(); ++i) {
        const KeyFacts &facts = (*known)[i];
        auto &metadata = (*read)[i];
        const NextCall next = nextCall(facts, metadata, now);
        all[i] = {wanted[i], facts, next, std::move(metadata), now};
    }
    return all;
}

Result<EntryDetails> EntryReader::details(const QByteArray &key, bool whole) const
{
    EntryDetails details;
    details.reading = keys->read(key);
    details.summary.key = key;
    details.summary.readAt = clock->now();
    const auto facts = backend->facts(std::span(&key, 1));
    if (!facts)
        return failure(facts.error());
    details.summary.facts = facts->front();

    const auto notDecoded = [&](Error::Code code, const char *reason) {
        details.decoded
            = failure({.code = code, .attempt = "decode", .subject = key, .reason = reason});
    };
    const KeyType type = details.summary.facts.type;
    const qint64 most = whole ? limits.decompressedBytes : options.maxBytes;
    if (type == KeyType::None) {
        notDecoded(Error::Code::NotFound, "there is no such key");
    } else if (type == KeyType::String && details.summary.facts.size <= most) {
        auto value = backend->get(key);
        if (!value)
            return failure(value.error());
        if (*value) {
            details.bytes = std::move(**value);
            details.decoded = decodeEntry(details.bytes, limits);
            if (details.decoded && details.decoded->restflow)
                details.summary.metadata = details.decoded->metadata;
        } else {
            details.summary.facts = {};
            notDecoded(Error::Code::NotFound, "it went away while it was read");
        }
    } else {
        auto head = backend->head(key, options.headBytes, options.elements);
        if (!head)
            return failure(head.error());
        details.bytes = std::move(head->bytes);
        details.elements = std::move(head->elements);
        details.partial = type == KeyType::String;
        if (details.partial)
            notDecoded(Error::Code::LimitExceeded, "only its beginning was read");
        else
            notDecoded(Error::Code::Unsupported, "it is not a string");
    }
    details.summary.nextCall
        = nextCall(details.summary.facts, details.summary.metadata, details.summary.readAt);
    return details;
}

} // namespace Cachelens
