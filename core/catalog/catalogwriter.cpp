// SPDX-License-Identifier: MIT
#include "core/catalog/catalog.h"
#include "core/catalog/catalognames.h"
#include "core/invalidation/ruleregistry.h"
#include "core/value/valuejson.h"

#include <limits>

namespace Cachelens {

namespace {

/// A JSON object under way.
class Members {
public:
    void add(const char *name, Value value)
    {
        m_entries.emplace_back(Value::string(name), std::move(value));
    }
    void add(const char *name, const QByteArray &text) { add(name, Value::string(text)); }
    Value take() { return Value::map(std::move(m_entries)); }

private:
    ValueMap m_entries;
};

Value textList(const std::vector<QByteArray> &texts)
{
    ValueList items;
    for (const QByteArray &text : texts)
        items.push_back(Value::string(text));
    return Value::list(std::move(items));
}

template <typename Item, typename ToValue>
Value listOf(const std::vector<Item> &items, const ToValue &toValue)
{
    ValueList values;
    for (const Item &item : items)
        values.push_back(toValue(item));
    return Value::list(std::move(values));
}

Value parameterToValue(const Parameter &parameter)
{
    Members members;
    members.add("name", parameter.name);
    if (parameter.defaultValue)
        members.add("default", *parameter.defaultValue);
    return members.take();
}

Value fieldToValue(const KeyField &field)
{
    Members members;
    members.add("name", field.name);
    members.add("type", fieldTypeName(field.type));
    const Value selection = field.everything ? Value::string("*") : textList(field.names);
    switch (field.type) {
    case KeyField::Type::Constant:
        members.add("key", field.constantKey);
        members.add("value", field.constantValue);
        break;
    case KeyField::Type::Args:
    case KeyField::Type::ViewKwargs:
        members.add("arguments", selection);
        if (!field.path.isEmpty())
            members.add("path", field.path);
        break;
    case KeyField::Type::QueryParams:
        members.add("params", selection);
        break;
    case KeyField::Type::RequestValue:
        members.add("path", field.path);
        break;
    }
    members.add("partition", Value(field.partition));
    members.add("hash_value", Value(field.hashValue));
    members.add("sort_lists", Value(field.sortLists));
    return members.take();
}

Value keyToValue(const KeySpec &spec)
{
    Members members;
    members.add("namespace", spec.nameSpace);
    members.add("version", Value(spec.version));
    members.add("key_identifier", spec.keyIdentifier);
    members.add("max_key_suffix_length", Value(qint64(spec.maxKeySuffixLength)));
    members.add("hash_suffix_on_overflow", Value(spec.hashSuffixOnOverflow));
    members.add("hash_algorithm", hashAlgorithmName(spec.hash));
    if (spec.unambiguous)
        members.add("unambiguous", Value(true));
    members.add("fields", listOf(spec.fields, fieldToValue));
    return members.take();
}

/// `rule` has its id and the name of its invalidator.
Value ruleToValue(const InvalidationRule &rule, const QByteArray &defaultId)
{
    ValueMap mapping;
    for (const auto &[parameter, attribute] : rule.fieldMapping)
        mapping.emplace_back(Value::string(parameter), Value::string(attribute));
    ValueMap conditions;
    for (const InvalidationRule::Condition &condition : rule.invalidateWhen) {
        conditions.emplace_back(Value::string((condition.negated ? "!" : "") + condition.attribute),
                                condition.value);
    }
    const bool named = !rule.requireAllArgs && !rule.requiredArgs.empty();
    Members members;
    if (rule.id != defaultId)
        members.add("id", rule.id);
    members.add("model", rule.model);
    members.add("field_mapping", Value::map(std::move(mapping)));
    if (!rule.invalidator.isEmpty())
        members.add("invalidator", rule.invalidator);
    members.add("require_args", named ? textList(rule.requiredArgs) : Value(rule.requireAllArgs));
    members.add("trigger_on_create", Value(rule.triggerOnCreate));
    members.add("watch_fields", textList(rule.watchFields));
    members.add("invalidate_when", Value::map(std::move(conditions)));
    members.add("rewarm", Value(rule.rewarm));
    members.add("dispatcher", rule.dispatcher);
    members.add("batch", Value(rule.batch));
    members.add("raise_exception", rule.raiseException ? Value(*rule.raiseException) : Value());
    return members.take();
}

Value rulesToValue(const CatalogFunction &function)
{
    const QByteArray &id = function.keyed.id;
    QHash<QByteArray, int> counted;
    return listOf(withIds(id, function.rules), [&](const InvalidationRule &rule) {
        return ruleToValue(rule, defaultRuleId(id, rule.model, ++counted[rule.model]));
    });
}

Value functionToValue(const CatalogFunction &function)
{
    Members members;
    members.add("id", function.keyed.id);
    members.add("ttl", function.ttl ? Value(qint64(function.ttl->count())) : Value());
    members.add("params", listOf(function.keyed.parameters, parameterToValue));
    if (!function.defaultKey)
        members.add("key", keyToValue(function.keyed.key));
    members.add("invalidates_on", rulesToValue(function));
    return members.take();
}

} // namespace

QByteArray Catalog::toJson() const
{
    Members members;
    members.add("catalog", Value(1));
    members.add("functions", listOf(m_functions, functionToValue));
    JsonOptions options;
    options.indent = 2;
    options.maxBytes = std::numeric_limits<qsizetype>::max(); // a catalog is our own
    return valueToJson(members.take(), options).json + '\n';
}

} // namespace Cachelens
