// SPDX-License-Identifier: MIT
#include "core/codec/gadgetvalue.h"

#include "core/codec/valuereading.h"
#include "core/codec/valuewriting.h"

#include <QAssociativeIterable>
#include <QMetaProperty>
#include <QSequentialIterable>
#include <QVariant>

namespace Cachelens::Detail {

namespace {

/// Calls `visit.operator()<T>()` for the scalar that a meta type is; false when it is none.
template <typename Visit> bool visitScalar(QMetaType type, const Visit &visit)
{
    switch (type.id()) {
    case QMetaType::Bool:
        return visit.template operator()<bool>();
    case QMetaType::SChar:
        return visit.template operator()<signed char>();
    case QMetaType::UChar:
        return visit.template operator()<unsigned char>();
    case QMetaType::Short:
        return visit.template operator()<short>();
    case QMetaType::UShort:
        return visit.template operator()<unsigned short>();
    case QMetaType::Int:
        return visit.template operator()<int>();
    case QMetaType::UInt:
        return visit.template operator()<unsigned>();
    case QMetaType::Long:
        return visit.template operator()<long>();
    case QMetaType::ULong:
        return visit.template operator()<unsigned long>();
    case QMetaType::LongLong:
        return visit.template operator()<qlonglong>();
    case QMetaType::ULongLong:
        return visit.template operator()<qulonglong>();
    case QMetaType::Float:
        return visit.template operator()<float>();
    case QMetaType::Double:
        return visit.template operator()<double>();
    case QMetaType::QString:
        return visit.template operator()<QString>();
    case QMetaType::QByteArray:
        return visit.template operator()<QByteArray>();
    case QMetaType::QDate:
        return visit.template operator()<QDate>();
    case QMetaType::QTime:
        return visit.template operator()<QTime>();
    case QMetaType::QDateTime:
        return visit.template operator()<QDateTime>();
    case QMetaType::QUuid:
        return visit.template operator()<QUuid>();
    case QMetaType::QJsonValue:
        return visit.template operator()<QJsonValue>();
    case QMetaType::QJsonObject:
        return visit.template operator()<QJsonObject>();
    case QMetaType::QJsonArray:
        return visit.template operator()<QJsonArray>();
    default:
        if (type == QMetaType::fromType<std::string>())
            return visit.template operator()<std::string>();
        return false;
    }
}

bool isEnum(QMetaType type)
{
    return type.flags().testFlag(QMetaType::IsEnumeration);
}

bool isGadget(QMetaType type)
{
    return type.flags().testFlag(QMetaType::IsGadget) && type.metaObject();
}

bool isVariant(QMetaType type)
{
    return type == QMetaType::fromType<QVariant>();
}

std::optional<QMetaSequence> sequenceOf(const QVariant &variant)
{
    if (!variant.canView<QSequentialIterable>())
        return std::nullopt;
    return variant.value<QSequentialIterable>().metaContainer();
}

std::optional<QMetaAssociation> associationOf(const QVariant &variant)
{
    if (!variant.canView<QAssociativeIterable>())
        return std::nullopt;
    return variant.value<QAssociativeIterable>().metaContainer();
}

bool takesPart(const QMetaProperty &property)
{
    return property.isStored() && property.isReadable() && property.isWritable();
}

template <typename T> struct Scalar { // what scalars are converted with: they hold nothing
    static Value toValue(const T &value) { return write<Scalar>(value); }
};

/// Finds the property that has no codec; a type that holds itself is looked at once.
class Inspection {
public:
    /// Null when every property is supported.
    QByteArray unsupported(const QMetaObject &type)
    {
        if (m_seen.contains(&type))
            return {};
        m_seen.insert(&type);
        bool any = false;
        for (int i = 0; i < type.propertyCount(); ++i) {
            const QMetaProperty property = type.property(i);
            if (!takesPart(property))
                continue;
            any = true;
            if (const QByteArray within = unsupported(property.metaType()); !within.isNull()) {
                return within.isEmpty() ? QByteArray(type.className()) + "::" + property.name()
                        + " (" + property.typeName() + ')'
                                        : within;
            }
        }
        return any ? QByteArray() : type.className() + QByteArray(" (it has no properties)");
    }

private:
    /// Null when the type is supported; else empty, or what is wrong within it.
    QByteArray unsupported(QMetaType type)
    {
        if (isVariant(type) || isEnum(type) || visitScalar(type, []<typename T>() { return true; }))
            return {};
        if (isGadget(type)) {
            return unsupported(*type.metaObject());
        }
        const QVariant sample(type);
        if (const auto map = associationOf(sample)) {
            if (!map->mappedMetaType().isValid() || !map->canSetMappedAtKey())
                return "";
            const QByteArray key = unsupported(map->keyMetaType());
            return key.isNull() ? unsupported(map->mappedMetaType()) : key;
        }
        const auto list = sequenceOf(sample);
        return list && list->canAddValue() ? unsupported(list->valueMetaType()) : "";
    }

