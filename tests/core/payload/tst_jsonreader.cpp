// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/payload/jsonreader.h"
#include "encoders.h"
#include "randomvalue.h"

#include <QTest>

#include <cmath>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

Value text(const char *utf8)
{
    return Value::string(utf8);
}

QByteArray limitOf(const QByteArray &json, const DecodeLimits &limits)
{
    const auto read = readJson(json, limits);
    if (read)
        return "read";
    return read.error().code == Error::Code::LimitExceeded ? read.error().reason : QByteArray();
}

} // namespace

class TestJsonReader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsReadBack();
    void numbersKeepTheirKind();
    void numbersBeyondADoubleAreAsInPython();
    void stringsAreUnescaped_data();
    void stringsAreUnescaped();
    void ofEqualKeysTheLastCounts();
    void whiteSpaceIsSkipped();
    void whatIsNoJsonIsAnError_data();
    void whatIsNoJsonIsAnError();
    void cutOffAnywhereIsAnError();
    void noBytesCrashIt();
    void limitsAreNamed();
};

void TestJsonReader::whatIsWrittenIsReadBack()
{
    QVERIFY(rc::check("JSON", [] {
        const Value value = *arbitraryValue(Format::Json);
        const auto read = readJson(encodeJson(value), {});
        RC_ASSERT(read);
        RC_ASSERT(*read == value);
    }));
}

void TestJsonReader::numbersKeepTheirKind()
{
    QCOMPARE(readJson("1", {}).value(), Value(1));
    QCOMPARE(readJson("1.0", {}).value(), Value(1.0));
    QCOMPARE(readJson("1e2", {}).value(), Value(100.0));
    QCOMPARE(readJson("-0", {}).value(), Value(0));
    QVERIFY(std::signbit(readJson("-0.0", {}).value().toFloat()));
    QCOMPARE(readJson("9223372036854775807", {}).value(),
             Value(std::numeric_limits<qint64>::max()));
    const Value big = readJson("-9223372036854775809", {}).value();
    QCOMPARE(big.type(), Value::Type::BigInt);
    QCOMPARE(big.text(), "-9223372036854775809");
}

void TestJsonReader::numbersBeyondADoubleAreAsInPython()
{
    QVERIFY(std::isnan(readJson("NaN", {}).value().toFloat()));
    QCOMPARE(readJson("[Infinity, -Infinity, 1e999, -1e999]", {}).value(),
             Value::list({Value(std::numeric_limits<double>::infinity()),
                          Value(-std::numeric_limits<double>::infinity()),
                          Value(std::numeric_limits<double>::infinity()),
                          Value(-std::numeric_limits<double>::infinity())}));
    for (const QByteArray &tiny :
         {QByteArray("1e-999"), QByteArray("0.1E-99999999999999999999"),
          "0." + QByteArray(400, '0') + '1', "1" + QByteArray(50, '0') + ".0e-999"})
        QCOMPARE(readJson(tiny, {}).value(), Value(0.0));
    for (const QByteArray &huge :
         {QByteArray("1E+999"), QByteArray("0.1e99999999999999999999"),
          "1" + QByteArray(400, '0') + ".5", "0." + QByteArray(50, '0') + "1e+999"})
        QCOMPARE(readJson(huge, {}).value(), Value(std::numeric_limits<double>::infinity()));
}

void TestJsonReader::stringsAreUnescaped_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *json, const QByteArray &expected) {
        QTest::newRow(json) << QByteArray(json) << expected;
    };
    row(R"("")", "");
    row(R"("a\"b\\c\/d")", "a\"b\\c/d");
    row(R"("\b\f\n\r\t")", "\b\f\n\r\t");
    row(R"("\u00e9\u540d")", "é名");
    row(R"("\ud83d\ude00!")", "😀!");
    row(R"("a\ud800")", "a\xef\xbf\xbd");
    row(R"("\ud800\u0041")",
        "\xef\xbf\xbd"
        "A");
    row(R"("\udc00\ud800")", "\xef\xbf\xbd\xef\xbf\xbd");
    row(R"("\u0000")", QByteArray(1, '\0'));
    row("\"é名😀\"", "é名😀");
}

void TestJsonReader::stringsAreUnescaped()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, expected);
    const auto read = readJson(json, {});
    QVERIFY(read);
    QCOMPARE(read->text(), expected);
}

void TestJsonReader::ofEqualKeysTheLastCounts()
{
    QCOMPARE(readJson(R"({"a": 1, "b": 2, "a": 3})", {})->entries(),
             (ValueMap{{text("a"), Value(3)}, {text("b"), Value(2)}}));

    // Twenty keys, a hundred times each.
    QByteArray json = "{";
    for (int i = 0; i < 2000; ++i)
        json += "\"k" + QByteArray::number(i % 20) + "\": " + QByteArray::number(i) + ',';
    json.back() = '}';
    const Value read = readJson(json, {}).value();
    QCOMPARE(read.entries().size(), 20U);
    for (int i = 0; i < 20; ++i)
        QCOMPARE(*read.find("k" + QByteArray::number(i)), Value(1980 + i));
}

