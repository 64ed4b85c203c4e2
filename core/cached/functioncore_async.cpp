// SPDX-License-Identifier: MIT
#include "core/cached/fill.h"
#include "core/cached/functioncore.h"
#include "core/futures.h"

namespace Cachelens {

using namespace std::chrono;

namespace {

/// The steps of a fill, of which none blocks for longer than the backend; between them it is no
/// thread's. Keeps itself while it runs.
class AsyncFill : public std::enable_shared_from_this<AsyncFill> {
public:
    AsyncFill(std::shared_ptr<FunctionCore> core, std::shared_ptr<Flight> flight,
              Fill::Purpose purpose, std::shared_ptr<const AsyncFunctionRun> run)
        : m_runtime(core->runtime()), m_run(std::move(run)),
          m_fill(std::move(core), std::move(flight), purpose)
    {
    }

    /// As Fill's.
    void overwrite() { m_fill.overwrite(); }
    void fallBackOn(Answer old) { m_fill.fallBackOn(std::move(old)); }
    /// On a worker.
    void step()
    {
        switch (m_fill.begin()) {
        case Fill::Next::Done:
            return;
        case Fill::Next::Wait:
            m_runtime.scheduler.runAfter(m_fill.pause(),
                                         [self = shared_from_this()] { self->step(); });
            return;
        case Fill::Next::Run:
            break;
        }
        m_began = m_runtime.steady();
        try {
            m_run->start([self = shared_from_this()](Cell cell, std::exception_ptr thrown) {
                self->returned(std::move(cell), std::move(thrown));
            });
        } catch (...) {
            returned({}, std::current_exception());
        }
    }

private:
    void returned(Cell cell, std::exception_ptr thrown)
    {
        const auto took = duration_cast<microseconds>(m_runtime.steady() - m_began);
        if (thrown) {
            fail(std::move(thrown), took);
            return;
        }
        m_run->decide(cell, [self = shared_from_this(), cell, took](bool cacheable) {
            self->m_runtime.scheduler.run(
                [self, cell, cacheable, took] { self->m_fill.finish(cell, cacheable, took); });
        });
    }

    void fail(std::exception_ptr thrown, microseconds took)
    {
        m_runtime.scheduler.run([self = shared_from_this(), thrown = std::move(thrown), took] {
            self->m_fill.fail(thrown, took);
        });
    }

    CacheRuntime &m_runtime;
    const std::shared_ptr<const AsyncFunctionRun> m_run;
    Fill m_fill;
    steady_clock::time_point m_began;
};

/// Of a call that the end of the cache left without an answer.
Answer canceled()
{
    return {.thrown = std::make_exception_ptr(Detail::Canceled())};
}

} // namespace

/// Whoever waits for an answer without blocking. Several may have one for it. Thread-safe.
class FunctionCore::Caller {
public:
    explicit Caller(Continuation then) : m_then(std::move(then)) { }

    [[nodiscard]] bool isAnswered() const { return m_answered; }
    /// The first answer counts.
    void answer(const Answer &answer)
    {
        if (!m_answered.exchange(true))
            m_then(answer);
    }

    /// It has an old result to be served when a limit is over.
    void setOld(Answer old)
    {
        const std::lock_guard lock(m_mutex);
        m_old = std::move(old);
    }
    [[nodiscard]] std::optional<Answer> old() const
    {
        const std::lock_guard lock(m_mutex);
        return m_old;
    }
    /// It waits for this one now.
    void follow(const std::shared_ptr<Flight> &flight)
    {
        const std::lock_guard lock(m_mutex);
        m_flight = flight;
    }
    [[nodiscard]] std::optional<Answer> fallback() const
    {
        const std::lock_guard lock(m_mutex);
        const auto flight = m_flight.lock();
        const auto fallback = flight ? flight->fallback() : std::nullopt;
        return fallback ? fallback : m_old;
    }

