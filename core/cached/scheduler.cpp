// SPDX-License-Identifier: MIT
#include "core/cached/scheduler.h"

namespace Cachelens {

Scheduler::Scheduler(int threads) : m_timekeeper([this] { keepTime(); })
{
    m_pool.setMaxThreadCount(threads);
    m_pool.setObjectName(QStringLiteral("Cache"));
}

Scheduler::~Scheduler()
{
    stop();
}

void Scheduler::run(Task task)
{
    const std::lock_guard lock(m_mutex);
    if (!m_stopped)
        m_pool.start(std::move(task));
}

void Scheduler::runAfter(std::chrono::milliseconds delay, Task task)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopped)
            return;
        m_later.emplace(std::chrono::steady_clock::now() + delay, std::move(task));
    }
    m_changed.notify_all();
}

void Scheduler::stop()
{
    std::multimap<std::chrono::steady_clock::time_point, Task> dropped; // outside the lock
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
        dropped.swap(m_later);
    }
    m_changed.notify_all();
    if (m_timekeeper.joinable())
        m_timekeeper.join();
    m_pool.clear();
    m_pool.waitForDone();
}

bool Scheduler::isStopped() const
{
    const std::lock_guard lock(m_mutex);
    return m_stopped;
}

void Scheduler::keepTime()
{
    std::unique_lock lock(m_mutex);
    while (!m_stopped) {
        if (m_later.empty()) {
            m_changed.wait(lock);
        } else if (const auto due = m_later.begin()->first;
                   due > std::chrono::steady_clock::now()) {
            m_changed.wait_until(lock, due);
        } else {
            m_pool.start(std::move(m_later.extract(m_later.begin()).mapped()));
        }
    }
}

} // namespace Cachelens
