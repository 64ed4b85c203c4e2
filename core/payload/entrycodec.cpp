// SPDX-License-Identifier: MIT
#include "core/payload/entrycodec.h"

#include "core/payload/decimaltext.h"
#include "core/payload/decodeerror.h"
#include "core/payload/decompression.h"
#include "core/payload/jsonreader.h"
#include "core/payload/msgpackreader.h"
#include "core/payload/picklereader.h"
#include "core/value/isotext.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace Cachelens {

namespace {

constexpr std::array statuses{CacheStatus::Hit, CacheStatus::Miss, CacheStatus::Stale,
                              CacheStatus::Bypass, CacheStatus::Refresh};

constexpr char pickleMark = '\x80';

/// The serializer and what it held.
struct Deserialized {
    Serializer serializer = Serializer::Pickle;
    int pickleProtocol = -1;
    Value value;
};

/// As str() of an int gives it, and so no more than one text for a number.
bool isPlainInteger(QByteArrayView bytes)
{
    if (!isDecimalInteger(bytes) || bytes.front() == '+')
        return false;
    const QByteArrayView digits = bytes.front() == '-' ? bytes.sliced(1) : bytes;
    return digits.front() != '0' || bytes.size() == 1;
}

bool isLimit(const Error &error)
{
    return error.code == Error::Code::LimitExceeded;
}

Result<Deserialized> asPickle(QByteArrayView bytes, const DecodeLimits &limits)
{
    auto read = readPickle(bytes, limits);
    if (!read)
        return failure(std::move(read.error()));
    return Deserialized{Serializer::Pickle, read->protocol, std::move(read->value)};
}

Result<Deserialized> asText(Serializer serializer, Result<Value> read)
{
    if (!read)
        return failure(std::move(read.error()));
    return Deserialized{serializer, -1, std::move(*read)};
}

Result<Deserialized> asInteger(QByteArrayView bytes, const DecodeLimits &limits)
{
    if (bytes.size() - (bytes.front() == '-' ? 1 : 0) > limits.integerDigits)
        return failure(limitReached("integerDigits", limits.integerDigits));
    return Deserialized{Serializer::PlainInteger, -1, Value::integer(bytes)};
}

/// A byte with its highest bit set begins a pickle of protocol 2 or later (which is then never
/// MessagePack: after the empty map 0x80 nothing can follow) or MessagePack; any other byte JSON or
/// an older pickle. MessagePack has small integers as single bytes, and all of ASCII is among
/// them; cache clients write integers as text, so a lone byte is no number here.
Result<Deserialized> deserialize(QByteArrayView bytes, const DecodeLimits &limits)
{
    if (bytes.isEmpty())
        return failure(undecodable("it is empty"));
    if (isPlainInteger(bytes))
        return asInteger(bytes, limits);
    if (bytes.front() == pickleMark && bytes.size() > 1) {
        auto pickle = asPickle(bytes, limits);
        if (!pickle && !isLimit(pickle.error()))
            pickle.error().reason = "it begins as a pickle, but: " + pickle.error().reason;
        return pickle;
    }
    const auto lead = static_cast<unsigned char>(bytes.front());
    if (lead >= 0x80) {
        if (bytes.size() == 1 && lead >= 0xe0)
            return failure(undecodable("one byte that means nothing"));
        auto pack = asText(Serializer::MessagePack, readMessagePack(bytes, limits));
        if (!pack && !isLimit(pack.error()))
            pack.error().reason = "no serializer is known; as MessagePack: " + pack.error().reason;
        return pack;
    }

    auto json = asText(Serializer::Json, readJson(bytes, limits));
    if (json || isLimit(json.error()))
        return json;
    QByteArray reason = "no serializer is known; as JSON: " + json.error().reason;
    if (bytes.back() == '.') {
        auto pickle = asPickle(bytes, limits);
        if (pickle || isLimit(pickle.error()))
            return pickle;
        reason += "; as a pickle: " + pickle.error().reason;
    }
    return failure(undecodable(std::move(reason)));
}

qint64 epochMs(const DateTime &t)
{
    using namespace std::chrono;
    const year_month_day date{year(t.date.year), month(t.date.month), day(t.date.day)};
    const auto instant = sys_days(date) + hours(t.time.hour) + minutes(t.time.minute)
        + seconds(t.time.second) - seconds(t.time.utcOffset.value_or(0));
    return duration_cast<milliseconds>(instant.time_since_epoch()).count()
        + t.time.microsecond / 1000;
}

std::optional<qint64> epochMs(const QByteArray &iso)
{
    const auto read = dateTimeFromIso(iso);
    return read ? std::optional(epochMs(*read)) : std::nullopt;
}

std::optional<EntryMetadata> metadataFrom(const Value &value)
{
    if (!value.isMap())
        return std::nullopt;
    const Value *cachedAt = value.find("cached_at");
    const Value *resetAt = value.find("cache_reset_at");
    const Value *status = value.find("cache_status");
    if (cachedAt == nullptr || !cachedAt->isString() || status == nullptr || !status->isString()
        || (resetAt != nullptr && !resetAt->isNone() && !resetAt->isString()))
        return std::nullopt;
    EntryMetadata metadata;
    metadata.cachedAt = cachedAt->toByteArray();
    metadata.cachedAtMs = epochMs(metadata.cachedAt);
    metadata.cacheStatus = status->toByteArray();
    if (resetAt != nullptr && resetAt->isString()) {
        metadata.cacheResetAt = resetAt->toByteArray();
        metadata.resetAtMs = epochMs(*metadata.cacheResetAt);
    }
    return metadata;
}

Error named(Error error, QByteArrayView stored)
{
    error.attempt = "decode";
    error.subject = "an entry of " + QByteArray::number(stored.size()) + " bytes";
    return error;
}

} // namespace

