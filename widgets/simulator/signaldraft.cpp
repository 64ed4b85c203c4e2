// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/simulator/signaldraft.h"

#include "core/value/valuejson.h"

#include <algorithm>
#include <set>

namespace Cachelens {

namespace {

const QByteArray source = "the signal";

/// Puts a value at a dotted path, making maps on the way.
void put(ValueMap &into, QByteArrayView path, const Value &value)
{
    const qsizetype dot = path.indexOf('.');
    const QByteArray step = (dot < 0 ? path : path.first(dot)).toByteArray();
    auto found = std::ranges::find_if(
        into, [&step](const auto &entry) { return entry.first.text() == step; });
    if (found == into.end())
        found = into.insert(into.end(), {Value::string(step), Value::map({})});
    if (dot < 0) {
        found->second = value;
        return;
    }
    ValueMap below = found->second.isMap() ? found->second.entries() : ValueMap();
    std::erase_if(below, [](const auto &entry) { return !entry.first.isString(); });
    put(below, path.sliced(dot + 1), value);
    found->second = Value::map(std::move(below));
}

bool isSilent(const SignalDraft::Attribute &attribute)
{
    return attribute.value.isEmpty() && attribute.old.isEmpty() && !attribute.changed;
}

/// Whether all that a map holds has a dotted name of its own.
bool isSpreadOver(const SignalDraft::Attribute &attribute, const std::vector<QByteArray> &names)
{
    const auto isSpread = [&](const QString &text) {
        const Value value = valueOfText(text);
        return text.isEmpty()
            || (value.isMap() && std::ranges::all_of(value.entries(), [&](const auto &entry) {
                    return entry.first.isString()
                        && std::ranges::find(names,
                                             attribute.name + '.' + entry.first.toByteArray())
                        != names.end();
                }));
    };
    return !attribute.changed && isSpread(attribute.value) && isSpread(attribute.old);
}

const ValueMap *entriesOf(const Value &instance)
{
    if (instance.isMap())
        return &instance.entries();
    return instance.type() == Value::Type::Object ? &instance.object().attributes : nullptr;
}

} // namespace

Value SignalDraft::instance(bool old) const
{
    // What is above a dotted name comes first, so that it does not replace what is below.
    std::vector<const Attribute *> order;
    for (const Attribute &attribute : attributes)
        order.push_back(&attribute);
    std::ranges::stable_sort(order, {}, [](const Attribute *a) { return a->name.count('.'); });
    ValueMap entries;
    for (const Attribute *attribute : order) {
        const QString &text = old ? attribute->old : attribute->value;
        if (!attribute->name.isEmpty() && !text.isEmpty())
            put(entries, attribute->name, valueOfText(text));
    }
    return Value::map(std::move(entries));
}

std::optional<std::vector<QByteArray>> SignalDraft::updateFields() const
{
    if (event != Event::Saved || !saysFields)
        return std::nullopt;
    std::vector<QByteArray> names;
    for (const Attribute &attribute : attributes) {
        if (attribute.changed && !attribute.name.isEmpty())
            names.push_back(attribute.name);
    }
    return names;
}

Signal SignalDraft::signal() const
{
    Signal signal;
    signal.model = model;
    signal.type = event == Event::Deleted ? Signal::Type::Deleted : Signal::Type::Saved;
    signal.created = event == Event::Created;
    signal.updateFields = updateFields();
    signal.instance = instance();
    if (Value old = instance(true); event == Event::Saved && !old.entries().empty())
        signal.oldValues = std::move(old);
    return signal;
}

QByteArray SignalDraft::toJson(int indent) const
{
    const QByteArray line = signalToJson(signal());
    const auto value = indent < 0 ? Value() : valueFromJson(line, source).value_or(Value());
    return indent < 0 ? line : valueToJson(value, {.indent = indent}).json;
}

Result<SignalDraft> SignalDraft::fromJson(QByteArrayView json, const QByteArray &model)
{
    const auto value = valueFromJson(json, source);
    if (!value)
        return failure(value.error());
    SignalDraft draft;
    draft.model = model;
    if (entriesOf(*value) && !value->find("model") && !value->find("instance")) {
        draft.fill(*value); // an instance alone
        return draft;
    }
    const auto read = signalFromJson(json, source);
    if (!read)
        return failure(read.error());
    draft.model = read->model;
    draft.event = read->type == Signal::Type::Deleted ? Event::Deleted
        : read->created                               ? Event::Created
                                                      : Event::Saved;
    draft.fill(read->instance);
    const auto named = [&draft](const QByteArray &name) -> Attribute & {
        if (Attribute *known = draft.find(name))
            return *known;
        return draft.attributes.emplace_back(Attribute{name, {}, {}, false});
    };
    draft.saysFields = read->updateFields.has_value();
    for (const QByteArray &field : read->updateFields.value_or(std::vector<QByteArray>()))
        named(field).changed = true;
    if (const ValueMap *old = entriesOf(read->oldValues)) {
        for (const auto &[name, before] : *old) {
            if (name.isString())
                named(name.toByteArray()).old = textOfValue(before);
        }
    }
    return draft;
}

void SignalDraft::setNames(const std::vector<QByteArray> &names)
{
    const Value whole = instance();
    const Value before = instance(true);
    const auto textAt = [](const Value &value, const QByteArray &path) {
        const Value *found = attributeOf(value, path);
        return found ? textOfValue(*found) : QString();
    };
    std::vector<Attribute> now;
    for (const QByteArray &name : names) {
        const Attribute *known = find(name);
        now.push_back(known ? *known
                            : Attribute{name, textAt(whole, name), textAt(before, name), false});
    }
    for (Attribute &attribute : attributes) {
        const bool taken = std::ranges::find(names, attribute.name) != names.end();
        if (!taken && !isSilent(attribute) && !isSpreadOver(attribute, names))
            now.push_back(std::move(attribute));
    }
    attributes = std::move(now);
}

void SignalDraft::fill(const Value &instance)
{
    for (Attribute &attribute : attributes) {
        if (const Value *value = attributeOf(instance, attribute.name))
            attribute.value = textOfValue(*value);
    }
    const ValueMap *entries = entriesOf(instance);
    if (!entries)
        return;
    for (const auto &[name, value] : *entries) {
        if (name.isString() && !name.text().isEmpty() && !find(name.text()))
            attributes.push_back({name.toByteArray(), textOfValue(value), {}, false});
    }
}

SignalDraft::Attribute *SignalDraft::find(QByteArrayView name)
{
    const auto found
        = std::ranges::find_if(attributes, [name](const Attribute &a) { return a.name == name; });
    return found == attributes.end() ? nullptr : &*found;
}

Value valueOfText(const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    if (auto value = valueFromJson(bytes, source))
        return *std::move(value);
    return Value::string(bytes);
}

QString textOfValue(const Value &value)
{
    if (value.isString()) {
        const QString bare = QString::fromUtf8(value.text());
        if (!bare.trimmed().isEmpty() && valueOfText(bare) == value)
            return bare;
    }
    return QString::fromUtf8(valueToJson(value).json);
}

std::vector<QByteArray> modelsOf(const Catalog &catalog)
{
    std::set<QByteArray> models;
    for (const CatalogFunction &function : catalog.functions()) {
        for (const InvalidationRule &rule : function.rules)
            models.insert(rule.model);
    }
    return {models.begin(), models.end()};
}

std::vector<QByteArray> attributesOf(const Catalog &catalog, QByteArrayView model)
{
    std::set<QByteArray> names;
    for (const CatalogFunction &function : catalog.functions()) {
        for (const InvalidationRule &rule : function.rules) {
            if (rule.model != model)
                continue;
            for (const auto &[parameter, attribute] : rule.fieldMapping)
                names.insert(attribute);
            names.insert(rule.watchFields.begin(), rule.watchFields.end());
            for (const InvalidationRule::Condition &condition : rule.invalidateWhen)
                names.insert(condition.attribute);
        }
    }
    std::vector<QByteArray> order(names.begin(), names.end());
    std::ranges::stable_partition(order,
                                  [](const QByteArray &n) { return n == "id" || n == "pk"; });
    return order;
}

} // namespace Cachelens
