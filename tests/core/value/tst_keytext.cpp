// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/value/isotext.h"
#include "core/value/keytext.h"
#include "core/value/pythonstr.h"

#include <rapidcheck.h>

#include <QTest>

#include <charconv>
#include <cmath>
#include <limits>
#include <set>

using namespace Cachelens;

namespace {

QByteArray keyText(const Value &value, const KeyTextOptions &options = {})
{
    QByteArray text;
    appendKeyText(text, value, options);
    return text;
}

QByteArray floatText(double number)
{
    QByteArray text;
    appendPythonFloat(text, number);
    return text;
}

QByteArray sha256(const QByteArray &text)
{
    return QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex();
}

template <typename T> QByteArray iso(const T &value)
{
    QByteArray text;
    appendIso(text, value);
    return text;
}

Time utc(Time time, int offset)
{
    time.utcOffset = offset;
    return time;
}

} // namespace

Q_DECLARE_METATYPE(Cachelens::Value)

class TestKeyText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesFloatsAsPythonDoes_data();
    void writesFloatsAsPythonDoes();
    void writesFloatsThatReadBackTheSame();
    void writesValuesAsKeysHaveThem_data();
    void writesValuesAsKeysHaveThem();
    void ordersKeysOfAnyKindAlikeWhateverTheirOrder();
    void hashesEachNestedTextAndTheWhole();
    void writesValuesAsPythonsStrDoes_data();
    void writesValuesAsPythonsStrDoes();
    void readsBackTheIsoTextsThatItWrites();
    void readsIsoTextsOfOthers();
    void refusesWhatIsNoDateOrTime_data();
    void refusesWhatIsNoDateOrTime();
};

void TestKeyText::writesFloatsAsPythonDoes_data()
{
    QTest::addColumn<double>("number");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *expected, double number) {
        QTest::newRow(expected) << number << QByteArray(expected);
    };
    row("0.0", 0.0);
    row("-0.0", -0.0);
    row("1.0", 1);
    row("100.0", 100);
    row("0.1", 0.1);
    row("-2.5", -2.5);
    row("123456789.125", 123456789.125);
    row("0.0001", 1e-4);
    row("1e-05", 1e-5);
    row("1.5e-07", 1.5e-7);
    row("9999999999999998.0", 9999999999999998.0);
    row("1e+16", 1e16);
    row("1.2345678901234567e+19", 12345678901234567890.0);
    row("1e+100", 1e100);
    row("5e-324", std::numeric_limits<double>::denorm_min());
    row("1.7976931348623157e+308", std::numeric_limits<double>::max());
    row("inf", std::numeric_limits<double>::infinity());
    row("-inf", -std::numeric_limits<double>::infinity());
    row("nan", std::numeric_limits<double>::quiet_NaN());
}

void TestKeyText::writesFloatsAsPythonDoes()
{
    QFETCH(double, number);
    QFETCH(QByteArray, expected);
    QCOMPARE(floatText(number), expected);
}

void TestKeyText::writesFloatsThatReadBackTheSame()
{
    QVERIFY(rc::check("a float's text reads back as the float", [](quint64 bits) {
        double number = 0;
        static_assert(sizeof number == sizeof bits);
        std::memcpy(&number, &bits, sizeof number);
        RC_PRE(std::isfinite(number));
        const QByteArray text = floatText(number);
        double read = 0;
        std::from_chars(text.constData(), text.constData() + text.size(), read);
        RC_ASSERT(Value(read) == Value(number));
        RC_ASSERT(text.contains('.') || text.contains('e'));
    }));
}

