// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/invalidation/signal.h"

#include <QString>

#include <optional>
#include <vector>

namespace Cachelens {

/// A signal as it is being typed. A value.
struct SignalDraft {
    enum class Event : quint8 { Saved, Created, Deleted };

    struct Attribute {
        QByteArray name; ///< dotted: `owner.id` is the id of the instance's owner
        QString value; ///< as valueOfText() reads it; empty: the instance has none
        QString old; ///< the same, before it was saved; empty: not known
        bool changed = false; ///< one of the fields that were written
        bool operator==(const Attribute &) const = default;
    };

    QByteArray model;
    Event event = Event::Saved;
    bool saysFields = false; ///< whether a save says which fields it wrote
    std::vector<Attribute> attributes;

    bool operator==(const SignalDraft &) const = default;

    /// The instance, or with `old` what is known of how it was before.
    [[nodiscard]] Value instance(bool old = false) const;
    [[nodiscard]] std::optional<std::vector<QByteArray>> updateFields() const;
    [[nodiscard]] Signal signal() const;
    /// As signalToJson(), on one line unless `indent`.
    [[nodiscard]] QByteArray toJson(int indent = -1) const;
    /// As signalFromJson(); or an instance alone, of this model, saved.
    [[nodiscard]] static Result<SignalDraft> fromJson(QByteArrayView json, const QByteArray &model);

    /// Makes these the attributes, in this order. Known ones keep their values; a new dotted one
    /// gets the value at its path. Others go, unless something was typed for them.
    void setNames(const std::vector<QByteArray> &names);
    /// What a map or an object has of the attributes that are named, and what else it has.
    void fill(const Value &instance);
    [[nodiscard]] Attribute *find(QByteArrayView name);
};

/// What one types for a value: JSON (docs/wire-format.md, "Values as JSON"), else the text itself.
[[nodiscard]] Value valueOfText(const QString &text);
/// The shortest text that valueOfText() reads as this value.
[[nodiscard]] QString textOfValue(const Value &value);

/// The models that a catalog's rules watch, in alphabetical order.
[[nodiscard]] std::vector<QByteArray> modelsOf(const Catalog &catalog);
/// The attributes of a model that rules look at, in alphabetical order, its id in front.
[[nodiscard]] std::vector<QByteArray> attributesOf(const Catalog &catalog, QByteArrayView model);

} // namespace Cachelens
