// SPDX-License-Identifier: MIT
#include "core/invalidation/ruleregistry.h"

#include "core/key/keycoverage.h"

#include <QSet>

#include <algorithm>
#include <stdexcept>

namespace Cachelens {

namespace {

bool hasParameter(const KeyedFunction &function, const QByteArray &name)
{
    return std::any_of(function.parameters.begin(), function.parameters.end(),
                       [&](const Parameter &parameter) { return parameter.name == name; });
}

bool isMapped(const InvalidationRule &rule, const QByteArray &parameter)
{
    return std::any_of(rule.fieldMapping.begin(), rule.fieldMapping.end(),
                       [&](const auto &mapped) { return mapped.first == parameter; });
}

std::optional<PartitionGap> gapOf(const InvalidationRule &rule, const KeyedFunction &function)
{
    if (rule.fieldMapping.empty())
        return std::nullopt;
    std::vector<QByteArray> mapped;
    for (const auto &[parameter, path] : rule.fieldMapping)
        mapped.push_back(parameter);
    return partitionGap(function, mapped);
}

} // namespace

QByteArray defaultRuleId(const QByteArray &function, const QByteArray &model, int number)
{
    QByteArray id = function + '/' + model;
    if (number > 1)
        id += '#' + QByteArray::number(number);
    return id;
}

std::vector<InvalidationRule> withIds(const QByteArray &function,
                                      std::vector<InvalidationRule> rules)
{
    QHash<QByteArray, int> counted;
    for (InvalidationRule &rule : rules) {
        const int number = ++counted[rule.model];
        if (rule.id.isEmpty())
            rule.id = defaultRuleId(function, rule.model, number);
        if (rule.invalidate && rule.invalidator.isEmpty())
            rule.invalidator = rule.id;
    }
    return rules;
}

std::optional<QByteArray> mistakeOf(const InvalidationRule &rule, const KeyedFunction &function)
{
    if (rule.model.isEmpty())
        return "it watches no model";
    const bool isCustom = rule.invalidate || !rule.invalidator.isEmpty();
    if (rule.invalidate && !rule.invalidator.isEmpty() && rule.invalidator != rule.id)
        return "it has an invalidator and names another; one of them must go";
    if (isCustom && !rule.fieldMapping.empty())
        return "it has a field mapping and an invalidator; one of them must go";
    if (!isCustom && rule.fieldMapping.empty() && !function.parameters.empty())
        return "it has neither a field mapping nor an invalidator, so that nothing fills the "
               "function's parameters";
    if (isCustom && rule.rewarm)
        return "it has an invalidator and is to rewarm; an invalidator does what it does itself";
    for (const auto &[parameter, path] : rule.fieldMapping) {
        if (!hasParameter(function, parameter))
            return "it maps to '" + parameter + "', which is no parameter of the function";
        if (path.isEmpty())
            return "it maps '" + parameter + "' to an attribute without a name";
    }
    for (const QByteArray &parameter : rule.requiredArgs) {
        if (!isMapped(rule, parameter))
            return "it requires '" + parameter + "', which it does not map";
    }
    return std::nullopt;
}

std::vector<RuleRegistry::Note> RuleRegistry::add(const KeyedFunction &function,
                                                  const std::vector<InvalidationRule> &rules)
{
    const KeyBuilder builder(function);
    std::vector<std::shared_ptr<const CompiledRule>> compiled;
    QSet<QByteArray> ids;
    for (const Rules &others : std::as_const(m_byModel)) {
        for (const auto &other : others)
            ids.insert(other->rule().id);
    }
    std::vector<Note> notes;
    for (InvalidationRule &rule : withIds(function.id, rules)) {
        const auto refuse = [&](const QByteArray &why) {
            throw std::invalid_argument(("rule '" + rule.id + "' of function '" + function.id
                                         + "' cannot be registered: " + why)
                                            .toStdString());
        };
        if (const auto mistake = mistakeOf(rule, function))
            refuse(*mistake);
        if (ids.contains(rule.id))
            refuse("there is another rule of that id");
        ids.insert(rule.id);
        compiled.push_back(std::make_shared<const CompiledRule>(builder, std::move(rule)));
        const CompiledRule &added = *compiled.back();
        if (added.dropsWholeFunction() && !added.rule().fieldMapping.empty())
            notes.push_back({function.id, added.rule().id,
                             "None of the arguments that it maps is in the partition of the key: "
                             "whenever it runs it drops every entry of the function."});
        else if (const auto gap = gapOf(added.rule(), builder.function()))
            notes.push_back({function.id, added.rule().id,
                             "It does not map '" + gap->argument + "', which the field '"
                                 + gap->field
                                 + "' of the partition needs, and no key begins with the others "
                                   "alone: it drops nothing."});
    }
    for (auto &rule : compiled)
        m_byModel[rule->rule().model].push_back(std::move(rule));
    return notes;
}

std::vector<std::shared_ptr<const CompiledRule>> RuleRegistry::remove(const QByteArray &function)
{
    Rules removed;
    for (auto rules = m_byModel.begin(); rules != m_byModel.end();) {
        const auto going
            = std::stable_partition(rules->begin(), rules->end(),
                                    [&](const auto &rule) { return rule->function() != function; });
        std::move(going, rules->end(), std::back_inserter(removed));
        rules->erase(going, rules->end());
        rules = rules->empty() ? m_byModel.erase(rules) : std::next(rules);
    }
    return removed;
}

std::vector<QByteArray> RuleRegistry::models() const
{
    std::vector<QByteArray> names(m_byModel.keyBegin(), m_byModel.keyEnd());
    std::sort(names.begin(), names.end());
    return names;
}

const std::vector<std::shared_ptr<const CompiledRule>> &
RuleRegistry::rulesOf(const QByteArray &model) const
{
    static const Rules none;
    const auto found = m_byModel.constFind(model);
    return found == m_byModel.constEnd() ? none : *found;
}

std::vector<RuleVerdict> RuleRegistry::explain(const Signal &signal) const
{
    std::vector<RuleVerdict> verdicts;
    const Rules &rules = rulesOf(signal.model);
    verdicts.reserve(rules.size());
    for (const auto &rule : rules)
        verdicts.push_back(rule->verdict(signal));
    return verdicts;
}

} // namespace Cachelens