void TestKeyText::writesValuesAsKeysHaveThem_data()
{
    QTest::addColumn<Value>("value");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, const Value &value, const QByteArray &expected) {
        QTest::newRow(name) << value << expected;
    };
    const Value text = Value::string("a b");
    row("none", Value(), "null");
    row("true", Value(true), "True");
    row("false", Value(false), "False");
    row("integer", Value(-42), "-42");
    row("large integer", Value::integer("-12345678901234567890"), "-12345678901234567890");
    row("float", Value(1e16), "1e+16");
    row("text", text, "a b");
    row("list", Value::list({Value(2), Value(1), Value(), text}), "2,1,null,a b");
    row("tuple", Value::tuple({Value(2), Value(1)}), "2,1");
    row("empty list", Value::list({}), "");
    row("map",
        Value::map({{Value::string("b"), Value(1)}, {Value::string("a"), Value::list({text})}}),
        "a:a b||b:1");
    row("map in the order of code points",
        Value::map({{Value::string("\xf0\x9f\x98\x80"), Value(1)},
                    {Value::string("\xef\xbf\xbd"), Value(2)}}),
        "\xef\xbf\xbd:2||\xf0\x9f\x98\x80:1");
    row("map of integers", Value::map({{Value(10), Value(1)}, {Value(9), Value(2)}}), "9:2||10:1");
    row("map of numbers",
        Value::map({{Value(10.5), Value(1)}, {Value(9), Value(2)}, {Value(true), Value(3)}}),
        "True:3||9:2||10.5:1");
    row("date", Value(Date{2025, 7, 4}), "2025-07-04");
    row("time", Value(Time{1, 2, 3, 40, std::nullopt}), "01:02:03.000040");
    row("date and time", Value(DateTime{{2025, 7, 4}, utc({1, 2, 3, 0, {}}, 19800)}),
        "2025-07-04T01:02:03+05:30");
    row("decimal", Value::decimal("12.50"), "12.50");
    row("uuid", Value::uuid("12345678-1234-5678-1234-567812345678"),
        "12345678-1234-5678-1234-567812345678");
    row("bytes", Value::bytes("a\n"), "b'a\\n'");
}

void TestKeyText::writesValuesAsKeysHaveThem()
{
    QFETCH(Value, value);
    QFETCH(QByteArray, expected);
    QCOMPARE(keyText(value), expected);
}

void TestKeyText::ordersKeysOfAnyKindAlikeWhateverTheirOrder()
{
    QVERIFY(rc::check("the order of a map's entries does not matter", [] {
        ValueMap entries;
        for (const int number : *rc::gen::container<std::set<int>>(rc::gen::inRange(0, 200))) {
            if (*rc::gen::arbitrary<bool>())
                entries.emplace_back(Value(number), Value());
            else
                entries.emplace_back(Value::string(QByteArray::number(number) + 'a'), Value());
        }
        const QByteArray text = keyText(Value::map(entries));
        std::reverse(entries.begin(), entries.end());
        RC_ASSERT(keyText(Value::map(entries)) == text);
        std::rotate(entries.begin(), entries.begin() + std::ptrdiff_t(entries.size() / 2),
                    entries.end());
        RC_ASSERT(keyText(Value::map(entries)) == text);
    }));
}

void TestKeyText::hashesEachNestedTextAndTheWhole()
{
    KeyTextOptions options;
    options.hashValue = true;
    QCOMPARE(keyText(Value(1), options), sha256("1"));
    QCOMPARE(keyText(Value::list({Value(2), Value(1)}), options),
             sha256(sha256("2") + ',' + sha256("1")));
    QCOMPARE(keyText(Value::map({{Value::string("a"), Value(1)}}), options),
             sha256("a:" + sha256("1")));
    options.sortLists = true;
    QByteArrayList sorted{sha256("1"), sha256("2")};
    std::sort(sorted.begin(), sorted.end());
    QCOMPARE(keyText(Value::list({Value(1), Value(2)}), options), sha256(sorted.join(',')));
    options.hash = QCryptographicHash::Md5;
    QCOMPARE(keyText(Value(1), options).size(), 32);
}

