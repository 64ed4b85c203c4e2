// SPDX-License-Identifier: MIT
#include "core/invalidation/builtindispatchers.h"

#include "core/futures.h"

#include <QObject>
#include <QThread>
#include <QThreadPool>

namespace Cachelens {

namespace {

struct Options {
    std::optional<bool> raiseException;
    int threads = 4;
};

Error wrongOption(const QByteArray &dispatcher, const QByteArray &why)
{
    return {Error::Code::InvalidInput, "set up the dispatcher", dispatcher, why, false};
}

Result<Options> readOptions(const QByteArray &dispatcher, const Value &given, bool hasThreads)
{
    constexpr qint64 mostThreads = 1024;
    Options options;
    if (given.isNone())
        return options;
    if (!given.isMap())
        return failure(wrongOption(dispatcher, "its options are no map"));
    for (const auto &[key, value] : given.entries()) {
        const QByteArray name = key.isString() ? key.toByteArray() : QByteArray();
        if (name == "raise_exception") {
            if (value.type() != Value::Type::Bool)
                return failure(wrongOption(dispatcher, "'raise_exception' is no boolean"));
            options.raiseException = value.toBool();
        } else if (hasThreads && name == "threads") {
            if (value.type() != Value::Type::Int || value.toInt() < 1
                || value.toInt() > mostThreads)
                return failure(wrongOption(dispatcher, "'threads' is no number from 1 to 1024"));
            options.threads = int(value.toInt());
        } else {
            return failure(wrongOption(dispatcher, "it has no option '" + name + "'"));
        }
    }
    return options;
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

/// A job that is to be done in a while, on some thread; `rest` finishes with it.
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

/// Going, it does what it was given first.
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

/// Runs its job in a later turn of its thread's loop; where that ends before, as it is deleted.
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
