// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidation/ruleengine.h"

#include <QMutex>
#include <QPromise>
#include <QThread>

#include <stdexcept>

namespace Cachelens::Testing {

inline Value attributes(std::initializer_list<std::pair<const char *, Value>> members)
{
    ValueMap entries;
    for (const auto &[name, value] : members)
        entries.emplace_back(Value::string(name), value);
    return Value::map(std::move(entries));
}

/// `app.<name>(user_id, page=1)`, its partition by the user.
inline KeyedFunction pageFunction(const QByteArray &name = "get_page")
{
    KeyedFunction function{"app." + name, {{"user_id", {}}, {"page", Value(1)}}, {}};
    KeyField user;
    user.name = "user";
    user.everything = false;
    user.names = {"user_id"};
    user.partition = true;
    KeyField page = user;
    page.name = "page";
    page.names = {"page"};
    page.partition = false;
    function.key.fields = {user, page};
    return function;
}

inline InvalidationRule byUser(const QByteArray &dispatcher = "inline")
{
    InvalidationRule rule;
    rule.model = "auth.User";
    rule.fieldMapping = {{"user_id", "id"}};
    rule.dispatcher = dispatcher;
    return rule;
}

inline Signal savedUser(Value instance)
{
    Signal signal;
    signal.model = "auth.User";
    signal.instance = std::move(instance);
    return signal;
}

inline Signal savedUser(int id = 42)
{
    return savedUser(attributes({{"id", Value(id)}}));
}

/// Notes what rules ask for, and answers as it is told.
class NotedTarget final : public RuleTarget {
public:
    QFuture<Result<void>> deleteByPrefix(const RuleRun &run) override
    {
        const QMutexLocker lock(&m_mutex);
        for (const QByteArray &prefix : run.prefixes)
            m_done.push_back("delete " + prefix);
        m_thread = QThread::currentThread();
        if (failing.contains(run.function))
            return QtFuture::makeReadyFuture(Result<void>(
                failure({Error::Code::Unsupported, "remove", run.function, "no", false})));
        return QtFuture::makeReadyFuture(Result<void>());
    }
    QFuture<Result<void>> refresh(const RuleRun &run) override
    {
        const QMutexLocker lock(&m_mutex);
        m_done.push_back("refresh " + run.function);
        if (throwing)
            throw std::runtime_error("no database");
        return later ? later->future() : QtFuture::makeReadyFuture(Result<void>());
    }

    [[nodiscard]] std::vector<QByteArray> done() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_done;
    }
    [[nodiscard]] QThread *thread() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_thread;
    }

    QList<QByteArray> failing; ///< functions whose entries cannot be removed
    bool throwing = false; ///< functions throw when they are refreshed
    std::shared_ptr<QPromise<Result<void>>> later; ///< what refreshes answer with

private:
    mutable QMutex m_mutex;
    std::vector<QByteArray> m_done;
    QThread *m_thread = nullptr;
};

/// Keeps its jobs until it is told to do them.
class HeldDispatcher final : public Dispatcher {
public:
    Dispatched dispatch(RuleJob job, std::shared_ptr<const RuleRunner> theRunner) override
    {
        if (throwing)
            throw std::runtime_error("the queue is away");
        jobs.push_back(std::move(job));
        runner = std::move(theRunner);
        return {};
    }
    std::optional<bool> raiseException() const override { return raises; }

    std::vector<RuleJob> jobs;
    std::shared_ptr<const RuleRunner> runner;
    bool throwing = false;
    std::optional<bool> raises;
};

struct RuleWorld {
    std::shared_ptr<NotedTarget> target = std::make_shared<NotedTarget>();
    std::shared_ptr<HeldDispatcher> held = std::make_shared<HeldDispatcher>();
    QMutex mutex; // of the failures
    RuleFailures reported;
    std::shared_ptr<RuleEngine> engine;
    std::vector<Subscription> registrations;

    explicit RuleWorld(bool raiseException = false)
    {
        engine = std::make_shared<RuleEngine>(
            target,
            RuleEngineOptions{.raiseException = raiseException,
                              .report = [this](const RuleFailure &failure) {
                                  const QMutexLocker lock(&mutex);
                                  reported.push_back(failure);
                              }});
        engine->dispatchers().add("held", held);
    }
    void add(const std::vector<InvalidationRule> &rules, const QByteArray &name = "get_page")
    {
        registrations.push_back(engine->add(pageFunction(name), rules).registration);
    }
};

} // namespace Cachelens::Testing