    /// What answers it when a limit is over. Before it is used.
    void setLimits(std::vector<Subscription> limits) { m_limits = std::move(limits); }

private:
    const Continuation m_then;
    std::atomic<bool> m_answered{false};
    mutable std::mutex m_mutex; // of the next two
    std::optional<Answer> m_old;
    std::weak_ptr<Flight> m_flight;
    std::vector<Subscription> m_limits;
};

FunctionCore::CallerPointer FunctionCore::caller(Continuation then)
{
    auto caller = std::make_shared<Caller>(std::move(then));
    const std::weak_ptr weak = caller;
    std::vector<Subscription> limits;
    if (m_settings.softLimit) {
        limits.push_back(m_runtime->scheduler.answerAfter(*m_settings.softLimit, [weak] {
            const auto waiting = weak.lock();
            if (const auto fallback = waiting ? waiting->fallback() : std::nullopt)
                waiting->answer(*fallback);
        }));
    }
    if (m_settings.hardLimit) {
        limits.push_back(m_runtime->scheduler.answerAfter(
            *m_settings.hardLimit, [weak, self = shared_from_this()] {
                if (const auto waiting = weak.lock(); waiting && !waiting->isAnswered())
                    waiting->answer(waiting->fallback().value_or(self->timedOut()));
            }));
    }
    caller->setLimits(std::move(limits));
    return caller;
}

FunctionCore::Continuation FunctionCore::reported(const QByteArray &key, Continuation then)
{
    return [self = shared_from_this(), key, then = std::move(then),
            began = m_runtime->steady()](const Answer &given) {
        Answer answer = given;
        self->report(key, answer, began);
        then(answer);
    };
}

void FunctionCore::callAsync(const QByteArray &key, AsyncRun run, Continuation then)
{
    then = reported(key, std::move(then));
    if (const auto near = findNear(key)) {
        if (wantsRefresh(*near))
            refreshInBackground(key, run);
        then(*near);
        return;
    }
    then = [self = shared_from_this(), key, run, then = std::move(then)](const Answer &answer) {
        if (self->wantsRefresh(answer))
            self->refreshInBackground(key, run);
        then(answer);
    };
    m_runtime->scheduler.run(
        [self = shared_from_this(), key, run = std::move(run), caller = caller(std::move(then))] {
            self->callBackend(key, run, caller);
        });
}

void FunctionCore::callBackend(const QByteArray &key, const AsyncRun &run,
                               const CallerPointer &caller)
{
    if (!m_runtime->breaker.isClosed()) {
        runAside(run, caller);
        return;
    }
    bool overwrites = false;
    if (m_runtime->expects(key)) {
        auto reading = read(key);
        if (!reading) {
            runAside(run, caller);
            return;
        }
        if (reading->found && reading->found->age != Found::Age::Fallback) {
            caller->answer(reading->found->answer);
            return;
        }
        if (reading->found)
            caller->setOld(std::move(reading->found->answer));
        overwrites = reading->isUseless;
    }
    join(key, run, overwrites, caller, 1);
}

void FunctionCore::join(const QByteArray &key, const AsyncRun &run, bool overwrites,
                        const CallerPointer &caller, int attempt)
{
    const FlightTable::Seat seat = this->seat(key);
    caller->follow(seat.flight);
    seat.flight->then([self = shared_from_this(), key, run, caller, attempt](const Answer &answer) {
        if (answer.cell || answer.thrown) {
            caller->answer(asCaller(answer));
        } else if (self->m_runtime->scheduler.isStopped()) {
            caller->answer(canceled());
        } else if (!caller->isAnswered()) { // the flight was given up
            self->m_runtime->scheduler.run([self, key, run, caller, attempt] {
                if (attempt < s_attempts)
                    self->join(key, run, false, caller, attempt + 1);
                else
                    self->runAside(run, caller);
            });
        }
    });
    if (seat.leads) {
        const auto fill = std::make_shared<AsyncFill>(shared_from_this(), seat.flight,
                                                      Fill::Purpose::Call, run);
        if (overwrites)
            fill->overwrite();
        if (auto old = caller->old())
            fill->fallBackOn(std::move(*old));
        fill->step();
    } else if (!m_settings.hardLimit) {
        m_runtime->scheduler.runAfter(m_runtime->options.waitLimit,
                                      [self = shared_from_this(), weakRun = std::weak_ptr(run),
                                       weak = std::weak_ptr(caller)] {
                                          const auto waiting = weak.lock();
                                          const auto own = weakRun.lock();
                                          if (waiting && own && !waiting->isAnswered())
                                              self->runAside(own, waiting);
                                      });
    }
}

void FunctionCore::runAside(const AsyncRun &run, const CallerPointer &caller)
{
    const auto done = [self = shared_from_this(), caller,
                       began = m_runtime->steady()](Cell cell, std::exception_ptr thrown) {
        Answer answer; // BYPASS
        answer.cell = std::move(cell);
        answer.thrown = std::move(thrown);
        answer.metadata.functionTime
            = duration_cast<microseconds>(self->m_runtime->steady() - began);
        self->m_counters.countRun(answer.metadata.functionTime, answer.thrown != nullptr);
        caller->answer(answer);
    };
    try {
        run->start(done);
    } catch (...) {
        done({}, std::current_exception());
    }
}

void FunctionCore::refreshInBackground(const QByteArray &key, AsyncRun run)
{
    const FlightTable::Seat seat = m_runtime->flights.join(key, m_type);
    if (!seat.leads)
        return;
    m_runtime->scheduler.run([fill = std::make_shared<AsyncFill>(
                                  shared_from_this(), seat.flight, Fill::Purpose::Background,
                                  std::move(run))] { fill->step(); });
}

void FunctionCore::refreshAsync(const QByteArray &key, AsyncRun run, Continuation then)
{
    const auto flight = m_runtime->flights.replace(key, m_type);
    flight->then([caller = caller(reported(key, std::move(then)))](const Answer &answer) {
        caller->answer(answer.cell || answer.thrown ? answer : canceled());
    });
    m_runtime->scheduler.run(
        [fill = std::make_shared<AsyncFill>(shared_from_this(), flight, Fill::Purpose::Refresh,
                                            std::move(run))] { fill->step(); });
}

void FunctionCore::callManyAsync(std::vector<QByteArray> keys, std::vector<AsyncRun> runs,
                                 std::function<void(std::vector<Answer>)> then)
{
    struct Gathering {
        std::vector<Answer> answers;
        std::atomic<size_t> left; // and one for the loop that begins them
        std::function<void(std::vector<Answer>)> then;

        void arrived()
        {
            if (--left == 0)
                then(std::move(answers));
        }
    };
    m_runtime->scheduler.run([self = shared_from_this(), keys = std::move(keys),
                              runs = std::move(runs), then = std::move(then),
                              began = m_runtime->steady()] {
        const auto all = std::make_shared<Gathering>();
        all->answers = self->findMany(keys);
        all->left = keys.size() + 1;
        all->then = then;
        for (size_t i = 0; i < keys.size(); ++i) {
            Answer &answer = all->answers[i];
            if (!answer.cell) {
                self->callAsync(keys[i], runs[i], [all, i](const Answer &given) {
                    all->answers[i] = given;
                    all->arrived();
                });
                continue;
            }
            if (self->wantsRefresh(answer))
                self->refreshInBackground(keys[i], runs[i]);
            self->report(keys[i], answer, began);
            all->arrived();
        }
        all->arrived();
    });
}

void FunctionCore::bypassAsync(const QByteArray &key, AsyncRun run, Continuation then)
{
    m_runtime->scheduler.run(
        [self = shared_from_this(), run = std::move(run),
         caller = caller(reported(key, std::move(then)))] { self->runAside(run, caller); });
}

} // namespace Cachelens
