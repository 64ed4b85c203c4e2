// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/value/valuediff.h"

#include <QString>

namespace Cachelens {

/// A difference as lines: the first character of each is its sign (`+`, `-` or a space), and what
/// is within a value stands further right. Pure; made on a worker.
[[nodiscard]] QString diffText(const ValueDiff &diff);
/// "2 changed, 1 added": a sentence, also for no difference at all.
[[nodiscard]] QString diffSummary(const ValueDiff &diff);

} // namespace Cachelens
