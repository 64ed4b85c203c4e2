// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/cachebackend.h"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace Cachelens {

/// Keeps the leases of fills that run for long, on a thread of its own, which nothing else holds
/// up: a renewal that comes late costs a result. The thread begins with the first lease.
/// Thread-safe.
class LeaseKeeper {
public:
    LeaseKeeper(std::shared_ptr<CacheBackend> backend, std::chrono::milliseconds leaseTime);
    /// As stop().
    ~LeaseKeeper();
    LeaseKeeper(const LeaseKeeper &) = delete;
    LeaseKeeper &operator=(const LeaseKeeper &) = delete;

    [[nodiscard]] std::chrono::milliseconds leaseTime() const { return m_leaseTime; }
    /// Renews the lease before it ends, until drop().
    void keep(const FillSlot &slot, const QByteArray &token);
    void drop(const QByteArray &token);

    /// Renews no more, and waits for a renewal that is under way.
    void stop();

private:
    void renewInTime();
    void renewAll(std::unique_lock<std::mutex> &lock);

    const std::shared_ptr<CacheBackend> m_backend;
    const std::chrono::milliseconds m_leaseTime;
    std::mutex m_mutex; // of the rest
    std::condition_variable m_changed;
    std::map<QByteArray, FillSlot> m_kept; // by token
    bool m_idle = false; // waits for a lease
    bool m_stopped = false;
    std::thread m_renewer;
};

} // namespace Cachelens
