// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/value/valuejson.h"

#include <rapidcheck.h>

#include <QFile>
#include <QTest>

#include <limits>

using namespace Cachelens;

namespace {

rc::Gen<QByteArray> bytes()
{
    return rc::gen::map(rc::gen::arbitrary<std::string>(),
                        [](const std::string &text) { return QByteArray::fromStdString(text); });
}

rc::Gen<QByteArray> text()
{
    // Names with a dollar matter to the format; the rest is to be escaped or not.
    return rc::gen::map(
        rc::gen::container<std::vector<QByteArray>>(rc::gen::element<QByteArray>(
            "$", "a", "$int", "\"", "\\", "\n", "\x01", "\x7f", "\u00e9", "\U0001f600")),
        [](const std::vector<QByteArray> &parts) {
            QByteArray joined;
            for (const QByteArray &part : parts)
                joined += part;
            return joined;
        });
}

Value anyScalar()
{
    switch (*rc::gen::inRange(0, 16)) {
    case 0:
        return Value();
    case 1:
        return Value(*rc::gen::arbitrary<bool>());
    case 2:
        return Value(*rc::gen::arbitrary<int>());
    case 3:
        return Value(*rc::gen::arbitrary<qint64>());
    case 4:
        return Value::integer("123456789012345678901234567890");
    case 5:
        return Value(*rc::gen::arbitrary<double>());
    case 6:
        return Value(*rc::gen::element(std::numeric_limits<double>::infinity(),
                                       std::numeric_limits<double>::quiet_NaN(), 1.0, -0.0, 1e300));
    case 7:
        return Value::bytes(*bytes());
    case 8:
        return Value::byteArray(*bytes());
    case 9:
        return Value(Date{qint16(*rc::gen::inRange(1, 10000)), 2, 28});
    case 10:
        return Value(Time{1, 2, 3, quint32(*rc::gen::inRange(0, 1000000)), 3600});
    case 11:
        return Value(DateTime{{2025, 7, 24}, {1, 2, 3, 0, std::nullopt}});
    case 12:
        return Value(TimeDelta{*rc::gen::inRange(-999999999, 999999999),
                               *rc::gen::inRange(0, 86400), *rc::gen::inRange(0, 1000000)});
    case 13:
        return Value::decimal("12.50");
    case 14:
        return Value::uuid("12345678-1234-5678-1234-56781234abcd");
    default:
        return Value::string(*text());
    }
}

ValueMap anyAttributes(int depth);

Value anyValue(int depth)
{
    if (depth == 0 || *rc::gen::arbitrary<bool>())
        return anyScalar();
    ValueList items;
    const int count = *rc::gen::inRange(0, 4);
    for (int i = 0; i < count; ++i)
        items.push_back(anyValue(depth - 1));
    switch (*rc::gen::inRange(0, 9)) {
    case 0:
        return Value::list(items);
    case 1:
        return Value::tuple(items);
    case 2:
        return Value::set(items);
    case 3:
        return Value::frozenSet(items);
    case 4: {
        ValueMap entries;
        for (const Value &item : items) {
            const bool known = std::any_of(entries.begin(), entries.end(),
                                           [&item](const auto &e) { return e.first == item; });
            if (!known)
                entries.emplace_back(item, anyValue(depth - 1));
        }
        return Value::map(entries);
    }
    case 5:
        return Value::map(anyAttributes(depth - 1));
    case 6:
        return Value::object({"module.Name", anyAttributes(depth - 1)});
    case 7:
        return Value::object({{}, anyAttributes(depth - 1)});
    default:
        return Value::request({{}, anyAttributes(depth - 1)});
    }
}

ValueMap anyAttributes(int depth)
{
    ValueMap entries;
    for (const QByteArray &name : *rc::gen::container<std::set<QByteArray>>(text())) {
        if (entries.size() < 4)
            entries.emplace_back(Value::string(name), anyValue(depth));
    }
    return entries;
}

Value read(const QByteArray &json)
{
    Result<Value> value = valueFromJson(json, "test");
    if (!value)
        qFatal("%s", value.error().message().constData());
    return std::move(*value);
}

} // namespace

