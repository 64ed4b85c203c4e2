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
    /// Stands in front of every key: django-redis's KEY_PREFIX.
    QByteArray keyPrefix = {};
    /// Whose entries a removal by prefix has to reach. OwnEntries is right for a cache that only
    /// this library writes. It takes time for the entries it removes, however many keys there are,
    /// as long as the server has evicted nothing since it began, says so (the user may ask INFO),
    /// and either never evicts or began empty, without an append-only file and not as a replica.
    /// Otherwise it looks through the keyspace, as AllEntries always does: about a millisecond for
    /// a thousand keys. CONFIG RESETSTAT makes a server forget that it has evicted: where it is
    /// used and the server evicts, only AllEntries reaches every entry.
    PrefixReach removals = PrefixReach::AllEntries;
    /// After this time the lease of a process that died ends; a living process renews its leases.
    std::chrono::milliseconds leaseTime{5000};
    /// How long a call waits for the same call of another thread or process before it runs the
    /// function itself and stores nothing.
    std::chrono::milliseconds waitLimit{10'000};
    /// How many bytes of entries have their results kept in the process as well; 0: none. An entry
    /// of more than 1/64 of it is not kept. Over Redis it needs version 6 and a user who may CLIENT
    /// TRACKING and SUBSCRIBE; without them nothing is kept, and observers are told once
    /// (CacheObserver::errorOccurred).
    qint64 nearCacheBytes = 0;
    /// How many removals that could not be delivered are kept. Beyond it the oldest are forgotten,
    /// and every entry that is as old as they are counts as removed.
    qsizetype keptRemovals = 10'000;
    BreakerOptions breaker = {};
    /// How many threads run background refreshes, time limits and asynchronous functions.
    int threads = 4;
    DecodeLimits limits = {};
    /// Whether the failure of a rule is thrown, for rules and dispatchers that do not say.
    bool raiseException = false;
};

/// What a Cache needs of the world. All of it is thread-safe.
struct CacheEnvironment {
    /// Null: the machine's clocks.
    std::shared_ptr<const Clock> clock = nullptr;
    /// Returns a token that no process was given before. Null: a random one with a counter.
    std::function<QByteArray()> tokens = nullptr;
    /// Returns evenly spread numbers, 0 <= x < 1, for jitter and early refreshes. Null: a generator
    /// of the standard library.
    std::function<double()> random = nullptr;
    /// Where rules find their dispatchers. Null: the built-in ones.
    std::shared_ptr<Dispatchers> dispatchers = nullptr;
};

} // namespace Cachelens
