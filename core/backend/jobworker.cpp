// SPDX-License-Identifier: MIT
#include "core/backend/jobworker.h"

#include "core/backend/jobstream.h"
#include "core/backend/redisrunner.h"

#include <QRandomGenerator>
#include <QUuid>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>

namespace Cachelens {

using namespace std::chrono;

namespace {

using Entry = JobStream::Entry;

constexpr milliseconds ShortestPause(100);
constexpr milliseconds LongestPause(5000);
/// Consumers that died holding nothing are forgotten after so many times `claimAfter`.
constexpr int forgetAfter = 10;

JobQueueEnvironment completed(JobQueueEnvironment environment)
{
    if (!environment.clock)
        environment.clock = std::make_shared<SystemClock>();
    if (!environment.tokens)
        environment.tokens = [] { return QUuid::createUuid().toByteArray(QUuid::Id128); };
    if (!environment.random)
        environment.random = [] { return QRandomGenerator::global()->generateDouble(); };
    return environment;
}

JobQueueOptions oneConnection(JobQueueOptions options)
{
    options.connection.connections = 1;
    return options;
}

bool isHopeless(const Error &error)
{
    return error.code == Error::Code::InvalidInput || error.code == Error::Code::Undecodable;
}

Error thrown(const char *what)
{
    return {.code = Error::Code::ServerError,
            .attempt = "run",
            .subject = "the job",
            .reason = what,
            .retryable = true};
}

} // namespace

struct JobWorker::Private {
    Private(BackendUrl url, Handler theHandler, JobWorkerOptions theOptions,
            JobQueueOptions theQueue, const JobQueueEnvironment &theEnvironment,
            JobWorkerCallbacks theCallbacks)
        : environment(completed(theEnvironment)), options(theOptions),
          queue(oneConnection(std::move(theQueue))), callbacks(std::move(theCallbacks)),
          handler(std::move(theHandler)), stream(queue, environment.tokens()),
          runner(std::make_shared<RedisPool>(std::move(url), environment.clock, queue.connection))
    {
    }

    [[nodiscard]] RedisTask task() const { return {"work on", queue.name, true}; }

    [[nodiscard]] bool isStopped()
    {
        const std::lock_guard lock(mutex);
        return stopped;
    }

    Result<void> join()
    {
        // Making a group is refused by a server that is out of memory, even where there is one.
        RedisBatch look;
        stream.addForget(look, forgetAfter * options.claimAfter);
        stream.addPending(look);
        const auto looked = runner.run(task(), look, {"NOGROUP"});
        if (!looked)
            return failure(looked.error());
        if (looked->back().isError()) {
            RedisBatch batch;
            stream.addJoin(batch);
            if (const auto made = runner.run(task(), batch, {"BUSYGROUP"}); !made)
                return failure(made.error());
        }
        joined = true;
        return {};
    }

    /// One round trip, and the jobs that it brought.
    Result<void> round()
    {
        if (!joined) {
            if (auto made = join(); !made)
                return made;
            reread = "0";
        }
        RedisBatch batch;
        addOutcomes(batch);
        const qsizetype outcomes = batch.size();
        // What is claimed becomes one's own, and would be read again.
        const bool tidies = reread.isEmpty() && isTimeToTidy();
        if (tidies) {
            stream.addMoveDue(batch, environment.clock->now(), options.batch);
            stream.addClaim(batch, options.claimAfter, claimCursor, options.batch);
        }
        if (!reread.isEmpty())
            stream.addReread(batch, options.batch, reread);
        else
            stream.addRead(batch, options.batch, tidies ? milliseconds(0) : patience());
        auto replies = runner.run(task(), batch, {"NOGROUP", "UNBLOCKED", "OOM"});
        if (!replies) {
            reread = "0"; // what was handed out while the answer was lost
            return failure(replies.error());
        }
        finished.clear();
        failed.clear();
        if (tidies)
            tidied((*replies)[size_t(outcomes)], (*replies)[size_t(outcomes) + 1]);
        RedisReply &read = replies->back();
        if (read.isError()) {
            joined = false;
        } else {
            std::vector<Entry> entries = JobStream::readEntries(read);
            if (!reread.isEmpty())
                reread = entries.empty() ? QByteArray() : entries.back().entryId;
            waiting.insert(waiting.end(), std::make_move_iterator(entries.begin()),
                           std::make_move_iterator(entries.end()));
        }
        return {};
    }

