// SPDX-License-Identifier: MIT
#include "core/cached/leasekeeper.h"

namespace Cachelens {

struct LeaseKeeper::State : std::enable_shared_from_this<State> {
    State(std::shared_ptr<CacheBackend> theBackend, Scheduler &theScheduler,
          std::chrono::milliseconds time)
        : backend(std::move(theBackend)), scheduler(theScheduler), leaseTime(time)
    {
    }

    void renewLater()
    {
        scheduler.runAfter(leaseTime / 3, [self = shared_from_this()] { self->renew(); });
    }

    void renew()
    {
        std::map<QByteArray, FillSlot> due;
        {
            const std::lock_guard lock(mutex);
            due = kept;
        }
        for (const auto &[token, slot] : due) {
            const auto renewed = backend->renewLease(slot, {token, leaseTime});
            const std::lock_guard lock(mutex);
            if (renewed && !*renewed)
                kept.erase(
                    token); // taken over, or removed with its entry: there is nothing to keep
            if (!renewed)
                break; // the server is away; what is still held can be renewed the next time
        }
        const std::lock_guard lock(mutex);
        renewing = !kept.empty();
        if (renewing)
            renewLater();
    }

    const std::shared_ptr<CacheBackend> backend;
    Scheduler &scheduler; // outlives its tasks
    const std::chrono::milliseconds leaseTime;
    std::mutex mutex; // of the rest
    std::map<QByteArray, FillSlot> kept; // by token
    bool renewing = false;
};

LeaseKeeper::LeaseKeeper(std::shared_ptr<CacheBackend> backend, Scheduler &scheduler,
                         std::chrono::milliseconds leaseTime)
    : m_leaseTime(leaseTime),
      m_state(std::make_shared<State>(std::move(backend), scheduler, leaseTime))
{
}

void LeaseKeeper::keep(const FillSlot &slot, const QByteArray &token)
{
    const std::lock_guard lock(m_state->mutex);
    m_state->kept.emplace(token, slot);
    if (!std::exchange(m_state->renewing, true))
        m_state->renewLater();
}

void LeaseKeeper::drop(const QByteArray &token)
{
    const std::lock_guard lock(m_state->mutex);
    m_state->kept.erase(token);
}

} // namespace Cachelens
