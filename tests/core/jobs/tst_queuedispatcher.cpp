// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/redisbackend.h"
#include "core/invalidation/rulejobjson.h"
#include "core/jobs/deletingtarget.h"
#include "core/jobs/queuedispatcher.h"
#include "tests/core/jobs/jobworld.h"

#include <QPromise>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using Action = RuleVerdict::Action;
using Code = Error::Code;

namespace {

RuleRun runOf(Action action)
{
    RuleRun run;
    run.function = "app.page";
    run.rule = "app.page:User";
    run.action = action;
    run.arguments = {{"user", Value(42)}};
    if (action != Action::Custom)
        run.prefixes = {"users::app.page::user:42::"};
    run.functionPrefix = "users::app.page::";
    run.invalidator = action == Action::Custom ? "mail" : "";
    run.signal.model = action == Action::Custom ? "User" : "";
    return run;
}

/// A target whose refreshes are answered by a test.
class AnsweringTarget final : public RuleTarget {
public:
    explicit AnsweringTarget(QFuture<Result<void>> refresh) : m_refresh(std::move(refresh)) { }
    QFuture<Result<void>> deleteByPrefix(const RuleRun &run) override
    {
        deleted.add(run.prefixes.front());
        return QtFuture::makeReadyFuture(Result<void>());
    }
    QFuture<Result<void>> refresh(const RuleRun &) override { return m_refresh; }

    Worklist deleted;

private:
    const QFuture<Result<void>> m_refresh;
};

std::shared_ptr<RuleRunner> runnerOver(std::shared_ptr<RuleTarget> target)
{
    return std::make_shared<RuleRunner>(std::move(target), std::make_shared<Invalidators>());
}

Job jobOf(const RuleJob &runs)
{
    return {"1-1", ruleJobToJson(runs).value()};
}

} // namespace

class TestQueueDispatcher : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aWorkerDeletesWhatWasDispatched()
    {
        JobWorld world;
        for (const char *key :
             {"app:1:users::app.page::user:42::page:1", "app:1:users::app.page::user:42::page:2",
              "app:1:users::app.page::user:420::page:1"})
            world.server.command({"SET", key, "v"});
        Dispatchers dispatchers;
        dispatchers.add("queue", queueDispatchers(*BackendUrl::parse(world.server.url())));
        const auto queue = dispatchers.find("queue").value();
        QVERIFY(!queue->raiseException());
        const Dispatched dispatched
            = queue->dispatch({runOf(Action::DeleteByPrefix), runOf(Action::Refresh)}, nullptr);
        QVERIFY(dispatched.failures.empty());
        QVERIFY(dispatched.rest.isFinished());
        QCOMPARE(world.queue.counts().value(), (JobCounts{.waiting = 1}));

        const auto target = std::make_shared<DeletingTarget>(
            std::make_shared<RedisBackend>(*BackendUrl::parse(world.server.url()), world.clock),
            "app", [&](const RuleRun &run, const QByteArray &prefix, qint64 entries) {
                world.worked.add(run.rule + ' ' + prefix + ' ' + QByteArray::number(entries));
            });
        const auto worker = world.worker(ruleJobHandler(runnerOver(target)));
        QTRY_COMPARE(world.queue.counts().value(), JobCounts{});
        QCOMPARE(world.worked.payloads(),
                 (QByteArrayList{"app.page:User app:1:users::app.page::user:42:: 2",
                                 "app.page:User app:1:users::app.page::user:42:: 0"}));
        const Resp left = world.server.command({"KEYS", "app:*"});
        QCOMPARE(left.elements.size(), size_t(1));
        QCOMPARE(worker->stop().done, 1);
    }

    void aServerThatIsAwayIsTheFailureOfEachRun()
    {
        JobWorld world;
        QueueDispatcher dispatcher(*BackendUrl::parse(world.server.url()));
        world.server.stop();
        const Dispatched dispatched
            = dispatcher.dispatch({runOf(Action::DeleteByPrefix), runOf(Action::Refresh)}, nullptr);
        QCOMPARE(dispatched.failures.size(), size_t(2));
        QCOMPARE(dispatched.failures[1].rule, QByteArray("app.page:User"));
        QCOMPARE(dispatched.failures[1].error.code, Code::Unreachable);
        QVERIFY(dispatched.failures[1].error.retryable);
    }

    void optionsAreTakenAndChecked()
    {
        JobWorld world({}, {.name = "mine", .group = "ours"});
        Dispatchers dispatchers;
        dispatchers.add("queue", queueDispatchers(*BackendUrl::parse("redis://nowhere:1")));
        const auto options = [](const char *name, Value value) {
            return Value::map({{Value::string(name), std::move(value)}});
        };
        const auto made = dispatchers.find(
            "queue",
            Value::map({{Value::string("url"), Value::string(world.server.url())},
                        {Value::string("name"), Value::string("mine")},
                        {Value::string("group"), Value::string("ours")},
                        {Value::string("max_length"), Value(1)},
                        {Value::string("raise_exception"), Value(true)}}));
        QVERIFY(made);
        QCOMPARE((*made)->raiseException(), true);
        QVERIFY((*made)->dispatch({runOf(Action::Refresh)}, nullptr).failures.empty());
        QCOMPARE((*made)->dispatch({runOf(Action::Refresh)}, nullptr).failures.front().error.code,
                 Code::LimitExceeded);
        QCOMPARE(world.queue.counts().value(), (JobCounts{.waiting = 1}));

        for (const Value &wrong :
             {options("url", Value::string("nonsense")), options("name", Value(1)),
              options("max_length", Value(0)), options("raise_exception", Value(1)),
              options("threads", Value(1)), Value(1)})
            QCOMPARE(dispatchers.find("queue", wrong).error().code, Code::InvalidInput);
    }

    void aRefreshOfAFunctionThatIsElsewhereHasDeleted()
    {
        const auto target = std::make_shared<AnsweringTarget>(QtFuture::makeReadyFuture(
            Result<void>(failure({Code::NotFound, "refresh", "app.page", "it is not here"}))));
        const auto handler = ruleJobHandler(runnerOver(target));
        QVERIFY(handler(jobOf({runOf(Action::Refresh)})));
        QCOMPARE(target->deleted.payloads(), QByteArrayList{"users::app.page::user:42::"});
    }

    void whatFailsIsTriedAgain()
    {
        const auto target = std::make_shared<AnsweringTarget>(QtFuture::makeReadyFuture(
            Result<void>(failure({Code::Unreachable, "refresh", "app.page", "away", true}))));
        const auto handler = ruleJobHandler(runnerOver(target));
        QCOMPARE(handler(jobOf({runOf(Action::Refresh)})).error().code, Code::Unreachable);
        // An invalidator that another worker may have.
        QCOMPARE(handler(jobOf({runOf(Action::Custom)})).error().code, Code::NotFound);
        QCOMPARE(handler({"1-1", "nonsense"}).error().code, Code::Undecodable);
    }

    void aFunctionThatTakesTooLongIsNotWaitedFor()
    {
        QPromise<Result<void>> never;
        never.start();
        const auto target = std::make_shared<AnsweringTarget>(never.future());
        const auto slow = ruleJobHandler(runnerOver(target), 1ms)(jobOf({runOf(Action::Refresh)}));
        QCOMPARE(slow.error().code, Code::Timeout);
        QVERIFY(slow.error().retryable);
        never.addResult(Result<void>());
        never.finish(); // nobody waits any more, and nothing breaks
    }
};

QTEST_GUILESS_MAIN(TestQueueDispatcher)
#include "tst_queuedispatcher.moc"
