// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/callmetadata.h"

#include <QByteArray>

#include <algorithm>
#include <array>
#include <atomic>

namespace Cachelens {

/// What has happened to a function since the program began, as a snapshot.
struct FunctionCounts {
    QByteArray function;
    std::array<qint64, 5> calls{}; ///< by CacheStatus
    qint64 failures = 0; ///< calls in which the function threw
    qint64 runs = 0; ///< of the function itself
    qint64 failedRuns = 0; ///< of those: it threw, whether a caller was thrown to or not
    qint64 refused = 0; ///< results that were not stored because an invalidation came in between
    std::chrono::microseconds functionTime{0}; ///< in all runs
    std::chrono::microseconds callTime{
        0}; ///< in all calls that were measured: see CallMetadata::duration

    [[nodiscard]] qint64 of(CacheStatus status) const { return calls[size_t(status)]; }
    [[nodiscard]] qint64 total() const
    {
        qint64 sum = 0;
        for (const qint64 count : calls)
            sum += count;
        return sum;
    }
    /// The part of the calls that were answered from the cache (HIT and STALE), 0 to 1.
    [[nodiscard]] double hitRatio() const
    {
        const qint64 all = total();
        return all == 0 ? 0 : double(of(CacheStatus::Hit) + of(CacheStatus::Stale)) / double(all);
    }
};

/// Counts in stripes, so that threads do not wait for each other's cache lines. Thread-safe.
class FunctionCounters {
public:
    void countCall(const CallMetadata &call, bool failed)
    {
        Stripe &stripe = mine();
        add(stripe.calls[size_t(call.status)], 1);
        if (call.duration.count() > 0)
            add(stripe.callTime, call.duration.count());
        if (failed)
            add(stripe.failures, 1);
    }
    void countRun(std::chrono::microseconds took, bool failed)
    {
        Stripe &stripe = mine();
        add(stripe.runs, 1);
        if (failed)
            add(stripe.failedRuns, 1);
        add(stripe.functionTime, took.count());
        // Of the last runs: what the next one is expected to take.
        const qint64 last = std::max<qint64>(took.count(), 1);
        const qint64 before = m_typicalRun.load(std::memory_order_relaxed);
        m_typicalRun.store(before == 0 ? last : before + (last - before) / 8,
                           std::memory_order_relaxed);
    }
    void countRefused() { add(mine().refused, 1); }

    /// What a run of the function takes, about; 0 when there was none.
    [[nodiscard]] std::chrono::microseconds typicalRun() const
    {
        return std::chrono::microseconds(m_typicalRun.load(std::memory_order_relaxed));
    }
    [[nodiscard]] FunctionCounts snapshot(const QByteArray &function) const;

private:
    using Count = std::atomic<qint64>;
    struct alignas(64) Stripe {
        std::array<Count, 5> calls{};
        Count failures{0};
        Count runs{0};
        Count failedRuns{0};
        Count refused{0};
        Count functionTime{0}; // microseconds, as callTime
        Count callTime{0};
    };
    static void add(Count &count, qint64 n) { count.fetch_add(n, std::memory_order_relaxed); }
    [[nodiscard]] Stripe &mine();

    std::array<Stripe, 16> m_stripes;
    Count m_typicalRun{0}; // microseconds
};

} // namespace Cachelens
