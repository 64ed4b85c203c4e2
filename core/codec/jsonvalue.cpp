// SPDX-License-Identifier: MIT
#include "core/codec/scalarvalue.h"

#include "core/value/keytext.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QVariant>

namespace Cachelens::Detail {

namespace {

QJsonValue isoText(const Value &value)
{
    QByteArray text;
    appendKeyText(text, value);
    return {QString::fromUtf8(text)};
}

std::optional<QJsonValue> jsonArray(const ValueList &items)
{
    QJsonArray result;
    for (const Value &item : items) {
        std::optional<QJsonValue> json = jsonOfValue(item);
        if (!json)
            return std::nullopt;
        result.append(std::move(*json));
    }
    return QJsonValue(std::move(result));
}

std::optional<QJsonValue> jsonObject(const ValueMap &entries)
{
    QJsonObject result;
    for (const auto &[key, value] : entries) {
        std::optional<QJsonValue> json = key.isString() ? jsonOfValue(value) : std::nullopt;
        if (!json)
            return std::nullopt;
        result.insert(QString::fromUtf8(key.text()), std::move(*json));
    }
    return QJsonValue(std::move(result));
}

} // namespace

Value valueOfJson(const QJsonValue &json)
{
    switch (json.type()) {
    case QJsonValue::Null:
    case QJsonValue::Undefined:
        return Value();
    case QJsonValue::Bool:
        return Value(json.toBool());
    case QJsonValue::Double:
        // A QJsonValue knows integers from other numbers, but tells only through a variant.
        if (const QVariant number = json.toVariant(); number.typeId() == QMetaType::LongLong)
            return Value(number.toLongLong());
        return Value(json.toDouble());
    case QJsonValue::String:
        return Value::string(utf8Of(json.toString()));
    case QJsonValue::Array: {
        const QJsonArray array = json.toArray();
        ValueList items;
        items.reserve(static_cast<size_t>(array.size()));
        for (const QJsonValue item : array)
            items.push_back(valueOfJson(item));
        return Value::list(std::move(items));
    }
    case QJsonValue::Object: {
        const QJsonObject object = json.toObject();
        ValueMap entries;
        entries.reserve(static_cast<size_t>(object.size()));
        for (auto it = object.begin(); it != object.end(); ++it)
            entries.emplace_back(Value::string(utf8Of(it.key())), valueOfJson(it.value()));
        return Value::map(std::move(entries));
    }
    }
    return Value();
}

std::optional<QJsonValue> jsonOfValue(const Value &value)
{
    switch (value.type()) {
    case Value::Type::None:
        return QJsonValue(QJsonValue::Null);
    case Value::Type::Bool:
        return QJsonValue(value.toBool());
    case Value::Type::Int:
        return QJsonValue(value.toInt());
    case Value::Type::BigInt:
        return QJsonValue(value.text().toDouble());
    case Value::Type::Float:
        return QJsonValue(value.toFloat());
    case Value::Type::String:
    case Value::Type::Decimal:
    case Value::Type::Uuid:
        return QJsonValue(QString::fromUtf8(value.text()));
    case Value::Type::Date:
    case Value::Type::Time:
    case Value::Type::DateTime:
        return isoText(value);
    case Value::Type::List:
    case Value::Type::Tuple:
    case Value::Type::Set:
    case Value::Type::FrozenSet:
        return jsonArray(value.items());
    case Value::Type::Map:
        return jsonObject(value.entries());
    default:
        return std::nullopt;
    }
}

} // namespace Cachelens::Detail
