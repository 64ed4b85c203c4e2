// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/keyargument.h"

#include "core/value/keytext.h"
#include "tests/core/codec/samplegadgets.h"

#include <QTest>

#include <deque>
#include <limits>
#include <list>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

using namespace Cachelens;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

template <typename T> Value toValue(const T &value)
{
    return KeyArgument<std::decay_t<const T &>>::toValue(value);
}

template <typename T> QByteArray keyText(const T &value)
{
    QByteArray text;
    appendKeyText(text, toValue(value));
    return text;
}

enum class Plain { A, B };
enum class Wide : quint64 { Top = std::numeric_limits<quint64>::max() };

struct UserId {
    int number = 0;
    auto operator<=>(const UserId &) const = default;
};

struct Opaque { };

} // namespace

template <> struct Cachelens::KeyArgument<UserId> {
    static Value toValue(const UserId &id) { return Value(id.number); }
};

static_assert(
    KeyablePart<bool> && KeyablePart<std::string_view> && KeyablePart<std::span<const int>>);
static_assert(KeyablePart<std::vector<std::map<std::string, std::optional<UserId>>>>);
static_assert(!KeyablePart<Opaque> && !KeyablePart<std::vector<Opaque>>);
static_assert(!KeyablePart<QObject *> && !KeyablePart<void *> && !KeyablePart<char>);
static_assert(
    !KeyablePart<std::chrono::nanoseconds> && !KeyablePart<std::chrono::duration<double>>);
static_assert(!KeyablePart<std::optional<std::optional<int>>>);
static_assert(!KeyablePart<std::multimap<int, int>> && !KeyablePart<std::multiset<int>>);