class TestValueJson : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsBackWhatItWrites();
    void writesEachKindAsTheFormatSays_data();
    void writesEachKindAsTheFormatSays();
    void readsTheValuesOfTheFixtures();
    void keepsTheOrderAndTheLastOfEqualMembers();
    void indents();
    void namesTheMistakeAndItsPlace_data();
    void namesTheMistakeAndItsPlace();
    void stopsAtItsBudgetWhateverTheGraph();
    void cutsBetweenCharacters();
    void marksWhatIsTooDeep();
    void refusesJsonThatIsTooDeep();
    void replacesBytesThatAreNotUtf8();
    void refusesAnyBytesOrReadsThem();
};

void TestValueJson::readsBackWhatItWrites()
{
    QVERIFY(rc::check("a value's JSON reads back as the value", [] {
        const Value value = anyValue(4);
        JsonOptions options;
        options.indent = *rc::gen::element(-1, 0, 2);
        const JsonText written = valueToJson(value, options);
        RC_LOG() << written.json.constData() << '\n';
        RC_ASSERT(!written.truncated);
        const Result<Value> readBack = valueFromJson(written.json, "test");
        RC_ASSERT(readBack.has_value());
        RC_ASSERT(*readBack == value);
        RC_ASSERT(valueToJson(*readBack, options).json == written.json);
    }));
}

void TestValueJson::writesEachKindAsTheFormatSays_data()
{
    QTest::addColumn<QByteArray>("json");
    for (const char *json :
         {"null",
          "true",
          "42",
          "9007199254740992",
          R"({"$int": "9007199254740993"})",
          R"({"$int": "-9223372036854775809"})",
          "1.5",
          "1.0",
          "1e+16",
          R"({"$float": "nan"})",
          R"({"$float": "-inf"})",
          R"("text \"quoted\" \\ \n \u0001 é")",
          R"({"$date": "2025-07-24"})",
          R"({"$datetime": "2029-06-08T21:14:48.120000-03:00"})",
          R"({"$time": "10:20:30"})",
          R"({"$timedelta": 86430.0})",
          R"({"$timedelta": -0.000001})",
          R"({"$timedelta": -86399999913600.0})",
          R"({"$decimal": "12.50"})",
          R"({"$uuid": "12345678-1234-5678-1234-567812345678"})",
          R"({"$bytes": "AAH/Ymlu"})",
          R"({"$bytearray": ""})",
          R"({"$tuple": ["a", null]})",
          R"({"$set": [3]})",
          R"({"$frozenset": []})",
          R"({"$dict": [[1, "a"], [{"$tuple": [1, 2]}, "b"]]})",
          R"({"$map": [["$int", 1], ["b", 2]]})",
          R"({"$cycle": true})",
          R"({"$class": "builtins.dict"})",
          R"({"$object": "m.Point"})",
          R"({"$object": "m.Point", "args": {"$tuple": [1]}, "state": {"x": 1}})",
          R"({"$object": {"id": 1, "$odd": 2}})",
          R"({"$request": {"query_params": [["q", "a"]], "user": {"$object": {"id": 7}}}})",
          R"([1, [], {}, {"a": [null]}])"}) {
        QTest::newRow(json) << QByteArray(json);
    }
}

void TestValueJson::writesEachKindAsTheFormatSays()
{
    QFETCH(QByteArray, json);
    QCOMPARE(valueToJson(read(json)).json, json);
}

