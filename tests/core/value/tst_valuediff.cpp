// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/value/fingerprint.h"
#include "core/value/valuediff.h"

#include "tests/core/payload/randomvalue.h"

#include <QTest>

#include <rapidcheck.h>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

using Change = ValueDiff::Change;
using Node = ValueDiff::Node;

Value text(const char *utf8)
{
    return Value::string(utf8);
}

Value map(std::initializer_list<std::pair<const char *, Value>> members)
{
    ValueMap entries;
    for (const auto &[name, value] : members)
        entries.emplace_back(text(name), value);
    return Value::map(std::move(entries));
}

Value numbers(int begin, int end)
{
    ValueList items;
    for (int i = begin; i < end; ++i)
        items.emplace_back(i);
    return Value::list(std::move(items));
}

/// "email ~ -b =c =*3": each child with its sign; deeper ones in parentheses.
QByteArray outline(const Node &node)
{
    QByteArray out;
    for (const Node &child : node.children) {
        if (!out.isEmpty())
            out += ' ';
        out += "=+-~"[static_cast<int>(child.change)];
        if (child.name)
            out += child.name->isString() ? child.name->toByteArray()
                                          : valueToJson(*child.name).json;
        else if (child.count > 1)
            out += '*' + QByteArray::number(child.count);
        else
            out += valueToJson(child.change == Change::Added ? *child.after : *child.before).json;
        if (!child.children.empty())
            out += '(' + outline(child) + ')';
    }
    return out;
}

QByteArray outline(const Value &before, const Value &after, const DiffOptions &options = {})
{
    return outline(diffValues(before, after, options).root);
}

bool isProperty(const char *what, const auto &holds)
{
    return rc::check(what, holds);
}

} // namespace

class TestValueDiff : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalValuesDoNotDiffer();
    void mapsDifferByTheirKeys();
    void whatIsNestedIsComparedWithin();
    void aListKeepsWhatItHasInCommon();
    void anItemThatChangedIsComparedWithTheOneInItsPlace();
    void setsDifferByTheirMembers();
    void objectsOfOneClassDifferByTheirAttributes();
    void otherTypesDifferAsAWhole();
    void equalNeighboursFarFromADifferenceStandTogether();
    void keysOfAnyTypeAreMatched();
    void stopsAtItsLimitsAndSaysSo();
    void aSmallGraphThatUnfoldsEnormouslyIsComparedQuickly();
    void longListsThatDifferThroughoutAreComparedQuickly();

    void aFingerprintIsAsEqualityHasIt();
    void noDifferenceIsFoundExactlyBetweenEqualValues();
    void whatWasTakenOutOfAListIsWhatIsRemoved();
};

void TestValueDiff::equalValuesDoNotDiffer()
{
    const Value value = map({{"a", numbers(0, 3)}, {"b", Value(1.5)}});
    const ValueDiff diff = diffValues(value, map({{"b", Value(1.5)}, {"a", numbers(0, 3)}}));
    QVERIFY(diff.isSame());
    QVERIFY(diff.root.children.empty());
    QCOMPARE(diff.added + diff.removed + diff.changed, 0);
}

void TestValueDiff::mapsDifferByTheirKeys()
{
    const ValueDiff diff
        = diffValues(map({{"id", Value(1)}, {"email", text("a@b")}, {"gone", Value()}}),
                     map({{"new", Value(true)}, {"id", Value(1)}, {"email", text("c@d")}}));
    QVERIFY(!diff.isSame());
    QVERIFY(diff.complete);
    QCOMPARE(outline(diff.root), "=id ~email -gone +new");
    QCOMPARE(diff.added, 1);
    QCOMPARE(diff.removed, 1);
    QCOMPARE(diff.changed, 1);
    const Node &email = diff.root.children[1];
    QCOMPARE(email.before->text(), "a@b");
    QCOMPARE(email.after->text(), "c@d");
    QVERIFY(!diff.root.children[2].after);
    QVERIFY(!diff.root.children[3].before);
}