    [[nodiscard]] bool isTimeToTidy() const
    {
        return steady_clock::now() >= lastTidied + options.block
            || (nextDue && *nextDue <= environment.clock->now());
    }

    void tidied(const RedisReply &due, RedisReply &claim)
    {
        lastTidied = steady_clock::now();
        nextDue.reset();
        if (due.type == RedisReply::Type::String)
            nextDue = WallTime(milliseconds(qint64(due.bytes.toDouble())));
        JobStream::Claimed claimed = JobStream::claimedEntries(claim);
        claimCursor = std::move(claimed.cursor);
        account.claimed += qint64(claimed.entries.size());
        waiting.insert(waiting.end(), std::make_move_iterator(claimed.entries.begin()),
                       std::make_move_iterator(claimed.entries.end()));
    }

    /// For how long to wait for a job.
    [[nodiscard]] milliseconds patience() const
    {
        milliseconds time = std::min(options.block, queue.connection.commandTimeout / 2);
        if (nextDue)
            time = std::min(time, *nextDue - environment.clock->now());
        return std::max(time, milliseconds(1)); // zero would mean for ever
    }

    void addOutcomes(RedisBatch &batch) const
    {
        if (!finished.empty())
            stream.addDone(batch, finished);
        for (const Failed &each : failed) {
            if (each.due)
                stream.addLater(batch, each.entry, *each.due);
            else
                stream.addDead(batch, each.entry, each.error);
        }
    }

    void work()
    {
        auto lastSign = steady_clock::now();
        while (!waiting.empty() && !isStopped()) {
            Entry entry = std::move(waiting.front());
            waiting.pop_front();
            tryOne(std::move(entry));
            if (!waiting.empty() && steady_clock::now() >= lastSign + options.claimAfter / 3) {
                if (!giveSign())
                    return;
                lastSign = steady_clock::now();
            }
        }
    }

    void tryOne(Entry entry)
    {
        if (!entry.exists) {
            if (!entry.entryId.isEmpty())
                finished.push_back(std::move(entry.entryId));
            return;
        }
        // A job whose worker dies each time is not tried for ever.
        const bool isSpent = entry.job.tries >= options.maxTries;
        const auto result = isSpent ? failure({.code = Error::Code::ServerError,
                                               .attempt = "run",
                                               .subject = "the job",
                                               .reason = "its worker died"})
                                    : attempt(entry.job);
        if (result) {
            ++account.done;
            tell({entry.job, JobReport::Outcome::Done});
            finished.push_back(std::move(entry.entryId));
            return;
        }
        const Job tried = entry.job;
        const bool isPassed = !isSpent && result.error().code == Error::Code::NotFound;
        if (isPassed)
            ++entry.job.passes;
        else if (!isSpent)
            ++entry.job.tries;
        if (isSpent || isHopeless(result.error()) || entry.job.tries >= options.maxTries
            || entry.job.passes >= options.maxPasses) {
            ++account.dead;
            tell({tried, JobReport::Outcome::Dead, result.error()});
            failed.push_back({std::move(entry), std::nullopt, result.error().message()});
            return;
        }
        const milliseconds backoff = backoffAfter(isPassed ? entry.job.passes : entry.job.tries);
        const WallTime due = environment.clock->now() + backoff;
        nextDue = nextDue ? std::min(*nextDue, due) : due;
        ++(isPassed ? account.passed : account.retried);
        tell({tried, isPassed ? JobReport::Outcome::Passed : JobReport::Outcome::Retried,
              result.error(), backoff});
        failed.push_back({std::move(entry), due, {}});
    }

    [[nodiscard]] Result<void> attempt(const Job &job) const
    {
        try {
            return handler(job);
        } catch (const std::exception &exception) {
            return failure(thrown(exception.what()));
        } catch (...) {
            return failure(thrown("an exception of an unknown type"));
        }
    }

