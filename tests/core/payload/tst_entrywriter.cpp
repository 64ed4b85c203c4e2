// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/payload/compression.h"
#include "core/payload/decimaltext.h"
#include "core/payload/entrywriter.h"
#include "core/payload/jsonreader.h"
#include "core/payload/msgpackreader.h"
#include "core/payload/picklereader.h"
#include "randomvalue.h"

#include <QCryptographicHash>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

constexpr EntryTimes anyTimes{};

Value nested(int levels)
{
    Value value;
    for (int i = 0; i < levels; ++i)
        value = Value::list({value});
    return value;
}

QByteArray messageOf(const Result<QByteArray> &result)
{
    return result ? "written: " + *result : result.error().message();
}

} // namespace

Q_DECLARE_METATYPE(Cachelens::Serializer)

class TestEntryWriter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenReadsBack_data();
    void whatIsWrittenReadsBack();
    void anyValueReadsBack();
    void writesTheOpcodesOfPython();
    void writesJsonAsDjangoDoes_data();
    void writesJsonAsDjangoDoes();
    void writesMessagePackAsPythonDoes_data();
    void writesMessagePackAsPythonDoes();
    void largeIntegersKeepTheirDigits();
    void anEntryHasItsTimes();
    void anEntryWithoutExpiryNeverResets();
    void whatIsCompressedReadsBack();
    void onlyWhatIsLongAndGetsShorterIsCompressed();
    void whatCannotBeSaidNamesItsPlace_data();
    void whatCannotBeSaidNamesItsPlace();
    void limitsAreThoseOfTheReaders();
};

void TestEntryWriter::whatIsWrittenReadsBack_data()
{
    QTest::addColumn<Value>("value");
    const auto add = [](const char *name, const Value &value) { QTest::newRow(name) << value; };
    add("none", Value());
    add("true", Value(true));
    add("false", Value(false));
    for (const qint64 number :
         {Q_INT64_C(0), Q_INT64_C(255), Q_INT64_C(256), Q_INT64_C(-1), Q_INT64_C(2147483647),
          Q_INT64_C(2147483648), Q_INT64_C(-2147483648), Q_INT64_C(-2147483649),
          std::numeric_limits<qint64>::min(), std::numeric_limits<qint64>::max()})
        add(QByteArray::number(number), Value(number));
    add("float", Value(0.1));
    add("infinity", Value(std::numeric_limits<double>::infinity()));
    add("text", Value::string("caf\xc3\xa9"));
    add("text of 255 bytes", Value::string(QByteArray(255, 'x')));
    add("text of 256 bytes", Value::string(QByteArray(256, 'x')));
    add("bytes", Value::bytes(QByteArray("\0\xff", 2)));
    add("bytes of 300", Value::bytes(QByteArray(300, '\x80')));
    add("date", Value(Date{2026, 11, 22}));
    add("time", Value(Time{23, 59, 58, 999999, std::nullopt}));
    add("naive datetime", Value(DateTime{{1999, 12, 31}, {1, 2, 3, 4, std::nullopt}}));
    add("datetime in UTC", Value(DateTime{{2026, 1, 1}, {0, 0, 0, 0, 0}}));
    add("datetime west", Value(DateTime{{2026, 1, 1}, {0, 0, 0, 65536, -10800}}));
    add("datetime east", Value(DateTime{{2026, 1, 1}, {0, 0, 0, 0, 19800}}));
    add("timedelta", Value(TimeDelta{-2, 86399, 999999}));
    add("integer of 80 bits", Value::integer("-604462909807314587353088"));
    add("bytearray", Value::byteArray(QByteArray("\0\xff", 2)));
    add("uuid", Value::uuid("12345678-1234-5678-9234-567812345678"));
    add("uuid of zeros", Value::uuid("00000000-0000-0000-0000-000000000000"));
    add("uuid of ones", Value::uuid("ffffffff-ffff-ffff-ffff-ffffffffffff"));
    add("decimal", Value::decimal("-12.50"));
    add("empty list", Value::list({}));
    add("list", Value::list({Value(1), Value::string("a"), Value::list({Value()})}));
    add("empty tuple", Value::tuple({}));
    add("tuple", Value::tuple({Value(1), Value(2), Value(3), Value(4)}));
    add("set", Value::set({Value(1), Value::string("b")}));
    add("frozenset", Value::frozenSet({Value(1)}));
    add("map", Value::map({{Value::string("a"), Value(1)}, {Value(2), Value::list({})}}));
}

