// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/payload/entrywriter.h"

#include <QTest>

using namespace Cachelens;

class TestEntryWriter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenReadsBack_data();
    void whatIsWrittenReadsBack();
    void writesTheOpcodesOfPython();
    void anEntryHasItsTimes();
    void anEntryWithoutExpiryNeverResets();
    void whatHasNoMeaningWithoutItsClassIsRefused();
    void nestingStopsAtTheReadersLimit();
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
    const auto bytes = pickled(value);
    QVERIFY2(bytes, bytes ? "" : bytes.error().message().constData());
    const auto entry = decodeEntry(*bytes);
    // An entry that is plain digits would be an integer: a pickle never is.
    QVERIFY2(entry, entry ? "" : entry.error().message().constData());
    QCOMPARE(entry->serializer, Serializer::Pickle);
    QCOMPARE(entry->pickleProtocol, 4);
    QVERIFY(entry->value == value);
}

void TestEntryWriter::writesTheOpcodesOfPython()
{
    // pickle.dumps({"a": [1, None, True]}, 4) without its frame and memo, as pickletools.optimize
    // leaves it but for the marks around what has one item.
    const auto bytes = pickled(
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

void TestEntryWriter::whatHasNoMeaningWithoutItsClassIsRefused()
{
    for (const Value &value :
         {Value::object({"shop.models.User", {}}), Value::classNamed("shop.models.User"),
          Value::cycle(), Value::integer("123456789012345678901234567890")}) {
        const auto bytes = pickled(Value::list({value}));
        QVERIFY(!bytes);
        QCOMPARE(bytes.error().code, Error::Code::Unsupported);
    }
}

void TestEntryWriter::nestingStopsAtTheReadersLimit()
{
    Value value;
    for (int i = 0; i < DecodeLimits().depth + 1; ++i)
        value = Value::list({value});
    const auto bytes = pickled(value);
    QVERIFY(!bytes);
    QCOMPARE(bytes.error().code, Error::Code::LimitExceeded);
}

QTEST_GUILESS_MAIN(TestEntryWriter)
#include "tst_entrywriter.moc"
