// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/backendurl.h"
#include "core/backend/redisbackend.h"

namespace Cachelens {

/// CacheBackend::follow(): a thread of its own with two connections. One listens to what the server
/// says of changed keys (client tracking, Redis 6 and later), the other is the client that tracks.
/// Without either nothing is heard, so both are pinged. A broken link is made again at growing
/// intervals, and at the longest one where the server or the user may not track.
///
/// Letting go of the subscription wakes the thread and waits for a callback that is running. It
/// does not wait for the network: a thread that is just connecting is left to end by itself.
[[nodiscard]] Subscription followRedis(const BackendUrl &url, const RedisOptions &options,
                                       const QByteArray &prefix, FollowCallbacks callbacks);

} // namespace Cachelens