void TestEntryWriter::whatIsWrittenReadsBack()
{
    QFETCH(const Value, value);
    const auto bytes = encodeValue(value);
    QVERIFY2(bytes, bytes ? "" : bytes.error().message().constData());
    const auto entry = decodeEntry(*bytes);
    // An entry that is plain digits would be an integer: a pickle never is.
    QVERIFY2(entry, entry ? "" : entry.error().message().constData());
    QCOMPARE(entry->serializer, Serializer::Pickle);
    QCOMPARE(entry->pickleProtocol, 4);
    QVERIFY(entry->value == value);
}

void TestEntryWriter::anyValueReadsBack()
{
    QVERIFY(rc::check("pickle", [] {
        const Value value = *arbitraryValue(Format::Python);
        const auto bytes = encodeValue(value, Serializer::Pickle);
        RC_ASSERT(bytes);
        const auto read = readPickle(*bytes, {});
        RC_ASSERT(read);
        RC_ASSERT(read->value == value);
    }));
    QVERIFY(rc::check("JSON", [] {
        const Value value = *arbitraryValue(Format::Json);
        const auto bytes = encodeValue(value, Serializer::Json);
        RC_ASSERT(bytes);
        RC_ASSERT(readJson(*bytes, {}) == value);
    }));
    QVERIFY(rc::check("MessagePack", [] {
        const Value value = *arbitraryValue(Format::MessagePack);
        const auto bytes = encodeValue(value, Serializer::MessagePack);
        if (bytes)
            RC_ASSERT(readMessagePack(*bytes, {}) == value);
        else
            RC_ASSERT(bytes.error().reason == "its key is neither text nor bytes");
    }));
}

