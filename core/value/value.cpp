// SPDX-License-Identifier: MIT
#include "core/value/value.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string_view>
#include <unordered_map>

namespace Cachelens {

namespace {

/// Equal values have equal hashes. Looks at a container's size only, so that it is cheap and
/// bounded for any graph.
size_t shallowHash(const Value &value)
{
    const size_t type = static_cast<size_t>(value.type());
    const auto mixed = [type](size_t h) { return h * 31 + type; };
    switch (value.type()) {
    case Value::Type::Bool:
        return mixed(value.toBool() ? 1 : 0);
    case Value::Type::Int:
        return mixed(std::hash<qint64>()(value.toInt()));
    case Value::Type::Float:
        return mixed(std::isnan(value.toFloat()) ? 1 : std::hash<double>()(value.toFloat()));
    case Value::Type::BigInt:
    case Value::Type::String:
    case Value::Type::Bytes:
    case Value::Type::ByteArray:
    case Value::Type::Decimal:
    case Value::Type::Uuid:
    case Value::Type::Class: {
        const QByteArrayView text = value.text();
        return mixed(std::hash<std::string_view>()(
            std::string_view(text.constData(), static_cast<size_t>(text.size()))));
    }
    case Value::Type::List:
    case Value::Type::Tuple:
    case Value::Type::Set:
    case Value::Type::FrozenSet:
        return mixed(value.items().size());
    case Value::Type::Map:
        return mixed(value.entries().size());
    default:
        return type;
    }
}

const Value &keyOf(const Value &item)
{
    return item;
}

const Value &keyOf(const std::pair<Value, Value> &entry)
{
    return entry.first;
}

/// Whether both hold the same elements, each as often, in whatever order.
template <typename Container> bool equalInAnyOrder(const Container &a, const Container &b)
{
    if (a.size() != b.size())
        return false;
    size_t first = 0;
    while (first < a.size() && a[first] == b[first])
        ++first;
    if (first == a.size())
        return true;
    std::unordered_multimap<size_t, size_t> rest;
    for (size_t i = first; i < b.size(); ++i)
        rest.emplace(shallowHash(keyOf(b[i])), i);
    for (size_t i = first; i < a.size(); ++i) {
        auto [it, end] = rest.equal_range(shallowHash(keyOf(a[i])));
        while (it != end && !(a[i] == b[it->second]))
            ++it;
        if (it == end)
            return false;
        rest.erase(it);
    }
    return true;
}

} // namespace

Value Value::integer(QByteArrayView decimal)
{
    const bool negative = decimal.startsWith('-');
    if (negative || decimal.startsWith('+'))
        decimal = decimal.sliced(1);
    while (decimal.size() > 1 && decimal.front() == '0')
        decimal = decimal.sliced(1);
    QByteArray text = decimal.toByteArray();
    if (negative && text != "0")
        text.prepend('-');
    qint64 number = 0;
    const char *const end = text.constData() + text.size();
    const auto [read, error] = std::from_chars(text.constData(), end, number);
    if (error == std::errc() && read == end)
        return Value(number);
    return {Type::BigInt, std::move(text)};
}

const Value *Value::find(QByteArrayView name) const
{
    const ValueMap *entries = nullptr;
    if (m_type == Type::Map)
        entries = &this->entries();
    else if (m_type == Type::Object || m_type == Type::Request)
        entries = &object().attributes;
    else
        return nullptr;
    for (const auto &[key, value] : *entries) {
        if (key.isString() && key.text() == name)
            return &value;
    }
    return nullptr;
}

bool Value::operator==(const Value &other) const
{
    if (m_type != other.m_type)
        return false;
    switch (m_type) {
    case Type::Float: {
        const double a = toFloat();
        const double b = other.toFloat();
        return (std::isnan(a) && std::isnan(b))
            || (a == b && std::signbit(a) == std::signbit(b)); // NOLINT: exact on purpose
    }
    case Type::List:
    case Type::Tuple:
        return &items() == &other.items() || items() == other.items();
    case Type::Set:
    case Type::FrozenSet:
        return &items() == &other.items() || equalInAnyOrder(items(), other.items());
    case Type::Map:
        return &entries() == &other.entries() || equalInAnyOrder(entries(), other.entries());
    case Type::Object:
    case Type::Request:
        return &object() == &other.object()
            || (object().className == other.object().className
                && equalInAnyOrder(object().attributes, other.object().attributes));
    case Type::BigInt:
    case Type::String:
    case Type::Bytes:
    case Type::ByteArray:
    case Type::Decimal:
    case Type::Uuid:
    case Type::Class:
        return text() == other.text();
    case Type::Bool:
    case Type::Int:
        return m_scalar.integer == other.m_scalar.integer;
    case Type::Date:
    case Type::DateTime:
        return m_scalar.dateTime == other.m_scalar.dateTime;
    case Type::Time:
        return time() == other.time();
    case Type::TimeDelta:
        return timeDelta() == other.timeDelta();
    case Type::None:
    case Type::Cycle:
        break;
    }
    return true;
}

Value::Shared Value::sharedText(const TextBytes &text)
{
    return shared(text.toByteArray());
}

void Value::isOfAnotherType()
{
    throw std::logic_error("a value is asked for what a value of another type has");
}

} // namespace Cachelens
