// SPDX-License-Identifier: MIT
#pragma once

#include "core/key/keyspec.h"
#include "core/result.h"

#include <optional>
#include <vector>

namespace Cachelens {

/// What a rule asks of a signal, in the order in which it asks.
/// Source: docs/wire-format.md, "Rules".
enum class RuleGate : quint8 { TriggerOnCreate, WatchFields, InvalidateWhen, RequireArgs };

/// "trigger_on_create", as a catalog writes it.
[[nodiscard]] QByteArray gateName(RuleGate gate);

/// What a gate compared.
struct RuleComparison {
    QByteArray attribute; ///< dotted, of the instance; empty where none was looked at
    QByteArray parameter; ///< RequireArgs: what the attribute is mapped to
    bool negated = false; ///< InvalidateWhen: must be unequal
    Value wanted; ///< InvalidateWhen; WatchFields: the list of watched fields
    /// None: the instance has no such attribute. WatchFields: the list of fields that were written.
    std::optional<Value> found;
};

/// What one rule does about one signal, or why it does nothing.
struct RuleVerdict {
    enum class Action : quint8 {
        DeleteByPrefix,
        Refresh, ///< the partition is dropped, then the function is run for `arguments`
        Custom, ///< an invalidator of its own decides
    };

    QByteArray function; ///< its id
    QByteArray rule; ///< its id, see InvalidationRule::id
    std::optional<RuleGate> stoppedBy; ///< none: the rule runs
    std::optional<RuleComparison> compared; ///< at that gate

    // Of a rule that runs:
    Action action = Action::DeleteByPrefix;
    std::vector<std::pair<QByteArray, Value>> arguments; ///< the mapped ones, in their order
    /// `arguments` are of the old values, because the row has lost one that is required. Nothing is
    /// run anew for them.
    bool ofOldValues = false;
    /// Every key that begins with one of these goes: that of `arguments`, then that of the old
    /// values where they give another. Without the client's prefix and version. Empty for Custom.
    std::vector<QByteArray> prefixes;
    int version = 1; ///< of the keys, as the client writes it
    /// Of the call with `arguments`, which a Refresh stores anew; empty when it takes more of them.
    QByteArray key;
    /// The rule drops the whole function, because none of its arguments is in the partition.
    bool wholeFunction = false;
    /// The arguments do not fit the function's parameters: nothing can be done.
    std::optional<Error> problem;

    [[nodiscard]] bool runs() const { return !stoppedBy; }
};

} // namespace Cachelens
