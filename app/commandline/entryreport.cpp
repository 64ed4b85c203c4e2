// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/entryreport.h"

#include "core/value/valuejson.h"
#include "widgets/key/displaykey.h"

namespace Cachelens {

Value bytesValue(const QByteArray &bytes)
{
    return bytes.isValidUtf8() ? Value::string(bytes) : Value::bytes(bytes);
}

void append(ValueMap &object, const char *name, Value value)
{
    object.emplace_back(Value::string(name), std::move(value));
}

void appendKey(ValueMap &object, const QByteArray &key)
{
    append(object, "key", Value::string(key.isValidUtf8() ? key : displayKey(key).toUtf8()));
    append(object, "key_base64", Value::string(key.toBase64()));
}

void appendReading(ValueMap &object, const KeyReading &reading)
{
    const bool ofFunction = reading.source != KeyReading::Source::Foreign;
    const auto text
        = [ofFunction](const QByteArray &part) { return ofFunction ? bytesValue(part) : Value(); };
    ValueMap cache;
    append(cache, "prefix", bytesValue(reading.clientPrefix));
    append(cache, "version", Value(reading.version));
    append(object, "cache", ofFunction ? Value::map(std::move(cache)) : Value());
    append(object, "namespace", text(reading.nameSpace));
    append(object, "function", text(reading.function));
    if (reading.source == KeyReading::Source::Catalog) {
        append(object, "partition", text(reading.partition));
        append(object, "suffix", text(reading.suffix));
    }
}

void appendEncoding(ValueMap &object, const Result<DecodedEntry> &entry)
{
    append(object, "serializer", entry ? Value::string(name(entry->serializer)) : Value());
    append(object, "compressor", entry ? Value::string(name(entry->compressor)) : Value());
}

void appendContent(ValueMap &object, const Result<DecodedEntry> &entry, const QByteArray &bytes)
{
    if (!entry) {
        append(object, "metadata", Value());
        append(object, "undecodable", bytesValue(entry.error().reason));
        append(object, "value", Value::bytes(bytes));
        append(object, "restflow", Value(false));
        return;
    }
    Value metadata;
    if (entry->metadata) {
        ValueMap written;
        append(written, "cached_at", bytesValue(entry->metadata->cachedAt));
        append(written, "cache_reset_at",
               entry->metadata->cacheResetAt ? bytesValue(*entry->metadata->cacheResetAt)
                                             : Value());
        append(written, "cache_status", bytesValue(entry->metadata->cacheStatus));
        metadata = Value::map(std::move(written));
    }
    append(object, "metadata", std::move(metadata));
    append(object, "value", entry->value);
    append(object, "restflow", Value(entry->restflow));
}

QByteArray toJsonLine(ValueMap object)
{
    return valueToJson(Value::map(std::move(object))).json;
}

} // namespace Cachelens
