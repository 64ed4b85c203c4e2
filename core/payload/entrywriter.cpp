// SPDX-License-Identifier: MIT
#include "core/payload/entrywriter.h"

#include "core/payload/compression.h"
#include "core/payload/jsonwriter.h"
#include "core/payload/msgpackwriter.h"
#include "core/payload/picklewriter.h"
#include "core/value/isotext.h"

namespace Cachelens {

namespace {

void end(PickleWriter &writer)
{
    writer.end();
}

void end(JsonWriter &)
{
}

void end(MessagePackWriter &)
{
}

template <typename Writer> Result<QByteArray> valueWith(const Value &value)
{
    Writer writer;
    if (writer.write(value))
        end(writer);
    return writer.take();
}

template <typename Writer>
Result<QByteArray> entryWith(const Value &result, const EntryTimes &times)
{
    Writer writer;
    writer.beginMap(2);
    writer.key("value", true);
    if (!writer.write(result))
        return writer.take();
    writer.key("metadata", false);
    writer.beginMap(3);
    writer.key("cached_at", true);
    writer.text(isoUtc(times.cachedAt));
    writer.key("cache_reset_at", false);
    if (times.resetAt)
        writer.text(isoUtc(*times.resetAt));
    else
        writer.none();
    writer.key("cache_status", false);
    writer.text(name(times.writtenBy));
    writer.endMap();
    writer.endMap();
    end(writer);
    return writer.take();
}

tl::unexpected<Error> noInteger(const char *what)
{
    return failure({.code = Error::Code::Unsupported,
                    .attempt = "write as integer",
                    .subject = "value",
                    .reason = what});
}

Result<QByteArray> plainInteger(const Value &value)
{
    if (value.type() == Value::Type::Int)
        return QByteArray::number(value.toInt());
    if (value.type() == Value::Type::BigInt)
        return value.toByteArray();
    return noInteger("it is no integer");
}

Result<QByteArray> serialized(const Value &result, const EntryTimes &times, Serializer serializer)
{
    switch (serializer) {
    case Serializer::Pickle:
        return entryWith<PickleWriter>(result, times);
    case Serializer::Json:
        return entryWith<JsonWriter>(result, times);
    case Serializer::MessagePack:
        return entryWith<MessagePackWriter>(result, times);
    case Serializer::PlainInteger:
        break;
    }
    return noInteger("an entry is no integer");
}

} // namespace

QByteArray isoUtc(WallTime at)
{
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(at - day);
    DateTime time;
    time.date = {static_cast<qint16>(static_cast<int>(date.year())),
                 static_cast<quint8>(static_cast<unsigned>(date.month())),
                 static_cast<quint8>(static_cast<unsigned>(date.day()))};
    time.time
        = {static_cast<quint8>(clock.hours().count()), static_cast<quint8>(clock.minutes().count()),
           static_cast<quint8>(clock.seconds().count()),
           static_cast<quint32>(clock.subseconds().count() * 1000), 0};
    QByteArray text;
    text.reserve(32);
    appendIso(text, time);
    return text;
}

Result<QByteArray> encodeValue(const Value &value, Serializer serializer)
{
    switch (serializer) {
    case Serializer::Pickle:
        return valueWith<PickleWriter>(value);
    case Serializer::Json:
        return valueWith<JsonWriter>(value);
    case Serializer::MessagePack:
        return valueWith<MessagePackWriter>(value);
    case Serializer::PlainInteger:
        break;
    }
    return plainInteger(value);
}

Result<QByteArray> encodeEntry(const Value &result, const EntryTimes &times,
                               const EncodeOptions &options)
{
    auto plain = serialized(result, times, options.serializer);
    if (!plain || options.compressor == Compressor::None || plain->size() <= options.compressAbove)
        return plain;
    auto compressed = compress(options.compressor, *plain);
    return compressed && compressed->size() >= plain->size() ? std::move(plain)
                                                             : std::move(compressed);
}

} // namespace Cachelens