void TestKeyText::writesValuesAsPythonsStrDoes_data()
{
    QTest::addColumn<Value>("value");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const QByteArray &expected, const Value &value) {
        QTest::newRow(expected.constData()) << value << expected;
    };
    const Date date{2025, 7, 4};
    row("None", Value());
    row("True", Value(true));
    row("2025-07-04 01:02:03.000004", Value(DateTime{date, {1, 2, 3, 4, {}}}));
    row("0:00:30", Value(TimeDelta{0, 30, 0}));
    row("1 day, 1:01:01.000005", Value(TimeDelta{1, 3661, 5}));
    row("-1 day, 23:59:59", Value(TimeDelta{-1, 86399, 0}));
    row("2 days, 10:00:00", Value(TimeDelta{2, 36000, 0}));
    row("['a', 1, None, 1.5]", Value::list({Value::string("a"), Value(1), Value(), Value(1.5)}));
    row("(1,)", Value::tuple({Value(1)}));
    row("()", Value::tuple({}));
    row("set()", Value::set({}));
    row("{1, 2}", Value::set({Value(1), Value(2)}));
    row("frozenset({1})", Value::frozenSet({Value(1)}));
    row("frozenset()", Value::frozenSet({}));
    row("{'a': 1}", Value::map({{Value::string("a"), Value(1)}}));
    row("[\"it's\"]", Value::list({Value::string("it's")}));
    row("['it\\'s \"so\"']", Value::list({Value::string("it's \"so\"")}));
    row("['\\x00\\t\\n\\r\\\\\\x7f']",
        Value::list({Value::string(QByteArray("\0\t\n\r\\\x7f", 6))}));
    row("['\u00e9\u540d\\xa0\\u200b']", Value::list({Value::string("\u00e9\u540d\u00a0\u200b")}));
    row("b'\\x00\\xff'", Value::bytes(QByteArray("\0\xff", 2)));
    row("bytearray(b'x')", Value::byteArray("x"));
    row("[Decimal('1.50')]", Value::list({Value::decimal("1.50")}));
    row("[UUID('12345678-1234-5678-1234-567812345678')]",
        Value::list({Value::uuid("12345678-1234-5678-1234-567812345678")}));
    row("[datetime.date(2025, 7, 4)]", Value::list({Value(date)}));
    row("[datetime.datetime(2025, 7, 4, 1, 2)]",
        Value::list({Value(DateTime{date, {1, 2, 0, 0, {}}})}));
    row("[datetime.datetime(2025, 7, 4, 1, 2, 0, 5, tzinfo=datetime.timezone.utc)]",
        Value::list({Value(DateTime{date, utc({1, 2, 0, 5, {}}, 0)})}));
    row("[datetime.time(1, 2, 3, tzinfo=datetime.timezone(datetime.timedelta(days=-1, "
        "seconds=75600)))]",
        Value::list({Value(utc({1, 2, 3, 0, {}}, -10800))}));
    row("[datetime.timedelta(days=1, microseconds=5), datetime.timedelta(0)]",
        Value::list({Value(TimeDelta{1, 0, 5}), Value(TimeDelta{})}));
    row("<class 'builtins.dict'>", Value::classNamed("builtins.dict"));
}

void TestKeyText::writesValuesAsPythonsStrDoes()
{
    QFETCH(Value, value);
    QFETCH(QByteArray, expected);
    QCOMPARE(pythonStr(value), expected);
}

void TestKeyText::readsBackTheIsoTextsThatItWrites()
{
    QVERIFY(rc::check("dates and times read back", [] {
        const Date date{qint16(*rc::gen::inRange(1, 10000)), quint8(*rc::gen::inRange(1, 13)),
                        quint8(*rc::gen::inRange(1, 29))};
        Time time{quint8(*rc::gen::inRange(0, 24)),
                  quint8(*rc::gen::inRange(0, 60)),
                  quint8(*rc::gen::inRange(0, 60)),
                  quint32(*rc::gen::inRange(0, 1000000)),
                  {}};
        if (*rc::gen::arbitrary<bool>())
            time.utcOffset = *rc::gen::inRange(-86399, 86400);
        RC_ASSERT(dateFromIso(iso(date)) == date);
        RC_ASSERT(timeFromIso(iso(time)) == time);
        const DateTime both{date, time};
        RC_ASSERT(dateTimeFromIso(iso(both)) == both);
    }));
}

void TestKeyText::readsIsoTextsOfOthers()
{
    QCOMPARE(timeFromIso("10:20:30Z")->utcOffset, std::optional<qint32>(0));
    QCOMPARE(timeFromIso("10:20")->second, 0);
    QCOMPARE(timeFromIso("10:20:30.5")->microsecond, 500000U);
    QCOMPARE(timeFromIso("10:20:30.123-00:30")->utcOffset, std::optional<qint32>(-1800));
    QCOMPARE(dateTimeFromIso("2024-02-29 10:20:30")->date.day, 29);
}

void TestKeyText::refusesWhatIsNoDateOrTime_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text :
         {"",           "2025",        "2025-13-01",        "2025-00-01",          "2025-02-29",
          "2025-04-31", "0000-01-01",  "2025-7-04",         "2025-07-04x",         "25:00:00",
          "10:60:00",   "10:00:60",    "10:00:00.",         "10:00:00.1234567",    "10:00:00+24:00",
          "10:00:00+1", "2025-07-04T", "2025-07-04T10:00x", "2025-07-04_10:00:00", "+025-01-01",
          "10:00:00Zx"}) {
        QTest::newRow(*text ? text : "empty") << QByteArray(text);
    }
}

void TestKeyText::refusesWhatIsNoDateOrTime()
{
    QFETCH(QByteArray, text);
    QVERIFY(!dateFromIso(text));
    QVERIFY(!timeFromIso(text));
    QVERIFY(!dateTimeFromIso(text));
}

QTEST_APPLESS_MAIN(TestKeyText)
#include "tst_keytext.moc"
