// SPDX-License-Identifier: MIT
#include "core/jobs/queuedispatcher.h"

#include "core/futures.h"
#include "core/invalidation/dispatcheroptions.h"
#include "core/invalidation/rulejobjson.h"

#include <algorithm>
#include <semaphore>

namespace Cachelens {

namespace {

struct Settings {
    BackendUrl server;
    JobQueueOptions queue;
    std::optional<bool> raiseException;
};

Result<Settings> readOptions(const BackendUrl &server, const Value &given)
{
    Settings settings{server, {}, std::nullopt};
    settings.queue.connection.connectTimeout = std::chrono::seconds(1);
    settings.queue.connection.commandTimeout = std::chrono::seconds(1);
    const auto wrong = [](const QByteArray &why) { return failure(wrongOption("queue", why)); };
    const auto readOwn = [&](const QByteArray &name, const Value &value) -> Result<bool> {
        const bool isText = value.isString() && !value.text().isEmpty();
        if (name == "url") {
            auto url = BackendUrl::parse(isText ? value.toByteArray() : QByteArray());
            if (!url)
                return failure(std::move(url.error()));
            settings.server = std::move(*url);
        } else if (name == "name" || name == "group") {
            if (!isText)
                return wrong("'" + name + "' is no text");
            (name == "name" ? settings.queue.name : settings.queue.group) = value.toByteArray();
        } else if (name == "max_length") {
            if (value.type() != Value::Type::Int || value.toInt() < 1)
                return wrong("'max_length' is no number of jobs");
            settings.queue.maxLength = value.toInt();
        } else {
            return false;
        }
        return true;
    };
    return readDispatcherOptions("queue", given, readOwn)
        .map([&](std::optional<bool> raiseException) {
            settings.raiseException = raiseException;
            return settings;
        });
}

RuleFailures failuresOf(const RuleJob &job, const Error &error)
{
    RuleFailures failures;
    for (const RuleRun &run : job)
        failures.push_back({run.function, run.rule, error, nullptr});
    return failures;
}

bool isRefreshElsewhere(const RuleJob &job, const RuleFailure &failed)
{
    return failed.error.code == Error::Code::NotFound
        && std::any_of(job.begin(), job.end(), [&](const RuleRun &run) {
               return run.rule == failed.rule && run.function == failed.function
                   && run.action == RuleVerdict::Action::Refresh;
           });
}

/// Shared with a run that is not waited for any longer.
struct Waiting {
    std::binary_semaphore over{0};
    RuleFailures failures;
};

} // namespace

QueueDispatcher::QueueDispatcher(BackendUrl server, JobQueueOptions options,
                                 std::optional<bool> raiseException,
                                 const JobQueueEnvironment &environment)
    : m_queue(std::move(server), std::move(options), environment), m_raiseException(raiseException)
{
}

Dispatched QueueDispatcher::dispatch(RuleJob job, std::shared_ptr<const RuleRunner>)
{
    const auto payload = ruleJobToJson(job);
    if (!payload)
        return {failuresOf(job, payload.error())};
    if (const auto taken = m_queue.append(*payload); !taken)
        return {failuresOf(job, taken.error())};
    return {};
}

Dispatchers::Factory queueDispatchers(const BackendUrl &server,
                                      const JobQueueEnvironment &environment)
{
    return [server, environment](const Value &given) {
        return readOptions(server, given).map([&](const Settings &settings) {
            return std::shared_ptr<Dispatcher>(std::make_shared<QueueDispatcher>(
                settings.server, settings.queue, settings.raiseException, environment));
        });
    };
}

JobWorker::Handler ruleJobHandler(std::shared_ptr<const RuleRunner> runner,
                                  std::chrono::milliseconds limit)
{
    return [runner = std::move(runner), limit](const Job &job) -> Result<void> {
        auto ruleJob = ruleJobFromJson(job.payload);
        if (!ruleJob)
            return failure(ruleJob.error());
        for (RuleRun &run : *ruleJob)
            run.isTriedAgain = true;
        const auto waiting = std::make_shared<Waiting>();
        Detail::whenFinished(runner->run(*ruleJob), [waiting](const QFuture<RuleFailures> &done) {
            waiting->failures = done.result();
            waiting->over.release();
        });
        if (!waiting->over.try_acquire_for(limit))
            return failure(
                {Error::Code::Timeout, "run", "the rules of the job",
                 "they took longer than " + QByteArray::number(qint64(limit.count())) + " ms",
                 true});
        for (const RuleFailure &failed : waiting->failures) {
            if (!isRefreshElsewhere(*ruleJob, failed))
                return failure(failed.error);
        }
        return {};
    };
}

} // namespace Cachelens
