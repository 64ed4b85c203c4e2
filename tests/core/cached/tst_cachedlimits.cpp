// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cached/asynccachedfunction.h"
#include "tests/core/cached/cachedworld.h"
#include "tests/support/gate.h"

#include <QScopeGuard>
#include <QTest>

#include <future>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

/// Long enough to be reached only by what would never end.
constexpr auto endless = 1min;

struct World {
    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    Cache cache{std::make_shared<MemoryBackend>(clock), {.threads = 1}, {.clock = clock}};
};

QFuture<int> ready(int n)
{
    return QtFuture::makeReadyFuture(n);
}

} // namespace

/// Time limits: of one call, and of calls that share one worker, where whatever holds it up shows.
class TestCachedLimits : public QObject {
    Q_OBJECT

    /// Keeps the worker busy with a refresh that nobody waits for, until the gate is opened.
    template <typename Function>
    static bool occupyWorker(World &world, const Function &stale, std::atomic<bool> &stops,
                             Gate &gate)
    {
        (void)stale(0);
        world.clock->advance(2s);
        stops = true;
        if (stale.getWithMetadata(0).metadata.status != CacheStatus::Stale)
            return false;
        gate.waitUntilEntered();
        return true;
    }

private Q_SLOTS:
    void aFunctionOverItsHardLimitThrowsAndIsStoredLater()
    {
        Gate gate;
        CachedWorld world;
        const CachedFunction get(world.cache, "app.slow", parameters("n"_p),
                                 [&gate](int n) {
                                     gate.pass();
                                     return n;
                                 },
                                 {.hardLimit = 20ms});
        QVERIFY_THROWS_EXCEPTION(FunctionTimedOut, get(1));
        gate.open();
        QTRY_COMPARE(get.getCacheOnly(1), std::optional(1));
    }

    void aFunctionOverItsSoftLimitIsAnsweredWithTheOldResult()
    {
        Gate gate;
        CachedWorld world;
        std::atomic<int> runs = 0;
        const CachedFunction get(world.cache, "app.soft", parameters("n"_p),
                                 [&](int) {
                                     if (++runs > 1)
                                         gate.pass();
                                     return runs.load();
                                 },
                                 {.ttl = 60s, .staleOnErrorFor = 600s, .softLimit = 20ms});
        QCOMPARE(get(1), 1);
        world.clock->advance(61s);
        const auto served = get.getWithMetadata(1);
        QCOMPARE(served.metadata.status, CacheStatus::Stale);
        QCOMPARE(served.value, 1);
        gate.open();
        QTRY_COMPARE(get.getCacheOnly(1), std::optional(2));
    }

    void aCallWithALimitIsAnsweredAfterTheCacheHasGone()
    {
        auto cache = std::make_unique<Cache>(
            std::make_shared<MemoryBackend>(std::make_shared<ManualClock>()));
        const CachedFunction get(*cache, "app.limited", parameters("n"_p), [](int n) { return n; },
                                 {.softLimit = 10s});
        cache.reset();
        QCOMPARE(get.getWithMetadata(4).metadata.status, CacheStatus::Bypass);
        QCOMPARE(get.refresh(4), 4);
    }

    void functionsWithLimitsMayCallEachOther_data()
    {
        using Limit = std::optional<std::chrono::milliseconds>;
        QTest::addColumn<Limit>("soft");
        QTest::addColumn<Limit>("hard");
        QTest::newRow("soft") << Limit(1ms) << Limit();
        QTest::newRow("hard") << Limit() << Limit(endless);
        QTest::newRow("both") << Limit(1ms) << Limit(endless);
    }
    void functionsWithLimitsMayCallEachOther()
    {
        using Limit = std::optional<std::chrono::milliseconds>;
        QFETCH(const Limit, soft);
        QFETCH(const Limit, hard);
        World world;
        const auto limited = [&](const QByteArray &id, std::function<int(int)> function) {
            return CachedFunction(world.cache, id, parameters("n"_p), std::move(function),
                                  {.softLimit = soft, .hardLimit = hard});
        };
        const auto innermost = limited("app.innermost", [](int n) { return n + 1; });
        const auto inner = limited("app.inner", [&](int n) { return innermost(n) + 1; });
        const auto outer = limited("app.outer", [&](int n) { return inner(n) + 1; });
        QCOMPARE(outer(1), 4);
        QCOMPARE(outer.refresh(1), 4);
        QVERIFY(innermost.getCacheOnly(1));
    }

