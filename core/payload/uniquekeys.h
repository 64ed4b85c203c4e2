// SPDX-License-Identifier: MIT
#pragma once

#include "core/value/value.h"

namespace Cachelens {

/// Makes every key of a map occur once, as Python's dict does: in its first place, with its last
/// value. Keys of different types differ. Time is linear, whatever the keys are; for that,
/// containers as keys are compared only as far as a small budget reaches.
void keepLastOfEachKey(ValueMap &entries);

} // namespace Cachelens
