// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/redisbackend.h"
#include "core/cached/cachedfunction.h"
#include "core/jobs/deletingtarget.h"
#include "core/jobs/queuedispatcher.h"
#include "tests/core/jobs/jobworld.h"

#include <QtConcurrent>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

struct PageKey : KeyConstructor {
    PageKey()
    {
        field("user", ArgsKeyField("user_id").partition());
        field("page", ArgsKeyField("page"));
    }
};

InvalidationRule byUser(bool rewarm)
{
    InvalidationRule rule;
    rule.model = "auth.User";
    rule.fieldMapping = {{"user_id", "id"}};
    rule.rewarm = rewarm;
    rule.dispatcher = "queue";
    return rule;
}

Value user(int id)
{
    return Value::map({{Value::string("id"), Value(id)}});
}

const JobWorkerOptions quick{.block = 100ms};

} // namespace

/// A signal that is sent in one process, and the rules that run in another: from Cache::saved()
/// over the queue to what is in Redis.
class TestCachedQueue : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsSentIsDoneWhenAWorkerComes()
    {
        const RedisServer server;
        auto cache = std::move(Cache::open(server.url()).value());
        int runs = 0;
        const CachedFunction get(*cache, "app.page", parameters("user_id"_p, "page"_p = 1),
                                 [&](int id, int page) { return ++runs * 1000 + id * 10 + page; },
                                 {.key = PageKey(), .rules = {byUser(false)}});
        get(1);
        get(1, 2);
        get(2);
        cache->saved("auth.User", user(1)).waitForFinished();
        QVERIFY(get.getCacheOnly(1)); // nobody has worked on it yet
        const auto backend = std::make_shared<RedisBackend>(*BackendUrl::parse(server.url()),
                                                            std::make_shared<SystemClock>());
        const auto runner = std::make_shared<RuleRunner>(
            std::make_shared<DeletingTarget>(backend, ""), std::make_shared<Invalidators>());
        RunningWorker worker(server.url(), ruleJobHandler(runner), quick);
        QTRY_COMPARE(worker.reports().size(), 1U);
        QVERIFY(!get.getCacheOnly(1) && !get.getCacheOnly(1, 2));
        QVERIFY(get.getCacheOnly(2));
        QCOMPARE(worker.stop().done, 1);
    }

    void aWorkerThatHasTheFunctionRefreshesIt()
    {
        const RedisServer server;
        auto sender = std::move(Cache::open(server.url()).value());
        const CachedFunction there(*sender, "app.page", parameters("user_id"_p, "page"_p = 1),
                                   [](int, int) { return 1; },
                                   {.key = PageKey(), .rules = {byUser(true)}});
        QCOMPARE(there(7), 1);

        auto other = std::move(Cache::open(server.url()).value());
        const CachedFunction here(*other, "app.page", parameters("user_id"_p, "page"_p = 1),
                                  [](int, int) { return 2; },
                                  {.key = PageKey(), .rules = {byUser(true)}});
        RunningWorker worker(server.url(), ruleJobHandler(other->rules().runner()), quick);
        sender->saved("auth.User", user(7)).waitForFinished();
        QTRY_COMPARE(worker.reports().size(), 1U);
        QCOMPARE(there.getCacheOnly(7), std::optional(2));
        QCOMPARE(there.getCachedMetadata(7)->status, CacheStatus::Hit);
    }

    void aWorkerCallsTheInvalidatorsOfItsOwnProcess_data()
    {
        QTest::addColumn<bool>("asynchronous");
        QTest::newRow("plain") << false;
        QTest::newRow("asynchronous") << true;
    }

    void aWorkerCallsTheInvalidatorsOfItsOwnProcess()
    {
        QFETCH(bool, asynchronous);
        const RedisServer server;
        auto cache = std::move(Cache::open(server.url()).value());
        using Page = decltype(CachedFunction(*cache, "", parameters("user_id"_p, "page"_p = 1),
                                             [](int, int) { return 1; }));
        std::optional<Page> page;
        const auto drop = [&page](const RuleRun &run) {
            return page->deleteByPrefix("user_id"_p = int(run.signal.instance.find("id")->toInt()));
        };
        if (asynchronous) {
            cache->rules().invalidators().add("drop the pages", [drop](const RuleRun &run) {
                return QtConcurrent::run([drop, run] { static_cast<void>(drop(run)); });
            });
        } else {
            cache->rules().invalidators().add(
                "drop the pages", [drop](const RuleRun &run) { static_cast<void>(drop(run)); });
        }
        InvalidationRule rule;
        rule.model = "auth.User";
        rule.dispatcher = "queue";
        rule.invalidator = "drop the pages";
        page.emplace(
            *cache, "app.page", parameters("user_id"_p, "page"_p = 1), [](int, int) { return 1; },
            FunctionOptions<int>{.key = PageKey(), .rules = {rule}});
        (*page)(7);
        (*page)(8);
        cache->saved("auth.User", user(7)).waitForFinished();
        QVERIFY(page->getCacheOnly(7));
        RunningWorker worker(server.url(), ruleJobHandler(cache->rules().runner()), quick);
        QTRY_COMPARE(worker.reports().size(), 1U);
        QVERIFY(!page->getCacheOnly(7));
        QVERIFY(page->getCacheOnly(8));
        QCOMPARE(worker.stop().done, 1);
    }

    void aQueueThatIsAwayIsTheRulesFailure()
    {
        RedisServer server;
        auto cache = std::move(Cache::open(server.url()).value());
        InvalidationRule raising = byUser(false);
        raising.raiseException = true;
        const CachedFunction get(*cache, "app.page", parameters("user_id"_p, "page"_p = 1),
                                 [](int, int) { return 1; },
                                 {.key = PageKey(), .rules = {raising}});
        server.stop();
        QVERIFY_THROWS_EXCEPTION(RulesFailed, cache->saved("auth.User", user(1)));
    }
};

QTEST_GUILESS_MAIN(TestCachedQueue)
#include "tst_cachedqueue.moc"
