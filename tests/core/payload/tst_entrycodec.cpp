// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/payload/entrycodec.h"
#include "core/value/valuejson.h"

#include <QFile>
#include <QHash>
#include <QTest>

using namespace Cachelens;

namespace {

struct Fixture {
    QByteArray stored;
    Value expect;
};

QByteArray textOf(const Value *value)
{
    return value != nullptr && value->isString() ? value->text() : QByteArray();
}

std::vector<Fixture> fixtures()
{
    QFile file(QStringLiteral(CACHELENS_TEST_DATA "/restflow-live.jsonl"));
    std::vector<Fixture> found;
    if (!file.open(QIODevice::ReadOnly))
        return found;
    for (QByteArray line = file.readLine(); !line.isEmpty(); line = file.readLine()) {
        if (line.trimmed().isEmpty())
            continue;
        const auto read = valueFromJson(line, "restflow-live.jsonl");
        if (!read)
            qFatal("%s", read.error().message().constData());
        if (textOf(read->find("type")) == "string")
            found.push_back(
                {QByteArray::fromBase64(textOf(read->find("value"))), *read->find("expect")});
    }
    return found;
}

/// An instance of a class is expected by its name alone.
bool matches(const Value &actual, const Value &expected)
{
    if (expected.type() == Value::Type::Object)
        return actual.type() == Value::Type::Object
            && actual.object().className == expected.object().className;
    if (expected.isSequence() && actual.type() == expected.type()
        && actual.items().size() == expected.items().size()) {
        return std::equal(actual.items().begin(), actual.items().end(), expected.items().begin(),
                          matches);
    }
    if (expected.isMap() && actual.isMap()
        && actual.entries().size() == expected.entries().size()) {
        return std::equal(actual.entries().begin(), actual.entries().end(),
                          expected.entries().begin(), [](const auto &a, const auto &e) {
                              return matches(a.first, e.first) && matches(a.second, e.second);
                          });
    }
    return actual == expected;
}

} // namespace

class EntryCodecTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyLiveEntryDecodesAsExpected();
    void foreignStringsAreNoRestflowEntries();
};

void EntryCodecTest::everyLiveEntryDecodesAsExpected()
{
    const QHash<QByteArray, std::pair<Serializer, Compressor>> caches{
        {"default", {Serializer::Pickle, Compressor::None}},
        {"zlib", {Serializer::Pickle, Compressor::Zlib}},
        {"lz4", {Serializer::Pickle, Compressor::Lz4}},
        {"lzma", {Serializer::Pickle, Compressor::Xz}},
        {"json", {Serializer::Json, Compressor::None}},
        {"jsonzlib", {Serializer::Json, Compressor::Zlib}},
        {"msgpack", {Serializer::MessagePack, Compressor::None}},
    };
    int seen = 0;
    for (const Fixture &fixture : fixtures()) {
        const QByteArray cache = textOf(fixture.expect.find("cache"));
        if (cache.isEmpty())
            continue;
        QVERIFY2(caches.contains(cache), cache.constData());
        const auto entry = decodeEntry(fixture.stored);
        QVERIFY2(entry, entry ? "" : entry.error().message().constData());
        QCOMPARE(entry->serializer, caches[cache].first);
        QCOMPARE(entry->compressor, caches[cache].second);
        QCOMPARE(entry->pickleProtocol >= 0, entry->serializer == Serializer::Pickle);
        QCOMPARE(entry->storedBytes, fixture.stored.size());
        QVERIFY(entry->restflow);

        const Value &metadata = *fixture.expect.find("metadata");
        QCOMPARE(entry->metadata->cachedAt, textOf(metadata.find("cached_at")));
        QCOMPARE(entry->metadata->cacheStatus, textOf(metadata.find("cache_status")));
        QCOMPARE(entry->metadata->cacheResetAt.value_or(QByteArray()),
                 textOf(metadata.find("cache_reset_at")));
        QVERIFY(entry->metadata->cachedAtMs.has_value());
        QCOMPARE(entry->metadata->resetAtMs.has_value(),
                 !metadata.find("cache_reset_at")->isNone());

        const Value &expected = *fixture.expect.find("value");
        QVERIFY2(matches(entry->value, expected),
                 ("got " + valueToJson(entry->value).json + ", not " + valueToJson(expected).json)
                     .constData());
        ++seen;
    }
    QCOMPARE(seen, 221);
}

void EntryCodecTest::foreignStringsAreNoRestflowEntries()
{
    int decoded = 0;
    int seen = 0;
    for (const Fixture &fixture : fixtures()) {
        if (fixture.expect.find("foreign") == nullptr)
            continue;
        ++seen;
        if (const auto entry = decodeEntry(fixture.stored)) {
            QVERIFY(!entry->restflow);
            ++decoded;
        }
    }
    QCOMPARE(seen, 5);
    QCOMPARE(decoded, 3);
}

QTEST_GUILESS_MAIN(EntryCodecTest)
#include "tst_entrycodec.moc"
