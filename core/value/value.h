// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

#include <algorithm>
#include <array>
#include <compare>
#include <concepts>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
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

/// Bytes that a text of a Value is made of: of a QByteArray it shares them when they are many, of
/// anything else it has a copy. To pass, not to keep.
class TextBytes {
public:
    TextBytes() = default;
    TextBytes(const QByteArray &bytes) : m_bytes(bytes), m_array(&bytes) { } // NOLINT
    TextBytes(QByteArrayView bytes) : m_bytes(bytes) { } // NOLINT
    TextBytes(const char *text) : m_bytes(text) { } // NOLINT

    [[nodiscard]] QByteArrayView view() const { return m_bytes; }
    [[nodiscard]] QByteArray toByteArray() const
    {
        return m_array ? *m_array : m_bytes.toByteArray();
    }

private:
    QByteArrayView m_bytes;
    const QByteArray *m_array = nullptr;
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

    /// So many bytes of text lie in the value itself, so that an entry of a hundred names and words
    /// is not a hundred allocations. Longer text is shared between copies.
    static constexpr qsizetype shortText = 23;

    Value() = default; ///< None
    Value(const Value &) = default;
    Value &operator=(const Value &) = default;
    /// Leaves None behind.
    Value(Value &&other) noexcept
        : m_type(std::exchange(other.m_type, Type::None)), m_scalar(other.m_scalar),
          m_shared(std::move(other.m_shared))
    {
    }
    Value &operator=(Value &&other) noexcept
    {
        m_type = std::exchange(other.m_type, Type::None);
        m_scalar = other.m_scalar;
        m_shared = std::move(other.m_shared);
        return *this;
    }
    ~Value() = default;

    template <std::same_as<bool> B> explicit Value(B b) : Value(Type::Bool, Scalar(qint64{b})) { }
    template <std::integral I>
    requires(!std::same_as<I, bool> && (sizeof(I) < 8 || std::signed_integral<I>)) explicit Value(
        I i)
        : Value(Type::Int, Scalar(qint64{i}))
    {
    }
    explicit Value(double d) : Value(Type::Float, Scalar(d)) { }
    explicit Value(Date d) : Value(Type::Date, Scalar(DateTime{d, {}})) { }
    explicit Value(Time t) : Value(Type::Time, Scalar(t)) { }
    explicit Value(DateTime t) : Value(Type::DateTime, Scalar(t)) { }
    explicit Value(TimeDelta t) : Value(Type::TimeDelta, Scalar(t)) { }
    static Value string(const TextBytes &utf8) { return {Type::String, utf8}; }
    static Value bytes(const TextBytes &b) { return {Type::Bytes, b}; }
    static Value byteArray(const TextBytes &b) { return {Type::ByteArray, b}; }
    /// An Int when the decimal text fits in 64 bits, else a BigInt.
    static Value integer(QByteArrayView decimal);
    static Value decimal(const TextBytes &text) { return {Type::Decimal, text}; }
    static Value uuid(const TextBytes &text) { return {Type::Uuid, text}; }
    static Value list(ValueList items) { return {Type::List, shared(std::move(items))}; }
    static Value tuple(ValueList items) { return {Type::Tuple, shared(std::move(items))}; }
    static Value set(ValueList items) { return {Type::Set, shared(std::move(items))}; }
    static Value frozenSet(ValueList items) { return {Type::FrozenSet, shared(std::move(items))}; }
    static Value map(ValueMap entries) { return {Type::Map, shared(std::move(entries))}; }
    static Value object(Object object);
    static Value request(Object request);
    static Value classNamed(const TextBytes &dottedName) { return {Type::Class, dottedName}; }
    static Value cycle() { return {Type::Cycle, Scalar()}; }

    [[nodiscard]] Type type() const { return m_type; }
    [[nodiscard]] bool isNone() const { return m_type == Type::None; }
    [[nodiscard]] bool isString() const { return m_type == Type::String; }
    [[nodiscard]] bool isMap() const { return m_type == Type::Map; }
    /// List, Tuple, Set or FrozenSet.
    [[nodiscard]] bool isSequence() const
    {
        return m_type >= Type::List && m_type <= Type::FrozenSet;
    }