    [[nodiscard]] milliseconds backoffAfter(int tries) const
    {
        const int doublings = std::min(tries - 1, 30);
        const auto longest = std::min<milliseconds>(options.longestBackoff,
                                                    options.firstBackoff * (1LL << doublings));
        return longest / 2
            + milliseconds(qint64(double(longest.count()) / 2 * environment.random()));
    }

    /// Acknowledges what is done, and keeps of the others those that nobody has claimed meanwhile.
    bool giveSign()
    {
        std::vector<QByteArray> ids;
        for (const Entry &entry : waiting)
            ids.push_back(entry.entryId);
        RedisBatch batch;
        addOutcomes(batch);
        stream.addKeep(batch, ids);
        const auto replies = runner.run(task(), batch, {"OOM"});
        if (!replies) {
            lose(replies.error());
            return false;
        }
        finished.clear();
        failed.clear();
        const std::vector<RedisReply> &kept = replies->back().elements;
        std::erase_if(waiting, [&](const Entry &entry) {
            return std::none_of(kept.begin(), kept.end(), [&](const RedisReply &each) {
                return each.bytes == entry.entryId;
            });
        });
        return true;
    }

    void leave()
    {
        RedisBatch batch;
        addOutcomes(batch);
        if (!waiting.empty()) {
            std::vector<QByteArray> ids;
            for (const Entry &entry : waiting)
                ids.push_back(entry.entryId);
            stream.addHandBack(batch, ids, options.claimAfter);
        }
        stream.addLeave(batch);
        if (const auto replies = runner.run(task(), batch, {"NOGROUP", "OOM"}); !replies)
            lose(replies.error());
    }

    void lose(const Error &error)
    {
        waiting.clear(); // they are read again
        reread = "0";
        if (std::exchange(lostCode, error.code) != error.code && callbacks.lost)
            callbacks.lost(error);
    }

    void regain()
    {
        failures = 0;
        if (std::exchange(lostCode, std::nullopt) && callbacks.back)
            callbacks.back();
    }

    void pause()
    {
        const int doublings = std::min(failures++, 10);
        const auto time = std::min(LongestPause, ShortestPause * (1 << doublings));
        std::unique_lock lock(mutex);
        changed.wait_for(lock, time, [&] { return stopped; });
        lock.unlock();
        runner.pool().retryNow();
    }

    void tell(const JobReport &report) const
    {
        if (callbacks.reported)
            callbacks.reported(report);
    }

    struct Failed {
        Entry entry;
        std::optional<WallTime> due; // none: dead
        QByteArray error;
    };

    const JobQueueEnvironment environment;
    const JobWorkerOptions options;
    const JobQueueOptions queue;
    const JobWorkerCallbacks callbacks;
    const Handler handler;
    const JobStream stream;
    const RedisRunner runner;

    std::mutex mutex;
    std::condition_variable changed;
    bool stopped = false; // guarded by mutex

    JobWorkerAccount account; // of the thread of run(), as what follows
    bool joined = false;
    QByteArray reread; // behind which entry own ones are read again; empty: none are
    QByteArray claimCursor = "0-0";
    std::optional<WallTime> nextDue; // of a job that waits for its next try
    steady_clock::time_point lastTidied;
    std::deque<Entry> waiting;
    std::vector<QByteArray> finished; // and not yet acknowledged
    std::vector<Failed> failed;
    std::optional<Error::Code> lostCode;
    int failures = 0; // one after the other
};

JobWorker::JobWorker(BackendUrl url, Handler handler, JobWorkerOptions options,
                     JobQueueOptions queue, const JobQueueEnvironment &environment,
                     JobWorkerCallbacks callbacks)
    : d(std::make_unique<Private>(std::move(url), std::move(handler), options, std::move(queue),
                                  environment, std::move(callbacks)))
{
}

JobWorker::~JobWorker() = default;

Result<void> JobWorker::join()
{
    return d->join();
}

JobWorkerAccount JobWorker::run()
{
    while (!d->isStopped()) {
        if (const auto done = d->round()) {
            d->regain();
            d->work();
        } else {
            d->lose(done.error());
            d->pause();
        }
    }
    d->leave();
    return d->account;
}

void JobWorker::stop()
{
    {
        const std::lock_guard lock(d->mutex);
        d->stopped = true;
    }
    d->changed.notify_all();
}

} // namespace Cachelens
