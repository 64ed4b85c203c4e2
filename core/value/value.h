// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

#include <compare>
#include <concepts>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace Cachelens {

class Value;
struct Object;

using ValueList = std::vector<Value>;
/// Keys of any type, in the order they were written; a key occurs once.
using ValueMap = std::vector<std::pair<Value, Value>>;

struct Date {
    qint16 year = 1; ///< 1 to 9999
    quint8 month = 1; ///< 1 to 12
    quint8 day = 1; ///< 1 to 31
    auto operator<=>(const Date &) const = default;
};

struct Time {
    quint8 hour = 0;
    quint8 minute = 0;
    quint8 second = 0;
    quint32 microsecond = 0;
    std::optional<qint32> utcOffset; ///< seconds east of UTC; none for a naive time
    bool operator==(const Time &) const = default;
};

struct DateTime {
    Date date;
    Time time;
    bool operator==(const DateTime &) const = default;
};

/// Normalised as Python does: 0 <= seconds < 86400, 0 <= microseconds < 1000000; days has the sign.
struct TimeDelta {
    qint32 days = 0;
    qint32 seconds = 0;
    qint32 microseconds = 0;
    bool operator==(const TimeDelta &) const = default;
};

/// What an argument, an attribute of a model instance or a decoded result is: the values that
/// Python, JSON and MessagePack know, as an immutable value. Copies share their containers, so a
/// copy is cheap and a value may be read from many threads. Text is UTF-8.
///
/// Containers may be shared (a directed acyclic graph): whoever walks a value that came from
/// outside must bound the walk, since a small graph can unfold into an enormous tree.
class Value {
public:
    enum class Type : quint8 {
        None,
        Bool,
        Int, ///< fits in 64 bits
        BigInt, ///< any other integer, as decimal text
        Float,
        String,
        Bytes,
        ByteArray,
        Date,
        Time,
        DateTime,
        TimeDelta,
        Decimal, ///< as text
        Uuid, ///< as text: 8-4-4-4-12 lower-case hex digits
        List,
        Tuple,
        Set,
        FrozenSet,
        Map,
        Object, ///< an instance of another class, with what it was built from
        Request, ///< an HTTP request: `query_params` and attributes (arguments of a call only)
        Class, ///< a class or function itself, by its dotted name
        Cycle, ///< stands where a container occurs inside itself
    };

    Value() = default; ///< None
    template <std::same_as<bool> B> explicit Value(B b) : m_type(Type::Bool), m_data(b) { }
    template <std::integral I>
    requires(!std::same_as<I, bool> && (sizeof(I) < 8 || std::signed_integral<I>)) explicit Value(
        I i)
        : m_type(Type::Int), m_data(static_cast<qint64>(i))
    {
    }
    explicit Value(double d) : m_type(Type::Float), m_data(d) { }
    explicit Value(Date d) : m_type(Type::Date), m_data(DateTime{d, {}}) { }
    explicit Value(Time t) : m_type(Type::Time), m_data(t) { }
    explicit Value(DateTime t) : m_type(Type::DateTime), m_data(t) { }
    explicit Value(TimeDelta t) : m_type(Type::TimeDelta), m_data(t) { }
    static Value string(QByteArray utf8) { return {Type::String, std::move(utf8)}; }
    static Value bytes(QByteArray b) { return {Type::Bytes, std::move(b)}; }
    static Value byteArray(QByteArray b) { return {Type::ByteArray, std::move(b)}; }
    /// An Int when the decimal text fits in 64 bits, else a BigInt.
    static Value integer(QByteArrayView decimal);
    static Value decimal(QByteArray text) { return {Type::Decimal, std::move(text)}; }
    static Value uuid(QByteArray text) { return {Type::Uuid, std::move(text)}; }
    static Value list(ValueList items) { return {Type::List, std::move(items)}; }
    static Value tuple(ValueList items) { return {Type::Tuple, std::move(items)}; }
    static Value set(ValueList items) { return {Type::Set, std::move(items)}; }
    static Value frozenSet(ValueList items) { return {Type::FrozenSet, std::move(items)}; }
    static Value map(ValueMap entries);
    static Value object(Object object);
    static Value request(Object request);
    static Value classNamed(QByteArray dottedName) { return {Type::Class, std::move(dottedName)}; }
    static Value cycle();