void TestValueJson::readsTheValuesOfTheFixtures()
{
    QFile file(QStringLiteral(CACHELENS_TEST_DATA "/restflow-live.jsonl"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    int lines = 0;
    while (!file.atEnd()) {
        const Value value = read(file.readLine());
        QVERIFY(value.find("expect"));
        QVERIFY(read(valueToJson(value).json) == value);
        ++lines;
    }
    QCOMPARE(lines, 231);
}

void TestValueJson::keepsTheOrderAndTheLastOfEqualMembers()
{
    const Value value = read(R"({"b": 1, "a": 2, "b": 3})");
    QCOMPARE(valueToJson(value).json, QByteArray(R"({"b": 3, "a": 2})"));
    QCOMPARE(valueToJson(read(R"({"$dict": [[1, 2], [3, 4], [1, 5]]})")).json,
             QByteArray(R"({"$dict": [[1, 5], [3, 4]]})"));
}

void TestValueJson::indents()
{
    JsonOptions options;
    options.indent = 2;
    QCOMPARE(valueToJson(read(R"({"a": [1, {}], "b": {"$date": "2025-07-24"}})"), options).json,
             QByteArray("{\n  \"a\": [\n    1,\n    {}\n  ],\n"
                        "  \"b\": {\"$date\": \"2025-07-24\"}\n}"));
}

void TestValueJson::namesTheMistakeAndItsPlace_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char *json, const char *message) {
        QTest::newRow(message) << QByteArray(json) << QByteArray(message);
    };
    row(R"({"a": [1, {"$when": 2}]})", "line 1, a[1]: unknown kind of value $when");
    row("{\"a\":\n\n[{\"$int\": \"1x\"}]}",
        "line 3, a[0].$int: must be an integer as text, not \"1x\"");
    row(R"({"$date": "2025-02-30"})",
        "line 1, $date: must be a date such as 2025-07-24, not \"2025-02-30\"");
    row(R"({"$bytes": "a"})", "line 1, $bytes: must be a string of base64, not \"a\"");
    row(R"({"$tuple": 1})", "line 1, $tuple: must be a list, not an integer");
    row(R"({"$dict": [[1]]})", "line 1, $dict[0]: must be a pair of key and value, not a list");
    row(R"({"$map": [[1, 2]]})", "line 1, $map[0][0]: must be a string, not an integer");
    row(R"({"$uuid": "12"})", "line 1, $uuid: must be a UUID, not \"12\"");
    row(R"({"$timedelta": 1e30})",
        "line 1, $timedelta: must be a number of seconds below 1e14, not a number");
    row(R"({"$cycle": false})", "line 1, $cycle: must be true, not false");
    row(R"({"$request": []})", "line 1, $request: must be an object, not a list");
    row(R"({"$object": 3})",
        "line 1, $object: must be a class's name or an object, not an integer");
    row("[1,\n 2,]", "not JSON: line 2, column 4");
    row("", "not JSON: line 1, column 1");
    row("1 2", "not JSON: line 1, column 3");
    row("[1,\n 1e400]", "not JSON: line 2: number overflow parsing '1e400'");
    row("\"\\ud800\"", "not JSON: line 1, column 8");
}

void TestValueJson::namesTheMistakeAndItsPlace()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, message);
    const Result<Value> value = valueFromJson(json, "values.json");
    QVERIFY(!value);
    QCOMPARE(value.error().code, Error::Code::InvalidInput);
    const QByteArray text = value.error().message();
    QVERIFY2(text.startsWith("Could not read values.json"), text.constData());
    QVERIFY2(text.contains(message), text.constData());
}

void TestValueJson::stopsAtItsBudgetWhateverTheGraph()
{
    // Written out, these would be two to the power of 500 items.
    Value lists = Value::list({});
    Value pairs = Value::map({});
    for (int i = 0; i < 500; ++i) {
        lists = Value::list({lists, lists});
        pairs = Value::map({{Value(1), pairs}, {Value(2), pairs}});
    }
    JsonOptions options;
    options.maxBytes = 100000;
    for (const Value &graph : {lists, pairs}) {
        for (const int indent : {-1, 4}) {
            options.indent = indent;
            const JsonText text = valueToJson(graph, options);
            QVERIFY(text.truncated);
            QCOMPARE(text.json.size(), options.maxBytes);
        }
    }
    options.indent = -1;
    const JsonText large = valueToJson(Value::bytes(QByteArray(10000000, 'x')), options);
    QVERIFY(large.truncated);
    QCOMPARE(large.json.size(), options.maxBytes);
    QVERIFY(large.json.capacity() < 1000000);
}

