// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/fillslot.h"
#include "core/cached/circuitbreaker.h"
#include "core/clock.h"
#include "core/payload/decodelimits.h"

#include <functional>
#include <memory>

namespace Cachelens {

class Dispatchers;

struct CacheOptions {
    QByteArray keyPrefix = {}; ///< django-redis's KEY_PREFIX, in front of every key
    /// Whose entries a removal by prefix has to reach. OwnEntries is right for a cache that only
    /// this library writes. It takes time for the entries it removes, however many keys there are,
    /// as long as the server has evicted nothing since it began, says so (the user may ask INFO),
    /// and either never evicts or began empty and without an append-only file. Otherwise it looks
    /// through the keyspace, as AllEntries always does: about a millisecond for a thousand keys.
    PrefixReach removals = PrefixReach::AllEntries;
    /// After which the lease of a process that died ends; a living one renews it.
    std::chrono::milliseconds leaseTime{5000};
    /// How long a call waits for the same call of another thread or process before it runs the
    /// function itself and stores nothing.
    std::chrono::milliseconds waitLimit{10'000};
    /// Of entries whose results are kept in the process; 0: none. An entry of more than 1/64 of it
    /// is not kept. Over Redis it needs version 6 and a user who may CLIENT TRACKING and SUBSCRIBE;
    /// without them observers are told once (CacheObserver::troubled), and nothing is kept.
    qint64 nearCacheBytes = 0;
    qsizetype keptRemovals = 10'000; ///< that could not be delivered, before older is stale
    BreakerOptions breaker = {};
    int threads = 4; ///< for background refreshes, time limits and asynchronous functions
    DecodeLimits limits = {};
    bool raiseException = false; ///< what rules do that fail, unless they or their dispatcher say
};

/// What a Cache needs of the world. All of it is thread-safe.
struct CacheEnvironment {
    std::shared_ptr<const Clock> clock = nullptr; ///< null: the machine's
    std::function<QByteArray()> tokens
        = nullptr; ///< never the same twice, in any process; null: random
    std::function<double()> random
        = nullptr; ///< even, 0 <= x < 1, for jitter and early refreshes; null: so
    std::shared_ptr<Dispatchers> dispatchers = nullptr; ///< of rules; null: the built-in ones
};

} // namespace Cachelens
