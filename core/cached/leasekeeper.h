// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/cachebackend.h"
#include "core/cached/scheduler.h"

#include <map>
#include <memory>

namespace Cachelens {

/// Keeps the leases of fills that run for long. Thread-safe.
class LeaseKeeper {
public:
    LeaseKeeper(std::shared_ptr<CacheBackend> backend, Scheduler &scheduler,
                std::chrono::milliseconds leaseTime);

    [[nodiscard]] std::chrono::milliseconds leaseTime() const { return m_leaseTime; }
    /// Renews the lease before it ends, until drop().
    void keep(const FillSlot &slot, const QByteArray &token);
    void drop(const QByteArray &token);

private:
    struct State;

    const std::chrono::milliseconds m_leaseTime;
    const std::shared_ptr<State> m_state; // shared with the tasks
};

} // namespace Cachelens
