// SPDX-License-Identifier: MIT
#pragma once

#include "core/invalidation/invalidator.h"
#include "core/invalidation/ruletarget.h"

#include <memory>

namespace Cachelens {

/// Does what the run of a rule says. Thread-safe; a run may outlive the sender of its signal.
class RuleRunner {
public:
    RuleRunner(std::shared_ptr<RuleTarget> target,
               std::shared_ptr<const Invalidators> invalidators);

    /// Begins on the caller's thread, and removes there. The future finishes when all is done, with
    /// the failures; empty: all went well. Neither this nor the future throws. The run of an
    /// invalidator that is not registered, and the refresh of a function that is not here, fail as
    /// NotFound.
    [[nodiscard]] QFuture<RuleFailures> run(const RuleRun &run) const;
    /// Begins one run after another; does not wait for those that answer later. A run that fails
    /// stops no other.
    [[nodiscard]] QFuture<RuleFailures> run(const RuleJob &job) const;

private:
    const std::shared_ptr<RuleTarget> m_target;
    const std::shared_ptr<const Invalidators> m_invalidators;
};

/// A future of what all of these find, in their order.
[[nodiscard]] QFuture<RuleFailures> allOf(std::vector<QFuture<RuleFailures>> futures);

} // namespace Cachelens
