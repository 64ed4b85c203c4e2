// SPDX-License-Identifier: MIT
#include "core/invalidation/builtindispatchers.h"

#include "core/futures.h"
#include "core/invalidation/dispatcheroptions.h"

#include <QObject>
#include <QThread>
#include <QThreadPool>

namespace Cachelens {

namespace {

struct Options {
    std::optional<bool> raiseException;
    int threads = 4;
};

Result<Options> readOptions(const QByteArray &dispatcher, const Value &given, bool hasThreads)
{
    constexpr qint64 mostThreads = 1024;
    Options options;
    const auto readOwn = [&](const QByteArray &name, const Value &value) -> Result<bool> {
        if (!hasThreads || name != "threads")
            return false;
        if (value.type() != Value::Type::Int || value.toInt() < 1 || value.toInt() > mostThreads)
            return failure(wrongOption(dispatcher, "'threads' is no number from 1 to 1024"));
        options.threads = int(value.toInt());
        return true;
    };
    return readDispatcherOptions(dispatcher, given, readOwn)
        .map([&](std::optional<bool> raiseException) {
            options.raiseException = raiseException;
            return options;
        });
}

class BuiltIn : public Dispatcher {
public:
    explicit BuiltIn(const Options &options) : m_raiseException(options.raiseException) { }
    std::optional<bool> raiseException() const override { return m_raiseException; }

private:
    const std::optional<bool> m_raiseException;
};

class InlineDispatcher final : public BuiltIn {
public:
    using BuiltIn::BuiltIn;
    Dispatched dispatch(RuleJob job, std::shared_ptr<const RuleRunner> runner) override
    {
        return runHere(job, *runner);
    }
};

/// A job that some thread will do later. rest() finishes when it is done.
class Later {
public:
    Later(RuleJob job, std::shared_ptr<const RuleRunner> runner)
        : m_job(std::move(job)), m_runner(std::move(runner))
    {
        m_promise.start();
    }
    [[nodiscard]] QFuture<RuleFailures> rest() const { return m_promise.future(); }
    void run()
    {
        Detail::whenFinished(m_runner->run(m_job),
                             [promise = std::make_shared<QPromise<RuleFailures>>(
                                  std::move(m_promise))](const QFuture<RuleFailures> &done) {
                                 promise->addResult(done.result());
                                 promise->finish();
                             });
    }

private:
    const RuleJob m_job;
    const std::shared_ptr<const RuleRunner> m_runner;
    QPromise<RuleFailures> m_promise;
};

/// Its destructor waits until the jobs that it was given are done.
class ThreadDispatcher final : public BuiltIn {
public:
    explicit ThreadDispatcher(const Options &options) : BuiltIn(options)
    {
        m_pool.setMaxThreadCount(options.threads);
        m_pool.setObjectName(QStringLiteral("Rules"));
    }
    Dispatched dispatch(RuleJob job, std::shared_ptr<const RuleRunner> runner) override
    {
        const auto later = std::make_shared<Later>(std::move(job), std::move(runner));
        Dispatched dispatched{{}, later->rest()};
        m_pool.start([later] { later->run(); });
        return dispatched;
    }
    void finish() override { m_pool.waitForDone(); }

private:
    QThreadPool m_pool;
};

/// Runs its job when it is deleted: in a later turn of its thread's loop, or when that ends.
class Turn final : public QObject {
public:
    explicit Turn(std::unique_ptr<Later> job) : m_job(std::move(job)) { deleteLater(); }
    ~Turn() override { m_job->run(); }

private:
    const std::unique_ptr<Later> m_job;
};

class LoopDispatcher final : public BuiltIn {
public:
    using BuiltIn::BuiltIn;
    Dispatched dispatch(RuleJob job, std::shared_ptr<const RuleRunner> runner) override
    {
        if (QThread::currentThread()->loopLevel() == 0)
            return runHere(job, *runner);
        auto later = std::make_unique<Later>(std::move(job), std::move(runner));
        Dispatched dispatched{{}, later->rest()};
        new Turn(std::move(later)); // deletes itself
        return dispatched;
    }
};

template <typename Kind> Dispatchers::Factory factory(const QByteArray &name, bool hasThreads)
{
    return [name, hasThreads](const Value &given) {
        return readOptions(name, given, hasThreads).map([](const Options &options) {
            return std::shared_ptr<Dispatcher>(std::make_shared<Kind>(options));
        });
    };
}

} // namespace

std::vector<std::pair<QByteArray, Dispatchers::Factory>> builtinDispatchers()
{
    return {{"inline", factory<InlineDispatcher>("inline", false)},
            {"thread", factory<ThreadDispatcher>("thread", true)},
            {"eventloop", factory<LoopDispatcher>("eventloop", false)},
            {"asyncio", factory<LoopDispatcher>("asyncio", false)}};
}

} // namespace Cachelens
