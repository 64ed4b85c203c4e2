// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backend/memorybackend.h"
#include "core/cached/cachedfunction.h"
#include "tests/support/manualclock.h"

#include <QMutex>
#include <QTest>

#include <memory>
#include <vector>

namespace Cachelens::Testing {

/// Notes what a cache tells. Thread-safe.
class EventLog final : public CacheObserver {
public:
    void called(const CallEvent &event) override
    {
        const QMutexLocker lock(&m_mutex);
        m_calls.push_back(event);
    }
    void removed(const RemovalEvent &event) override
    {
        const QMutexLocker lock(&m_mutex);
        m_removals.push_back(event);
    }
    void errorOccurred(const Error &error) override
    {
        const QMutexLocker lock(&m_mutex);
        m_troubles.push_back(error);
    }
    void ruleFailed(const RuleFailure &failure) override
    {
        const QMutexLocker lock(&m_mutex);
        m_ruleFailures.push_back(failure);
    }
    [[nodiscard]] std::vector<CallEvent> calls() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_calls;
    }
    [[nodiscard]] std::vector<RemovalEvent> removals() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_removals;
    }
    [[nodiscard]] std::vector<Error> troubles() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_troubles;
    }
    [[nodiscard]] RuleFailures ruleFailures() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_ruleFailures;
    }

private:
    mutable QMutex m_mutex;
    RuleFailures m_ruleFailures;
    std::vector<CallEvent> m_calls;
    std::vector<RemovalEvent> m_removals;
    std::vector<Error> m_troubles;
};

/// A cache over memory whose time is set by hand.
struct CachedWorld {
    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    std::shared_ptr<MemoryBackend> backend = std::make_shared<MemoryBackend>(clock);
    double random = 0.5; ///< what the cache's source of random numbers gives
    Cache cache{backend, {}, {.clock = clock, .random = [this] { return random; }}};
};

/// Waits for a call with 1 to be answered by the near cache. The word of its own store may be under
/// way then, and drop it once more.
template <typename Function> [[nodiscard]] bool becomesNear(const Function &get)
{
    return QTest::qWaitFor([&] { return get.getWithMetadata(1).metadata.fromNearCache; });
}

} // namespace Cachelens::Testing
