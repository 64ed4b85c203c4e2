// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/backendurl.h"
#include "core/backend/redisbackend.h"

namespace Cachelens {

/// CacheBackend::follow(): a thread of its own with two connections. The one listens to what the
/// server says of changed keys (client tracking, Redis 6 and later), the other is the client that
/// tracks; without either nothing is heard, so that both are pinged. A link that broke is made
/// again at growing distances; where the server or the user may not track, at the longest.
///
/// Letting go of the subscription wakes the thread and waits for a callback that is running. It
/// does not wait for the network: a thread that is just connecting is left to end by itself.
[[nodiscard]] Subscription followRedis(const BackendUrl &url, const RedisOptions &options,
                                       const QByteArray &prefix, FollowCallbacks callbacks);

} // namespace Cachelens
