// SPDX-License-Identifier: MIT
#pragma once

#include "core/invalidation/invalidator.h"
#include "core/value/value.h"

#include <memory>
#include <optional>
#include <vector>

namespace Cachelens {

class Dispatcher;

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
    /// A parameter and the dotted attribute that it is taken from.
    std::vector<std::pair<QByteArray, QByteArray>> fieldMapping = {};
    bool requireAllArgs = true;
    std::vector<QByteArray> requiredArgs = {}; ///< used when requireAllArgs is false
    bool triggerOnCreate = false;
    std::vector<QByteArray> watchFields = {}; ///< empty: any field
    std::vector<Condition> invalidateWhen = {};
    bool rewarm = false;
    /// The name of an invalidator that was registered: it does what this rule does, instead of a
    /// field mapping. Empty: none.
    QByteArray invalidator = {};
    QByteArray dispatcher = "inline";
    bool batch = false; ///< what runs together goes to the dispatcher as one job
    std::optional<bool> raiseException = {}; ///< none: as the dispatcher says

    // What only a process has, and no catalog:

    /// Instead of the name of an invalidator: it is registered under the rule's id.
    Invalidator invalidate = nullptr;
    Value dispatcherOptions = {}; ///< a map of names to values, or none; see Dispatchers
    std::shared_ptr<Dispatcher> ownDispatcher = nullptr; ///< instead of the one named
};

} // namespace Cachelens
