// SPDX-License-Identifier: MIT
#pragma once

#include "core/invalidation/invalidator.h"
#include "core/invalidation/ruletarget.h"

#include <memory>

namespace Cachelens {

/// Does what the run of a rule says. Thread-safe; runs may outlive whoever sent the signal.
class RuleRunner {
public:
    RuleRunner(std::shared_ptr<RuleTarget> target,
               std::shared_ptr<const Invalidators> invalidators);

    /// Begins on the caller's thread, and removes there; the future finishes when all is done, with
    /// what went wrong (nothing: an empty list). Never throws, and neither does the future. The run
    /// of an invalidator that is not registered, and the refresh of a function that is not here,
    /// fail as NotFound.
    [[nodiscard]] QFuture<RuleFailures> run(const RuleRun &run) const;
    /// One run after another, as far as they do not answer later; none is kept from its turn by
    /// what goes wrong in another.
    [[nodiscard]] QFuture<RuleFailures> run(const RuleJob &job) const;

private:
    const std::shared_ptr<RuleTarget> m_target;
    const std::shared_ptr<const Invalidators> m_invalidators;
};

/// A future of what all of these find, in their order.
[[nodiscard]] QFuture<RuleFailures> allOf(std::vector<QFuture<RuleFailures>> futures);

} // namespace Cachelens
