// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/jobqueue.h"

#include <optional>

namespace Cachelens {

struct Job {
    QByteArray id; ///< as JobQueue::append() gave it
    QByteArray payload;
    int tries = 0; ///< that have failed so far, those whose worker died included
    int passes = 0; ///< how often a worker could not know how to do it, and left it to others
};

struct JobWorkerOptions {
    qsizetype batch = 100; ///< jobs read at a time, and done again when the worker dies
    /// For how long a read waits for a job; at most half of the connection's commandTimeout.
    std::chrono::milliseconds block{500};
    /// A worker that gives no sign of life for so long counts as dead, and others take its jobs.
    /// Choose it longer than any job may run.
    std::chrono::milliseconds claimAfter{60'000};
    int maxTries = 10; ///< then the job goes to the dead letters
    int maxPasses = 200; ///< then it goes there too; with the backoff below after some twelve hours
    std::chrono::milliseconds firstBackoff{1000}; ///< doubles with each try; half of it is jitter
    std::chrono::milliseconds longestBackoff{300'000};
};

/// What became of one try.
struct JobReport {
    enum class Outcome {
        Done,
        Retried, ///< failed; tried again after `backoff`
        Passed, ///< not known here; offered to all workers again after `backoff`
        Dead, ///< failed for the last time
    };
    Job job;
    Outcome outcome = Outcome::Done;
    std::optional<Error> error = std::nullopt; ///< of a try that failed
    std::chrono::milliseconds backoff{0};
};

/// Called on the thread of run(). Must not throw.
struct JobWorkerCallbacks {
    std::function<void(const JobReport &)> reported = nullptr;
    std::function<void(const Error &)> lost = nullptr; ///< the queue cannot be worked on
    std::function<void()> back = nullptr; ///< after lost: it can again
};

struct JobWorkerAccount {
    qint64 done = 0;
    qint64 retried = 0;
    qint64 passed = 0; ///< left to other workers
    qint64 dead = 0;
    qint64 claimed = 0; ///< from workers that died; counted in the others as well
};

/// One consumer of the queue's group: one thread, one connection, one job at a time. Any number of
/// them share a queue, in one process or many. The guarantees are those of JobQueue.
class JobWorker {
public:
    /// Does a job, on the thread of run(). An error, or an exception, is tried again later; other
    /// jobs do not wait for that. InvalidInput and Undecodable go to the dead letters at once.
    /// NotFound says that only other workers know how to do this job; it does not count as a try.
    using Handler = std::function<Result<void>(const Job &)>;

    JobWorker(BackendUrl url, Handler handler, JobWorkerOptions options = {},
              JobQueueOptions queue = {}, const JobQueueEnvironment &environment = {},
              JobWorkerCallbacks callbacks = {});
    ~JobWorker();
    JobWorker(const JobWorker &) = delete;
    JobWorker &operator=(const JobWorker &) = delete;

    /// Makes the group where there is none. run() does so as well, and keeps trying; join() tells
    /// beforehand whether it works. Not to be called while run() runs.
    [[nodiscard]] Result<void> join();

    /// Works on this thread until stop(). It tries a server that is away, or that refuses, again at
    /// growing intervals, and makes a group anew that has vanished.
    JobWorkerAccount run();

    /// From any thread. The job that is running is finished and acknowledged, those that have not
    /// begun are handed back. An idle worker ends after `block`, one whose server hangs after the
    /// connection's deadlines.
    void stop();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Cachelens
