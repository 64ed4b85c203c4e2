// SPDX-License-Identifier: GPL-3.0-or-later
#include "compressors.h"
#include "core/payload/entrycodec.h"
#include "core/value/valuejson.h"
#include "encoders.h"
#include "randomvalue.h"

#include <QFile>
#include <QHash>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

struct Fixture {
    QByteArray stored;
    Value expect;
};

QByteArray textOf(const Value *value)
{
    return value != nullptr && value->isString() ? value->toByteArray() : QByteArray();
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

Q_DECLARE_METATYPE(Cachelens::Serializer)

class TestEntryCodec : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyLiveEntryDecodesAsExpected();
    void foreignStringsAreNoRestflowEntries();
    void cutOffAnywhereIsAnError();
    void everySerializerInEveryCompressorIsDetected();
    void plainIntegersAreWhatStrGives_data();
    void plainIntegersAreWhatStrGives();
    void oldPicklesAreDetected();
    void aWrongGuessIsNotAccepted_data();
    void aWrongGuessIsNotAccepted();
    void whatOnlyLooksLikeZlibIsReadAsItIs();
    void metadataMakesARestflowEntry_data();
    void metadataMakesARestflowEntry();
    void timesAreRead();
    void errorsNameTheEntry();
    void statusesHaveNames();
    void noBytesCrashIt();
};

void TestEntryCodec::everyLiveEntryDecodesAsExpected()
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

void TestEntryCodec::foreignStringsAreNoRestflowEntries()
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

void TestEntryCodec::cutOffAnywhereIsAnError()
{
    for (const Fixture &fixture : fixtures()) {
        if (fixture.expect.find("cache") == nullptr)
            continue;
        // One byte of a pickle, 0x80, is all of MessagePack's empty map. To begin with xz takes
        // much memory, so it is not cut everywhere here.
        const qsizetype step = textOf(fixture.expect.find("cache")) == "lzma" ? 11 : 1;
        for (qsizetype size = 2; size < fixture.stored.size(); size += step)
            QVERIFY(!decodeEntry(QByteArrayView(fixture.stored).first(size)));
        QVERIFY(!decodeEntry(fixture.stored + '\0'));
    }
}

void TestEntryCodec::everySerializerInEveryCompressorIsDetected()
{
    QVERIFY(rc::check("any serializer in any compressor", [] {
        const auto compressor = static_cast<Compressor>(*rc::gen::inRange(0, 6));
        const auto serializer
            = *rc::gen::element(Serializer::Pickle, Serializer::Json, Serializer::MessagePack);
        const Format format = serializer == Serializer::Json ? Format::Json
            : serializer == Serializer::MessagePack          ? Format::MessagePack
                                                             : Format::Pickle;
        const Value result = *arbitraryValue(format);
        const Value written = Value::map(
            {{Value::string("value"), result},
             {Value::string("metadata"),
              Value::map({{Value::string("cached_at"), Value::string("2026-11-22T07:45:48+00:00")},
                          {Value::string("cache_reset_at"), Value()},
                          {Value::string("cache_status"), Value::string("MISS")}})}});
        const int protocol = *rc::gen::element(0, 2, 3, 4, 5);
        const QByteArray bytes = serializer == Serializer::Json ? encodeJson(written)
            : serializer == Serializer::MessagePack             ? encodeMessagePack(written)
                                                                : encodePickle(written, protocol);
        const auto entry = decodeEntry(compress(compressor, bytes));
        RC_ASSERT(entry);
        RC_ASSERT(entry->serializer == serializer);
        RC_ASSERT(entry->compressor == compressor);
        RC_ASSERT(entry->pickleProtocol == (serializer == Serializer::Pickle ? protocol : -1));
        RC_ASSERT(entry->serializedBytes == bytes.size());
        RC_ASSERT(entry->restflow);
        RC_ASSERT(entry->value == result);
    }));
}

