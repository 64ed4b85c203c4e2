// SPDX-License-Identifier: MIT
#include "core/cached/leasekeeper.h"

#include <algorithm>

namespace Cachelens {

LeaseKeeper::LeaseKeeper(std::shared_ptr<CacheBackend> backend, std::chrono::milliseconds leaseTime)
    : m_backend(std::move(backend)), m_leaseTime(leaseTime)
{
}

LeaseKeeper::~LeaseKeeper()
{
    stop();
}

void LeaseKeeper::keep(const FillSlot &slot, const QByteArray &token)
{
    const std::lock_guard lock(m_mutex);
    if (m_stopped)
        return;
    m_kept.emplace(token, slot);
    if (!m_renewer.joinable())
        m_renewer = std::thread([this] { renewInTime(); });
    if (m_idle)
        m_changed.notify_all();
}

void LeaseKeeper::drop(const QByteArray &token)
{
    const std::lock_guard lock(m_mutex);
    m_kept.erase(token);
}

void LeaseKeeper::stop()
{
    std::thread renewer;
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
        renewer.swap(m_renewer);
    }
    m_changed.notify_all();
    if (renewer.joinable())
        renewer.join();
}

void LeaseKeeper::renewInTime()
{
    const auto pause = std::max(m_leaseTime / 3, std::chrono::milliseconds(1));
    std::unique_lock lock(m_mutex);
    while (!m_stopped) {
        m_idle = true;
        m_changed.wait(lock, [this] { return m_stopped || !m_kept.empty(); });
        m_idle = false;
        // Most leases are dropped meanwhile, and cost neither a round trip nor a wake-up.
        if (!m_changed.wait_for(lock, pause, [this] { return m_stopped; }))
            renewAll(lock);
    }
}

void LeaseKeeper::renewAll(std::unique_lock<std::mutex> &lock)
{
    const std::map<QByteArray, FillSlot> due = m_kept;
    for (const auto &[token, slot] : due) {
        lock.unlock();
        const auto renewed = m_backend->renewLease(slot, {token, m_leaseTime});
        lock.lock();
        if (!renewed)
            return; // the server is away; what is still held can be renewed the next time
        if (!*renewed)
            m_kept.erase(token); // taken over, or removed with its entry
        if (m_stopped)
            return;
    }
}

} // namespace Cachelens
