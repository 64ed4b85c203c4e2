// SPDX-License-Identifier: MIT
#pragma once

#include "core/codec/unfolding.h"
#include "core/codec/valuereading.h"
#include "core/codec/valuewriting.h"

namespace Cachelens {

/// How a result of type T is written into an entry and read back. Ready for arithmetic types, enums
/// (their integer), std::string, QString, QByteArray and std::vector<std::byte>, QDate, QTime,
/// QDateTime, QUuid, std::chrono durations down to microseconds, QJsonValue, QJsonObject,
/// QJsonArray, Value; std::optional, pairs, tuples, arrays, sequences, sets and maps of these; and
/// Q_GADGETs by their properties, as a map (see gadgetvalue.h).
///
/// For a type of one's own:
///
///     template <> struct Cachelens::ResultCodec<Money> {
///         static Value toValue(const Money &money) { return Value(money.cents); }
///         static std::optional<Money> fromValue(const Value &value)
///         {
///             const auto cents = ResultCodec<qint64>::fromValue(value);
///             return cents ? std::optional(Money{*cents}) : std::nullopt;
///         }
///     };
///
/// fromValue must not throw, and answers none for a value that is no T: the entry then counts as a
/// miss and is overwritten. What it is given may have been written by anyone, but unfolds within
/// DecodeLimits (see decodeResult). Both are called on whatever thread makes the call.
///
/// Numbers are checked: none for an integer out of T's range, for 1.0 and True where T is an
/// integer. A float may have been written as an exact whole number.
template <typename T> struct ResultCodec {
    static Value toValue(const T &value) requires(Detail::canWrite<ResultCodec, T>())
    {
        return Detail::write<ResultCodec>(value);
    }

    static std::optional<T>
    fromValue(const Value &value) requires(Detail::canRead<ResultCodec, T>())
    {
        return Detail::read<ResultCodec, T>(value);
    }
};

/// Whether a function that returns T can have its results cached.
template <typename T>
concept CacheableResult
    = !std::is_void_v<T> && Detail::Writes<ResultCodec, T> && Detail::Reads<ResultCodec, T>;

/// The result that a decoded entry holds; none when it is no T, or when it is a small graph that
/// would unfold into an enormous tree.
template <CacheableResult T> [[nodiscard]] std::optional<T> decodeResult(const Value &value)
{
    return unfoldsWithin(value) ? ResultCodec<T>::fromValue(value) : std::nullopt;
}

namespace Detail {

/// Instantiated for the result of a function that is to be cached.
template <typename T> struct CheckedResult {
    static constexpr bool valid = CacheableResult<T>;
    static_assert(!std::is_void_v<T>,
                  "a function that returns nothing leaves nothing to cache: return a value");
    static_assert(
        valid || std::is_void_v<T>,
        "a result of this type cannot be cached: specialize Cachelens::ResultCodec for it, "
        "or return a type that owns its contents and has a codec");
};

template <typename T> void checkProperties(QByteArray *problem);

template <typename T> struct PropertiesWithin {
    static void check(QByteArray *) { }
};
template <template <typename...> class Container, typename... T>
struct PropertiesWithin<Container<T...>> {
    static void check(QByteArray *problem) { (checkProperties<T>(problem), ...); }
};
template <typename T, std::size_t N> struct PropertiesWithin<std::array<T, N>> {
    static void check(QByteArray *problem) { checkProperties<T>(problem); }
};

template <typename T> void checkProperties(QByteArray *problem)
{
    if constexpr (shapeOf<T>() == Shape::Gadget) {
        if (problem->isEmpty())
            *problem = unsupportedProperty(T::staticMetaObject);
    } else {
        PropertiesWithin<T>::check(problem);
    }
}

} // namespace Detail

/// What the compiler cannot see of a type: a property of a gadget in it whose type has no codec, as
/// `Order::customer (Customer *)`. Empty when there is none. To be asked once, at registration.
template <typename T> [[nodiscard]] QByteArray propertyWithoutCodec()
{
    QByteArray problem;
    Detail::checkProperties<T>(&problem);
    return problem;
}

} // namespace Cachelens
