// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/resultcodec.h"

#include "tests/core/codec/samplegadgets.h"

#include <rapidcheck.h>

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

template <typename T> bool comesBack(const T &value)
{
    const std::optional<T> back = ResultCodec<T>::fromValue(ResultCodec<T>::toValue(value));
    return back && *back == value;
}

template <typename T> std::optional<T> from(const Value &value)
{
    return ResultCodec<T>::fromValue(value);
}

template <typename T> void allComeBack(const char *what)
{
    QVERIFY(rc::check(what, [](const T &value) { RC_ASSERT(comesBack(value)); }));
}

enum class Small : qint8 { A, B };

struct Price {
    qint64 cents = 0;
    bool operator==(const Price &) const = default;
};

struct Opaque { };

Value sample(const Order &order)
{
    return ResultCodec<Order>::toValue(order);
}

Order sampleOrder()
{
    Order order;
    order.id = std::numeric_limits<quint32>::max();
    order.state = Order::State::Paid;
    order.placed = QDate(2024, 2, 29);
    order.total = {500, u"EUR"_s};
    order.items = {{200, u"EUR"_s}, {300, u"€"_s}};
    order.weights = {{u"a"_s, 0.5}};
    order.tags = QStringList{u"x"_s, u""_s};
    order.note = QVariantList{1LL, u"text"_s, QVariantMap{{u"k"_s, true}}, QVariant()};
    order.extra = QJsonObject{{u"deep"_s, QJsonArray{1, 2.5, QJsonValue::Null}}};
    return order;
}

Value without(const Value &map, const char *name)
{
    ValueMap entries = map.entries();
    std::erase_if(entries, [name](const auto &e) { return e.first.text() == name; });
    return Value::map(std::move(entries));
}

Value with(const Value &map, const char *name, const Value &content)
{
    ValueMap entries = without(map, name).entries();
    entries.emplace_back(Value::string(name), content);
    return Value::map(std::move(entries));
}

} // namespace

template <> struct Cachelens::ResultCodec<Price> {
    static Value toValue(const Price &price) { return Value(price.cents); }
    static std::optional<Price> fromValue(const Value &value)
    {
        const auto cents = ResultCodec<qint64>::fromValue(value);
        return cents ? std::optional(Price{*cents}) : std::nullopt;
    }
};

static_assert(CacheableResult<std::vector<std::map<int, std::optional<Price>>>>);
static_assert(CacheableResult<std::nullptr_t> && CacheableResult<QList<Order>>);
static_assert(!CacheableResult<void> && !CacheableResult<Opaque> && !CacheableResult<Opaque *>);
static_assert(!CacheableResult<std::string_view> && !CacheableResult<std::span<int>>);
static_assert(!CacheableResult<std::vector<QStringView>>);
static_assert(!CacheableResult<std::optional<std::optional<int>>>);

