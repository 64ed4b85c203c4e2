// SPDX-License-Identifier: MIT
#pragma once

#include "core/result.h"
#include "core/value/value.h"

#include <optional>
#include <vector>

namespace Cachelens {

/// A model was saved or deleted: what rules listen to. A value, with the instance as it was when
/// the signal was sent. Source: docs/wire-format.md, "Rules".
struct Signal {
    enum class Type : quint8 { Saved, Deleted };

    QByteArray model; ///< "auth.User"
    Type type = Type::Saved;
    bool created = false; ///< of a save: the row is new
    std::optional<std::vector<QByteArray>> updateFields; ///< none: the save does not say
    Value instance; ///< a Map or an Object with its attributes
    /// A Map of attributes as they were before, as far as they are known; None when they are not.
    Value oldValues;

    bool operator==(const Signal &) const = default;
};

/// What stands at a dotted path (`author.id`) in an instance; null when a step is missing. An
/// attribute whose own name has dots in it wins over a path. Valid as long as `instance`.
[[nodiscard]] const Value *attributeOf(const Value &instance, QByteArrayView path);

/// Reads `{"model", "type": "POST_SAVE" | "POST_DELETE", "created", "update_fields", "instance",
/// "old_values"}`; all but `model` may be left out. A mistake is an error that names the member,
/// its line and `source`.
[[nodiscard]] Result<Signal> signalFromJson(QByteArrayView json, const QByteArray &source);
/// What signalFromJson reads back to an equal signal, on one line.
[[nodiscard]] QByteArray signalToJson(const Signal &signal);

} // namespace Cachelens