class TestKeyArgument : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void numbers()
    {
        QCOMPARE(toValue(true), Value(true));
        QCOMPARE(toValue(qint8(-3)), Value(-3));
        QCOMPARE(toValue(std::numeric_limits<qint64>::min()),
                 Value(std::numeric_limits<qint64>::min()));
        QCOMPARE(toValue(quint64(5)), Value(5));
        QCOMPARE(toValue(std::numeric_limits<quint64>::max()),
                 Value::integer("18446744073709551615"));
        QCOMPARE(toValue(1.5f), Value(1.5));
        QCOMPARE(keyText(1e16), "1e+16");
        QCOMPARE(toValue(Plain::B), Value(1));
        QCOMPARE(toValue(Wide::Top), Value::integer("18446744073709551615"));
    }

    void texts()
    {
        const Value text = Value::string("n\xc3\xa9");
        QCOMPARE(toValue(u"né"_s), text);
        QCOMPARE(toValue(QStringView(u"né")), text);
        QCOMPARE(toValue("n\xe9"_L1), text);
        QCOMPARE(toValue(std::string("n\xc3\xa9")), text);
        QCOMPARE(toValue(std::string_view("n\xc3\xa9")), text);
        QCOMPARE(toValue("n\xc3\xa9"), text);
        QCOMPARE(toValue(QString()), Value::string(""));
        QCOMPARE(toValue(static_cast<const char *>(nullptr)), Value());
    }

    void textsThatAreNoUnicodeStayDistinct()
    {
        const QString high(QChar(0xd800));
        const QString low(QChar(0xdc00));
        QVERIFY(toValue(high) != toValue(low));
        QVERIFY(toValue(high) != toValue(u"?"_s));
        QCOMPARE(toValue(high), Value::string("\xed\xa0\x80"));
        QCOMPARE(toValue(low + u"é\U0001F600"_s),
                 Value::string("\xed\xb0\x80\xc3\xa9\xf0\x9f\x98\x80"));
    }

    void bytes()
    {
        const Value raw = Value::bytes(QByteArray("a\0b", 3));
        QCOMPARE(toValue(QByteArray("a\0b", 3)), raw);
        QCOMPARE(toValue(QByteArrayView("a\0b", 3)), raw);
        const std::vector<std::byte> some{std::byte('a'), std::byte(0), std::byte('b')};
        QCOMPARE(toValue(some), raw);
        QCOMPARE(toValue(std::span<const std::byte>(some)), raw);
    }

    void datesAndTimes()
    {
        QCOMPARE(keyText(QDate(2024, 2, 29)), "2024-02-29");
        QCOMPARE(keyText(QTime(7, 8, 9, 250)), "07:08:09.250000");
        QCOMPARE(keyText(QDateTime({2024, 2, 29}, {7, 8, 9}, Qt::UTC)),
                 "2024-02-29T07:08:09+00:00");
        QCOMPARE(keyText(QDateTime({2024, 2, 29}, {7, 8}, Qt::OffsetFromUTC, -5400)),
                 "2024-02-29T07:08:00-01:30");
        QCOMPARE(toValue(QDate()), Value());
        QCOMPARE(toValue(QDate(12345, 1, 2)), Value::string("+12345-01-02"));
        QCOMPARE(toValue(QDate(-44, 3, 15)), Value::string("-44-03-15"));
    }

    void durations()
    {
        QCOMPARE(toValue(90s), Value(TimeDelta{0, 90, 0}));
        QCOMPARE(toValue(-1us), Value(TimeDelta{-1, 86399, 999999}));
        QCOMPARE(toValue(49h), Value(TimeDelta{2, 3600, 0}));
        QVERIFY(toValue(std::chrono::seconds::max()) != toValue(std::chrono::seconds::max() - 1s));
    }

    void uuids()
    {
        const QUuid uuid(u"{6BA7B810-9DAD-11D1-80B4-00C04FD430C8}"_s);
        QCOMPARE(toValue(uuid), Value::uuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8"));
    }

    void nothing()
    {
        QCOMPARE(toValue(std::nullopt), Value());
        QCOMPARE(toValue(nullptr), Value());
        QCOMPARE(toValue(std::monostate()), Value());
        QCOMPARE(toValue(std::optional<int>()), Value());
        QCOMPARE(toValue(std::optional<int>(3)), Value(3));
    }

    void containers()
    {
        const ValueList oneTwo{Value(1), Value(2)};
        QCOMPARE(toValue(std::vector<int>{1, 2}), Value::list(oneTwo));
        QCOMPARE(toValue(QList<int>{1, 2}), Value::list(oneTwo));
        QCOMPARE(toValue(std::array<int, 2>{1, 2}), Value::list(oneTwo));
        QCOMPARE(toValue(std::list<int>{1, 2}), Value::list(oneTwo));
        QCOMPARE(toValue(std::deque<int>{1, 2}), Value::list(oneTwo));
        const std::vector<int> some{1, 2};
        QCOMPARE(toValue(std::span<const int>(some)), Value::list(oneTwo));
        QCOMPARE(toValue(std::vector<bool>{true, false}), Value::list({Value(true), Value(false)}));
        QCOMPARE(toValue(QStringList{u"a"_s}), Value::list({Value::string("a")}));
        QCOMPARE(toValue(std::pair(1, u"x"_s)), Value::tuple({Value(1), Value::string("x")}));
        QCOMPARE(toValue(std::tuple<>()), Value::tuple({}));
        QCOMPARE(toValue(std::set<int>{2, 1}), Value::set(oneTwo));
        const Value map = Value::map({{Value::string("a"), Value(1)}});
        QCOMPARE(toValue(std::map<std::string, int>{{"a", 1}}), map);
        QCOMPARE(toValue(std::unordered_map<std::string, int>{{"a", 1}}), map);
        QCOMPARE(toValue(QMap<QString, int>{{u"a"_s, 1}}), map);
        QCOMPARE(toValue(QHash<QString, int>{{u"a"_s, 1}}), map);
    }

    void theOrderOfASetDoesNotDependOnAHash()
    {
        QSet<int> numbers;
        std::unordered_set<std::string> texts;
        for (int i = 20; i > 0; --i) {
            numbers.insert(i * 7919);
            texts.insert("t" + std::to_string(100 + i));
        }
        const ValueList sortedNumbers = toValue(numbers).items();
        QVERIFY(
            std::is_sorted(sortedNumbers.begin(), sortedNumbers.end(),
                           [](const Value &a, const Value &b) { return a.toInt() < b.toInt(); }));
        const ValueList sortedTexts = toValue(texts).items();
        QVERIFY(std::is_sorted(sortedTexts.begin(), sortedTexts.end(),
                               [](const Value &a, const Value &b) { return a.text() < b.text(); }));
        QCOMPARE(keyText(QSet<int>{2, 1}), "{1, 2}");
    }

    void aSpecializationHoldsWithinContainers()
    {
        QCOMPARE(toValue(std::vector<UserId>{{4}}), Value::list({Value(4)}));
        QCOMPARE(toValue(std::optional<UserId>(UserId{4})), Value(4));
        QCOMPARE(toValue(std::map<QString, UserId>{{u"a"_s, {4}}}),
                 Value::map({{Value::string("a"), Value(4)}}));
    }

    void aGadgetByItsProperties()
    {
        Order order;
        order.id = 4;
        order.total = {500, u"EUR"_s};
        const Value value = toValue(order);
        QVERIFY(value.isMap());
        QCOMPARE(*value.find("id"), Value(4));
        QCOMPARE(*value.find("state"), Value(0));
        QCOMPARE(*value.find("total")->find("cents"), Value(500));
        QCOMPARE(value.find("summary"), nullptr);
        QCOMPARE(value.find("cached"), nullptr);
        Order other = order;
        other.total.cents = 501;
        QVERIFY(keyText(order) != keyText(other));
    }

    void aValueIsItself() { QCOMPARE(toValue(Value::decimal("1.10")), Value::decimal("1.10")); }
};

QTEST_APPLESS_MAIN(TestKeyArgument)
#include "tst_keyargument.moc"
