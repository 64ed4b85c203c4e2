// SPDX-License-Identifier: MIT
#pragma once

#include "core/subscription.h"

#include <QThreadPool>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace Cachelens {

/// A cache's own threads, apart by what may hold them up: workers run users' functions, answers
/// are given when a time limit is over, and house-keeping goes on whatever users do. Thread-safe.
/// Tasks must not throw.
class Scheduler {
public:
    using Task = std::function<void()>;

    /// `threads`: of workers, while nobody waits for one, see Waiting.
    explicit Scheduler(int threads);
    /// As stop().
    ~Scheduler();

    /// On a worker; may block for as long as a user's function does.
    void run(Task task);
    /// The same, before all that has not begun: somebody waits for it.
    void runNext(Task task);
    void runAfter(std::chrono::milliseconds delay, Task task);
    /// Gives an answer that is due then, however busy the workers are. Letting go calls it off, if
    /// it has not begun; the scheduler has to be there still.
    [[nodiscard]] Subscription answerAfter(std::chrono::milliseconds delay, Task task);
    /// House-keeping: blocks for no longer than the backend does. One after another.
    void keepAfter(std::chrono::milliseconds delay, Task task);

    /// Whether this thread is one of its workers.
    [[nodiscard]] bool isWorker() const;

    /// As long as it lives this thread waits for what a worker does, and there is one worker more:
    /// what waits for each other cannot fill them all.
    class Waiting {
    public:
        explicit Waiting(Scheduler &scheduler) : m_scheduler(scheduler) { m_scheduler.grow(1); }
        ~Waiting() { m_scheduler.grow(-1); }
        Waiting(const Waiting &) = delete;
        Waiting &operator=(const Waiting &) = delete;

    private:
        Scheduler &m_scheduler;
    };

    /// Drops what has not begun, and waits for what runs. Tasks that come later are dropped.
    void stop();
    [[nodiscard]] bool isStopped() const;

private:
    using Steady = std::chrono::steady_clock;
    using Due = std::pair<Steady::time_point, quint64>; // the second: so that no two are the same
    struct Timed {
        QThreadPool *pool;
        Task task;
    };

    void start(Task task, int priority);
    Due startAfter(std::chrono::milliseconds delay, Timed timed);
    void callOff(const Due &due);
    [[nodiscard]] Task asWorker(Task task) const;
    void grow(int by);
    void keepTime();

    const int m_threads;
    mutable std::mutex m_mutex; // of all below
    std::condition_variable m_changed;
    std::map<Due, Timed> m_later;
    quint64 m_lastTimed = 0;
    bool m_stopped = false;
    int m_waiting = 0;
    QThreadPool m_workers;
    QThreadPool m_answers;
    QThreadPool m_keeper;
    std::thread m_timekeeper;
};

} // namespace Cachelens