void TestJsonReader::whiteSpaceIsSkipped()
{
    QCOMPARE(
        readJson(" \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } } \n", {}).value(),
        Value::map({{text("a"), Value::list({Value(1), Value(2)})}, {text("b"), Value::map({})}}));
}

void TestJsonReader::whatIsNoJsonIsAnError_data()
{
    QTest::addColumn<QByteArray>("json");
    for (const char *json : {"",
                             " ",
                             "text",
                             "nul",
                             "nulls",
                             "[1,]",
                             "[,1]",
                             "[1 2]",
                             "[1",
                             "]",
                             "{\"a\"}",
                             "{\"a\":}",
                             "{\"a\":1,}",
                             "{a:1}",
                             "{1:2}",
                             "{\"a\":1 \"b\":2}",
                             "01",
                             "-",
                             "1.",
                             ".5",
                             "1e",
                             "1e+",
                             "+1",
                             "0x10",
                             "\"",
                             "\"\\",
                             "\"\\x\"",
                             "\"\\u12\"",
                             "\"\\u12g4\"",
                             "\"a\nb\"",
                             "\"\\ta\x01\"",
                             "'a'",
                             "1 2",
                             "-Inf",
                             "-NaN",
                             "\"\xff\"",
                             "\"\\t\xc3\"",
                             "[1]]"})
        QTest::newRow(json) << QByteArray(json);
}

void TestJsonReader::whatIsNoJsonIsAnError()
{
    QFETCH(QByteArray, json);
    const auto read = readJson(json, {});
    QVERIFY(!read);
    QCOMPARE(read.error().code, Error::Code::Undecodable);
}

void TestJsonReader::cutOffAnywhereIsAnError()
{
    const QByteArray json
        = R"({"a": [1, 2.5e-3, -7, true, false, null], "é\u00e9\n": {"n": {}, "s": "x\\y"}, "i": -Infinity})";
    QVERIFY(readJson(json, {}));
    for (qsizetype size = 0; size < json.size(); ++size)
        QVERIFY2(!readJson(QByteArrayView(json).first(size), {}),
                 QByteArray::number(size).constData());
    QVERIFY(!readJson(json + '}', {}));
}

void TestJsonReader::noBytesCrashIt()
{
    const QByteArray letters = "{}[]\",:\\u0123456789abdeftnr-+.E INa\xc3\xa9";
    QVERIFY(rc::check("noise of JSON's letters", [&letters] {
        QByteArray json;
        for (const auto i : *rc::gen::container<std::vector<qsizetype>>(
                 rc::gen::inRange<qsizetype>(0, letters.size())))
            json += letters[i];
        const auto read = readJson(json, {});
        RC_ASSERT(read || !read.error().reason.isEmpty());
    }));
}

void TestJsonReader::limitsAreNamed()
{
    const DecodeLimits limits{.depth = 5, .values = 20, .containerItems = 5, .integerDigits = 30};
    QCOMPARE(limitOf("[[[[[]]]]]", limits), "read");
    QCOMPARE(limitOf("[[[[[[]]]]]]", limits), "it goes over the limit depth of 5");
    QCOMPARE(limitOf(R"({"a":{"a":{"a":{"a":{"a":{}}}}}})", limits),
             "it goes over the limit depth of 5");
    QCOMPARE(limitOf("[1,2,3,4,5]", limits), "read");
    QCOMPARE(limitOf("[1,2,3,4,5,6]", limits), "it goes over the limit containerItems of 5");
    QCOMPARE(limitOf(R"({"a":1,"a":1,"a":1,"a":1,"a":1,"a":1})", limits),
             "it goes over the limit containerItems of 5");
    QCOMPARE(limitOf("[[1,2,3,4],[1,2,3,4],[1,2,3,4],[1,2,3]]", limits), "read");
    QCOMPARE(limitOf("[[1,2,3,4],[1,2,3,4],[1,2,3,4],[1,2,3,4]]", limits),
             "it goes over the limit values of 20");
    QCOMPARE(limitOf(QByteArray(30, '9'), limits), "read");
    QCOMPARE(limitOf('-' + QByteArray(31, '9'), limits),
             "it goes over the limit integerDigits of 30");
    // The defaults stop before the stack does.
    QCOMPARE(limitOf(QByteArray(1'000'000, '['), {}), "it goes over the limit depth of 500");
}

QTEST_GUILESS_MAIN(TestJsonReader)
#include "tst_jsonreader.moc"
