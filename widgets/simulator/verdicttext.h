// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidation/ruleverdict.h"

#include <QString>

namespace Cachelens {

/// Which rule it is, as short as it can be: its function, and what tells it from the function's
/// other rules.
[[nodiscard]] QString ruleTitle(const RuleVerdict &verdict);
/// Why a rule does nothing, with the values that were compared; of one that runs, for what.
[[nodiscard]] QString verdictText(const RuleVerdict &verdict);

} // namespace Cachelens