    void asynchronousFunctionsWithLimitsMayCallEachOther()
    {
        World world;
        const CachedFunction blocking(world.cache, "app.blocking", parameters("n"_p),
                                      [](int n) { return n + 1; },
                                      {.softLimit = 1ms, .hardLimit = endless});
        const AsyncCachedFunction inner(world.cache, "app.inner", parameters("n"_p),
                                        [&](int n) { return ready(blocking(n) + 1); },
                                        {.softLimit = 1ms, .hardLimit = endless});
        const AsyncCachedFunction outer(
            world.cache, "app.outer", parameters("n"_p),
            [&](int n) { return inner(n).then([](int m) { return m + 1; }); },
            {.softLimit = 1ms, .hardLimit = endless});
        QCOMPARE(outer(1).result(), 4);
        QCOMPARE(outer.refreshAsync(1).result(), 4);
    }

    void aCallDoesNotTimeOutBecauseOthersTakeTheWorkers()
    {
        Gate gate;
        World world;
        const CachedFunction slow(world.cache, "app.slow", parameters("n"_p),
                                  [&](int n) {
                                      gate.pass();
                                      return n;
                                  },
                                  {.hardLimit = endless});
        const CachedFunction quick(world.cache, "app.quick", parameters("n"_p),
                                   [](int n) { return n; }, {.hardLimit = endless});
        const AsyncCachedFunction async(world.cache, "app.async", parameters("n"_p), ready,
                                        {.hardLimit = endless});
        std::vector<std::future<int>> running;
        const auto opened = qScopeGuard([&] { gate.open(); });
        for (int n = 0; n < 3; ++n) {
            running.push_back(std::async(std::launch::async, [&, n] { return slow(n); }));
            gate.waitUntilEntered(n + 1);
        }
        QCOMPARE(quick(1), 1);
        QCOMPARE(quick.bypassCache(1), 1);
        QCOMPARE(async(1).result(), 1);
        gate.open();
        for (int n = 0; n < 3; ++n)
            QCOMPARE(running[size_t(n)].get(), n);
    }

    void aLimitHoldsThoughTheWorkerIsBusy()
    {
        Gate gate;
        std::atomic<bool> stops = false;
        World world;
        const CachedFunction stale(world.cache, "app.stale", parameters("n"_p),
                                   [&](int n) {
                                       if (stops)
                                           gate.pass();
                                       return n;
                                   },
                                   {.ttl = 1s, .staleFor = 1h});
        const CachedFunction quick(world.cache, "app.quick", parameters("n"_p),
                                   [](int n) { return n; }, {.hardLimit = endless});
        const AsyncCachedFunction async(world.cache, "app.async", parameters("n"_p), ready,
                                        {.hardLimit = 5ms});
        const auto opened = qScopeGuard([&] { gate.open(); });
        QVERIFY(occupyWorker(world, stale, stops, gate));
        QCOMPARE(quick(1), 1);
        for (auto call : {async(1), async.refreshAsync(2), async.bypassCacheAsync(3)})
            QVERIFY_THROWS_EXCEPTION(FunctionTimedOut, call.waitForFinished());
        gate.open();
        QTRY_COMPARE(async.getCacheOnlyAsync(1).result(), std::optional(1));
    }

    void aCallOverItsHardLimitIsServedTheOldResult()
    {
        Gate gate;
        std::atomic<int> runs = 0;
        World world;
        const CachedFunction get(world.cache, "app.hard", parameters("n"_p),
                                 [&](int) {
                                     const int run = ++runs;
                                     if (run > 1)
                                         gate.pass();
                                     return run;
                                 },
                                 {.ttl = 60s, .staleOnErrorFor = 1h, .hardLimit = 20ms});
        QCOMPARE(get(1), 1);
        world.clock->advance(61s);
        const auto opened = qScopeGuard([&] { gate.open(); });
        const auto served = get.getWithMetadata(1);
        QCOMPARE(served.metadata.status, CacheStatus::Stale);
        QCOMPARE(served.value, 1);
        QVERIFY_THROWS_EXCEPTION(FunctionTimedOut, get(2)); // there is none
        gate.open();
        QTRY_COMPARE(get.getCacheOnly(1), std::optional(2));
    }

    void anAsynchronousCallOverItsHardLimitIsServedTheOldResult()
    {
        std::atomic<int> runs = 0;
        QPromise<int> second;
        second.start();
        World world;
        const AsyncCachedFunction get(world.cache, "app.hard", parameters("n"_p),
                                      [&](int) { return ++runs == 1 ? ready(1) : second.future(); },
                                      {.ttl = 60s, .staleOnErrorFor = 1h, .hardLimit = 20ms});
        QCOMPARE(get(1).result(), 1);
        world.clock->advance(61s);
        const auto served = get.getWithMetadataAsync(1).result();
        QCOMPARE(served.metadata.status, CacheStatus::Stale);
        QCOMPARE(served.value, 1);
        second.addResult(2);
        second.finish();
        QTRY_COMPARE(get.getCacheOnlyAsync(1).result(), std::optional(2));
    }
};

QTEST_GUILESS_MAIN(TestCachedLimits)
#include "tst_cachedlimits.moc"