void TestValueJson::cutsBetweenCharacters()
{
    JsonOptions options;
    for (options.maxBytes = 0; options.maxBytes < 12; ++options.maxBytes) {
        const JsonText text = valueToJson(Value::string("\u00e9\u540d\U0001f600"), options);
        QCOMPARE(text.truncated, options.maxBytes < 11);
        QVERIFY(text.json.size() <= options.maxBytes);
        QVERIFY(text.json.size() + 4 > options.maxBytes || !text.truncated);
        QCOMPARE(QString::fromUtf8(text.json).toUtf8(), text.json);
    }
}

void TestValueJson::marksWhatIsTooDeep()
{
    Value nested = Value(1);
    for (int i = 0; i < 5; ++i)
        nested = Value::list({nested});
    JsonOptions options;
    options.maxDepth = 3;
    QCOMPARE(valueToJson(nested, options).json, QByteArray(R"([[[{"$deep": true}]]])"));
    QCOMPARE(valueToJson(read(R"([{"$deep": true}])")).json, QByteArray(R"([{"$cycle": true}])"));

    // As deep as it writes, it reads.
    Value deep = Value(1);
    for (int i = 0; i < 2000; ++i)
        deep = Value::map({{Value(1), deep}});
    const JsonText text = valueToJson(deep);
    QVERIFY(!text.truncated);
    QVERIFY(valueFromJson(text.json, "test").has_value());
}

void TestValueJson::refusesJsonThatIsTooDeep()
{
    const QByteArray json = QByteArray(1000000, '[');
    const Result<Value> value = valueFromJson(json, "deep.json");
    QVERIFY(!value);
    QVERIFY(value.error().reason.contains("nested deeper than"));
}

void TestValueJson::replacesBytesThatAreNotUtf8()
{
    const Value odd = Value::string("a\xff\xc3(\xed\xa0\x80\xe2\x82z\xf5\xc3");
    const QByteArray json = valueToJson(odd).json;
    QCOMPARE(json,
             QByteArray("\"a\\ufffd\\ufffd(\\ufffd\\ufffd\\ufffd\\ufffd\\ufffdz"
                        "\\ufffd\\ufffd\""));
    QVERIFY(valueFromJson(json, "test").has_value());
}

void TestValueJson::refusesAnyBytesOrReadsThem()
{
    const QByteArray whole = R"({"a": [1, -2.5e3, {"$dict": [[1, "x"]]}, "\u00e9", null, true]})";
    QVERIFY(valueFromJson(whole, "test").has_value());
    for (qsizetype length = 0; length < whole.size(); ++length)
        QVERIFY(!valueFromJson(whole.first(length), "test").has_value());
    QVERIFY(rc::check("random bytes are refused or read", [whole] {
        QByteArray json = *bytes();
        if (*rc::gen::arbitrary<bool>()) {
            json = whole;
            json[*rc::gen::inRange<qsizetype>(0, json.size())] = *rc::gen::arbitrary<char>();
        }
        const Result<Value> value = valueFromJson(json, "test");
        if (value) {
            const Result<Value> again = valueFromJson(valueToJson(*value).json, "test");
            RC_ASSERT(again.has_value());
            RC_ASSERT(*again == *value);
        } else {
            RC_ASSERT(!value.error().reason.isEmpty());
        }
    }));
}

QTEST_APPLESS_MAIN(TestValueJson)
#include "tst_valuejson.moc"
