// SPDX-License-Identifier: MIT
#include "core/cached/scheduler.h"

#include <algorithm>

namespace Cachelens {

namespace {

thread_local const Scheduler *s_workingFor = nullptr;

} // namespace

Scheduler::Scheduler(int threads)
    : m_threads(std::max(threads, 1)), m_timekeeper([this] { keepTime(); })
{
    m_workers.setMaxThreadCount(m_threads);
    m_workers.setObjectName(QStringLiteral("Cache"));
    m_answers.setMaxThreadCount(m_threads);
    m_answers.setObjectName(QStringLiteral("CacheAnswers"));
    m_keeper.setMaxThreadCount(1);
    m_keeper.setObjectName(QStringLiteral("CacheKeeper"));
}

Scheduler::~Scheduler()
{
    stop();
}

void Scheduler::run(Task task)
{
    start(std::move(task), 0);
}

void Scheduler::runNext(Task task)
{
    start(std::move(task), 1);
}

void Scheduler::start(Task task, int priority)
{
    const std::lock_guard lock(m_mutex);
    if (!m_stopped)
        m_workers.start(asWorker(std::move(task)), priority);
}

Scheduler::Task Scheduler::asWorker(Task task) const
{
    return [this, task = std::move(task)] {
        s_workingFor = this;
        task();
    };
}

bool Scheduler::isWorker() const
{
    return s_workingFor == this;
}

void Scheduler::runAfter(std::chrono::milliseconds delay, Task task)
{
    startAfter(delay, {&m_workers, asWorker(std::move(task))});
}

Subscription Scheduler::answerAfter(std::chrono::milliseconds delay, Task task)
{
    const Due due = startAfter(delay, {&m_answers, std::move(task)});
    return Subscription([this, due] { callOff(due); });
}

void Scheduler::keepAfter(std::chrono::milliseconds delay, Task task)
{
    startAfter(delay, {&m_keeper, std::move(task)});
}

Scheduler::Due Scheduler::startAfter(std::chrono::milliseconds delay, Timed timed)
{
    const std::lock_guard lock(m_mutex);
    const Due due{Steady::now() + delay, ++m_lastTimed};
    if (m_stopped)
        return due;
    const auto [place, inserted] = m_later.emplace(due, std::move(timed));
    if (place == m_later.begin())
        m_changed.notify_all();
    return due;
}

void Scheduler::callOff(const Due &due)
{
    std::map<Due, Timed>::node_type dropped; // outside the lock
    const std::lock_guard lock(m_mutex);
    dropped = m_later.extract(due);
}

void Scheduler::grow(int by)
{
    const std::lock_guard lock(m_mutex);
    m_waiting += by;
    m_workers.setMaxThreadCount(m_threads + m_waiting);
}

void Scheduler::stop()
{
    std::map<Due, Timed> dropped; // outside the lock
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
        dropped.swap(m_later);
    }
    m_changed.notify_all();
    if (m_timekeeper.joinable())
        m_timekeeper.join();
    for (QThreadPool *pool : {&m_workers, &m_answers, &m_keeper}) {
        pool->clear();
        pool->waitForDone();
    }
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
        } else if (const auto due = m_later.begin()->first.first; due > Steady::now()) {
            m_changed.wait_until(lock, due);
        } else {
            Timed timed = std::move(m_later.extract(m_later.begin()).mapped());
            timed.pool->start(std::move(timed.task));
        }
    }
}

} // namespace Cachelens
