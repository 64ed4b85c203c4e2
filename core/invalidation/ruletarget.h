// SPDX-License-Identifier: MIT
#pragma once

#include "core/invalidation/rulerun.h"

#include <QFuture>

namespace Cachelens {

/// What rules act on. Thread-safe. A request may be done on the caller's thread, before the
/// function returns; it never waits for a function that answers later.
class RuleTarget {
public:
    virtual ~RuleTarget() = default;

    /// Removes what begins with one of the run's prefixes.
    [[nodiscard]] virtual QFuture<Result<void>> deleteByPrefix(const RuleRun &run) = 0;
    /// Runs the function for the run's arguments and overwrites their entry; the prefixes have been
    /// removed. The future fails with what the function throws.
    [[nodiscard]] virtual QFuture<Result<void>> refresh(const RuleRun &run) = 0;
};

} // namespace Cachelens
