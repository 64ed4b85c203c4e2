// SPDX-License-Identifier: MIT
#pragma once

#include "core/result.h"

#include <chrono>
#include <optional>

namespace Cachelens {

/// Fails with InvalidInput unless `ttl` is a time that a key can live: at least a millisecond
/// (none would be a deletion in disguise) and short enough that its end can be told.
[[nodiscard]] Result<void> checkTimeToLive(const char *attempt, const QByteArray &key,
                                           std::optional<std::chrono::milliseconds> ttl);

} // namespace Cachelens
