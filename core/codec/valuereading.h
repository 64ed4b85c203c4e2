// SPDX-License-Identifier: MIT
#pragma once

#include "core/codec/gadgetvalue.h"
#include "core/codec/scalarvalue.h"
#include "core/codec/valueshape.h"

#include <cmath>
#include <limits>

// From Value back to C++. Strict: a value that T does not have gives none, so that an entry of
// another version of the function counts as a miss. Nothing throws.

namespace Cachelens::Detail {

template <template <typename> class Customization, typename T>
concept Reads = std::movable<T> && requires(const Value &value)
{
    {
        Customization<T>::fromValue(value)
        } -> std::same_as<std::optional<T>>;
};

template <template <typename> class Customization, typename T> struct ReadsAll;
template <template <typename> class Customization, template <typename...> class Tuple,
          typename... T>
struct ReadsAll<Customization, Tuple<T...>> {
    static constexpr bool value = (Reads<Customization, T> && ...);
};

/// Whether the type and all that it holds can be read, and owns what it holds.
template <template <typename> class Customization, typename T> consteval bool canRead()
{
    constexpr Shape shape = shapeOf<T>();
    if constexpr (View<T> || shape == Shape::Unsupported) {
        return false;
    } else if constexpr (shape == Shape::Tuple) {
        return ReadsAll<Customization, T>::value;
    } else if constexpr (shape == Shape::Map) {
        return Reads<Customization,
                     typename T::key_type> && Reads<Customization, typename T::mapped_type>;
    } else if constexpr (shape == Shape::Sequence) {
        return Reads<Customization,
                     typename T::value_type> && requires(T & list, typename T::value_type item)
        {
            list.push_back(std::move(item));
        };
    } else if constexpr (shape == Shape::Array || shape == Shape::Gadget) {
        if constexpr (shape == Shape::Array)
            return Reads<Customization, typename T::value_type> && std::default_initializable<T>;
        return std::default_initializable<T>;
    } else if constexpr (shape == Shape::Optional || shape == Shape::Set) {
        return Reads<Customization, typename T::value_type>;
    } else {
        return !std::same_as<T, std::nullopt_t>;
    }
}

template <typename T> std::optional<T> readInteger(const Value &value)
{
    if (value.type() == Value::Type::Int) {
        const qint64 number = value.toInt();
        return std::in_range<T>(number) ? std::optional(static_cast<T>(number)) : std::nullopt;
    }
    if constexpr (std::is_unsigned_v<T> && sizeof(T) == sizeof(quint64)) {
        if (value.type() == Value::Type::BigInt) {
            bool ok = false;
            const quint64 number = value.text().toULongLong(&ok);
            if (ok)
                return static_cast<T>(number);
        }
    }
    return std::nullopt;
}

/// A whole number is taken too when it is exact: other languages write 2.0 as 2.
template <typename T> std::optional<T> readFloat(const Value &value)
{
    if (value.type() == Value::Type::Int) {
        const qint64 number = value.toInt();
        constexpr qint64 exact = qint64(1) << std::numeric_limits<T>::digits;
        return number >= -exact && number <= exact ? std::optional(static_cast<T>(number))
                                                   : std::nullopt;
    }
    if (value.type() != Value::Type::Float)
        return std::nullopt;
    const double number = value.toFloat();
    if (std::isfinite(number) && std::abs(number) > std::numeric_limits<T>::max())
        return std::nullopt;
    return static_cast<T>(number);
}

template <typename T> std::optional<T> readEnum(const Value &value)
{
    using Underlying = std::underlying_type_t<T>;
    if constexpr (std::same_as<Underlying, bool>) {
        if (const std::optional<quint8> number = readInteger<quint8>(value); number && *number <= 1)
            return static_cast<T>(*number == 1);
    } else if constexpr (std::is_signed_v<Underlying>) {
        const std::optional<qint64> number = readInteger<qint64>(value);
        if (number && *number >= std::numeric_limits<Underlying>::min()
            && *number <= std::numeric_limits<Underlying>::max())
            return static_cast<T>(*number);
    } else {
        const std::optional<quint64> number = readInteger<quint64>(value);
        if (number && *number <= std::numeric_limits<Underlying>::max())
            return static_cast<T>(*number);
    }
    return std::nullopt;
}

template <typename T> std::optional<T> readText(const Value &value)
{
    if (!value.isString())
        return std::nullopt;
    if constexpr (std::same_as<T, QString>)
        return QString::fromUtf8(value.text());
    else
        return T(value.text().constData(), static_cast<size_t>(value.text().size()));
}

template <typename T> std::optional<T> readBytes(const Value &value)
{
    if (value.type() != Value::Type::Bytes && value.type() != Value::Type::ByteArray)
        return std::nullopt;
    if constexpr (std::same_as<T, QByteArray>) {
        return value.toByteArray();
    } else {
        const auto bytes = std::as_bytes(
            std::span(value.text().constData(), static_cast<size_t>(value.text().size())));
        return T(bytes.begin(), bytes.end());
    }
}

template <typename T> std::optional<T> readDuration(const Value &value)
{
    const std::optional<std::chrono::microseconds> exact = durationOfValue(value);
    if (!exact)
        return std::nullopt;
    const auto duration = std::chrono::duration_cast<T>(*exact);
    return duration == *exact ? std::optional(duration) : std::nullopt;
}

template <typename T> std::optional<T> readJson(const Value &value)
{
    const std::optional<QJsonValue> json = jsonOfValue(value);
    if constexpr (std::same_as<T, QJsonValue>)
        return json;
    else if constexpr (std::same_as<T, QJsonObject>)
        return json && json->isObject() ? std::optional(json->toObject()) : std::nullopt;
    else
        return json && json->isArray() ? std::optional(json->toArray()) : std::nullopt;
}

inline bool isOrdered(const Value &value)
{
    return value.type() == Value::Type::List || value.type() == Value::Type::Tuple;
}

template <template <typename> class Customization, typename T>
std::optional<T> readTuple(const Value &value)
{
    constexpr size_t count = std::tuple_size_v<T>;
    if (!isOrdered(value) || value.items().size() != count)
        return std::nullopt;
    return [&]<size_t... I>(std::index_sequence<I...>)->std::optional<T>
    {
        [[maybe_unused]] const ValueList &items = value.items();
        std::tuple<std::optional<std::tuple_element_t<I, T>>...> read;
        const bool whole = (true && ...
                            && (std::get<I>(read)
                                = Customization<std::tuple_element_t<I, T>>::fromValue(items[I]))
                                   .has_value());
        if (!whole)
            return std::nullopt;
        return T(std::move(*std::get<I>(read))...);
    }
    (std::make_index_sequence<count>());
}

template <template <typename> class Customization, typename T>
std::optional<T> readArray(const Value &value)
{
    T result{};
    if (!isOrdered(value) || value.items().size() != result.size())
        return std::nullopt;
    for (size_t i = 0; i < result.size(); ++i) {
        auto item = Customization<typename T::value_type>::fromValue(value.items()[i]);
        if (!item)
            return std::nullopt;
        result[i] = std::move(*item);
    }
    return result;
}

template <template <typename> class Customization, typename T>
std::optional<T> readSequence(const Value &value)
{
    // JSON and MessagePack have no sets: theirs are lists.
    constexpr bool set = shapeOf<T>() == Shape::Set;
    if (!(set ? value.isSequence() : isOrdered(value)))
        return std::nullopt;
    T result;
    if constexpr (requires { result.reserve(result.size()); })
        result.reserve(static_cast<decltype(result.size())>(value.items().size()));
    for (const Value &each : value.items()) {
        auto item = Customization<typename T::value_type>::fromValue(each);
        if (!item)
            return std::nullopt;
        if constexpr (set)
            result.insert(std::move(*item));
        else
            result.push_back(std::move(*item));
    }
    return result;
}

/// JSON writes every key as text, so an integer is read from its digits too.
template <template <typename> class Customization, typename Key>
std::optional<Key> readKey(const Value &value)
{
    std::optional<Key> key = Customization<Key>::fromValue(value);
    if constexpr (shapeOf<Key>() == Shape::Integer || shapeOf<Key>() == Shape::Enum) {
        if (!key && value.isString()) {
            const Value number = Value::integer(value.text());
            if (number.type() == Value::Type::Int || number.type() == Value::Type::BigInt)
                key = Customization<Key>::fromValue(number);
        }
    }
    return key;
}

template <template <typename> class Customization, typename T>
std::optional<T> readMap(const Value &value)
{
    if (!value.isMap())
        return std::nullopt;
    T result;
    if constexpr (requires { result.reserve(result.size()); })
        result.reserve(static_cast<decltype(result.size())>(value.entries().size()));
    for (const auto &[key, mapped] : value.entries()) {
        auto name = readKey<Customization, typename T::key_type>(key);
        auto content = Customization<typename T::mapped_type>::fromValue(mapped);
        if (!name || !content)
            return std::nullopt;
        if constexpr (requires { result.insert_or_assign(std::move(*name), std::move(*content)); })
            result.insert_or_assign(std::move(*name), std::move(*content));
        else
            result.insert(std::move(*name), std::move(*content));
    }
    return result;
}

template <template <typename> class Customization, typename T>
std::optional<T> read(const Value &value)
{
    constexpr Shape shape = shapeOf<T>();
    if constexpr (shape == Shape::Null) {
        return value.isNone() ? std::optional<T>(std::in_place) : std::nullopt;
    } else if constexpr (shape == Shape::Bool) {
        return value.type() == Value::Type::Bool ? std::optional(value.toBool()) : std::nullopt;
    } else if constexpr (shape == Shape::Integer) {
        return readInteger<T>(value);
    } else if constexpr (shape == Shape::Enum) {
        return readEnum<T>(value);
    } else if constexpr (shape == Shape::Float) {
        return readFloat<T>(value);
    } else if constexpr (shape == Shape::Text) {
        return readText<T>(value);
    } else if constexpr (shape == Shape::Bytes) {
        return readBytes<T>(value);
    } else if constexpr (shape == Shape::Date) {
        return dateOfValue(value);
    } else if constexpr (shape == Shape::Time) {
        return timeOfValue(value);
    } else if constexpr (shape == Shape::DateTime) {
        return dateTimeOfValue(value);
    } else if constexpr (shape == Shape::Uuid) {
        return uuidOfValue(value);
    } else if constexpr (shape == Shape::Duration) {
        return readDuration<T>(value);
    } else if constexpr (shape == Shape::JsonValue || shape == Shape::JsonObject
                         || shape == Shape::JsonArray) {
        return readJson<T>(value);
    } else if constexpr (shape == Shape::Value) {
        return value;
    } else if constexpr (shape == Shape::Optional) {
        if (value.isNone())
            return std::optional<T>(std::in_place);
        auto inner = Customization<typename T::value_type>::fromValue(value);
        return inner ? std::optional<T>(std::move(inner)) : std::optional<T>();
    } else if constexpr (shape == Shape::Tuple) {
        return readTuple<Customization, T>(value);
    } else if constexpr (shape == Shape::Array) {
        return readArray<Customization, T>(value);
    } else if constexpr (shape == Shape::Sequence || shape == Shape::Set) {
        return readSequence<Customization, T>(value);
    } else if constexpr (shape == Shape::Map) {
        return readMap<Customization, T>(value);
    } else {
        static_assert(shape == Shape::Gadget);
        std::optional<T> gadget(std::in_place);
        return readGadget(T::staticMetaObject, &*gadget, value) ? std::move(gadget) : std::nullopt;
    }
}

} // namespace Cachelens::Detail
