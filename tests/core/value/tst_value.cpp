// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/value/value.h"

#include <QTest>

#include <limits>
#include <stdexcept>

using namespace Cachelens;

class TestValue : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void holdsAnIntegerOfAnySize_data();
    void holdsAnIntegerOfAnySize();
    void holdsTextOfAnyLength();
    void leavesNoneWhereItWasMovedFrom();
    void throwsWhenAskedForWhatAnotherTypeHas();
    void findsMembersAndAttributesByName();
    void tellsTypesApart();
    void comparesSetsAndMapsRegardlessOfOrder();
    void comparesLargeContainersInAnyOrderQuickly();
    void comparesASharedGraphByItsNodes();
};

void TestValue::holdsAnIntegerOfAnySize_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Value::Type>("type");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *text, Value::Type type, const char *expected) {
        QTest::newRow(text) << QByteArray(text) << type << QByteArray(expected);
    };
    row("0", Value::Type::Int, "0");
    row("-0", Value::Type::Int, "0");
    row("+7", Value::Type::Int, "7");
    row("0012", Value::Type::Int, "12");
    row("9223372036854775807", Value::Type::Int, "9223372036854775807");
    row("-9223372036854775808", Value::Type::Int, "-9223372036854775808");
    row("9223372036854775808", Value::Type::BigInt, "9223372036854775808");
    row("-9223372036854775809", Value::Type::BigInt, "-9223372036854775809");
    row("-000000000000000000000000000000012345678901234567890", Value::Type::BigInt,
        "-12345678901234567890");
}

void TestValue::holdsAnIntegerOfAnySize()
{
    QFETCH(QByteArray, text);
    QFETCH(Value::Type, type);
    QFETCH(QByteArray, expected);
    const Value value = Value::integer(text);
    QCOMPARE(value.type(), type);
    QCOMPARE(type == Value::Type::Int ? QByteArray::number(value.toInt()) : value.toByteArray(),
             expected);
}

void TestValue::holdsTextOfAnyLength()
{
    QVERIFY(Value::string({}).text().isEmpty());
    for (qsizetype length = 1; length < 3 * Value::shortText; ++length) {
        QByteArray text(length, 'x');
        text.back() = '\0';
        const Value value = Value::string(text);
        const Value ofAView = Value::string(QByteArrayView(text));
        QCOMPARE(value.text(), QByteArrayView(text));
        QCOMPARE(value.toByteArray(), text);
        QVERIFY(value == ofAView);
        const Value copy = value;
        QCOMPARE(copy.text(), QByteArrayView(text));
        const bool isShared = copy.text().data() == value.text().data();
        QCOMPARE(isShared, length > Value::shortText);
        QCOMPARE(value.toByteArray().constData() == text.constData(), isShared);
    }
}

void TestValue::leavesNoneWhereItWasMovedFrom()
{
    const auto longText = QByteArray(100, 'x');
    for (const Value &value :
         {Value(true), Value(7), Value(0.5), Value::string("short"), Value::string(longText),
          Value(Date{2026, 11, 26}), Value::list({Value(1)}), Value::map({}), Value::object({})}) {
        Value from = value;
        const Value to = std::move(from);
        QVERIFY(from.isNone()); // NOLINT: what is tested
        QVERIFY(to == value);
        Value assigned = Value::string(longText);
        from = value;
        assigned = std::move(from);
        QVERIFY(from.isNone()); // NOLINT: what is tested
        QVERIFY(assigned == value);
    }
}

void TestValue::throwsWhenAskedForWhatAnotherTypeHas()
{
    const Value number(7);
    const Value list = Value::list({number});
    QVERIFY_THROWS_EXCEPTION(std::logic_error, static_cast<void>(number.text()));
    QVERIFY_THROWS_EXCEPTION(std::logic_error, static_cast<void>(list.toByteArray()));
    QVERIFY_THROWS_EXCEPTION(std::logic_error, static_cast<void>(number.toBool()));
    QVERIFY_THROWS_EXCEPTION(std::logic_error, static_cast<void>(Value(true).toInt()));
    QVERIFY_THROWS_EXCEPTION(std::logic_error, static_cast<void>(list.entries()));
    QVERIFY_THROWS_EXCEPTION(std::logic_error, static_cast<void>(Value::map({}).items()));
    QVERIFY_THROWS_EXCEPTION(std::logic_error, static_cast<void>(list.object()));
}

