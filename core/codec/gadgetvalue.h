// SPDX-License-Identifier: MIT
#pragma once

#include "core/value/value.h"

#include <QByteArray>
#include <QMetaObject>

// A Q_GADGET by its properties, as a map of names to values. The properties that take part are
// those that are stored (STORED, as by default) and can be read and written. Their types are known
// at run time only: numbers, enums, QString, QByteArray, QDate, QTime, QDateTime, QUuid, JSON,
// QVariant, containers of these as Qt's meta types know them, and gadgets. On any thread.

namespace Cachelens::Detail {

/// Which property has a type that is not among them, as `Order::customer (Customer *)`; empty when
/// all are. Also names a gadget without any property that takes part.
[[nodiscard]] QByteArray unsupportedProperty(const QMetaObject &type);

/// A property of an unsupported type is left out.
[[nodiscard]] Value valueOfGadget(const QMetaObject &type, const void *gadget);

// As a model's instance: every property that can be read, by its name. Properties that point to
// other objects are followed, four objects deep, and none beyond.
[[nodiscard]] Value attributesOfGadget(const QMetaObject &type, const void *gadget);
[[nodiscard]] Value attributesOfObject(const QObject &object);

/// False when a property is missing in the map or has a value of another type; the gadget is then
/// filled in part. Members that the gadget does not have are ignored. The value must be known to
/// unfold within limits.
[[nodiscard]] bool readGadget(const QMetaObject &type, void *gadget, const Value &value);

} // namespace Cachelens::Detail
