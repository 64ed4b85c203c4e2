// SPDX-License-Identifier: MIT
#include "core/invalidation/compiledrule.h"

#include "core/invalidation/ruleextent.h"

#include <algorithm>

namespace Cachelens {

namespace {

bool contains(const std::vector<QByteArray> &names, const QByteArray &name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

Value listOf(const std::vector<QByteArray> &names)
{
    ValueList items;
    for (const QByteArray &name : names)
        items.push_back(Value::string(name));
    return Value::list(std::move(items));
}

bool isNumber(const Value &value)
{
    return value.type() == Value::Type::Bool || value.type() == Value::Type::Int
        || value.type() == Value::Type::Float;
}

bool equalNumbers(const Value &a, const Value &b)
{
    const auto whole = [](const Value &value) -> std::optional<qint64> {
        if (value.type() == Value::Type::Bool)
            return value.toBool() ? 1 : 0;
        if (value.type() == Value::Type::Int)
            return value.toInt();
        return std::nullopt;
    };
    const auto left = whole(a);
    const auto right = whole(b);
    if (left && right)
        return *left == *right;
    if (!left && !right)
        return a.toFloat() == b.toFloat();
    // Exact, as in Python: beyond 2^53 not every integer is a float.
    constexpr double limit = 9223372036854775808.0;
    const double real = left ? b.toFloat() : a.toFloat();
    return real >= -limit && real < limit && static_cast<double>(static_cast<qint64>(real)) == real
        && static_cast<qint64>(real) == (left ? *left : *right);
}

} // namespace

bool equalInPython(const Value &a, const Value &b)
{
    return isNumber(a) && isNumber(b) ? equalNumbers(a, b) : a == b;
}

QByteArray gateName(RuleGate gate)
{
    switch (gate) {
    case RuleGate::TriggerOnCreate:
        return "trigger_on_create";
    case RuleGate::WatchFields:
        return "watch_fields";
    case RuleGate::InvalidateWhen:
        return "invalidate_when";
    case RuleGate::RequireArgs:
        return "require_args";
    }
    return {};
}

CompiledRule::CompiledRule(const KeyBuilder &builder, InvalidationRule rule)
    : m_builder(builder), m_rule(std::move(rule)),
      m_wholeFunction(extentOf(m_builder, m_rule) == RuleExtent::WholeFunction)
{
}

std::optional<RuleGate> CompiledRule::stoppedBy(const Signal &signal,
                                                RuleComparison *compared) const
{
    if (signal.type == Signal::Type::Saved && signal.created && !m_rule.triggerOnCreate)
        return RuleGate::TriggerOnCreate;
    if (!passesWatchFields(signal, compared))
        return RuleGate::WatchFields;
    if (!passesInvalidateWhen(signal, compared))
        return RuleGate::InvalidateWhen;
    if (!passesRequireArgs(signal, compared) && !reachesOld(signal))
        return RuleGate::RequireArgs;
    return std::nullopt;
}

/// Asked of a save that did not create and says which fields it wrote.
bool CompiledRule::passesWatchFields(const Signal &signal, RuleComparison *compared) const
{
    if (m_rule.watchFields.empty() || signal.type != Signal::Type::Saved || signal.created
        || !signal.updateFields)
        return true;
    const bool watched = std::any_of(
        signal.updateFields->begin(), signal.updateFields->end(),
        [this](const QByteArray &field) { return contains(m_rule.watchFields, field); });
    if (!watched && compared) {
        compared->wanted = listOf(m_rule.watchFields);
        compared->found = listOf(*signal.updateFields);
    }
    return watched;
}

bool CompiledRule::passesInvalidateWhen(const Signal &signal, RuleComparison *compared) const
{
    static const Value none;
    for (const InvalidationRule::Condition &condition : m_rule.invalidateWhen) {
        const Value *found = attributeOf(signal.instance, condition.attribute);
        // A missing attribute equals only none.
        if (equalInPython(found ? *found : none, condition.value) != condition.negated)
            continue;
        if (compared) {
            *compared = {condition.attribute, {}, condition.negated, condition.value, {}};
            if (found)
                compared->found = *found;
        }
        return false;
    }
    return true;
}

bool CompiledRule::isRequired(const QByteArray &parameter) const
{
    return m_rule.requireAllArgs || contains(m_rule.requiredArgs, parameter);
}

bool CompiledRule::passesRequireArgs(const Signal &signal, RuleComparison *compared) const
{
    for (const auto &[parameter, path] : m_rule.fieldMapping) {
        if (!isRequired(parameter))
            continue;
        const Value *found = attributeOf(signal.instance, path);
        if (found && !found->isNone())
            continue;
        if (compared) {
            *compared = {path, parameter, false, {}, {}};
            if (found)
                compared->found = *found;
        }
        return false;
    }
    return true;
}

bool CompiledRule::hasRequired(const Arguments &arguments) const
{
    return std::ranges::none_of(arguments, [this](const auto &argument) {
        return isRequired(argument.first) && argument.second.isNone();
    });
}

/// Entries of what the row was before go too; or alone, where it has lost what a required argument
/// is taken from.
bool CompiledRule::reachesOld(const Signal &signal) const
{
    return m_rule.invalidator.isEmpty() && !signal.oldValues.isNone()
        && hasRequired(arguments(signal, true));
}

/// The mapped arguments; with `old`, of the row as it was before, as far as that is known.
CompiledRule::Arguments CompiledRule::arguments(const Signal &signal, bool old) const
{
    Arguments arguments;
    arguments.reserve(m_rule.fieldMapping.size());
    for (const auto &[parameter, path] : m_rule.fieldMapping) {
        const Value *found = old ? attributeOf(signal.oldValues, path) : nullptr;
        if (!found)
            found = attributeOf(signal.instance, path);
        arguments.emplace_back(parameter, found ? *found : Value());
    }
    return arguments;
}

Result<QByteArray> CompiledRule::prefixOf(const Arguments &arguments) const
{
    return m_builder.partialPrefix({{}, arguments});
}

RuleVerdict CompiledRule::verdict(const Signal &signal) const
{
    RuleComparison compared;
    const auto gate = stoppedBy(signal, &compared);
    if (!gate)
        return consequence(signal);
    RuleVerdict verdict;
    verdict.function = function();
    verdict.rule = m_rule.id;
    verdict.stoppedBy = gate;
    verdict.compared = std::move(compared);
    verdict.version = m_builder.function().key.version;
    return verdict;
}

RuleVerdict CompiledRule::consequence(const Signal &signal) const
{
    RuleVerdict verdict;
    verdict.function = function();
    verdict.rule = m_rule.id;
    verdict.version = m_builder.function().key.version;
    verdict.wholeFunction = m_wholeFunction;
    verdict.ofOldValues = !passesRequireArgs(signal, nullptr);
    verdict.arguments = arguments(signal, verdict.ofOldValues);
    if (!m_rule.invalidator.isEmpty()) {
        verdict.action = RuleVerdict::Action::Custom;
        return verdict;
    }
    auto prefix = prefixOf(verdict.arguments);
    if (!prefix) {
        verdict.problem = std::move(prefix.error());
        return verdict;
    }
    verdict.prefixes.push_back(std::move(*prefix));
    if (!verdict.ofOldValues && reachesOld(signal)) {
        auto old = prefixOf(arguments(signal, true));
        if (old && *old != verdict.prefixes.front())
            verdict.prefixes.push_back(std::move(*old));
    }
    if (auto key = m_builder.build({{}, verdict.arguments}))
        verdict.key = std::move(key->key);
    if (m_rule.rewarm && !verdict.ofOldValues)
        verdict.action = RuleVerdict::Action::Refresh;
    return verdict;
}

} // namespace Cachelens