class TestResultCodec : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void arithmeticComesBack()
    {
        allComeBack<bool>("bool");
        allComeBack<qint8>("qint8");
        allComeBack<quint16>("quint16");
        allComeBack<int>("int");
        allComeBack<qint64>("qint64");
        allComeBack<quint64>("quint64");
        allComeBack<double>("double");
        allComeBack<float>("float");
        QVERIFY(comesBack(std::numeric_limits<quint64>::max()));
        QVERIFY(comesBack(-std::numeric_limits<double>::infinity()));
        QVERIFY(std::isnan(*from<double>(ResultCodec<double>::toValue(std::nan("")))));
        QVERIFY(comesBack(Small::B));
    }

    void containersComeBack()
    {
        allComeBack<std::string>("std::string");
        allComeBack<std::vector<int>>("std::vector");
        allComeBack<std::vector<bool>>("std::vector<bool>");
        allComeBack<std::list<std::deque<std::string>>>("lists");
        allComeBack<std::array<int, 3>>("std::array");
        allComeBack<std::pair<int, std::string>>("std::pair");
        allComeBack<std::tuple<int, bool, std::vector<double>>>("std::tuple");
        allComeBack<std::set<std::string>>("std::set");
        allComeBack<std::unordered_set<int>>("std::unordered_set");
        allComeBack<std::map<std::string, int>>("std::map");
        allComeBack<std::map<int, std::vector<std::string>>>("std::map of numbers");
        allComeBack<std::map<std::pair<int, int>, int>>("std::map of pairs");
        allComeBack<std::unordered_map<std::string, std::vector<int>>>("std::unordered_map");
        QVERIFY(comesBack(std::tuple<>()));
        QVERIFY(comesBack(QList<QString>{u"a"_s, QString(), u"€"_s}));
        QVERIFY(comesBack(QSet<int>{3, 1, 2}));
        QVERIFY(comesBack(QMap<QString, QList<int>>{{u"a"_s, {1}}, {u"b"_s, {}}}));
        QVERIFY(comesBack(QHash<int, QString>{{-1, u"a"_s}}));
        QVERIFY(comesBack(QByteArray("\0\xff", 2)));
        QVERIFY(comesBack(std::vector<std::byte>{std::byte(0), std::byte(255)}));
    }

    void nothingComesBackAsNothing()
    {
        using Optional = std::optional<int>;
        QVERIFY(comesBack(Optional()));
        QVERIFY(comesBack(Optional(0)));
        QVERIFY(from<Optional>(Value()).has_value());
        QVERIFY(!from<Optional>(Value::string("x")).has_value());
        QVERIFY(comesBack(std::monostate()));
        QVERIFY(comesBack(nullptr));
        QVERIFY(!from<std::nullptr_t>(Value(0)));
    }

    void datesAndTimesComeBack()
    {
        QVERIFY(comesBack(QDate(2024, 2, 29)));
        QVERIFY(comesBack(QDate(12345, 1, 2)));
        QVERIFY(comesBack(QDate(-44, 3, 15)));
        QVERIFY(comesBack(QDate()));
        QVERIFY(comesBack(QTime(23, 59, 59, 999)));
        QVERIFY(comesBack(QTime()));
        QVERIFY(comesBack(QDateTime({2024, 2, 29}, {7, 8, 9, 10}, Qt::UTC)));
        QVERIFY(comesBack(QDateTime({2024, 2, 29}, {7, 8, 9, 10}, Qt::LocalTime)));
        QVERIFY(comesBack(QDateTime({2024, 2, 29}, {7, 8}, Qt::OffsetFromUTC, -5400)));
        QVERIFY(comesBack(QDateTime({20240, 2, 29}, {7, 8}, Qt::OffsetFromUTC, 5400)));
        QVERIFY(comesBack(QDateTime()));
        QVERIFY(comesBack(QUuid::createUuidV5(QUuid(), u"x"_s)));
        QVERIFY(comesBack(90s));
        QVERIFY(comesBack(-1us));
        QVERIFY(comesBack(std::chrono::hours(-49)));
    }

    void durationsComeBackExactly()
    {
        QVERIFY(rc::check("microseconds", [](qint64 count) {
            RC_ASSERT(comesBack(std::chrono::microseconds(count / 2)));
        }));
        QVERIFY(!from<std::chrono::seconds>(Value(TimeDelta{0, 1, 500000})));
        QVERIFY(!from<std::chrono::seconds>(Value(1)));
        using TinySeconds = std::chrono::duration<qint8>;
        QVERIFY(!from<TinySeconds>(Value(TimeDelta{0, 128, 0})));
        QCOMPARE(from<TinySeconds>(Value(TimeDelta{0, 127, 0})), TinySeconds(127));
    }

    void whatJsonMadeOfATypeIsRead()
    {
        const auto text = [](const char *t) { return Value::string(t); };
        QCOMPARE(from<QDate>(text("2024-02-29")), QDate(2024, 2, 29));
        QCOMPARE(from<QTime>(text("07:08:09.25")), QTime(7, 8, 9, 250));
        QCOMPARE(from<QDateTime>(text("2024-02-29T07:08:09.123Z")),
                 QDateTime({2024, 2, 29}, {7, 8, 9, 123}, Qt::UTC));
        QCOMPARE(from<QUuid>(text("6BA7B810-9dad-11d1-80b4-00c04fd430c8")),
                 QUuid(u"6ba7b810-9dad-11d1-80b4-00c04fd430c8"_s));
        QCOMPARE(from<std::chrono::microseconds>(text("P1DT02H03M04.500000S")),
                 24h + 2h + 3min + 4500ms);
        QCOMPARE(from<std::chrono::microseconds>(text("-P0DT00H00M01S")), -1s);
        QCOMPARE((from<std::map<int, int>>(Value::map({{text("-5"), Value(1)}}))),
                 (std::map<int, int>{{-5, 1}}));
        QCOMPARE((from<std::pair<int, int>>(Value::list({Value(1), Value(2)}))), std::pair(1, 2));
        QCOMPARE(from<std::set<int>>(Value::list({Value(1), Value(2)})), (std::set<int>{1, 2}));
        for (const char *wrong : {"", "2024-02-30", "P", "P1DT02H03M04.5S", "x", "--5", "+"}) {
            QVERIFY(!from<QDate>(text(wrong)));
            QVERIFY(!from<QDateTime>(text(wrong)));
            QVERIFY(!from<QUuid>(text(wrong)));
            QVERIFY(!from<std::chrono::microseconds>(text(wrong)));
            QVERIFY(!(from<std::map<int, int>>(Value::map({{text(wrong), Value(1)}}))));
        }
    }

    void durationsAreBounded()
    {
        using std::chrono::microseconds;
        for (const char *wrong :
             {"P99999999999999999999999DT00H00M00S", "P100000001DT00H00M00S", "P1DT24H00M00S",
              "P100000000DT999999999H00M00S", "P1DT00H60M00S", "P1DT00H00M60S"})
            QVERIFY2(!from<microseconds>(Value::string(wrong)), wrong);
        QVERIFY(comesBack(microseconds(std::chrono::days(-100'000'000)) + 1us));
        for (const microseconds end : {microseconds::min(), microseconds::max()})
            QVERIFY(ResultCodec<microseconds>::toValue(end).isString()); // which no one reads back
    }

    void numbersAreChecked()
    {
        QVERIFY(!from<qint8>(Value(128)));
        QVERIFY(!from<quint8>(Value(-1)));
        QVERIFY(!from<quint64>(Value(-1)));
        QVERIFY(!from<qint64>(Value::integer("9223372036854775808")));
        QVERIFY(!from<quint64>(Value::integer("18446744073709551616")));
        QVERIFY(!from<int>(Value(1.0)));
        QVERIFY(!from<int>(Value(true)));
        QVERIFY(!from<int>(Value::string("1")));
        QVERIFY(!from<bool>(Value(1)));
        QVERIFY(!from<double>(Value(true)));
        QVERIFY(!from<float>(Value(1e300)));
        QVERIFY(!from<double>(Value((qint64(1) << 53) + 1)));
        QCOMPARE(from<double>(Value(3)), 3.0);
        QVERIFY(!from<Small>(Value(128)));
        QVERIFY(!from<Small>(Value(-129)));
    }

    void anotherShapeIsNotRead()
    {
        QVERIFY(!from<std::string>(Value::bytes("x")));
        QVERIFY(!from<QByteArray>(Value::string("x")));
        QVERIFY(!from<std::vector<int>>(Value::set({Value(1)})));
        QVERIFY(!from<std::vector<int>>(Value::list({Value(1), Value()})));
        QVERIFY(!(from<std::pair<int, int>>(Value::tuple({Value(1)}))));
        QVERIFY(!(from<std::array<int, 1>>(Value::list({}))));
        QVERIFY(!(from<std::map<QString, int>>(Value::list({}))));
        QVERIFY(!from<QDate>(Value(1)));
        QVERIFY(!from<Order>(Value(1)));
    }

    void jsonComesBack()
    {
        const QJsonObject object{{u"n"_s, 1},
                                 {u"f"_s, 0.5},
                                 {u"s"_s, u"€"_s},
                                 {u"a"_s, QJsonArray{true, QJsonValue::Null}}};
        QVERIFY(comesBack(object));
        QVERIFY(comesBack(QJsonArray{1, object}));
        QVERIFY(comesBack(QJsonValue(QJsonValue::Null)));
        QVERIFY(comesBack(QJsonValue(1e300)));
        QCOMPARE(ResultCodec<QJsonValue>::toValue(QJsonValue(qint64(1) << 62)),
                 Value(qint64(1) << 62));
        QVERIFY(!from<QJsonObject>(Value::list({})));
        QVERIFY(!from<QJsonArray>(Value::map({})));
        QVERIFY(!from<QJsonValue>(Value::bytes("x")));
        QVERIFY(!from<QJsonValue>(Value::map({{Value(1), Value(1)}})));
        QCOMPARE(from<QJsonArray>(Value::tuple({Value(Date{2024, 2, 29}), Value::decimal("1.10")})),
                 (QJsonArray{u"2024-02-29"_s, u"1.10"_s}));
    }

    void aSmallGraphThatUnfoldsIsNotRead()
    {
        Value wide = Value::list({});
        for (int i = 0; i < 40; ++i)
            wide = Value::list({wide, wide});
        QVERIFY(!decodeResult<QJsonValue>(wide));
        Value deep;
        for (int i = 0; i < 5000; ++i)
            deep = Value::list({deep});
        QVERIFY(!decodeResult<QJsonValue>(deep));
        QVERIFY(!decodeResult<Order>(with(sample(sampleOrder()), "note", deep)));
        QCOMPARE(decodeResult<std::vector<int>>(Value::list({Value(1)})), std::vector<int>{1});
    }

    void aGadgetComesBackByItsProperties()
    {
        const Order order = sampleOrder();
        QVERIFY(comesBack(order));
        QVERIFY(comesBack(QList<Order>{order, Order()}));
        const Value value = sample(order);
        QCOMPARE(from<Order>(with(value, "unknown", Value(1))), order);
        QVERIFY(!from<Order>(without(value, "tags")));
        QVERIFY(!from<Order>(with(value, "id", Value(-1))));
        QVERIFY(!from<Order>(with(value, "state", Value(256))));
        QVERIFY(!from<Order>(with(value, "state", Value(-1))));
        QVERIFY(!from<Order>(with(value, "total", Value(1))));
        QVERIFY(!from<Order>(with(value, "items", Value::list({Value(1)}))));
        QVERIFY(!from<Order>(with(value, "weights", Value::map({{Value(1), Value(1.0)}}))));
    }

    void aPropertyWithoutCodecIsNamed()
    {
        QCOMPARE(propertyWithoutCodec<Order>(), "");
        QCOMPARE((propertyWithoutCodec<std::map<int, std::vector<Order>>>()), "");
        QCOMPARE(propertyWithoutCodec<Handle>(), "Handle::owner (QObject*)");
        QCOMPARE((propertyWithoutCodec<std::map<int, std::array<Handle, 2>>>()),
                 "Handle::owner (QObject*)");
        QCOMPARE(propertyWithoutCodec<Holder>(), "Handle::owner (QObject*)");
        QCOMPARE(propertyWithoutCodec<Blank>(), "Blank (it has no properties)");
    }

    void aSpecializationHoldsWithinContainers()
    {
        QVERIFY(comesBack(std::vector<std::optional<Price>>{Price{5}, std::nullopt}));
        QVERIFY(!from<std::vector<Price>>(Value::list({Value::string("5")})));
    }

    void aValueIsItself()
    {
        QVERIFY(comesBack(Value::decimal("1.10")));
        QVERIFY(comesBack(std::vector<Value>{Value(), Value(1)}));
    }
};

QTEST_APPLESS_MAIN(TestResultCodec)
#include "tst_resultcodec.moc"
