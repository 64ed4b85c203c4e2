// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/jobworker.h"
#include "tests/support/manualclock.h"
#include "tests/support/redisserver.h"

#include <mutex>
#include <thread>

namespace Cachelens::Testing {

/// A worker on a thread of its own, and what was heard of it. Thread-safe.
class RunningWorker {
public:
    RunningWorker(const QByteArray &url, JobWorker::Handler handler, JobWorkerOptions options,
                  const JobQueueOptions &queue = {}, const JobQueueEnvironment &environment = {})
        : m_worker(*BackendUrl::parse(url), std::move(handler), options, queue, environment,
                   {.reported = [this](const JobReport &report) { note(m_reports, report); },
                    .lost = [this](const Error &error) { note(m_losses, error); },
                    .back = [this] { note(m_returns, true); }}),
          m_thread([this] {
              m_account = m_worker.run();
              m_ended = true;
          })
    {
    }
    ~RunningWorker() { m_worker.stop(); }

    void askToStop() { m_worker.stop(); }
    [[nodiscard]] bool hasEnded() const { return m_ended; }
    JobWorkerAccount stop()
    {
        m_worker.stop();
        if (m_thread.joinable())
            m_thread.join();
        return m_account;
    }

    [[nodiscard]] std::vector<JobReport> reports() const { return copy(m_reports); }
    [[nodiscard]] std::vector<Error> losses() const { return copy(m_losses); }
    [[nodiscard]] size_t returns() const { return copy(m_returns).size(); }

private:
    template <typename T> void note(std::vector<T> &list, const T &value)
    {
        const std::lock_guard lock(m_mutex);
        list.push_back(value);
    }
    template <typename T> std::vector<T> copy(const std::vector<T> &list) const
    {
        const std::lock_guard lock(m_mutex);
        return list;
    }

    mutable std::mutex m_mutex;
    std::vector<JobReport> m_reports;
    std::vector<Error> m_losses;
    std::vector<bool> m_returns;
    JobWorkerAccount m_account;
    std::atomic<bool> m_ended = false;
    JobWorker m_worker;
    std::jthread m_thread;
};

/// Payloads in the order in which they were worked on. Thread-safe.
class Worklist {
public:
    void add(const QByteArray &payload)
    {
        const std::lock_guard lock(m_mutex);
        m_payloads.append(payload);
    }
    [[nodiscard]] QByteArrayList payloads() const
    {
        const std::lock_guard lock(m_mutex);
        return m_payloads;
    }
    [[nodiscard]] qsizetype count(const QByteArray &payload) const
    {
        return payloads().count(payload);
    }

private:
    mutable std::mutex m_mutex;
    QByteArrayList m_payloads;
};

/// A server with a queue, whose time stands still.
struct JobWorld {
    explicit JobWorld(RedisServer::Options serverOptions = {}, JobQueueOptions options = {})
        : server(std::move(serverOptions)), queueOptions(std::move(options)),
          queue(*BackendUrl::parse(server.url()), queueOptions, environment)
    {
    }

    [[nodiscard]] std::unique_ptr<RunningWorker> worker(JobWorker::Handler handler) const
    {
        return std::make_unique<RunningWorker>(server.url(), std::move(handler), workerOptions,
                                               queueOptions, environment);
    }
    [[nodiscard]] JobWorker::Handler noting()
    {
        return [this](const Job &job) -> Result<void> {
            worked.add(job.payload);
            return {};
        };
    }

    RedisServer server;
    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    JobQueueEnvironment environment{.clock = clock, .random = [] { return 0.5; }};
    JobQueueOptions queueOptions;
    JobWorkerOptions workerOptions{.block = std::chrono::milliseconds(10)};
    Worklist worked;
    JobQueue queue;
};

} // namespace Cachelens::Testing