void TestValueDiff::whatIsNestedIsComparedWithin()
{
    const auto user = [](const char *theme) {
        return map(
            {{"id", Value(7)}, {"prefs", map({{"theme", text(theme)}, {"page", Value(2)}})}});
    };
    const ValueDiff diff = diffValues(user("dark"), user("light"));
    QCOMPARE(outline(diff.root), "=id ~prefs(~theme =page)");
    QCOMPARE(diff.changed, 1); // of what holds a change, only the change is counted
}

void TestValueDiff::aListKeepsWhatItHasInCommon()
{
    const auto list = [](std::initializer_list<int> items) {
        ValueList values;
        for (const int item : items)
            values.emplace_back(item);
        return Value::list(std::move(values));
    };
    QCOMPARE(outline(list({1, 2, 3}), list({1, 9, 2, 3})), "=1 +9 =2 =3");
    QCOMPARE(outline(list({1, 2, 3}), list({2, 3})), "-1 =2 =3");
    QCOMPARE(outline(list({1, 2, 3, 4}), list({0, 2, 4, 5})), "~1 =2 -3 =4 +5");
    QCOMPARE(outline(list({1, 2}), list({2, 1})), "-1 =2 +1");
    QCOMPARE(outline(list({}), list({1})), "+1");
}

void TestValueDiff::anItemThatChangedIsComparedWithTheOneInItsPlace()
{
    const auto order = [](int id, const char *status) {
        return map({{"id", Value(id)}, {"status", text(status)}});
    };
    const ValueDiff diff
        = diffValues(Value::list({order(1, "paid"), order(2, "open")}),
                     Value::list({order(1, "paid"), order(2, "shipped"), order(3, "open")}));
    QCOMPARE(diff.root.children.size(), 3U);
    QCOMPARE(outline(diff.root.children[1]), "=id ~status");
    QCOMPARE(diff.root.children[2].change, Change::Added);
}

void TestValueDiff::setsDifferByTheirMembers()
{
    QCOMPARE(outline(Value::set({Value(1), Value(2)}), Value::set({Value(3), Value(2)})),
             "-1 =2 +3");
}

void TestValueDiff::objectsOfOneClassDifferByTheirAttributes()
{
    const auto object = [](const char *name, int id) {
        return Value::object({name, {{text("id"), Value(id)}}});
    };
    QCOMPARE(outline(object("m.User", 1), object("m.User", 2)), "~id");
    const ValueDiff diff = diffValues(object("m.User", 1), object("m.Group", 1));
    QVERIFY(diff.root.children.empty());
    QCOMPARE(diff.changed, 1);
}

void TestValueDiff::otherTypesDifferAsAWhole()
{
    for (const auto &[before, after] : std::initializer_list<std::pair<Value, Value>>{
             {Value(1), Value(1.0)},
             {numbers(0, 2), Value::tuple({Value(0), Value(1)})},
             {map({}), numbers(0, 0)},
             {Value(), text("None")}}) {
        const ValueDiff diff = diffValues(before, after);
        QCOMPARE(diff.root.change, Change::Changed);
        QVERIFY(diff.root.children.empty());
        QCOMPARE(diff.changed, 1);
    }
}

void TestValueDiff::equalNeighboursFarFromADifferenceStandTogether()
{
    ValueList items = numbers(0, 30).items();
    const Value before = Value::list(items);
    items[10] = Value(-1);
    items[14] = Value(-2);
    QCOMPARE(outline(before, Value::list(items), {.context = 1}),
             "=*9 =9 ~10 =11 =12 =13 ~14 =15 =*14");
    QCOMPARE(outline(before, Value::list(items), {.context = 0}), "=*10 ~10 =*3 ~14 =*15");
}

void TestValueDiff::keysOfAnyTypeAreMatched()
{
    const Value key = Value::tuple({Value(1), text("a")});
    QCOMPARE(outline(Value::map({{key, Value(1)}, {Value(2), Value()}}),
                     Value::map({{Value(2), Value()}, {key, Value(3)}})),
             "~{\"$tuple\": [1, \"a\"]} =2");
}

