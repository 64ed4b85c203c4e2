// SPDX-License-Identifier: MIT
#pragma once

#include "core/invalidation/compiledrule.h"

#include <QHash>

#include <memory>

namespace Cachelens {

/// The rules of functions, by the model that they watch. Filled by one thread; then every const
/// function may be called by many.
class RuleRegistry {
public:
    /// Something about a rule that is allowed and seldom meant.
    struct Note {
        QByteArray function;
        QByteArray rule;
        QByteArray text; ///< a sentence
    };

    /// Adds a function's rules, as withIds() names them. Throws std::invalid_argument, naming the
    /// function and the rule, when a rule has no model, has neither a mapping nor an invalidator
    /// while the function has parameters, or has both; maps to or requires a parameter that the
    /// function does not have; or has the id of another rule. Returns notes about what is allowed
    /// and seldom meant (a rule that drops the whole function).
    std::vector<Note> add(const KeyedFunction &function,
                          const std::vector<InvalidationRule> &rules);
    /// Forgets a function's rules, and gives them back.
    std::vector<std::shared_ptr<const CompiledRule>> remove(const QByteArray &function);

    [[nodiscard]] bool isEmpty() const { return m_byModel.isEmpty(); }
    /// In byte order.
    [[nodiscard]] std::vector<QByteArray> models() const;
    /// In the order in which they were added; empty for a model that nobody watches.
    [[nodiscard]] const std::vector<std::shared_ptr<const CompiledRule>> &
    rulesOf(const QByteArray &model) const;

    /// What every rule of the signal's model does about it, whether it runs or not. Runs nothing.
    [[nodiscard]] std::vector<RuleVerdict> explain(const Signal &signal) const;

private:
    using Rules = std::vector<std::shared_ptr<const CompiledRule>>;
    QHash<QByteArray, Rules> m_byModel;
};

/// `<function>/<model>`, and from the second rule of a function on the same model on `#2`, `#3`.
/// `number` counts from 1.
[[nodiscard]] QByteArray defaultRuleId(const QByteArray &function, const QByteArray &model,
                                       int number);

/// The same rules; one without an id is given that of defaultRuleId(), and one that has an
/// invalidator as a function is given its id as the invalidator's name.
[[nodiscard]] std::vector<InvalidationRule> withIds(const QByteArray &function,
                                                    std::vector<InvalidationRule> rules);

/// What is wrong with a rule of a function, as a sentence; none when it may be registered. For
/// readers of rules from outside, where a mistake is not a programmer's.
[[nodiscard]] std::optional<QByteArray> mistakeOf(const InvalidationRule &rule,
                                                  const KeyedFunction &function);

} // namespace Cachelens
