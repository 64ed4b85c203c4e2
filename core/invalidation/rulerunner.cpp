// SPDX-License-Identifier: MIT
#include "core/invalidation/rulerunner.h"

#include "core/futures.h"

#include <atomic>

namespace Cachelens {

namespace {

RuleFailure thrownBy(const RuleRun &run, std::exception_ptr thrown)
{
    const QByteArray attempt = run.action == RuleVerdict::Action::Custom ? "run the invalidator of"
                                                                         : "run the function of";
    Error error{Error::Code::ServerError, attempt, "rule '" + run.rule + "'",
                "it threw: " + Detail::textOf(thrown), true};
    return {run.function, run.rule, std::move(error), std::move(thrown)};
}

QFuture<RuleFailures> failed(RuleFailure failure)
{
    return QtFuture::makeReadyFuture(RuleFailures{std::move(failure)});
}

RuleFailures outcome(const RuleRun &run, const QFuture<Result<void>> &future)
{
    try {
        auto result = Detail::resultOf(future);
        if (!result)
            return {{run.function, run.rule, std::move(result.error()), nullptr}};
    } catch (...) {
        return {thrownBy(run, std::current_exception())};
    }
    return {};
}

RuleFailures outcome(const RuleRun &run, const QFuture<void> &future)
{
    try {
        QFuture<void>(future).waitForFinished();
        if (future.isCanceled())
            throw Detail::Canceled();
    } catch (...) {
        return {thrownBy(run, std::current_exception())};
    }
    return {};
}

/// What `begin` begins, as failures of the run.
template <typename Begin> QFuture<RuleFailures> guarded(const RuleRun &run, const Begin &begin)
{
    try {
        auto future = begin();
        if (future.isFinished())
            return QtFuture::makeReadyFuture(outcome(run, future));
        const auto promise = std::make_shared<QPromise<RuleFailures>>();
        promise->start();
        Detail::whenFinished(future, [promise, run](const auto &finished) {
            promise->addResult(outcome(run, finished));
            promise->finish();
        });
        return promise->future();
    } catch (...) {
        return failed(thrownBy(run, std::current_exception()));
    }
}

} // namespace

RuleRunner::RuleRunner(std::shared_ptr<RuleTarget> target,
                       std::shared_ptr<const Invalidators> invalidators)
    : m_target(std::move(target)), m_invalidators(std::move(invalidators))
{
}

QFuture<RuleFailures> RuleRunner::run(const RuleRun &run) const
{
    if (run.action == RuleVerdict::Action::Custom) {
        const Invalidator invalidator = m_invalidators->find(run.invalidator);
        if (!invalidator)
            return failed(
                {run.function,
                 run.rule,
                 {Error::Code::NotFound, "run the invalidator of", "rule '" + run.rule + "'",
                  "none of the name '" + run.invalidator + "' is registered", false},
                 nullptr});
        return guarded(run, [&] { return invalidator(run); });
    }
    auto removed = guarded(run, [&] { return m_target->deleteByPrefix(run); });
    if (run.action == RuleVerdict::Action::DeleteByPrefix)
        return removed;
    const auto refresh
        = [target = m_target, run] { return guarded(run, [&] { return target->refresh(run); }); };
    if (removed.isFinished())
        return allOf({removed, refresh()});
    const auto promise = std::make_shared<QPromise<RuleFailures>>();
    promise->start();
    Detail::whenFinished(removed, [promise, refresh](const QFuture<RuleFailures> &first) {
        Detail::whenFinished(allOf({first, refresh()}),
                             [promise](const QFuture<RuleFailures> &both) {
                                 promise->addResult(both.result());
                                 promise->finish();
                             });
    });
    return promise->future();
}

QFuture<RuleFailures> RuleRunner::run(const RuleJob &job) const
{
    std::vector<QFuture<RuleFailures>> futures;
    futures.reserve(job.size());
    for (const RuleRun &one : job)
        futures.push_back(run(one));
    return allOf(std::move(futures));
}

QFuture<RuleFailures> allOf(std::vector<QFuture<RuleFailures>> futures)
{
    struct Gathering {
        std::vector<QFuture<RuleFailures>> futures;
        std::atomic<size_t> open;
        QPromise<RuleFailures> promise;

        void oneFinished()
        {
            if (--open > 0)
                return;
            RuleFailures all;
            for (const auto &future : std::exchange(futures, {})) {
                const RuleFailures failures = Detail::resultOf(future);
                all.insert(all.end(), failures.begin(), failures.end());
            }
            promise.addResult(std::move(all));
            promise.finish();
        }
    };
    const auto gathering = std::make_shared<Gathering>();
    gathering->promise.start();
    gathering->open = futures.size() + 1;
    gathering->futures = futures;
    for (const auto &future : futures)
        Detail::whenFinished(
            future, [gathering](const QFuture<RuleFailures> &) { gathering->oneFinished(); });
    gathering->oneFinished();
    return gathering->promise.future();
}

} // namespace Cachelens