void TestValueDiff::stopsAtItsLimitsAndSaysSo()
{
    const ValueDiff few = diffValues(numbers(0, 1000), numbers(5000, 6000), {.maxNodes = 10});
    QVERIFY(!few.complete);
    QVERIFY(!few.isSame());
    QCOMPARE(few.root.children.size(), 10U);

    const ValueDiff none = diffValues(numbers(0, 1000), numbers(0, 1000), {.maxVisits = 100});
    QVERIFY(!none.complete);
    QVERIFY(!none.isSame()); // it is not known

    Value deep;
    for (int i = 0; i < 3000; ++i)
        deep = Value::list({deep});
    QVERIFY(!diffValues(deep, Value::list({deep})).complete);
}

void TestValueDiff::aSmallGraphThatUnfoldsEnormouslyIsComparedQuickly()
{
    const auto graph = [](int leaf) {
        Value value = Value::list({Value(leaf)});
        for (int i = 0; i < 200; ++i)
            value = Value::list({value, value, value});
        return value;
    };
    // 3^200 values if shared parts were looked at wherever they stand.
    const DiffOptions few{.maxVisits = 10'000};
    QVERIFY(diffValues(graph(1), graph(1), few).isSame());
    const ValueDiff diff = diffValues(graph(1), graph(2), few);
    QVERIFY(!diff.isSame());
    QVERIFY(diff.root.change == Change::Changed);
}

void TestValueDiff::longListsThatDifferThroughoutAreComparedQuickly()
{
    ValueList reversed = numbers(0, 100'000).items();
    std::reverse(reversed.begin(), reversed.end());
    const ValueDiff diff = diffValues(numbers(0, 100'000), Value::list(reversed));
    QVERIFY(!diff.complete); // more differs than is listed
    // By position: a common sequence of such lists would take the square of their length.
    QVERIFY(diff.changed > 0);
    QCOMPARE(diff.added, 0);
    QCOMPARE(diff.removed, 0);
}

void TestValueDiff::aFingerprintIsAsEqualityHasIt()
{
    const bool holds = isProperty("a fingerprint is as equality has it", [] {
        const Value a = *arbitraryValue(Format::Pickle);
        const Value b = *arbitraryValue(Format::Pickle);
        Fingerprints prints(1'000'000);
        RC_ASSERT((prints.of(a) == prints.of(b)) == (a == b));
        const Value copy = valueFromJson(valueToJson(a).json, "copy").value();
        RC_ASSERT(prints.of(copy) == prints.of(a));
        RC_ASSERT(!prints.isExhausted());
    });
    QVERIFY(holds);
}

void TestValueDiff::noDifferenceIsFoundExactlyBetweenEqualValues()
{
    const bool holds = isProperty("no difference exactly between equal values", [] {
        const Value a = *arbitraryValue(Format::Pickle);
        const Value b = *arbitraryValue(Format::Pickle);
        RC_ASSERT(diffValues(a, a).isSame());
        const ValueDiff diff = diffValues(a, b);
        RC_ASSERT(diff.complete);
        RC_ASSERT(diff.isSame() == (a == b));
        RC_ASSERT(diff.isSame() == (diff.added + diff.removed + diff.changed == 0));
    });
    QVERIFY(holds);
}

void TestValueDiff::whatWasTakenOutOfAListIsWhatIsRemoved()
{
    const bool holds = isProperty("what was taken out is what is removed", [] {
        const int count = *rc::gen::inRange(1, 60);
        ValueList kept;
        int taken = 0;
        for (int i = 0; i < count; ++i) {
            if (*rc::gen::arbitrary<bool>())
                kept.emplace_back(i);
            else
                ++taken;
        }
        const ValueDiff diff = diffValues(numbers(0, count), Value::list(kept));
        RC_ASSERT(diff.removed == taken);
        RC_ASSERT(diff.added + diff.changed == 0);
        const ValueDiff back = diffValues(Value::list(kept), numbers(0, count));
        RC_ASSERT(back.added == taken);
        RC_ASSERT(back.removed + back.changed == 0);
    });
    QVERIFY(holds);
}

QTEST_APPLESS_MAIN(TestValueDiff)
#include "tst_valuediff.moc"
