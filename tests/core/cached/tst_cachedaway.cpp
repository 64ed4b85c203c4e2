// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/backendurl.h"
#include "core/backend/redisbackend.h"
#include "core/cached/asynccachedfunction.h"
#include "core/cached/functiontimedout.h"
#include "core/invalidation/rulejobjson.h"
#include "core/jobs/queuedispatcher.h"
#include "tests/core/cached/cachedworld.h"
#include "tests/support/gate.h"
#include "tests/support/redisserver.h"

#include <QPromise>
#include <QTest>
#include <QTimer>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

/// Redis stopped, killed, hung, full and read-only in the middle of calls.
class TestCachedAway : public QObject {
    Q_OBJECT

    struct World {
        explicit World(CacheOptions options = {})
            : cache(backend(), withQuickProbes(std::move(options)))
        {
        }
        static CacheOptions withQuickProbes(CacheOptions options)
        {
            options.breaker = {.firstPause = 10ms, .longestPause = 50ms};
            return options;
        }
        [[nodiscard]] std::shared_ptr<CacheBackend> backend() const
        {
            RedisOptions options;
            options.connectTimeout = 200ms;
            options.commandTimeout = 200ms;
            options.firstBackoff = 5ms;
            options.longestBackoff = 20ms;
            return std::make_shared<RedisBackend>(*BackendUrl::parse(server.url()),
                                                  std::make_shared<SystemClock>(), options);
        }