void TestEntryCodec::plainIntegersAreWhatStrGives_data()
{
    QTest::addColumn<QByteArray>("stored");
    QTest::addColumn<Serializer>("serializer");
    const auto row = [](const char *stored, Serializer serializer) {
        QTest::newRow(stored) << QByteArray(stored) << serializer;
    };
    row("0", Serializer::PlainInteger);
    row("42", Serializer::PlainInteger);
    row("-7", Serializer::PlainInteger);
    row("123456789012345678901234567890", Serializer::PlainInteger);
    row("-0", Serializer::Json);
    row("4.5", Serializer::Json);
    row(" 4", Serializer::Json);
    row("\"4\"", Serializer::Json);
}

void TestEntryCodec::plainIntegersAreWhatStrGives()
{
    QFETCH(QByteArray, stored);
    QFETCH(Serializer, serializer);
    const auto entry = decodeEntry(stored);
    QVERIFY(entry);
    QCOMPARE(entry->serializer, serializer);
    if (serializer == Serializer::PlainInteger)
        QCOMPARE(entry->value, Value::integer(stored));
}

void TestEntryCodec::oldPicklesAreDetected()
{
    const auto text = decodeEntry("(lp0\nI1\naVtwo\np1\na.");
    QVERIFY(text);
    QCOMPARE(text->serializer, Serializer::Pickle);
    QCOMPARE(text->pickleProtocol, 0);
    QCOMPARE(text->value, Value::list({Value(1), Value::string("two")}));
    const auto binary = decodeEntry("]q\x01(K\x01K\x02"
                                    "e.");
    QVERIFY(binary);
    QCOMPARE(binary->pickleProtocol, 1);
    QCOMPARE(binary->value, Value::list({Value(1), Value(2)}));
}

void TestEntryCodec::aWrongGuessIsNotAccepted_data()
{
    QTest::addColumn<QByteArray>("stored");
    for (const char *stored : {"",
                               "text",
                               "A sentence.",
                               "N",
                               "{",
                               "[",
                               "\"",
                               "t",
                               "x",
                               "\x05",
                               "\xe0",
                               "1,2",
                               "007",
                               "+1",
                               "1 2",
                               "\x80text",
                               "\x80\x04",
                               "\x81\xa1",
                               "{}{}",
                               "nullnull",
                               "..",
                               ".",
                               "<html></html>",
                               "key=value",
                               "\x1f\x8b\x08",
                               "\x28\xb5\x2f\xfd",
                               "\xfd"
                               "7zXZ"})
        QTest::newRow(QByteArray(stored).toPercentEncoding().constData()) << QByteArray(stored);
    QTest::newRow("NUL") << QByteArray(1, '\0');
}

void TestEntryCodec::aWrongGuessIsNotAccepted()
{
    QFETCH(QByteArray, stored);
    const auto entry = decodeEntry(stored);
    QVERIFY(!entry);
    QCOMPARE(entry.error().code, Error::Code::Undecodable);
    QVERIFY(!entry.error().reason.isEmpty());
}

void TestEntryCodec::whatOnlyLooksLikeZlibIsReadAsItIs()
{
    // Protocol 1's X and a length: 0x58 0x09 is a zlib header, too.
    const QByteArray pickle = QByteArray("X\x09\0\0\0", 5) + "nine char.";
    const auto looks = decompress(pickle);
    QVERIFY(!looks);
    const auto entry = decodeEntry(pickle);
    QVERIFY2(entry, entry ? "" : entry.error().message().constData());
    QCOMPARE(entry->compressor, Compressor::None);
    QCOMPARE(entry->value, Value::string("nine char"));
    // A real one that is broken says so.
    const auto broken = decodeEntry(compress(Compressor::Zlib, "{}").chopped(1));
    QVERIFY(!broken);
    QCOMPARE(broken.error().reason, "the zlib data is cut off");
}