void TestValue::findsMembersAndAttributesByName()
{
    const Value map = Value::map({{Value(1), Value(10)}, {Value::string("a"), Value(20)}});
    QVERIFY(map.find("a"));
    QCOMPARE(map.find("a")->toInt(), 20);
    QVERIFY(!map.find("1"));
    QVERIFY(!map.find("b"));
    const Value object = Value::object({"m.C", {{Value::string("id"), Value(7)}}});
    QCOMPARE(object.find("id")->toInt(), 7);
    const Value request = Value::request({{}, {{Value::string("user"), object}}});
    QCOMPARE(request.find("user")->find("id")->toInt(), 7);
    QVERIFY(!Value::string("id").find("id"));
    QVERIFY(!Value().find("id"));
}

void TestValue::tellsTypesApart()
{
    QVERIFY(!(Value(1) == Value(1.0)));
    QVERIFY(!(Value(1) == Value(true)));
    QVERIFY(!(Value(0.0) == Value(-0.0)));
    QVERIFY(!(Value::string("a") == Value::bytes("a")));
    QVERIFY(!(Value::list({Value(1)}) == Value::tuple({Value(1)})));
    QVERIFY(!(Value::list({Value(1)}) == Value::list({Value(2)})));
    QVERIFY(!(Value::object({"m.A", {}}) == Value::object({"m.B", {}})));
    const double nan = std::numeric_limits<double>::quiet_NaN();
    QVERIFY(Value(nan) == Value(nan));
    QVERIFY(Value() == Value());
    QVERIFY(Value::cycle() == Value::cycle());
}

void TestValue::comparesSetsAndMapsRegardlessOfOrder()
{
    const Value one(1);
    const Value two = Value::string("two");
    QVERIFY(Value::set({one, two}) == Value::set({two, one}));
    QVERIFY(!(Value::set({one, one}) == Value::set({one, two})));
    QVERIFY(!(Value::set({one, two}) == Value::frozenSet({one, two})));
    QVERIFY(!(Value::list({one, two}) == Value::list({two, one})));
    QVERIFY(Value::map({{one, two}, {two, one}}) == Value::map({{two, one}, {one, two}}));
    QVERIFY(!(Value::map({{one, two}, {two, one}}) == Value::map({{two, two}, {one, one}})));
    QVERIFY(!(Value::map({{one, two}}) == Value::map({})));
    const Value nested = Value::set({Value::frozenSet({one, two}), one});
    QVERIFY(nested == Value::set({one, Value::frozenSet({two, one})}));
}

void TestValue::comparesLargeContainersInAnyOrderQuickly()
{
    ValueMap ascending;
    ValueMap descending;
    constexpr int count = 200000;
    for (int i = 0; i < count; ++i) {
        ascending.emplace_back(Value(i), Value(-i));
        descending.emplace_back(Value(count - 1 - i), Value(i + 1 - count));
    }
    QVERIFY(Value::map(ascending) == Value::map(descending));
    descending.front().second = Value(0);
    QVERIFY(!(Value::map(ascending) == Value::map(descending)));
}

void TestValue::comparesASharedGraphByItsNodes()
{
    // Written out, this would be two to the power of 200 items.
    Value graph = Value::list({});
    for (int i = 0; i < 200; ++i)
        graph = Value::list({graph, graph});
    const Value same = graph;
    QVERIFY(graph == same);
    QVERIFY(Value::list({graph, graph}) == Value::list({same, same}));
}

QTEST_APPLESS_MAIN(TestValue)
#include "tst_value.moc"