        RedisServer server;
        Cache cache;
        std::shared_ptr<EventLog> log = std::make_shared<EventLog>();
        Subscription observing = cache.observe(log);
    };

private Q_SLOTS:
    void aServerThatIsGoneIsBypassedAndUsedAgainWhenItIsBack()
    {
        World world;
        int runs = 0;
        const CachedFunction get(world.cache, "app.away", parameters("n"_p),
                                 [&](int n) { return n + 100 * ++runs; });
        QCOMPARE(get(1), 101);
        QCOMPARE(get(1), 101);
        world.server.stop();
        const auto without = get.getWithMetadata(1);
        QCOMPARE(without.value, 201);
        QCOMPARE(without.metadata.status, CacheStatus::Bypass);
        QVERIFY(world.cache.isBypassed());
        QVERIFY(!get.getCacheOnly(1));
        QCOMPARE(get.refreshWithMetadata(1).metadata.status, CacheStatus::Bypass);
        world.server.start();
        QTRY_VERIFY(!world.cache.isBypassed());
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Miss);
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Hit);
        QVERIFY(!world.log->troubles().empty());
    }

    void theHardLimitHoldsWithoutTheServer()
    {
        Gate gate;
        World world;
        const CachedFunction get(world.cache, "app.slow", parameters("n"_p),
                                 [&gate](int n) {
                                     gate.pass();
                                     return n;
                                 },
                                 {.hardLimit = 20ms});
        QPromise<int> endless;
        endless.start();
        const AsyncCachedFunction getAsync(world.cache, "app.async", parameters("n"_p),
                                           [&endless](int) { return endless.future(); },
                                           {.hardLimit = 20ms});
        world.server.stop();
        for (int attempt = 0; attempt < 2; ++attempt) { // that meets it, and that knows
            QVERIFY_THROWS_EXCEPTION(FunctionTimedOut, get(1));
            QVERIFY_THROWS_EXCEPTION(FunctionTimedOut, getAsync(1).waitForFinished());
        }
        QVERIFY(world.cache.isBypassed());
        QVERIFY_THROWS_EXCEPTION(FunctionTimedOut, get.bypassCache(1));
        gate.open();
        QCOMPARE(get.bypassCache(1), 1);
        endless.finish();
    }

    void whatARuleRemovesIsKeptWhileTheServerIsAway()
    {
        World world;
        InvalidationRule rule;
        rule.model = "auth.User";
        rule.fieldMapping = {{"n", "id"}};
        const CachedFunction get(
            world.cache, "app.kept", parameters("n"_p), [](int n) { return n; },
            {.key = InlineKeyConstructor({{"n", ArgsKeyField("n").partition()}}), .rules = {rule}});
        get(1);
        get(2);
        const QByteArray key = get.getCacheKey(1);
        world.server.pause();
        world.cache.saved("auth.User", Value::map({{Value::string("id"), Value(1)}}));
        QCOMPARE(world.cache.undeliveredRemovals(), 1);
        QVERIFY(world.log->ruleFailures().empty());
        // A job of a queue, which outlives this process, is not done by that.
        RuleRun run;
        run.function = "app.kept";
        run.rule = "app.kept/auth.User";
        run.prefixes = {"app.kept::n:1::"};
        run.functionPrefix = "app.kept::";
        const auto job = ruleJobToJson({run});
        const auto done = ruleJobHandler(world.cache.rules().runner())({"1-1", job.value()});
        QVERIFY(!done);
        QVERIFY(done.error().retryable);
        world.server.resume();
        QTRY_COMPARE(world.cache.undeliveredRemovals(), 0);
        QCOMPARE(world.server.command({"EXISTS", key}).integer, 0);
        QVERIFY(get.getCacheOnly(2));
    }

    void aHungServerCostsOneDeadlineAndThenNothing()
    {
        World world;
        const CachedFunction get(world.cache, "app.hung", parameters("n"_p),
                                 [](int n) { return n; });
        get(1);
        world.server.pause();
        for (int i = 0; i < 100; ++i)
            QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Bypass);
        QVERIFY(world.cache.isBypassed());
        const auto troubles = world.log->troubles(); // one for each call that asks the server
        QCOMPARE(troubles.size(), size_t(1));
        QCOMPARE(troubles[0].code, Error::Code::Timeout);
        world.server.resume();
        QTRY_VERIFY(!world.cache.isBypassed());
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Hit);
    }

    void theEventLoopTicksWhileAHungServerIsWaitedFor()
    {
        World world;
        const AsyncCachedFunction get(world.cache, "app.hung", parameters("n"_p),
                                      [](int n) { return QtFuture::makeReadyFuture(n); });
        QCOMPARE(get(1).result(), 1);
        world.server.pause();
        QTimer ticking;
        int ticks = 0;
        connect(&ticking, &QTimer::timeout, this, [&] { ++ticks; });
        ticking.start(0);
        const auto first = get.getWithMetadataAsync(1);
        const auto joined = get.getWithMetadataAsync(1);
        QVERIFY(!first.isFinished());
        QTRY_VERIFY(first.isFinished() && joined.isFinished());
        QVERIFY2(ticks > 10, QByteArray::number(ticks).constData());
        QCOMPARE(first.result().value, 1);
        QCOMPARE(first.result().metadata.status, CacheStatus::Bypass);
        QCOMPARE(joined.result().metadata.status, CacheStatus::Bypass);
        QVERIFY(world.cache.isBypassed());
        QCOMPARE(get.getWithMetadataAsync(2).result().metadata.status, CacheStatus::Bypass);
        QVERIFY(!get.getCacheOnlyAsync(1).result());
        world.server.resume();
        QTRY_VERIFY(!world.cache.isBypassed());
        QCOMPARE(get.getWithMetadataAsync(1).result().metadata.status, CacheStatus::Hit);
    }

    void anAsynchronousFunctionDoesWithoutAServerThatIsGone()
    {
        World world;
        const AsyncCachedFunction get(world.cache, "app.away", parameters("n"_p),
                                      [](int n) { return QtFuture::makeReadyFuture(n); });
        QCOMPARE(get(1).result(), 1);
        QCOMPARE(get(2).result(), 2);
        const QByteArray key = get.getCacheKey(1);
        world.server.pause();
        QVERIFY(!get.deleteCacheAsync(1).result()->delivered);
        QCOMPARE(world.cache.undeliveredRemovals(), 1);
        QCOMPARE(get.refreshWithMetadataAsync(2).result().metadata.status, CacheStatus::Bypass);
        const auto many = get.getManyAsync({{1}, {2}, {3}}).result();
        QCOMPARE(many.size(), size_t(3));
        for (const auto &each : many)
            QCOMPARE(each.metadata.status, CacheStatus::Bypass);
        world.server.resume();
        QTRY_COMPARE(world.cache.undeliveredRemovals(), 0);
        QCOMPARE(world.server.command({"EXISTS", key}).integer, 0);
        QTRY_VERIFY(!world.cache.isBypassed());
        // The refresh was not stored, and what it was to overwrite is gone.
        QCOMPARE(get.getWithMetadataAsync(2).result().metadata.status, CacheStatus::Miss);
    }

    void aServerThatHangsWhileTheFunctionRunsLosesOnlyTheStore()
    {
        World world;
        const CachedFunction get(world.cache, "app.hung", parameters("n"_p), [&](int n) {
            world.server.pause();
            return n;
        });
        const auto run = get.getWithMetadata(1);
        QCOMPARE(run.value, 1);
        QVERIFY(!run.metadata.stored);
        world.server.resume();
    }

    void removalsAreKeptAndDeliveredLater()
    {
        World world;
        int runs = 0;
        const CachedFunction get(world.cache, "app.kept", parameters("n"_p),
                                 [&](int n) { return n + 100 * ++runs; });
        get(1);
        get(2);
        world.server.pause();
        const auto kept = get.deleteCache(1);
        QVERIFY(kept.has_value());
        QVERIFY(!kept->delivered);
        QCOMPARE(world.cache.undeliveredRemovals(), 1);
        world.server.resume();
        QTRY_COMPARE(world.cache.undeliveredRemovals(), 0);
        QVERIFY(!get.getCacheOnly(1));
        QVERIFY(get.getCacheOnly(2));
        const auto key = get.getCacheKey(1);
        QVERIFY(world.server.command({"EXISTS", key}).integer == 0);
    }

    void removalsAreDeliveredWhenAskedFor()
    {
        World world;
        Cache cache(world.backend(), {.breaker = {.firstPause = 1h, .longestPause = 1h}});
        const CachedFunction get(cache, "app.asked", parameters("n"_p), [](int n) { return n; });
        get(1);
        world.server.command({"REPLICAOF", "127.0.0.1", "1"}); // read-only from now on
        QVERIFY(!get.deleteCache(1)->delivered);
        const auto refused = cache.deliverRemovals();
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Error::Code::ReadOnlyServer);
        QCOMPARE(cache.undeliveredRemovals(), 1);
        world.server.command({"REPLICAOF", "NO", "ONE"});
        QVERIFY(cache.deliverRemovals());
        QCOMPARE(cache.undeliveredRemovals(), 0);
        QCOMPARE(world.server.command({"EXISTS", get.getCacheKey(1)}).integer, 0);
    }

    void anObserverMayDeliverRemovalsWhenItIsToldOfTrouble()
    {
        struct Deliverer : CacheObserver {
            explicit Deliverer(Cache &theCache) : cache(theCache) { }
            void errorOccurred(const Error &) override
            {
                if (++told < 3) // each attempt is refused, and told here again
                    (void)cache.deliverRemovals();
            }
            Cache &cache;
            int told = 0;
        };
        World world;
        Cache cache(world.backend(), {.breaker = {.firstPause = 1h, .longestPause = 1h}});
        const auto deliverer = std::make_shared<Deliverer>(cache);
        const Subscription observing = cache.observe(deliverer);
        const CachedFunction get(cache, "app.told", parameters("n"_p), [](int n) { return n; });
        get(1);
        world.server.command({"REPLICAOF", "127.0.0.1", "1"}); // read-only from now on
        QVERIFY(!get.deleteCache(1)->delivered);
        QCOMPARE(deliverer->told, 3);
        QCOMPARE(cache.undeliveredRemovals(), 1);
    }

    void whatAKeptRemovalMeansIsGoneBeforeItIsDelivered()
    {
        World world;
        const CachedFunction get(world.cache, "app.kept", parameters("n"_p),
                                 [](int n) { return n; });
        get(1);
        world.server.configure("maxmemory-policy", "noeviction");
        world.server.command({"REPLICAOF", "127.0.0.1", "1"}); // read-only from now on
        QVERIFY(!get.deleteCache(1)->delivered);
        QVERIFY(!world.cache.isBypassed());
        QVERIFY(!get.getCacheOnly(1));
        QCOMPARE(get.getWithMetadata(1).value, 1);
        QVERIFY(!get.getWithMetadata(1).metadata.stored);
        world.server.command({"REPLICAOF", "NO", "ONE"});
        QTRY_COMPARE(world.cache.undeliveredRemovals(), 0);
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Miss);
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Hit);
    }

    void tooManyLostRemovalsMakeEverythingOlderStale()
    {
        World world({.keptRemovals = 2});
        const CachedFunction get(world.cache, "app.many", parameters("n"_p),
                                 [](int n) { return n; });
        for (int n = 1; n <= 5; ++n)
            get(n);
        world.server.pause();
        for (int n = 1; n <= 3; ++n)
            QVERIFY(!get.deleteCache(n)->delivered);
        world.server.resume();
        QTRY_COMPARE(world.cache.undeliveredRemovals(), 0);
        QVERIFY(!get.getCacheOnly(5)); // it is there, and cannot be trusted any more
        QCOMPARE(get.getWithMetadata(5).metadata.status, CacheStatus::Miss);
        QCOMPARE(get.getWithMetadata(5).metadata.status, CacheStatus::Hit);
    }

    void aFullServerServesAndDoesNotStore()
    {
        World world;
        const CachedFunction get(world.cache, "app.full", parameters("n"_p),
                                 [](int n) { return n; });
        get(1);
        world.server.configure("maxmemory", "1");
        const auto refused = get.getWithMetadata(2);
        QCOMPARE(refused.value, 2);
        QVERIFY(!refused.metadata.stored);
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Hit);
        QVERIFY(!world.cache.isBypassed());
        QCOMPARE(world.log->troubles().back().code, Error::Code::OutOfMemory);
        world.server.configure("maxmemory", "0");
        QVERIFY(get.getWithMetadata(2).metadata.stored);
    }

    void aFullServersOldEntryIsServedWhenTheFunctionFails()
    {
        const World world;
        const auto clock = std::make_shared<ManualClock>();
        Cache cache(world.backend(), {}, {.clock = clock});
        std::atomic<bool> fails = false;
        const auto run = [&](int n) {
            if (fails)
                throw std::runtime_error("database is away");
            return n;
        };
        const CachedFunction get(cache, "app.old", parameters("n"_p), run,
                                 {.ttl = 60s, .staleOnErrorFor = 600s});
        const AsyncCachedFunction getAsync(cache, "app.async", parameters("n"_p),
                                           [&](int n) { return QtFuture::makeReadyFuture(run(n)); },
                                           {.ttl = 60s, .staleOnErrorFor = 600s});
        get(1);
        getAsync(1).waitForFinished();
        clock->advance(61s);
        fails = true;
        world.server.configure("maxmemory", "1"); // there is no lease to be had
        for (const auto &old :
             {get.getWithMetadata(1), getAsync.getWithMetadataAsync(1).result()}) {
            QCOMPARE(old.value, 1);
            QCOMPARE(old.metadata.status, CacheStatus::Stale);
        }
        fails = false;
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Bypass);
    }

    void nothingIsRunInTheBackgroundForAFullServer()
    {
        const World world;
        const auto clock = std::make_shared<ManualClock>();
        std::atomic<int> runs = 0;
        {
            Cache cache(world.backend(), {}, {.clock = clock});
            const CachedFunction get(cache, "app.stale", parameters("n"_p),
                                     [&](int) { return ++runs; }, {.ttl = 60s, .staleFor = 600s});
            get(1);
            clock->advance(61s);
            world.server.configure("maxmemory", "1");
            for (int call = 0; call < 5; ++call)
                QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Stale);
        } // which waits for what it runs in the background
        QCOMPARE(runs, 1);
    }

    void aRestartedServerIsUsedAtOnce()
    {
        World world;
        const CachedFunction get(world.cache, "app.restart", parameters("n"_p),
                                 [](int n) { return n; });
        get(1);
        world.server.restart();
        get(1); // the connection broke: this call may go without
        QTRY_VERIFY(!world.cache.isBypassed());
        get(1);
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Hit);
    }
};

QTEST_GUILESS_MAIN(TestCachedAway)
#include "tst_cachedaway.moc"