const char *name(Serializer serializer)
{
    switch (serializer) {
    case Serializer::Pickle:
        return "pickle";
    case Serializer::Json:
        return "json";
    case Serializer::MessagePack:
        return "msgpack";
    case Serializer::PlainInteger:
        return "integer";
    }
    return "";
}

const char *name(Compressor compressor)
{
    switch (compressor) {
    case Compressor::None:
        return "none";
    case Compressor::Zlib:
        return "zlib";
    case Compressor::Gzip:
        return "gzip";
    case Compressor::Lz4:
        return "lz4";
    case Compressor::Xz:
        return "xz";
    case Compressor::Zstd:
        return "zstd";
    }
    return "";
}

const char *name(CacheStatus status)
{
    switch (status) {
    case CacheStatus::Hit:
        return "HIT";
    case CacheStatus::Miss:
        return "MISS";
    case CacheStatus::Stale:
        return "STALE";
    case CacheStatus::Bypass:
        return "BYPASS";
    case CacheStatus::Refresh:
        return "REFRESH";
    }
    return "";
}

std::optional<CacheStatus> cacheStatus(QByteArrayView text)
{
    const auto found = std::find_if(statuses.begin(), statuses.end(), [text](CacheStatus status) {
        return text == QByteArrayView(name(status));
    });
    return found == statuses.end() ? std::nullopt : std::optional(*found);
}

Result<DecodedEntry> decodeEntry(QByteArrayView stored, const DecodeLimits &limits)
{
    DecodedEntry entry;
    entry.storedBytes = stored.size();
    entry.compressor = detectCompressor(stored);

    QByteArray decompressed;
    QByteArrayView bytes = stored;
    std::optional<Error> notZlib;
    if (entry.compressor != Compressor::None) {
        auto result = decompressWith(entry.compressor, stored, limits);
        if (result) {
            decompressed = std::move(*result);
            bytes = decompressed;
        } else if (entry.compressor == Compressor::Zlib && !isLimit(result.error())) {
            notZlib = std::move(result.error());
            entry.compressor = Compressor::None;
        } else {
            return failure(named(std::move(result.error()), stored));
        }
    }
    entry.serializedBytes = bytes.size();

    auto read = deserialize(bytes, limits);
    if (!read) {
        if (notZlib && !isLimit(read.error()))
            read.error() = std::move(*notZlib);
        return failure(named(std::move(read.error()), stored));
    }
    entry.serializer = read->serializer;
    entry.pickleProtocol = read->pickleProtocol;
    entry.value = std::move(read->value);

    if (entry.value.isMap() && entry.value.entries().size() == 2) {
        const Value *result = entry.value.find("value");
        const Value *metadata = entry.value.find("metadata");
        if (result != nullptr && metadata != nullptr)
            entry.metadata = metadataFrom(*metadata);
        if (entry.metadata) {
            entry.restflow = true;
            entry.value = Value(*result);
        }
    }
    return entry;
}

} // namespace Cachelens
