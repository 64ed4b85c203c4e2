// SPDX-License-Identifier: MIT
#pragma once

#include "core/invalidation/ruleverdict.h"
#include "core/invalidation/signal.h"

#include <exception>

namespace Cachelens {

/// One rule that a signal lets run, as data: all that is needed to do what it says, at once or
/// later, here or in another process.
struct RuleRun {
    QByteArray function; ///< its id
    QByteArray rule; ///< its id
    RuleVerdict::Action action = RuleVerdict::Action::DeleteByPrefix;
    std::vector<std::pair<QByteArray, Value>> arguments; ///< the mapped ones, in their order
    /// Every key that begins with one of these goes, also before a refresh. As `functionPrefix`
    /// without the client's prefix and version.
    std::vector<QByteArray> prefixes;
    QByteArray functionPrefix; ///< of every key of the function
    int version = 1; ///< of the keys, as the client writes it
    QByteArray invalidator; ///< Custom: its name
    Signal signal; ///< Custom: what its invalidator is told; empty for others
    /// By whoever runs it, when it fails: a queue, which forgets nothing. Not part of its JSON.
    bool isTriedAgain = false;

    bool operator==(const RuleRun &) const = default;
};

/// Runs that go together. Never empty.
using RuleJob = std::vector<RuleRun>;

/// What went wrong in the run of a rule.
struct RuleFailure {
    QByteArray function; ///< its id
    QByteArray rule; ///< its id
    Error error; ///< retryable: the same run can succeed later
    std::exception_ptr thrown; ///< by a function or an invalidator; else null
};
using RuleFailures = std::vector<RuleFailure>;

} // namespace Cachelens
