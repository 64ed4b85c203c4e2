// SPDX-License-Identifier: MIT
#pragma once

#include <QThreadPool>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace Cachelens {

/// A cache's own threads: tasks that run at once, and tasks that run later. Thread-safe. Tasks must
/// not throw.
class Scheduler {
public:
    using Task = std::function<void()>;

    explicit Scheduler(int threads);
    /// As stop().
    ~Scheduler();

    void run(Task task);
    void runAfter(std::chrono::milliseconds delay, Task task);

    /// Drops what has not begun, and waits for what runs. Tasks that come later are dropped.
    void stop();
    [[nodiscard]] bool isStopped() const;

private:
    void keepTime();

    mutable std::mutex m_mutex; // of all below
    std::condition_variable m_changed;
    std::multimap<std::chrono::steady_clock::time_point, Task> m_later;
    bool m_stopped = false;
    QThreadPool m_pool;
    std::thread m_timekeeper;
};

} // namespace Cachelens
