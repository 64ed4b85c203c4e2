// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/cachebackend.h"
#include "core/cached/cacheobserver.h"
#include "core/cached/cacheoptions.h"
#include "core/cached/decodememo.h"
#include "core/cached/flight.h"
#include "core/cached/keptremovals.h"
#include "core/cached/leasekeeper.h"
#include "core/cached/nearcache.h"
#include "core/cached/presencefilter.h"
#include "core/cached/scheduler.h"

namespace Cachelens {

/// What the functions of one Cache share. Thread-safe.
class CacheRuntime : public std::enable_shared_from_this<CacheRuntime> {
public:
    CacheRuntime(std::shared_ptr<CacheBackend> theBackend, CacheOptions theOptions,
                 CacheEnvironment theEnvironment);

    /// Begins to follow the backend. Call it before the first use; stop() ends it.
    void start();
    /// Joins its threads; calls go on without a near cache and background work.
    void stop();

    [[nodiscard]] WallTime now() const { return environment.clock->now(); }
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const
    {
        return environment.clock->steady();
    }

    /// Whether it is worth a look at the backend for an entry before a fill is begun. An embedded
    /// one is asked in any case: that costs as much as the guess.
    [[nodiscard]] bool expects(const QByteArray &key) const
    {
        return capabilities.embedded || presence.expects(key, now());
    }
    /// Tells the breaker, and observers, what a use of the backend found.
    void noteTrouble(const Error &error);

    /// Removes at the backend, or keeps it to be removed later; this process forgets it at once.
    [[nodiscard]] Result<Removal> removeEntry(const FillSlot &slot);
    /// `isExactKey`: there can be one entry only, and a backend without prefixes removes that.
    [[nodiscard]] Result<Removal> removePrefix(const QByteArray &prefix, qsizetype functionEnd,
                                               bool isExactKey);
    /// Delivers what was kept; stops only when the backend is down. The error is that of the last
    /// removal that was not delivered. Blocks.
    Result<void> deliverKept();

    [[nodiscard]] Subscription observe(std::shared_ptr<CacheObserver> observer);
    [[nodiscard]] bool isObserved() const { return m_observed.load(std::memory_order_acquire); }
    template <typename Tell> void tell(const Tell &tell) const
    {
        if (!isObserved())
            return;
        const auto observers = m_observers.load();
        for (const auto &observer : *observers)
            tell(*observer);
    }

    const std::shared_ptr<CacheBackend> backend;
    const BackendCapabilities capabilities;
    const CacheOptions options;
    const CacheEnvironment environment;

    FlightTable flights;
    NearCache near;
    DecodeMemo memo;
    KeptRemovals kept;
    CircuitBreaker breaker;
    PresenceFilter presence;
    Scheduler scheduler;
    LeaseKeeper leases;

private:
    using Observers = std::vector<std::shared_ptr<CacheObserver>>;

    [[nodiscard]] Error whyOpen() const;
    void attendLater(std::chrono::milliseconds pause);
    void attend();
    [[nodiscard]] Result<Removal> removed(Result<qint64> result,
                                          const KeptRemoval &unlessDelivered);
    void changeObservers(const std::function<void(Observers &)> &change);

    std::atomic<bool> m_observed{false};
    std::mutex m_observersMutex; // of changes
    std::atomic<std::shared_ptr<const Observers>> m_observers;
    std::mutex m_delivery; // held while kept removals are delivered
    std::atomic<bool> m_toldOfNoLink{false}; // since the near cache was linked last
    Subscription m_following;
};

} // namespace Cachelens