void TestEntryCodec::metadataMakesARestflowEntry_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("restflow");
    const auto row = [](bool restflow, const char *json) {
        QTest::newRow(json) << QByteArray(json) << restflow;
    };
    row(true,
        R"({"value":1,"metadata":{"cached_at":"x","cache_reset_at":null,"cache_status":"MISS"}})");
    row(true, R"({"metadata":{"cached_at":"x","cache_status":"MISS","more":1},"value":null})");
    row(false, R"({"value":1})");
    row(false, R"({"value":1,"metadata":{}})");
    row(false, R"({"value":1,"metadata":[]})");
    row(false, R"({"value":1,"metadata":{"cached_at":1,"cache_status":"MISS"}})");
    row(false, R"({"value":1,"metadata":{"cached_at":"x","cache_status":null}})");
    row(false,
        R"({"value":1,"metadata":{"cached_at":"x","cache_reset_at":5,"cache_status":"MISS"}})");
    row(false, R"({"value":1,"more":2,"metadata":{"cached_at":"x","cache_status":"MISS"}})");
    row(false, R"([])");
}

void TestEntryCodec::metadataMakesARestflowEntry()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, restflow);
    const auto entry = decodeEntry(json);
    QVERIFY(entry);
    QCOMPARE(entry->restflow, restflow);
    QCOMPARE(entry->metadata.has_value(), restflow);
    QCOMPARE(entry->value.find("value") != nullptr, !restflow && json.startsWith('{'));
}

void TestEntryCodec::timesAreRead()
{
    const auto entry
        = decodeEntry(R"({"value":1,"metadata":{"cached_at":"1970-01-01T01:00:00.250999+01:00",)"
                      R"("cache_reset_at":"2026-11-22T07:50:48Z","cache_status":"REFRESH"}})");
    QVERIFY(entry);
    QCOMPARE(entry->metadata->cachedAtMs, std::optional<qint64>(250));
    QCOMPARE(entry->metadata->resetAtMs, std::optional<qint64>(1'795'333'848'000));
    const auto odd
        = decodeEntry(R"({"value":1,"metadata":{"cached_at":"yesterday","cache_status":"MISS"}})");
    QVERIFY(odd && odd->restflow);
    QVERIFY(!odd->metadata->cachedAtMs);
    QVERIFY(!odd->metadata->cacheResetAt);
}

void TestEntryCodec::errorsNameTheEntry()
{
    const auto entry = decodeEntry("some text");
    QVERIFY(!entry);
    QCOMPARE(entry.error().message(),
             "Could not decode an entry of 9 bytes: no serializer is known; as JSON: no JSON value "
             "at byte 0");
    QVERIFY(!entry.error().retryable);
}

void TestEntryCodec::statusesHaveNames()
{
    for (const CacheStatus status : {CacheStatus::Hit, CacheStatus::Miss, CacheStatus::Stale,
                                     CacheStatus::Bypass, CacheStatus::Refresh})
        QCOMPARE(cacheStatus(name(status)), std::optional(status));
    QVERIFY(!cacheStatus("miss"));
    QVERIFY(!cacheStatus(""));
}

void TestEntryCodec::noBytesCrashIt()
{
    const std::vector<Fixture> valid = fixtures();
    QVERIFY(rc::check("damaged entries", [&valid] {
        QByteArray stored = valid[*rc::gen::inRange<std::size_t>(0, valid.size())].stored;
        const int changes = *rc::gen::inRange(1, 4);
        for (int i = 0; i < changes; ++i)
            stored[*rc::gen::inRange<qsizetype>(0, stored.size())] = *rc::gen::arbitrary<char>();
        const auto entry = decodeEntry(stored);
        RC_ASSERT(entry || !entry.error().reason.isEmpty());
    }));
    QVERIFY(rc::check("noise", [] {
        const auto entry = decodeEntry(arbitraryBytes());
        RC_ASSERT(entry || !entry.error().reason.isEmpty());
    }));
}

QTEST_GUILESS_MAIN(TestEntryCodec)
#include "tst_entrycodec.moc"
