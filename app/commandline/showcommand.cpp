// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/arguments.h"
#include "app/commandline/commandline.h"
#include "app/commandline/entryreport.h"
#include "app/commandline/keylookup.h"
#include "app/connections/cacheaccess.h"
#include "core/value/valuejson.h"
#include "widgets/key/displaykey.h"

#include <QFile>

#include <cstdio>

namespace Cachelens {

namespace {

constexpr qsizetype shownElements = 200; // of a list, set, hash ... the beginning is enough

struct ShownEntry {
    QByteArray key;
    KeyReading reading;
    KeyFacts facts;
    ValueHead head;
    std::optional<Result<DecodedEntry>> decoded; ///< of a String
};

QByteArray readable(const QByteArray &bytes)
{
    return displayKey(bytes).toUtf8();
}

Error noSuchKey(const QByteArray &key)
{
    return {Error::Code::NotFound, "show", readable(key), "there is no such key", false};
}

Result<ShownEntry> fetch(CacheBackend &backend, const KeyReader &reader, const QByteArray &key)
{
    const DecodeLimits limits;
    const auto facts = backend.facts({&key, 1});
    if (!facts)
        return failure(facts.error());
    if (facts->front().type == KeyType::None)
        return failure(noSuchKey(key));
    ShownEntry entry{key, reader.read(key), facts->front(), {}, std::nullopt};
    auto head = backend.head(key, limits.decompressedBytes, shownElements);
    if (!head)
        return failure(head.error());
    if (head->type == KeyType::None)
        return failure(noSuchKey(key));
    entry.head = std::move(*head);
    if (entry.head.type == KeyType::String) {
        if (entry.head.size > entry.head.bytes.size())
            entry.decoded = failure(
                {Error::Code::LimitExceeded, "decode", readable(key),
                 "it is larger than " + QByteArray::number(limits.decompressedBytes) + " bytes",
                 false});
        else
            entry.decoded = decodeEntry(entry.head.bytes, limits);
    }
    return entry;
}

Value elementsValue(const ValueHead &head)
{
    ValueList elements;
    for (const auto &element : head.elements) {
        ValueList parts;
        for (const QByteArray &part : element)
            parts.push_back(bytesValue(part));
        elements.push_back(parts.size() == 1 ? parts.front() : Value::list(std::move(parts)));
    }
    return Value::list(std::move(elements));
}

ValueMap contentObject(const Result<DecodedEntry> &decoded, const QByteArray &bytes)
{
    ValueMap object;
    appendEncoding(object, decoded);
    appendContent(object, decoded, bytes);
    return object;
}

// A value may unfold to much more text than it has bytes; then it is shown as those instead.
Result<DecodedEntry> writable(const Result<DecodedEntry> &decoded)
{
    if (!decoded || !valueToJson(decoded->value).truncated)
        return decoded;
    return failure({Error::Code::LimitExceeded, "show", "the value",
                    "it is too large when written as JSON", false});
}

QByteArray entryJson(const ShownEntry &entry)
{
    ValueMap object;
    appendKey(object, entry.key);
    append(object, "type", Value::string(name(entry.head.type)));
    append(object, "ttl_ms",
           entry.facts.ttl ? Value(static_cast<qint64>(entry.facts.ttl->count())) : Value());
    append(object, "bytes", entry.decoded ? Value(entry.head.size) : Value());
    if (entry.decoded)
        appendEncoding(object, *entry.decoded);
    appendReading(object, entry.reading);
    if (entry.decoded) {
        appendContent(object, *entry.decoded, entry.head.bytes);
    } else {
        append(object, "elements", Value(entry.head.size));
        append(object, "value", elementsValue(entry.head));
        append(object, "restflow", Value(false));
    }
    return toJsonLine(std::move(object));
}

void line(QByteArray &text, const char *name, const QByteArray &content)
{
    text += QByteArray(name).leftJustified(12) + content + '\n';
}

void appendReadingText(QByteArray &text, const KeyReading &reading)
{
    if (reading.source == KeyReading::Source::Foreign)
        return;
    const bool known = reading.source == KeyReading::Source::Catalog;
    line(text, "namespace", readable(reading.nameSpace));
    line(text, "function",
         readable(reading.function) + (known ? "" : "   (a guess: no catalog names it)"));
    if (known) {
        line(text, "partition", readable(reading.partition));
        line(text, "suffix", readable(reading.suffix));
    }
}

QByteArray prettyJson(const Value &value)
{
    JsonOptions options;
    options.indent = 2;
    return valueToJson(value, options).json;
}

QByteArray entryText(const ShownEntry &entry)
{
    QByteArray text;
    line(text, "key", readable(entry.key));
    line(text, "type", name(entry.head.type));
    line(text, "ttl",
         entry.facts.ttl
             ? QByteArray::number(static_cast<double>(entry.facts.ttl->count()) / 1000, 'f', 1)
                 + " s"
             : "none");
    appendReadingText(text, entry.reading);
    if (!entry.decoded) {
        line(text, "elements", QByteArray::number(entry.head.size));
        return text + '\n' + prettyJson(elementsValue(entry.head)) + '\n';
    }
    line(text, "bytes", QByteArray::number(entry.head.size));
    const Result<DecodedEntry> &decoded = *entry.decoded;
    if (!decoded) {
        line(text, "undecodable", decoded.error().reason);
        return text + '\n' + prettyJson(Value::bytes(entry.head.bytes)) + '\n';
    }
    line(text, "stored as",
         QByteArray(name(decoded->serializer)) + ", compression "
             + QByteArray(name(decoded->compressor)));
    if (decoded->metadata) {
        line(text, "cached at", decoded->metadata->cachedAt);
        line(text, "resets at", decoded->metadata->cacheResetAt.value_or("never"));
        line(text, "written by", decoded->metadata->cacheStatus);
    }
    return text + '\n' + prettyJson(decoded->value) + '\n';
}

Result<QByteArray> readAll(const QByteArray &name)
{
    QFile file;
    const bool opened = name == "-"
        ? file.open(stdin, QIODevice::ReadOnly)
        : (file.setFileName(QFile::decodeName(name)), file.open(QIODevice::ReadOnly));
    const qsizetype most = DecodeLimits().decompressedBytes;
    QByteArray bytes = opened ? file.read(most + 1) : QByteArray();
    if (!opened || file.error() != QFileDevice::NoError)
        return failure({Error::Code::Io, "read", name == "-" ? "standard input" : name,
                        file.errorString().toUtf8(), false});
    if (bytes.size() > most)
        return failure({Error::Code::LimitExceeded, "read", name,
                        "it is larger than " + QByteArray::number(most) + " bytes", false});
    return bytes;
}

} // namespace

int runShow(const QList<QByteArray> &given, Console &console)
{
    Arguments arguments("show", "Shows one entry, decoded.");
    arguments.positional("URL", "Where the cache is, as for 'cachelens keys'.");
    arguments.positional("KEY", "The key as the server has it, or as 'cachelens keys' lists it.");
    arguments.listOption("catalog", "FILE", "What is known of the functions; may be repeated.");
    arguments.flag("json", "One JSON object in a line.");
    if (const auto end = arguments.parse(given, console))
        return *end;

    const auto url = BackendUrl::parse(*arguments.at(0));
    if (!url)
        return arguments.wrong(url.error().message(), console);
    const auto catalog = loadCatalogs(arguments.values("catalog"), *url);
    if (!catalog) {
        console.error(catalog.error().message());
        return Failed;
    }
    const OpenedCache cache
        = openCache(withPasswordFromEnvironment(*url), std::make_shared<SystemClock>());
    const auto key = keyMeant(*cache.backend, *arguments.at(1));
    auto entry = key ? fetch(*cache.backend, catalog->keyReader(), *key)
                     : Result<ShownEntry>(failure(key.error()));
    if (!entry) {
        console.error(entry.error().message());
        return Failed;
    }
    if (entry->decoded)
        entry->decoded = writable(*entry->decoded);
    if (arguments.isSet("json"))
        console.writeLine(entryJson(*entry));
    else
        console.write(entryText(*entry));
    return console.finish();
}

int runDecode(const QList<QByteArray> &given, Console &console)
{
    Arguments arguments("decode",
                        "Decodes an entry's raw bytes and prints what they hold as JSON.");
    arguments.positional("FILE", "The bytes, as they lie in the cache; - or none: standard input.",
                         false);
    arguments.flag("json", "The JSON in one line.");
    if (const auto end = arguments.parse(given, console))
        return *end;

    const QByteArray file = arguments.at(0).value_or("-");
    const auto bytes = readAll(file);
    if (!bytes) {
        console.error(bytes.error().message());
        return Failed;
    }
    auto decoded = writable(decodeEntry(*bytes));
    // redis-cli ends what it prints with a newline that is not the entry's.
    if (!decoded && bytes->endsWith('\n')) {
        if (auto without = writable(decodeEntry(QByteArrayView(*bytes).chopped(1))))
            decoded = std::move(without);
    }
    if (!decoded) {
        Error error = decoded.error();
        error.subject += " from " + (file == "-" ? "standard input" : readable(file));
        console.error(error.message());
        return Failed;
    }
    const ValueMap object = contentObject(decoded, *bytes);
    console.writeLine(arguments.isSet("json") ? toJsonLine(object)
                                              : prettyJson(Value::map(object)));
    return console.finish();
}

} // namespace Cachelens