    // Each accessor is for the types it names; with any other it throws std::logic_error.
    [[nodiscard]] bool toBool() const { return scalar(Type::Bool).integer != 0; }
    [[nodiscard]] qint64 toInt() const { return scalar(Type::Int).integer; }
    [[nodiscard]] double toFloat() const { return scalar(Type::Float).real; }
    /// String, BigInt, Decimal, Uuid, Class, Bytes, ByteArray. Valid as long as this value is where
    /// it is.
    [[nodiscard]] QByteArrayView text() const
    {
        expect(isText(m_type));
        return m_shared ? QByteArrayView(longText()) : m_scalar.text.view();
    }
    /// The same, to keep; long text is shared.
    [[nodiscard]] QByteArray toByteArray() const
    {
        expect(isText(m_type));
        return m_shared ? longText() : m_scalar.text.view().toByteArray();
    }
    [[nodiscard]] Cachelens::Date date() const { return scalar(Type::Date).dateTime.date; }
    [[nodiscard]] Cachelens::Time time() const { return scalar(Type::Time).time; }
    [[nodiscard]] Cachelens::DateTime dateTime() const { return scalar(Type::DateTime).dateTime; }
    [[nodiscard]] Cachelens::TimeDelta timeDelta() const { return scalar(Type::TimeDelta).delta; }
    /// The items of a sequence; a Set's are in the order they were written.
    [[nodiscard]] const ValueList &items() const
    {
        expect(isSequence());
        return *static_cast<const ValueList *>(m_shared.get());
    }
    [[nodiscard]] const ValueMap &entries() const
    {
        expect(isMap());
        return *static_cast<const ValueMap *>(m_shared.get());
    }
    /// Object or Request.
    [[nodiscard]] const Cachelens::Object &object() const;

    /// The value under a string key of a Map, or an attribute of an Object or Request; null when
    /// there is none, or when this is of another type. Valid as long as this value.
    [[nodiscard]] const Value *find(QByteArrayView name) const;

    /// Same type and same content; sets and maps regardless of order. Exact: 1 is not 1.0 and
    /// True is not 1. NaN equals NaN.
    bool operator==(const Value &other) const;

private:
    struct ShortText {
        std::array<char, shortText> bytes;
        quint8 size;
        explicit ShortText(QByteArrayView text) : size(static_cast<quint8>(text.size()))
        {
            std::copy_n(text.data(), text.size(), bytes.data());
        }
        [[nodiscard]] QByteArrayView view() const { return {bytes.data(), size}; }
    };
    /// What lies in the value itself; of which kind it is, the type says.
    union Scalar {
        explicit Scalar(qint64 number = 0) : integer(number) { }
        explicit Scalar(double number) : real(number) { }
        explicit Scalar(Cachelens::Time t) : time(t) { }
        explicit Scalar(Cachelens::DateTime t) : dateTime(t) { }
        explicit Scalar(Cachelens::TimeDelta t) : delta(t) { }

        qint64 integer;
        double real;
        ShortText text;
        Cachelens::Time time;
        Cachelens::DateTime dateTime; ///< a Date's as well
        Cachelens::TimeDelta delta;
    };
    static_assert(std::is_trivially_copyable_v<Scalar>);
    using Shared = std::shared_ptr<const void>;

    Value(Type type, Scalar scalar) : m_type(type), m_scalar(scalar) { }
    Value(Type type, Shared content) : m_type(type), m_shared(std::move(content)) { }
    Value(Type type, const TextBytes &text) : m_type(type)
    {
        if (text.view().size() <= shortText)
            std::construct_at(&m_scalar.text, text.view());
        else
            m_shared = sharedText(text);
    }
    template <typename T> static Shared shared(T &&content)
    {
        return std::make_shared<const std::decay_t<T>>(std::forward<T>(content));
    }

    static Shared sharedText(const TextBytes &text);

    static constexpr bool isText(Type type)
    {
        return type == Type::BigInt || (type >= Type::String && type <= Type::ByteArray)
            || type == Type::Decimal || type == Type::Uuid || type == Type::Class;
    }
    [[noreturn]] static void isOfAnotherType();
    static void expect(bool isRightType)
    {
        if (!isRightType)
            isOfAnotherType();
    }
    [[nodiscard]] const Scalar &scalar(Type type) const
    {
        expect(m_type == type);
        return m_scalar;
    }
    [[nodiscard]] const QByteArray &longText() const
    {
        return *static_cast<const QByteArray *>(m_shared.get());
    }

    Type m_type = Type::None;
    Scalar m_scalar;
    Shared m_shared; ///< a container, an object or a long text
};

/// An instance of a class that is not one of Value's own types.
struct Object {
    QByteArray className; ///< dotted; empty for an argument described by its attributes alone
    /// String keys. For a decoded instance: what it was built from, `args` (a tuple), `state`,
    /// `items`, as far as each was there; for an argument, its attributes by name.
    ValueMap attributes;
    bool operator==(const Object &) const = default;
};

inline Value Value::object(Cachelens::Object object)
{
    return {Type::Object, shared(std::move(object))};
}

inline Value Value::request(Cachelens::Object request)
{
    return {Type::Request, shared(std::move(request))};
}

inline const Object &Value::object() const
{
    expect(m_type == Type::Object || m_type == Type::Request);
    return *static_cast<const Cachelens::Object *>(m_shared.get());
}

} // namespace Cachelens
