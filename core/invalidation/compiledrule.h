// SPDX-License-Identifier: MIT
#pragma once

#include "core/invalidation/rule.h"
#include "core/invalidation/ruleverdict.h"
#include "core/invalidation/signal.h"
#include "core/key/keybuilder.h"

namespace Cachelens {

/// A rule of a function, ready to be asked. Immutable, so that any thread may ask.
class CompiledRule {
public:
    /// `rule` has been checked (see RuleRegistry::add) and has its id.
    CompiledRule(const KeyBuilder &builder, InvalidationRule rule);

    [[nodiscard]] const InvalidationRule &rule() const { return m_rule; }
    [[nodiscard]] const QByteArray &function() const { return m_builder.function().id; }
    /// Of all keys of the function, without the client's prefix and version.
    [[nodiscard]] const QByteArray &functionPrefix() const { return m_builder.functionPrefix(); }
    /// None of its mapped arguments is in the partition: it drops the whole function. See
    /// RuleExtent.
    [[nodiscard]] bool dropsWholeFunction() const { return m_wholeFunction; }

    /// The gate that stops it, or none. `compared`, when not null, is told what that gate compared;
    /// running and explaining ask here alike. The signal is of the rule's model.
    [[nodiscard]] std::optional<RuleGate> stoppedBy(const Signal &signal,
                                                    RuleComparison *compared) const;
    /// All that can be said of a rule about a signal.
    [[nodiscard]] RuleVerdict verdict(const Signal &signal) const;
    /// The same for a signal that no gate stops.
    [[nodiscard]] RuleVerdict consequence(const Signal &signal) const;

private:
    using Arguments = std::vector<std::pair<QByteArray, Value>>;

    [[nodiscard]] bool passesWatchFields(const Signal &signal, RuleComparison *compared) const;
    [[nodiscard]] bool passesInvalidateWhen(const Signal &signal, RuleComparison *compared) const;
    [[nodiscard]] bool passesRequireArgs(const Signal &signal, RuleComparison *compared) const;
    [[nodiscard]] bool isRequired(const QByteArray &parameter) const;
    [[nodiscard]] bool hasRequired(const Arguments &arguments) const;
    [[nodiscard]] bool reachesOld(const Signal &signal) const;
    [[nodiscard]] Arguments arguments(const Signal &signal, bool old) const;
    [[nodiscard]] Result<QByteArray> prefixOf(const Arguments &arguments) const;

    KeyBuilder m_builder;
    InvalidationRule m_rule;
    bool m_wholeFunction = false;
};

/// Python's `==` where it parts from Value's: 1, 1.0 and True are equal.
[[nodiscard]] bool equalInPython(const Value &a, const Value &b);

} // namespace Cachelens
