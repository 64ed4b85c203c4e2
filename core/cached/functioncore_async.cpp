// SPDX-License-Identifier: MIT
#include "core/cached/fill.h"
#include "core/cached/functioncore.h"
#include "core/cached/functiontimedout.h"
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
        : m_scheduler(core->runtime().scheduler), m_run(std::move(run)),
          m_fill(std::move(core), std::move(flight), purpose)
    {
    }

    /// As Fill's.
    void overwrite() { m_fill.overwrite(); }
    /// On a worker.
    void step()
    {
        switch (m_fill.begin()) {
        case Fill::Next::Done:
            return;
        case Fill::Next::Wait:
            m_scheduler.runAfter(m_fill.pause(), [self = shared_from_this()] { self->step(); });
            return;
        case Fill::Next::Run:
            break;
        }
        m_began = steady_clock::now();
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
        const auto took = duration_cast<microseconds>(steady_clock::now() - m_began);
        if (thrown) {
            fail(std::move(thrown), took);
            return;
        }
        try {
            m_run->decide(cell, [self = shared_from_this(), cell, took](bool cacheable) {
                self->m_scheduler.run(
                    [self, cell, cacheable, took] { self->m_fill.finish(cell, cacheable, took); });
            });
        } catch (...) {
            fail(std::current_exception(), took);
        }
    }

    void fail(std::exception_ptr thrown, microseconds took)
    {
        m_scheduler.run([self = shared_from_this(), thrown = std::move(thrown), took] {
            self->m_fill.fail(thrown, took);
        });
    }

    Scheduler &m_scheduler;
    const std::shared_ptr<const AsyncFunctionRun> m_run;
    Fill m_fill;
    steady_clock::time_point m_began;
};

/// Of a call that the end of the cache left without an answer.
Answer canceled()
{
    return {.thrown = std::make_exception_ptr(Detail::Canceled())};
}

/// A continuation that several may call and that runs once.
class Once {
public:
    explicit Once(Flight::Continuation then) : m_then(std::move(then)) { }

    [[nodiscard]] bool claim() { return !m_claimed.exchange(true); }
    void operator()(const Answer &answer) const { m_then(answer); }
    [[nodiscard]] const Flight::Continuation &continuation() const { return m_then; }

private:
    std::atomic<bool> m_claimed{false};
    const Flight::Continuation m_then;
};

} // namespace

FunctionCore::Continuation FunctionCore::withinHardLimit(Continuation then)
{
    if (!m_settings.hardLimit)
        return then;
    const auto once = std::make_shared<Once>(std::move(then));
    m_runtime->scheduler.runAfter(*m_settings.hardLimit,
                                  [self = shared_from_this(), waiting = std::weak_ptr(once)] {
                                      if (const auto late = waiting.lock(); late && late->claim())
                                          (*late)(self->timedOut());
                                  });
    return [once](const Answer &answer) {
        if (once->claim())
            (*once)(answer);
    };
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
            refreshBehind(key, run);
        then(*near);
        return;
    }
    m_runtime->scheduler.run(
        [self = shared_from_this(), key, run = std::move(run), then = std::move(then)]() mutable {
            self->callBackend(key, std::move(run), std::move(then));
        });
}

void FunctionCore::callBackend(const QByteArray &key, AsyncRun run, Continuation then)
{
    if (!m_runtime->breaker.isClosed()) {
        runAside(std::move(run), withinHardLimit(std::move(then)));
        return;
    }
    then = [self = shared_from_this(), key, run, then = std::move(then)](const Answer &answer) {
        if (self->wantsRefresh(answer))
            self->refreshBehind(key, run);
        then(answer);
    };
    bool overwrites = false;
    if (m_runtime->presence.expects(key, m_runtime->now())) {
        const auto reading = read(key);
        if (!reading) {
            runAside(std::move(run), withinHardLimit(std::move(then)));
            return;
        }
        if (reading->found && reading->found->age != Found::Age::Fallback) {
            then(reading->found->answer);
            return;
        }
        overwrites = reading->isUseless;
    }
    const FlightTable::Seat seat = m_settings.oneFlight
        ? m_runtime->flights.join(key)
        : FlightTable::Seat{m_runtime->flights.replace(key), true};
    if (seat.leads)
        seat.flight->leaveToWorkers();
    follow(seat.flight, seat.leads, run, std::move(then));
    if (!seat.leads)
        return;
    const auto fill = std::make_shared<AsyncFill>(shared_from_this(), seat.flight,
                                                  Fill::Purpose::Call, std::move(run));
    if (overwrites)
        fill->overwrite();
    fill->step();
}