    [[nodiscard]] Type type() const { return m_type; }
    [[nodiscard]] bool isNone() const { return m_type == Type::None; }
    [[nodiscard]] bool isString() const { return m_type == Type::String; }
    [[nodiscard]] bool isMap() const { return m_type == Type::Map; }
    /// List, Tuple, Set or FrozenSet.
    [[nodiscard]] bool isSequence() const
    {
        return m_type >= Type::List && m_type <= Type::FrozenSet;
    }

    // Each accessor is for the types it names; with any other it throws std::bad_variant_access.
    [[nodiscard]] bool toBool() const { return std::get<bool>(m_data); }
    [[nodiscard]] qint64 toInt() const { return std::get<qint64>(m_data); }
    [[nodiscard]] double toFloat() const { return std::get<double>(m_data); }
    /// String, BigInt, Decimal, Uuid, Class, Bytes, ByteArray.
    [[nodiscard]] const QByteArray &text() const { return std::get<QByteArray>(m_data); }
    [[nodiscard]] Cachelens::Date date() const { return day(Type::Date).date; }
    [[nodiscard]] Cachelens::Time time() const { return std::get<Cachelens::Time>(m_data); }
    [[nodiscard]] Cachelens::DateTime dateTime() const { return day(Type::DateTime); }
    [[nodiscard]] Cachelens::TimeDelta timeDelta() const
    {
        return std::get<Cachelens::TimeDelta>(m_data);
    }
    /// The items of a sequence; a Set's are in the order they were written.
    [[nodiscard]] const ValueList &items() const
    {
        return *std::get<std::shared_ptr<const ValueList>>(m_data);
    }
    [[nodiscard]] const ValueMap &entries() const
    {
        return *std::get<std::shared_ptr<const ValueMap>>(m_data);
    }
    /// Object or Request.
    [[nodiscard]] const Cachelens::Object &object() const
    {
        return *std::get<std::shared_ptr<const Cachelens::Object>>(m_data);
    }

    /// The value under a string key of a Map, or an attribute of an Object or Request; null when
    /// there is none, or when this is of another type. Valid as long as this value.
    [[nodiscard]] const Value *find(QByteArrayView name) const;

    /// Same type and same content; sets and maps regardless of order. Exact: 1 is not 1.0 and
    /// True is not 1. NaN equals NaN.
    bool operator==(const Value &other) const;

private:
    Value(Type type, QByteArray text) : m_type(type), m_data(std::move(text)) { }
    Value(Type type, ValueList &&items);

    [[nodiscard]] Cachelens::DateTime day(Type type) const
    {
        if (m_type != type)
            throw std::bad_variant_access();
        return std::get<Cachelens::DateTime>(m_data);
    }

    // Eleven kinds, so that libstdc++ copies and destroys them in a switch and not through a table:
    // a Date is held as a DateTime.
    using Data
        = std::variant<std::monostate, bool, qint64, double, QByteArray, Cachelens::Time,
                       Cachelens::DateTime, Cachelens::TimeDelta, std::shared_ptr<const ValueList>,
                       std::shared_ptr<const ValueMap>, std::shared_ptr<const Cachelens::Object>>;
    Type m_type = Type::None;
    Data m_data;
};

/// An instance of a class that is not one of Value's own types.
struct Object {
    QByteArray className; ///< dotted; empty for an argument described by its attributes alone
    /// String keys. For a decoded instance: what it was built from, `args` (a tuple), `state`,
    /// `items`, as far as each was there; for an argument, its attributes by name.
    ValueMap attributes;
    bool operator==(const Object &) const = default;
};

inline Value::Value(Type type, ValueList &&items)
    : m_type(type), m_data(std::make_shared<const ValueList>(std::move(items)))
{
}

inline Value Value::map(ValueMap entries)
{
    Value v;
    v.m_type = Type::Map;
    v.m_data = std::make_shared<const ValueMap>(std::move(entries));
    return v;
}

inline Value Value::object(Cachelens::Object object)
{
    Value v;
    v.m_type = Type::Object;
    v.m_data = std::make_shared<const Cachelens::Object>(std::move(object));
    return v;
}

inline Value Value::request(Cachelens::Object request)
{
    Value v = object(std::move(request));
    v.m_type = Type::Request;
    return v;
}

inline Value Value::cycle()
{
    Value v;
    v.m_type = Type::Cycle;
    return v;
}

} // namespace Cachelens