void TestEntryWriter::writesJsonAsDjangoDoes_data()
{
    QTest::addColumn<Value>("value");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const QByteArray &json, const Value &value) {
        QTest::newRow(json.constData()) << value << json;
    };
    const Date day{2025, 7, 4};
    row(R"([null,true,-7,1e+16,NaN,-Infinity])",
        Value::list({Value(), Value(true), Value(-7), Value(1e16),
                     Value(std::numeric_limits<double>::quiet_NaN()),
                     Value(-std::numeric_limits<double>::infinity())}));
    row("123456789012345678901234567890", Value::integer("123456789012345678901234567890"));
    row("[1,[]]", Value::tuple({Value(1), Value::list({})}));
    row("\"a\\\"\\\\\\n\\u0001\\u001f\x7f\xc3\xa9/\"",
        Value::string("a\"\\\n\x01\x1f\x7f\xc3\xa9/"));
    row(R"({"a":1,"2":{},"null":0,"true":0,"1.5":0})",
        Value::map({{Value::string("a"), Value(1)},
                    {Value(2), Value::map({})},
                    {Value(), Value(0)},
                    {Value(true), Value(0)},
                    {Value(1.5), Value(0)}}));
    row(R"("2025-07-04")", Value(day));
    row(R"("2025-07-04T01:02:03")", Value(DateTime{day, {1, 2, 3, 0, {}}}));
    row(R"("2025-07-04T01:02:03.000Z")", Value(DateTime{day, {1, 2, 3, 999, 0}}));
    row(R"("2025-07-04T01:02:03.123-03:30")", Value(DateTime{day, {1, 2, 3, 123'456, -12'600}}));
    row(R"("01:02:03")", Value(Time{1, 2, 3, 0, {}}));
    row(R"("01:02:03.123")", Value(Time{1, 2, 3, 123'999, {}}));
    row(R"("P0DT00H00M00S")", Value(TimeDelta{}));
    row(R"("P3DT04H05M06.000007S")", Value(TimeDelta{3, 14'706, 7}));
    row(R"("-P0DT00H00M00.000001S")", Value(TimeDelta{-1, 86'399, 999'999}));
    row(R"("-P1DT01H00M00S")", Value(TimeDelta{-2, 82'800, 0}));
    row(R"("12.50")", Value::decimal("12.50"));
    row(R"("12345678-1234-5678-9234-567812345678")",
        Value::uuid("12345678-1234-5678-9234-567812345678"));
}

void TestEntryWriter::writesJsonAsDjangoDoes()
{
    QFETCH(const Value, value);
    QFETCH(const QByteArray, json);
    QCOMPARE(messageOf(encodeValue(value, Serializer::Json)), "written: " + json);
}

void TestEntryWriter::writesMessagePackAsPythonDoes_data()
{
    QTest::addColumn<Value>("value");
    QTest::addColumn<QByteArray>("hex");
    const auto row = [](const char *hex, const Value &value) {
        QTest::newRow(hex) << value << QByteArray(hex);
    };
    row("7f", Value(127));
    row("cc80", Value(128));
    row("cd0100", Value(256));
    row("ce00010000", Value(65'536));
    row("cf0000000100000000", Value(Q_INT64_C(4'294'967'296)));
    row("cfffffffffffffffff", Value::integer("18446744073709551615"));
    row("e0", Value(-32));
    row("d0df", Value(-33));
    row("d1ff7f", Value(-129));
    row("d2ffff7fff", Value(-32'769));
    row("d3ffffffff7fffffff", Value(Q_INT64_C(-2'147'483'649)));
    row("a161", Value::string("a"));
    row("c40161", Value::bytes("a"));
    row("c40161", Value::byteArray("a"));
    row("93c0c2c3", Value::tuple({Value(), Value(false), Value(true)}));
    row("81a16190", Value::map({{Value::string("a"), Value::list({})}}));
}

void TestEntryWriter::writesMessagePackAsPythonDoes()
{
    QFETCH(const Value, value);
    QFETCH(const QByteArray, hex);
    const auto bytes = encodeValue(value, Serializer::MessagePack);
    QVERIFY(bytes);
    QCOMPARE(bytes->toHex(), hex);
}

void TestEntryWriter::largeIntegersKeepTheirDigits()
{
    const auto hex = [](const char *decimal) { return twosComplementFromDecimal(decimal).toHex(); };
    QCOMPARE(hex("0"), "00");
    QCOMPARE(hex("127"), "7f");
    QCOMPARE(hex("128"), "8000");
    QCOMPARE(hex("-128"), "80");
    QCOMPARE(hex("-129"), "7fff");
    QCOMPARE(hex("-4294967296"), "00000000ff");
    QCOMPARE(hex("18446744073709551616"), "000000000000000001");
    QVERIFY(rc::check("digits come back", [] {
        const Value number = arbitraryBigInt();
        RC_ASSERT(decimalFromTwosComplement(twosComplementFromDecimal(number.text()))
                  == number.text());
    }));
    const Value longest = Value::integer(QByteArray(10'000, '9'));
    const auto bytes = encodeValue(longest);
    QVERIFY(bytes);
    QCOMPARE(readPickle(*bytes, {})->value, longest);
}

void TestEntryWriter::writesTheOpcodesOfPython()
{
    // pickle.dumps({"a": [1, None, True]}, 4) without its frame and memo, as pickletools.optimize
    // leaves it but for the marks around what has one item.
    const auto bytes = encodeValue(
        Value::map({{Value::string("a"), Value::list({Value(1), Value(), Value(true)})}}));
    QVERIFY(bytes);
    QCOMPARE(*bytes,
             QByteArray("\x80\x04}(\x8c\x01"
                        "a](K\x01N\x88"
                        "eu."));
}

void TestEntryWriter::anEntryHasItsTimes()
{
    const WallTime cachedAt(std::chrono::milliseconds(1'800'000'000'123));
    const auto bytes = encodeEntry(
        Value(42), {cachedAt, cachedAt + std::chrono::seconds(300), CacheStatus::Refresh});
    QVERIFY(bytes);
    const auto entry = decodeEntry(*bytes);
    QVERIFY(entry);
    QVERIFY(entry->restflow);
    QVERIFY(entry->value == Value(42));
    QVERIFY(entry->metadata);
    QCOMPARE(entry->metadata->cachedAt, QByteArray("2027-01-15T08:00:00.123000+00:00"));
    QCOMPARE(entry->metadata->cacheResetAt, QByteArray("2027-01-15T08:05:00.123000+00:00"));
    QCOMPARE(entry->metadata->cacheStatus, QByteArray("REFRESH"));
    QCOMPARE(entry->metadata->cachedAtMs, 1'800'000'000'123);
    QCOMPARE(entry->metadata->resetAtMs, 1'800'000'300'123);
}

void TestEntryWriter::anEntryWithoutExpiryNeverResets()
{
    const auto bytes = encodeEntry(Value(), {WallTime(std::chrono::milliseconds(0)), std::nullopt});
    QVERIFY(bytes);
    const auto entry = decodeEntry(*bytes);
    QVERIFY(entry && entry->metadata);
    QVERIFY(!entry->metadata->cacheResetAt);
    QCOMPARE(entry->metadata->cacheStatus, QByteArray("MISS"));
}

void TestEntryWriter::whatIsCompressedReadsBack()
{
    QVERIFY(rc::check("any serializer in any compressor", [] {
        const auto compressor = static_cast<Compressor>(*rc::gen::inRange(0, 6));
        const auto serializer
            = *rc::gen::element(Serializer::Pickle, Serializer::Json, Serializer::MessagePack);
        const Value result = Value::list(
            {Value::string(QByteArray(500, 'x')), Value(1), Value::string(arbitraryText())});
        const auto bytes = encodeEntry(result, anyTimes, {serializer, compressor, 100});
        RC_ASSERT(bytes);
        const auto entry = decodeEntry(*bytes);
        RC_ASSERT(entry);
        RC_ASSERT(entry->restflow);
        RC_ASSERT(entry->value == result);
        RC_ASSERT(entry->serializer == serializer);
        RC_ASSERT(entry->compressor == compressor);
    }));
    for (const Compressor compressor :
         {Compressor::Zlib, Compressor::Gzip, Compressor::Lz4, Compressor::Xz, Compressor::Zstd}) {
        const auto nothing = compress(compressor, QByteArrayView());
        QVERIFY(nothing);
        const auto back = decompress(*nothing);
        QVERIFY(back);
        QCOMPARE(back->compressor, compressor);
        QVERIFY(back->bytes.isEmpty());
    }
}

void TestEntryWriter::onlyWhatIsLongAndGetsShorterIsCompressed()
{
    const auto compressorOf = [](const Value &result, qsizetype above) {
        const auto bytes
            = encodeEntry(result, anyTimes, {Serializer::Pickle, Compressor::Zlib, above});
        return decodeEntry(bytes.value()).value().compressor;
    };
    const Value text = Value::string(QByteArray(1000, 'x'));
    const qsizetype size = encodeEntry(text, anyTimes).value().size();
    QCOMPARE(compressorOf(text, size), Compressor::None);
    QCOMPARE(compressorOf(text, size - 1), Compressor::Zlib);
    QCOMPARE(compressorOf(Value(1), 0), Compressor::Zlib);
    QCOMPARE(EncodeOptions().compressAbove, 1024);

    QByteArray noise;
    for (int i = 0; i < 100; ++i)
        noise += QCryptographicHash::hash(QByteArray::number(i), QCryptographicHash::Sha256);
    const auto packed
        = encodeEntry(Value::bytes(noise), anyTimes, {Serializer::MessagePack, Compressor::Lz4, 0});
    QCOMPARE(decodeEntry(packed.value()).value().compressor, Compressor::None);
}

void TestEntryWriter::whatCannotBeSaidNamesItsPlace_data()
{
    QTest::addColumn<Value>("value");
    QTest::addColumn<Serializer>("serializer");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](Serializer serializer, const QByteArray &message, const Value &value) {
        const Value list = Value::list({Value(), value});
        QTest::newRow(message.constData())
            << Value::map({{Value::string("user"), list}}) << serializer << "Could not " + message;
    };
    const auto keyed = [](const Value &key) { return Value::map({{key, Value(1)}}); };
    const QByteArray json = "write as JSON value.user[1]";
    row(Serializer::Json, json + ": JSON has no bytes", Value::bytes("a"));
    row(Serializer::Json, json + ": JSON has no sets", Value::set({}));
    row(Serializer::Json, json + ": JSON has no times with an offset", Value(Time{1, 2, 3, 0, 0}));
    row(Serializer::Json, json + "[(1,)]: JSON has no such keys", keyed(Value::tuple({Value(1)})));
    row(Serializer::Json, json + ": it has no meaning without its class", Value::cycle());
    row(Serializer::Json, json + ": it is text that is not UTF-8", Value::string("\xff"));
    row(Serializer::Json, json + ".a\xc3\xa9: JSON has no bytes",
        Value::map({{Value::string("a\xc3\xa9"), Value::byteArray("x")}}));
    const QByteArray pack = "write as MessagePack value.user[1]";
    row(Serializer::MessagePack, pack + ": MessagePack has no decimals", Value::decimal("1"));
    row(Serializer::MessagePack, pack + ": MessagePack has no dates or times",
        Value(Date{2025, 1, 1}));
    row(Serializer::MessagePack, pack + ": MessagePack has no integers beyond 64 bits",
        Value::integer("18446744073709551616"));
    row(Serializer::MessagePack, pack + ": it is text that is not UTF-8",
        Value::string("\xed\xa0\x80"));
    row(Serializer::MessagePack, pack + "[1]: its key is neither text nor bytes", keyed(Value(1)));
    const QByteArray pickle = "write as pickle value.user[1]";
    row(Serializer::Pickle, pickle + ": it has no meaning without its class",
        Value::object({"shop.models.User", {}}));
    row(Serializer::Pickle, pickle + ": it is text that is not UTF-8", Value::string("a\x80"));
    row(Serializer::Pickle, pickle + "[0]: Python cannot hash it", Value::set({Value::list({})}));
    row(Serializer::Pickle, pickle + "[([],)][0]: Python cannot hash it",
        keyed(Value::tuple({Value::list({})})));
    row(Serializer::PlainInteger, "write as integer value: it is no integer", Value(1));
}

void TestEntryWriter::whatCannotBeSaidNamesItsPlace()
{
    QFETCH(const Value, value);
    QFETCH(const Serializer, serializer);
    QFETCH(const QByteArray, message);
    const auto bytes = encodeValue(value, serializer);
    QCOMPARE(messageOf(bytes), message);
    QCOMPARE(bytes.error().code, Error::Code::Unsupported);
    QCOMPARE(encodeEntry(value, anyTimes, {.serializer = serializer}).error().code,
             Error::Code::Unsupported);
}

void TestEntryWriter::limitsAreThoseOfTheReaders()
{
    const int depth = DecodeLimits().depth;
    for (const Serializer serializer :
         {Serializer::Pickle, Serializer::Json, Serializer::MessagePack}) {
        QVERIFY(encodeValue(nested(depth), serializer));
        QCOMPARE(encodeValue(nested(depth + 1), serializer).error().code,
                 Error::Code::LimitExceeded);
        // An entry is a map around it.
        const EncodeOptions options{.serializer = serializer};
        const auto entry = encodeEntry(nested(depth - 1), anyTimes, options);
        QVERIFY(entry);
        QVERIFY(decodeEntry(*entry));
        QCOMPARE(encodeEntry(nested(depth), anyTimes, options).error().code,
                 Error::Code::LimitExceeded);

        // Each list holds the one before twice: 2^40 places, 40 lists.
        Value shared;
        for (int i = 0; i < 40; ++i)
            shared = Value::list({shared, shared});
        const auto bytes = encodeValue(shared, serializer);
        QVERIFY(!bytes);
        QVERIFY(bytes.error().reason.contains("values"));
    }
    const auto longNumber = encodeValue(Value::integer(QByteArray(10'001, '9')));
    QVERIFY(messageOf(longNumber).contains("integerDigits"));
    const QByteArray large(DecodeLimits().decompressedBytes + 1, 'x');
    QVERIFY(messageOf(encodeValue(Value::string(large))).contains("decompressedBytes"));
    QVERIFY(messageOf(compress(Compressor::Zstd, large)).contains("compress with zstd 67108865"));
}

QTEST_GUILESS_MAIN(TestEntryWriter)
#include "tst_entrywriter.moc"
