// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/redisbackend.h"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace Cachelens {

// A durable job queue on Redis Streams with a consumer group (Redis 6.2 and later). A job is bytes.
//
// At least once: a job that was answered by append() is handed to a worker until a worker has done
// it, or until it has failed so often that it goes to the dead letters. It can be handed out twice:
// when a worker dies between doing it and saying so, when it runs longer than `claimAfter`, and
// when a producer appends it again because an answer was lost. So what a job does has to be
// harmless when it is done twice. Jobs of one queue have no order.
//
// How much an answer is worth depends on the server's persistence. With an append-only file and
// appendfsync always, an answered job survives the death of producers, workers, Redis and the
// machine. With appendfsync everysec, the death of Redis or the machine can cost the jobs of the
// last two seconds; the death of producers and workers costs none. Without the file, a restart
// costs all.
//
// In Redis: NAME is the stream of unfinished jobs (a finished one is deleted), NAME:later the
// sorted set of those that wait for their next try, NAME:dead the stream of dead letters with the
// fields job, error, tries, origin.

struct JobQueueOptions {
    QByteArray name = "cachelens:jobs";
    QByteArray group = "workers";
    qint64 maxLength = 1'000'000; ///< unfinished jobs, beyond which none is taken
    qint64 maxDeadLetters = 10'000; ///< about so many are kept, the newest
    qsizetype portion = 500; ///< jobs appended in one round trip
    RedisOptions connection = {};
};

/// What the queue needs from outside. All of it must be thread-safe.
struct JobQueueEnvironment {
    /// Null: the machine's clock.
    std::shared_ptr<const Clock> clock = nullptr;
    /// Never gives the same token twice, in any process. Null: random tokens.
    std::function<QByteArray()> tokens = nullptr;
    /// Evenly distributed numbers, 0 <= x < 1, for jitter. Null: a generator of its own.
    std::function<double()> random = nullptr;
};

struct JobCounts {
    qint64 waiting = 0; ///< for a worker
    qint64 running = 0; ///< handed to a worker
    qint64 later = 0; ///< failed, and waiting for the next try
    qint64 dead = 0;

    [[nodiscard]] qint64 unfinished() const { return waiting + running + later; }
    bool operator==(const JobCounts &) const = default;
};

struct DeadJob {
    QByteArray id; ///< as append() gave it
    QByteArray payload;
    QByteArray error; ///< of the last try, one sentence
    int tries = 0;

    bool operator==(const DeadJob &) const = default;
};

/// The producer's side, and a look at the queue. Thread-safe. Every call waits a finite time, as
/// said in `connection`; while the server is away each fails at once. Errors: Unreachable, Timeout,
/// NotAuthenticated, WrongPassword, PermissionDenied, ReadOnlyServer, OutOfMemory, ServerError.
class JobQueue {
public:
    explicit JobQueue(BackendUrl url, JobQueueOptions options = {},
                      const JobQueueEnvironment &environment = {});
    ~JobQueue();
    JobQueue(const JobQueue &) = delete;
    JobQueue &operator=(const JobQueue &) = delete;

    /// For each job its id, or why it was not taken: LimitExceeded when the queue is full
    /// (retryable), `maybeDone` in the error when the answer was lost. A portion is appended as a
    /// whole; one that fails does not keep the next one from being tried.
    [[nodiscard]] std::vector<Result<QByteArray>> append(std::span<const QByteArray> jobs);
    [[nodiscard]] Result<QByteArray> append(const QByteArray &job);

    [[nodiscard]] Result<JobCounts> counts();
    /// The newest ones first.
    [[nodiscard]] Result<std::vector<DeadJob>> deadJobs(qsizetype most = 100);

    /// The server, without a password.
    [[nodiscard]] QByteArray description() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Cachelens
