// SPDX-License-Identifier: MIT
#include "core/backend/jobqueue.h"

#include "core/backend/jobstream.h"
#include "core/backend/redisscript.h"

#include <algorithm>

namespace Cachelens {

namespace {

// An id for each job, or nil for one that there is no room for.
const RedisScript &appendScript()
{
    static const RedisScript append(R"lua(
if redis.replicate_commands then redis.replicate_commands() end
local room = tonumber(ARGV[1]) - redis.call('XLEN', KEYS[1]) - redis.call('ZCARD', KEYS[2])
local ids = {}
for i = 2, #ARGV do
    ids[i - 1] = i - 1 <= room and redis.call('XADD', KEYS[1], '*', 'job', ARGV[i])
end
return ids
)lua");
    return append;
}

} // namespace

struct JobQueue::Private {
    Private(BackendUrl url, JobQueueOptions theOptions, const JobQueueEnvironment &environment)
        : options(std::move(theOptions)), stream(options),
          runner(std::make_shared<RedisPool>(std::move(url),
                                             environment.clock ? environment.clock
                                                               : std::make_shared<SystemClock>(),
                                             options.connection))
    {
    }

    void append(std::span<const QByteArray> jobs, std::vector<Result<QByteArray>> &answers) const
    {
        const RedisTask task{"append to", options.name, true};
        std::vector<QByteArray> arguments{stream.name(), stream.later(),
                                          QByteArray::number(options.maxLength)};
        arguments.insert(arguments.end(), jobs.begin(), jobs.end());
        auto reply = appendScript().run(runner, task, 2, arguments);
        if (reply && reply->elements.size() != jobs.size())
            reply = failure(runner.unexpected(task));
        for (size_t i = 0; i < jobs.size(); ++i) {
            if (!reply)
                answers.push_back(failure(reply.error()));
            else if (reply->elements[i].isNil())
                answers.push_back(failure(full()));
            else
                answers.push_back(std::move(reply->elements[i].bytes));
        }
    }

    [[nodiscard]] Error full() const
    {
        return {.code = Error::Code::LimitExceeded,
                .attempt = "append to",
                .subject = options.name,
                .reason = "it holds " + QByteArray::number(options.maxLength) + " unfinished jobs",
                .retryable = true};
    }

    const JobQueueOptions options;
    const JobStream stream;
    const RedisRunner runner;
};

JobQueue::JobQueue(BackendUrl url, JobQueueOptions options, const JobQueueEnvironment &environment)
    : d(std::make_unique<Private>(std::move(url), std::move(options), environment))
{
}

JobQueue::~JobQueue() = default;

std::vector<Result<QByteArray>> JobQueue::append(std::span<const QByteArray> jobs)
{
    std::vector<Result<QByteArray>> answers;
    answers.reserve(jobs.size());
    const size_t portion = size_t(std::max<qsizetype>(d->options.portion, 1));
    while (!jobs.empty()) {
        const auto now = jobs.first(std::min(portion, jobs.size()));
        d->append(now, answers);
        jobs = jobs.subspan(now.size());
    }
    return answers;
}

Result<QByteArray> JobQueue::append(const QByteArray &job)
{
    return std::move(append({&job, 1}).front());
}

Result<JobCounts> JobQueue::counts()
{
    const RedisTask task{"count the jobs of", d->options.name};
    RedisBatch batch;
    batch.add({"XLEN", d->stream.name()});
    d->stream.addPending(batch);
    batch.add({"ZCARD", d->stream.later()});
    batch.add({"XLEN", d->stream.dead()});
    const auto replies = d->runner.run(task, batch, {"NOGROUP"});
    if (!replies)
        return failure(replies.error());
    const std::vector<RedisReply> &pending = (*replies)[1].elements;
    const qint64 running = pending.empty() ? 0 : pending.front().integer;
    return JobCounts{std::max<qint64>((*replies)[0].integer - running, 0), running,
                     (*replies)[2].integer, (*replies)[3].integer};
}

Result<std::vector<DeadJob>> JobQueue::deadJobs(qsizetype most)
{
    const RedisTask task{"read the dead letters of", d->options.name};
    RedisBatch batch;
    batch.add({"XREVRANGE", d->stream.dead(), "+", "-", "COUNT", QByteArray::number(most)});
    auto reply = d->runner.runOne(task, batch);
    if (!reply)
        return failure(reply.error());
    std::vector<DeadJob> jobs;
    for (RedisReply &entry : reply->elements)
        jobs.push_back(JobStream::deadJob(entry));
    return jobs;
}

QByteArray JobQueue::description() const
{
    return d->runner.pool().description();
}

} // namespace Cachelens
