// SPDX-License-Identifier: MIT
#pragma once

#include "core/value/value.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QMetaObject>
#include <QObject>
#include <QSet>
#include <QString>
#include <QStringView>
#include <QUuid>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

// Which kind of Value a C++ type corresponds to: what arguments of a key and results in a cache
// have in common.

namespace Cachelens::Detail {

enum class Shape {
    Unsupported,
    Null, ///< nullptr_t, nullopt_t, monostate
    Bool,
    Integer,
    Enum, ///< as its underlying integer
    Float,
    Text, ///< UTF-8
    Bytes,
    Date,
    Time,
    DateTime,
    Uuid,
    Duration,
    JsonValue,
    JsonObject,
    JsonArray,
    Value,
    Optional,
    Tuple, ///< pairs too
    Array, ///< of a fixed size
    Sequence,
    Set,
    Map,
    Gadget, ///< a Q_GADGET, by its properties
};

template <typename T, typename... Others>
concept OneOf = (std::same_as<T, Others> || ...);

template <typename T> constexpr bool isOptional = false;
template <typename T> constexpr bool isOptional<std::optional<T>> = true;
template <typename T> constexpr bool isTuple = false;
template <typename... T> constexpr bool isTuple<std::tuple<T...>> = true;
template <typename A, typename B> constexpr bool isTuple<std::pair<A, B>> = true;
template <typename T> constexpr bool isArray = false;
template <typename T, std::size_t N> constexpr bool isArray<std::array<T, N>> = true;
template <typename T> constexpr bool isQSet = false;
template <typename T> constexpr bool isQSet<QSet<T>> = true;
template <typename T> constexpr bool isDuration = false;
template <typename R, typename P> constexpr bool isDuration<std::chrono::duration<R, P>> = true;

/// A duration that microseconds can say exactly.
template <typename T>
concept ExactDuration = isDuration<T> && std::is_convertible_v<T, std::chrono::microseconds>;

template <typename T>
concept TextLike = OneOf<T, std::string, std::string_view, const char *, char *, QString,
                         QStringView, QLatin1StringView>;
template <typename T>
concept BytesLike = OneOf<T, QByteArray, QByteArrayView, std::vector<std::byte>,
                          std::span<const std::byte>, std::span<std::byte>>;
/// Texts and containers that do not own what they show.
template <typename T>
concept View = OneOf<T, std::string_view, const char *, char *, QStringView, QLatin1StringView,
                     QByteArrayView> || std::ranges::view<T>;

/// One value a key; a multimap has no operator[].
template <typename T>
concept MapLike
    = std::ranges::input_range<const T> && requires(T &map, const typename T::key_type &key)
{
    typename T::mapped_type;
    {
        map[key]
        } -> std::same_as<typename T::mapped_type &>;
};
template <typename T>
concept SetLike = isQSet<T> ||(
    std::ranges::input_range<const T> && !requires { typename T::mapped_type; }
    && requires(T & set, const typename T::key_type &key) { set.insert(key).second; });
template <typename T>
concept SequenceLike = std::ranges::input_range<const T> && !requires
{
    typename T::key_type;
}
&&requires
{
    typename T::value_type;
};
template <typename T>
concept GadgetLike = std::is_class_v<T> && !std::is_base_of_v<QObject, T> && requires
{
    {
        T::staticMetaObject
        } -> std::convertible_to<const QMetaObject &>;
};

template <typename T> consteval bool isNestedOptional()
{
    if constexpr (isOptional<T>)
        return isOptional<typename T::value_type>;
    return false;
}

template <typename T> consteval Shape shapeOf()
{
    if constexpr (OneOf<T, std::nullptr_t, std::nullopt_t, std::monostate>)
        return Shape::Null;
    else if constexpr (std::same_as<T, bool>)
        return Shape::Bool;
    else if constexpr (OneOf<T, char, wchar_t, char8_t, char16_t, char32_t>)
        return Shape::Unsupported; // neither clearly a number nor a text
    else if constexpr (std::integral<T>)
        return sizeof(T) <= sizeof(qint64) ? Shape::Integer : Shape::Unsupported;
    else if constexpr (std::is_enum_v<T>)
        return Shape::Enum;
    else if constexpr (OneOf<T, float, double>)
        return Shape::Float;
    else if constexpr (TextLike<T>)
        return Shape::Text;
    else if constexpr (BytesLike<T>)
        return Shape::Bytes;
    else if constexpr (std::same_as<T, QDate>)
        return Shape::Date;
    else if constexpr (std::same_as<T, QTime>)
        return Shape::Time;
    else if constexpr (std::same_as<T, QDateTime>)
        return Shape::DateTime;
    else if constexpr (std::same_as<T, QUuid>)
        return Shape::Uuid;
    else if constexpr (isDuration<T>)
        return ExactDuration<T> ? Shape::Duration : Shape::Unsupported;
    else if constexpr (std::same_as<T, QJsonValue>)
        return Shape::JsonValue;
    else if constexpr (std::same_as<T, QJsonObject>)
        return Shape::JsonObject;
    else if constexpr (std::same_as<T, QJsonArray>)
        return Shape::JsonArray;
    else if constexpr (std::same_as<T, Value>)
        return Shape::Value;
    else if constexpr (isOptional<T>) // none and a none within cannot be told apart
        return isNestedOptional<T>() ? Shape::Unsupported : Shape::Optional;
    else if constexpr (isTuple<T>)
        return Shape::Tuple;
    else if constexpr (isArray<T>)
        return Shape::Array;
    else if constexpr (MapLike<T>)
        return Shape::Map;
    else if constexpr (SetLike<T>)
        return Shape::Set;
    else if constexpr (SequenceLike<T>)
        return Shape::Sequence;
    else if constexpr (GadgetLike<T>)
        return Shape::Gadget;
    else
        return Shape::Unsupported;
}

} // namespace Cachelens::Detail