    QSet<const QMetaObject *> m_seen;
};

/// What a reading takes in.
struct Reading {
    /// Every property that can be read, also of the objects that others point to: attributes of an
    /// instance, which are never written back.
    bool everything = false;
    int objects = 4; ///< that may point to one another, before no more are followed

    [[nodiscard]] bool takes(const QMetaProperty &property) const
    {
        return everything ? property.isReadable() : takesPart(property);
    }
};

/// `read` reads a property.
template <typename Read>
Value valueOfProperties(const QMetaObject &type, const Read &read, const Reading &reading);

Value valueOfObject(const QObject &object, Reading reading)
{
    --reading.objects;
    return valueOfProperties(
        *object.metaObject(),
        [&object](const QMetaProperty &property) { return property.read(&object); }, reading);
}

Value valueOfGadget(const QMetaObject &type, const void *gadget, const Reading &reading)
{
    return valueOfProperties(
        type, [gadget](const QMetaProperty &property) { return property.readOnGadget(gadget); },
        reading);
}

Value valueOfVariant(const QVariant &variant, const Reading &reading)
{
    const QMetaType type = variant.metaType();
    Value value;
    if (!type.isValid() || visitScalar(type, [&]<typename T>() {
            value = Scalar<T>::toValue(*static_cast<const T *>(variant.constData()));
            return true;
        }))
        return value;
    if (isEnum(type))
        return type.flags().testFlag(QMetaType::IsUnsignedEnumeration)
            ? integerValue(variant.toULongLong())
            : integerValue(variant.toLongLong());
    if (isGadget(type))
        return valueOfGadget(*type.metaObject(), variant.constData(), reading);
    if (type.flags().testFlag(QMetaType::PointerToQObject)) {
        const auto *object = variant.value<QObject *>();
        return object && reading.everything && reading.objects > 0 ? valueOfObject(*object, reading)
                                                                   : value;
    }
    if (associationOf(variant)) {
        ValueMap entries;
        const auto map = variant.value<QAssociativeIterable>();
        for (auto it = map.begin(); it != map.end(); ++it)
            entries.emplace_back(valueOfVariant(it.key(), reading),
                                 valueOfVariant(it.value(), reading));
        return Value::map(std::move(entries));
    }
    if (sequenceOf(variant)) {
        ValueList items;
        for (const QVariant &item : variant.value<QSequentialIterable>())
            items.push_back(valueOfVariant(item, reading));
        return Value::list(std::move(items));
    }
    return value;
}

template <typename Read>
Value valueOfProperties(const QMetaObject &type, const Read &read, const Reading &reading)
{
    ValueMap members;
    members.reserve(static_cast<size_t>(type.propertyCount()));
    for (int i = 0; i < type.propertyCount(); ++i) {
        const QMetaProperty property = type.property(i);
        if (reading.takes(property))
            members.emplace_back(Value::string(property.name()),
                                 valueOfVariant(read(property), reading));
    }
    return Value::map(std::move(members));
}

const void *content(QMetaType type, const QVariant &variant)
{
    return isVariant(type) ? static_cast<const void *>(&variant) : variant.constData();
}

bool readVariant(QMetaType type, const Value &value, QVariant *out);

bool readProperties(const QMetaObject &type, void *gadget, const Value &value)
{
    if (!value.isMap())
        return false;
    for (int i = 0; i < type.propertyCount(); ++i) {
        const QMetaProperty property = type.property(i);
        if (!takesPart(property))
            continue;
        const Value *member = value.find(property.name());
        QVariant content;
        if (!member || !readVariant(property.metaType(), *member, &content)
            || !property.writeOnGadget(gadget, content))
            return false;
    }
    return true;
}

bool enumerator(QMetaType type, const Value &value, QVariant *out)
{
    const bool isUnsigned = type.flags().testFlag(QMetaType::IsUnsignedEnumeration);
    const auto bits = static_cast<int>(type.sizeOf() * 8) - (isUnsigned ? 0 : 1);
    const std::optional<qint64> number = readInteger<qint64>(value);
    if (!number || (isUnsigned && *number < 0)
        || (bits < 63 && (*number >> bits) != (*number < 0 ? -1 : 0)))
        return false;
    *out = *number;
    return out->convert(type);
}

bool sequence(const QMetaSequence &list, const Value &value, QVariant *out)
{
    if (!value.isSequence())
        return false;
    for (const Value &each : value.items()) {
        QVariant item;
        if (!readVariant(list.valueMetaType(), each, &item))
            return false;
        list.addValue(out->data(), content(list.valueMetaType(), item));
    }
    return true;
}

bool association(const QMetaAssociation &map, const Value &value, QVariant *out)
{
    if (!value.isMap())
        return false;
    for (const auto &[name, mapped] : value.entries()) {
        QVariant key;
        QVariant item;
        if (!readVariant(map.keyMetaType(), name, &key)
            || !readVariant(map.mappedMetaType(), mapped, &item))
            return false;
        map.setMappedAtKey(out->data(), content(map.keyMetaType(), key),
                           content(map.mappedMetaType(), item));
    }
    return true;
}

/// What a QVariant becomes follows from the value.
bool anyVariant(const Value &value, QVariant *out)
{
    switch (value.type()) {
    case Value::Type::None:
        *out = QVariant();
        return true;
    case Value::Type::Bool:
        return readVariant(QMetaType::fromType<bool>(), value, out);
    case Value::Type::Int:
        return readVariant(QMetaType::fromType<qlonglong>(), value, out);
    case Value::Type::BigInt:
        return readVariant(QMetaType::fromType<qulonglong>(), value, out);
    case Value::Type::Float:
        return readVariant(QMetaType::fromType<double>(), value, out);
    case Value::Type::String:
        return readVariant(QMetaType::fromType<QString>(), value, out);
    case Value::Type::Bytes:
    case Value::Type::ByteArray:
        return readVariant(QMetaType::fromType<QByteArray>(), value, out);
    case Value::Type::Date:
        return readVariant(QMetaType::fromType<QDate>(), value, out);
    case Value::Type::Time:
        return readVariant(QMetaType::fromType<QTime>(), value, out);
    case Value::Type::DateTime:
        return readVariant(QMetaType::fromType<QDateTime>(), value, out);
    case Value::Type::Uuid:
        return readVariant(QMetaType::fromType<QUuid>(), value, out);
    case Value::Type::List:
    case Value::Type::Tuple:
        return readVariant(QMetaType::fromType<QVariantList>(), value, out);
    case Value::Type::Map:
        return readVariant(QMetaType::fromType<QVariantMap>(), value, out);
    default:
        return false;
    }
}

bool readVariant(QMetaType type, const Value &value, QVariant *out)
{
    if (isVariant(type))
        return anyVariant(value, out);
    bool right = false;
    if (visitScalar(type, [&]<typename T>() {
            if (std::optional<T> found = read<Scalar, T>(value)) {
                *out = QVariant::fromValue(*std::move(found));
                right = true;
            }
            return true;
        }))
        return right;
    if (isEnum(type))
        return enumerator(type, value, out);
    *out = QVariant(type);
    if (isGadget(type))
        return readProperties(*type.metaObject(), out->data(), value);
    if (const auto map = associationOf(*out))
        return association(*map, value, out);
    if (const auto list = sequenceOf(*out))
        return sequence(*list, value, out);
    return false;
}

} // namespace

QByteArray unsupportedProperty(const QMetaObject &type)
{
    return Inspection().unsupported(type);
}

Value valueOfGadget(const QMetaObject &type, const void *gadget)
{
    return valueOfGadget(type, gadget, Reading());
}

Value attributesOfGadget(const QMetaObject &type, const void *gadget)
{
    return valueOfGadget(type, gadget, Reading{.everything = true});
}

Value attributesOfObject(const QObject &object)
{
    return valueOfObject(object, {.everything = true});
}

bool readGadget(const QMetaObject &type, void *gadget, const Value &value)
{
    return readProperties(type, gadget, value);
}

} // namespace Cachelens::Detail