void FunctionCore::follow(const std::shared_ptr<Flight> &flight, bool leads, AsyncRun run,
                          Continuation then)
{
    const auto once = std::make_shared<Once>(std::move(then));
    flight->then([self = shared_from_this(), once, run](const Answer &answer) {
        if (!once->claim())
            return;
        if (answer.cell || answer.thrown)
            (*once)(asCaller(answer));
        else if (!self->m_runtime->scheduler.isStopped())
            self->runAside(run, once->continuation());
        else
            (*once)(canceled());
    });
    const auto after = [this](milliseconds delay, std::function<void()> task) {
        m_runtime->scheduler.runAfter(delay, std::move(task));
    };
    if (m_settings.softLimit) {
        after(*m_settings.softLimit, [once = std::weak_ptr(once), flight = std::weak_ptr(flight)] {
            const auto waiting = once.lock();
            const auto flying = flight.lock();
            const auto fallback = flying ? flying->fallback() : std::nullopt;
            if (waiting && fallback && waiting->claim())
                (*waiting)(*fallback);
        });
    }
    if (m_settings.hardLimit) {
        after(*m_settings.hardLimit, [this, self = shared_from_this(), once = std::weak_ptr(once)] {
            if (const auto waiting = once.lock(); waiting && waiting->claim())
                (*waiting)(timedOut());
        });
    } else if (!leads) {
        after(m_runtime->options.waitLimit,
              [self = shared_from_this(), once = std::weak_ptr(once), run] {
                  if (const auto waiting = once.lock(); waiting && waiting->claim())
                      self->runAside(run, waiting->continuation());
              });
    }
}

void FunctionCore::runAside(AsyncRun run, Continuation then)
{
    const auto done = [self = shared_from_this(), then = std::move(then),
                       began = steady_clock::now()](Cell cell, std::exception_ptr thrown) {
        Answer answer; // BYPASS
        answer.cell = std::move(cell);
        answer.thrown = std::move(thrown);
        answer.metadata.functionTime = duration_cast<microseconds>(steady_clock::now() - began);
        self->m_counters.countRun(answer.metadata.functionTime, answer.thrown != nullptr);
        then(answer);
    };
    try {
        run->start(done);
    } catch (...) {
        done({}, std::current_exception());
    }
}

void FunctionCore::refreshBehind(const QByteArray &key, AsyncRun run)
{
    const FlightTable::Seat seat = m_runtime->flights.join(key);
    if (!seat.leads)
        return;
    seat.flight->leaveToWorkers();
    m_runtime->scheduler.run(
        [fill = std::make_shared<AsyncFill>(shared_from_this(), seat.flight, Fill::Purpose::Behind,
                                            std::move(run))] { fill->step(); });
}

void FunctionCore::refreshAsync(const QByteArray &key, AsyncRun run, Continuation then)
{
    const auto flight = m_runtime->flights.replace(key);
    flight->leaveToWorkers();
    then = withinHardLimit(reported(key, std::move(then)));
    flight->then([then = std::move(then)](const Answer &answer) {
        then(answer.cell || answer.thrown ? answer : canceled());
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
                self->refreshBehind(keys[i], runs[i]);
            self->report(keys[i], answer, began);
            all->arrived();
        }
        all->arrived();
    });
}

void FunctionCore::bypassAsync(const QByteArray &key, AsyncRun run, Continuation then)
{
    m_runtime->scheduler.run([self = shared_from_this(), run = std::move(run),
                              then = withinHardLimit(reported(key, std::move(then)))]() mutable {
        self->runAside(std::move(run), std::move(then));
    });
}

} // namespace Cachelens
