// SPDX-License-Identifier: MIT
#include "core/cached/fill.h"
#include "core/cached/functioncore.h"

#include <future>

// Calls of which the caller waits for the answer.

namespace Cachelens {

using namespace std::chrono;

Answer FunctionCore::call(const QByteArray &key, const FunctionRun &run, bool isTimed)
{
    const bool isMeasured = isTimed || m_runtime->isObserved();
    const Steady entered = isMeasured ? m_runtime->steady() : Steady();
    std::optional<Answer> near = findNear(key);
    const bool isNear = near.has_value();
    const Steady began = isMeasured || isNear ? entered : m_runtime->steady();
    Answer answer = isNear ? std::move(*near) : callBackend(key, run);
    if (wantsRefresh(answer))
        refreshInBackground(key, run.detached());
    const bool isHitNearby = isNear
        || (m_runtime->capabilities.embedded && answer.metadata.status == CacheStatus::Hit);
    if (isHitNearby && !isMeasured)
        m_counters.countCall(answer.metadata, false); // a clock would cost as much as the hit
    else
        report(key, answer, began);
    return answer;
}

Answer FunctionCore::callBackend(const QByteArray &key, const FunctionRun &run)
{
    Limits limits = limitsFromNow();
    if (!m_runtime->breaker.isClosed())
        return runAside(run, limits);
    bool overwrites = false;
    if (m_runtime->expects(key)) {
        auto reading = read(key);
        if (!reading)
            return runAside(run, limits);
        if (reading->found && reading->found->age != Found::Age::Fallback)
            return forOneCaller(std::move(*reading->found));
        if (reading->found)
            limits.old = std::move(reading->found->answer);
        overwrites = reading->isUseless;
    }
    return join(key, run, overwrites, limits);
}

FunctionCore::Limits FunctionCore::limitsFromNow() const
{
    if (!m_settings.softLimit && !m_settings.hardLimit)
        return {};
    const auto from = [now = Steady::clock::now()](milliseconds limit) { return now + limit; };
    Limits limits;
    if (m_settings.softLimit)
        limits.soft = from(*m_settings.softLimit);
    if (m_settings.hardLimit)
        limits.hard = from(*m_settings.hardLimit);
    return limits;
}

Answer FunctionCore::join(const QByteArray &key, const FunctionRun &run, bool overwrites,
                          const Limits &limits)
{
    for (int attempt = 0; attempt < s_attempts; ++attempt) {
        const FlightTable::Seat seat = this->seat(key);
        if (seat.leads) {
            auto fill
                = std::make_shared<Fill>(shared_from_this(), seat.flight, Fill::Purpose::Call);
            if (overwrites)
                fill->overwrite();
            if (limits.old)
                fill->fallBackOn(*limits.old);
            return lead(std::move(fill), seat.flight, run, limits);
        }
        if (seat.flight->isPilot())
            break; // the function calls itself with the same arguments
        std::optional<Scheduler::Waiting> waiting;
        if (m_runtime->scheduler.isWorker())
            waiting.emplace(m_runtime->scheduler);
        auto answer = follow(*seat.flight, limits);
        if (!answer)
            break; // it takes too long
        if (answer->cell || answer->thrown)
            return asCaller(std::move(*answer));
    }
    return runAside(run, limits);
}

Answer FunctionCore::lead(std::shared_ptr<Fill> fill, const std::shared_ptr<Flight> &flight,
                          const FunctionRun &run, const Limits &limits)
{
    if (!limits.soft && !limits.hard) {
        fill->perform(run);
        return fill->answer();
    }
    // With a time limit the function runs on a worker, so that this thread can stop waiting.
    m_runtime->scheduler.runNext(
        [fill = std::move(fill), run = run.detached()] { fill->perform(*run); });
    const Scheduler::Waiting waiting(m_runtime->scheduler);
    auto answer = follow(*flight, limits);
    while (!answer) // only a hard limit ends the wait for one's own run
        answer = flight->waitUntil(Steady::clock::now() + m_runtime->options.waitLimit);
    const bool isAnswered = answer->cell || answer->thrown;
    return isAnswered ? std::move(*answer) : runAside(run, limits); // the cache has gone meanwhile
}

/// None: it takes longer than anybody may wait for another.
std::optional<Answer> FunctionCore::follow(const Flight &flight, const Limits &limits)
{
    for (const auto &limit : {limits.soft, limits.hard}) {
        if (!limit)
            continue;
        auto answer = flight.waitUntil(*limit);
        if (!answer)
            answer = flight.fallback();
        if (!answer)
            answer = limits.old;
        if (answer)
            return answer;
    }
    return limits.hard ? timedOut()
                       : flight.waitUntil(Steady::clock::now() + m_runtime->options.waitLimit);
}

Answer FunctionCore::runAside(const FunctionRun &run, const Limits &limits)
{
    if (!limits.hard)
        return runHere(run);
    // On a worker, as in lead().
    auto promise = std::make_shared<std::promise<Answer>>();
    auto future = promise->get_future();
    m_runtime->scheduler.runNext(
        [self = shared_from_this(), promise = std::move(promise), detached = run.detached()] {
            promise->set_value(self->runHere(*detached));
        });
    const Scheduler::Waiting waiting(m_runtime->scheduler);
    if (future.wait_until(*limits.hard) != std::future_status::ready)
        return limits.old.value_or(timedOut());
    try {
        return future.get();
    } catch (const std::future_error &) { // the cache has gone meanwhile
        return runHere(run);
    }
}

Answer FunctionCore::runHere(const FunctionRun &run)
{
    Answer answer; // BYPASS
    const auto began = m_runtime->steady();
    try {
        answer.cell = run.run();
    } catch (...) {
        answer.thrown = std::current_exception();
    }
    answer.metadata.functionTime = duration_cast<microseconds>(m_runtime->steady() - began);
    m_counters.countRun(answer.metadata.functionTime, answer.thrown != nullptr);
    return answer;
}

void FunctionCore::refreshInBackground(const QByteArray &key,
                                       std::shared_ptr<const FunctionRun> run)
{
    const FlightTable::Seat seat = m_runtime->flights.join(key, m_type);
    if (!seat.leads)
        return;
    m_runtime->scheduler.run(
        [fill = std::make_shared<Fill>(shared_from_this(), seat.flight, Fill::Purpose::Background),
         run = std::move(run)] { fill->perform(*run); });
}

Answer FunctionCore::refresh(const QByteArray &key, const FunctionRun &run)
{
    const auto began = m_runtime->steady();
    const auto flight = m_runtime->flights.replace(key, m_type);
    Answer answer = lead(std::make_shared<Fill>(shared_from_this(), flight, Fill::Purpose::Refresh),
                         flight, run, limitsFromNow());
    report(key, answer, began);
    return answer;
}

Answer FunctionCore::bypass(const QByteArray &key, const FunctionRun &run)
{
    const auto began = m_runtime->steady();
    Answer answer = runAside(run, limitsFromNow());
    report(key, answer, began);
    return answer;
}

std::vector<Answer> FunctionCore::callMany(std::span<const QByteArray> keys,
                                           std::span<const FunctionRun *const> runs)
{
    const auto began = m_runtime->steady();
    std::vector<Answer> answers = findMany(keys);
    std::vector<size_t> missing;
    for (size_t i = 0; i < answers.size(); ++i) {
        if (!answers[i].cell) {
            missing.push_back(i);
            continue;
        }
        if (wantsRefresh(answers[i]))
            refreshInBackground(keys[i], runs[i]->detached());
        report(keys[i], answers[i], began);
    }
    for (const size_t i : missing) // only now: the others did not wait for these
        answers[i] = call(keys[i], *runs[i], true);
    return answers;
}

} // namespace Cachelens
