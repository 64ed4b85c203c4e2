// SPDX-License-Identifier: MIT
#pragma once

#include "core/payload/decodelimits.h"
#include "core/value/value.h"

namespace Cachelens {

/// Whether a value stays within the limits on depth and number of values when every container that
/// is shared in it is counted at each place where it stands. A small graph can unfold into an
/// enormous tree; whoever copies a value from outside must ask first. Stops at the limit.
[[nodiscard]] bool unfoldsWithin(const Value &value, const DecodeLimits &limits = {});

} // namespace Cachelens
