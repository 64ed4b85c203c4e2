// SPDX-License-Identifier: MIT
#pragma once

#include "core/invalidation/rule.h"
#include "core/key/keyconstructor.h"
#include "core/key/keyspec.h"

#include <chrono>
#include <optional>
#include <vector>

namespace Cachelens {

/// What a cached function says of itself: enough for a catalog.
struct FunctionDescription {
    KeyedFunction keyed;
    AnyKeyConstructor constructor;
    std::optional<std::chrono::milliseconds> ttl; ///< none: no expiry
    std::vector<InvalidationRule> rules;
};

} // namespace Cachelens
