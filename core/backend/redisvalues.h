// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/redisrunner.h"

namespace Cachelens {

/// CacheBackend::facts(): one round trip for strings, a second one for the other kinds.
[[nodiscard]] Result<std::vector<KeyFacts>> readFacts(const RedisRunner &runner,
                                                      std::span<const QByteArray> keys);

/// CacheBackend::head().
[[nodiscard]] Result<ValueHead> readHead(const RedisRunner &runner, const QByteArray &key,
                                         qint64 bytes, qsizetype elements);

} // namespace Cachelens
