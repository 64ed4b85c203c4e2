// SPDX-License-Identifier: MIT
#pragma once

#include "core/codec/gadgetvalue.h"
#include "core/codec/scalarvalue.h"
#include "core/codec/valueshape.h"

#include <algorithm>

// From C++ to Value, for arguments of keys and for results alike. `Customization` is KeyArgument or
// ResultCodec: what a container holds is converted by it, so that a specialization for one's own
// type holds within containers too.

namespace Cachelens::Detail {

template <template <typename> class Customization, typename T>
concept Writes = requires(const T &value)
{
    {
        Customization<T>::toValue(value)
        } -> std::same_as<Value>;
};

template <template <typename> class Customization, typename T> struct WritesAll;
template <template <typename> class Customization, template <typename...> class Tuple,
          typename... T>
struct WritesAll<Customization, Tuple<T...>> {
    static constexpr bool value = (Writes<Customization, std::remove_cv_t<T>> && ...);
};

/// Whether the type and all that it holds can be written.
template <template <typename> class Customization, typename T> consteval bool canWrite()
{
    constexpr Shape shape = shapeOf<T>();
    if constexpr (shape == Shape::Tuple)
        return WritesAll<Customization, T>::value;
    else if constexpr (shape == Shape::Map)
        return Writes<Customization,
                      typename T::key_type> && Writes<Customization, typename T::mapped_type>;
    else if constexpr (shape == Shape::Optional || shape == Shape::Array || shape == Shape::Sequence
                       || shape == Shape::Set)
        return Writes<Customization, std::remove_cv_t<typename T::value_type>>;
    else
        return shape != Shape::Unsupported;
}

template <typename T> Value integerValue(T number)
{
    if constexpr (std::is_unsigned_v<T> && sizeof(T) == sizeof(quint64)) {
        if (number > static_cast<quint64>(std::numeric_limits<qint64>::max()))
            return Value::integer(QByteArray::number(static_cast<quint64>(number)));
    }
    return Value(static_cast<qint64>(number));
}

template <typename T> Value textValue(const T &text)
{
    if constexpr (std::same_as<T, QString> || std::same_as<T, QStringView>) {
        return Value::string(utf8Of(text));
    } else if constexpr (std::same_as<T, QLatin1StringView>) {
        return Value::string(QString(text).toUtf8());
    } else if constexpr (std::is_pointer_v<T>) {
        return text ? Value::string(text) : Value();
    } else {
        return Value::string(QByteArrayView(text.data(), static_cast<qsizetype>(text.size())));
    }
}

template <typename T> Value bytesValue(const T &bytes)
{
    if constexpr (std::same_as<T, QByteArray> || std::same_as<T, QByteArrayView>) {
        return Value::bytes(bytes);
    } else {
        return Value::bytes(QByteArrayView(reinterpret_cast<const char *>(bytes.data()),
                                           static_cast<qsizetype>(bytes.size())));
    }
}

/// Items of an unordered set in an order that does not depend on a hash's seed.
void sortItems(ValueList *items);

template <template <typename> class Customization, typename T> ValueList itemsOf(const T &range)
{
    using Item = std::remove_cv_t<typename T::value_type>;
    ValueList items;
    if constexpr (std::ranges::sized_range<const T>)
        items.reserve(static_cast<size_t>(std::ranges::size(range)));
    for (auto &&item : range)
        items.push_back(Customization<Item>::toValue(item));
    return items;
}

template <template <typename> class Customization, typename T> ValueMap entriesOf(const T &map)
{
    ValueMap entries;
    entries.reserve(static_cast<size_t>(map.size()));
    const auto add = [&entries](const auto &key, const auto &value) {
        entries.emplace_back(Customization<typename T::key_type>::toValue(key),
                             Customization<typename T::mapped_type>::toValue(value));
    };
    for (auto it = map.begin(); it != map.end(); ++it) {
        if constexpr (requires { it->first; })
            add(it->first, it->second);
        else
            add(it.key(), it.value());
    }
    return entries;
}

template <template <typename> class Customization, typename T> Value write(const T &value)
{
    constexpr Shape shape = shapeOf<T>();
    if constexpr (shape == Shape::Null) {
        return Value();
    } else if constexpr (shape == Shape::Bool) {
        return Value(value);
    } else if constexpr (shape == Shape::Integer) {
        return integerValue(value);
    } else if constexpr (shape == Shape::Enum) {
        return integerValue(static_cast<std::underlying_type_t<T>>(value));
    } else if constexpr (shape == Shape::Float) {
        return Value(static_cast<double>(value));
    } else if constexpr (shape == Shape::Text) {
        return textValue(value);
    } else if constexpr (shape == Shape::Bytes) {
        return bytesValue(value);
    } else if constexpr (shape == Shape::Date) {
        return valueOfDate(value);
    } else if constexpr (shape == Shape::Time) {
        return valueOfTime(value);
    } else if constexpr (shape == Shape::DateTime) {
        return valueOfDateTime(value);
    } else if constexpr (shape == Shape::Uuid) {
        return valueOfUuid(value);
    } else if constexpr (shape == Shape::Duration) {
        auto rest = value % std::chrono::days(1); // a subtraction could overflow
        if (rest < rest.zero())
            rest += std::chrono::days(1);
        return valueOfDuration(std::chrono::floor<std::chrono::days>(value), rest);
    } else if constexpr (shape == Shape::JsonValue || shape == Shape::JsonObject
                         || shape == Shape::JsonArray) {
        return valueOfJson(value);
    } else if constexpr (shape == Shape::Value) {
        return value;
    } else if constexpr (shape == Shape::Optional) {
        return value ? Customization<std::remove_cv_t<typename T::value_type>>::toValue(*value)
                     : Value();
    } else if constexpr (shape == Shape::Tuple) {
        return std::apply(
            [](const auto &...items) {
                ValueList list;
                list.reserve(sizeof...(items));
                (list.push_back(
                     Customization<std::remove_cvref_t<decltype(items)>>::toValue(items)),
                 ...);
                return Value::tuple(std::move(list));
            },
            value);
    } else if constexpr (shape == Shape::Array || shape == Shape::Sequence) {
        return Value::list(itemsOf<Customization>(value));
    } else if constexpr (shape == Shape::Set) {
        ValueList items = itemsOf<Customization>(value);
        sortItems(&items);
        return Value::set(std::move(items));
    } else if constexpr (shape == Shape::Map) {
        return Value::map(entriesOf<Customization>(value));
    } else {
        static_assert(shape == Shape::Gadget);
        return valueOfGadget(T::staticMetaObject, &value);
    }
}

} // namespace Cachelens::Detail
