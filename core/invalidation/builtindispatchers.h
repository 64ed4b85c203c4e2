// SPDX-License-Identifier: MIT
#pragma once

#include "core/invalidation/dispatcher.h"

namespace Cachelens {

/// Those that Dispatchers has from the start.
[[nodiscard]] std::vector<std::pair<QByteArray, Dispatchers::Factory>> builtinDispatchers();

} // namespace Cachelens
