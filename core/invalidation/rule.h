// SPDX-License-Identifier: MIT
#pragma once

#include "core/value/value.h"

#include <optional>
#include <vector>

namespace Cachelens {

/// What a function does about a signal, as data. Source: docs/wire-format.md, "Rules".
struct InvalidationRule {
    struct Condition {
        QByteArray attribute;
        bool negated = false; ///< written with a `!` in front of the attribute
        Value value;
    };

    /// Names the rule in messages, jobs and pictures, for as long as it lives; unique among all
    /// rules of a cache. Empty: see defaultRuleId().
    QByteArray id = {};
    QByteArray model = {}; ///< "auth.User"
    std::vector<std::pair<QByteArray, QByteArray>> fieldMapping; ///< parameter, dotted attribute
    bool requireAllArgs = true;
    std::vector<QByteArray> requiredArgs; ///< used when requireAllArgs is false
    bool triggerOnCreate = false;
    std::vector<QByteArray> watchFields; ///< empty: any field
    std::vector<Condition> invalidateWhen;
    bool rewarm = false;
    /// The name of an invalidator that was registered: it does what this rule does, instead of a
    /// field mapping. Empty: none.
    QByteArray invalidator = {};
    QByteArray dispatcher = "inline";
    bool batch = false;
    std::optional<bool> raiseException; ///< none: as the dispatcher says
};

} // namespace Cachelens
