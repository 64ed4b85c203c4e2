// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/cached/cachedworld.h"

#include <QTest>

#include <atomic>
#include <stdexcept>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

/// Old results, served while a new one is made or cannot be had, and times to live that vary.
class TestCachedStale : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void staleEntryIsServedWhileOneCallRenewsIt()
    {
        CachedWorld world;
        std::atomic<int> runs = 0;
        const CachedFunction get(world.cache, "app.stale", parameters("n"_p),
                                 [&](int) { return ++runs; }, {.ttl = 60s, .staleFor = 30s});
        QCOMPARE(get(1), 1);
        world.clock->advance(61s);
        const auto stale = get.getWithMetadata(1);
        QCOMPARE(stale.metadata.status, CacheStatus::Stale);
        QCOMPARE(stale.value, 1);
        QTRY_COMPARE(get.getCacheOnly(1), std::optional(2));
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Hit);
        world.clock->advance(91s);
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Miss);
        QCOMPARE(runs.load(), 3);
    }

    void staleEntryIsServedWhenTheFunctionFails()
    {
        CachedWorld world;
        std::atomic<bool> fails = false;
        std::atomic<int> runs = 0;
        const CachedFunction get(world.cache, "app.fallback", parameters("n"_p),
                                 [&](int n) {
                                     ++runs;
                                     if (fails)
                                         throw std::runtime_error("database is away");
                                     return n;
                                 },
                                 {.ttl = 60s, .staleOnErrorFor = 600s});
        get(1);
        world.clock->advance(61s);
        fails = true;
        const auto served = get.getWithMetadata(1);
        QCOMPARE(served.metadata.status, CacheStatus::Stale);
        QCOMPARE(served.value, 1);
        QCOMPARE(runs, 2); // tried, and not once more behind the call
        fails = false;
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Miss);
        fails = true;
        world.clock->advance(661s);
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, get(1));
    }

    void jitterShortensTheTimeToLive()
    {
        CachedWorld world;
        const CachedFunction get(world.cache, "app.jitter", parameters("n"_p),
                                 [](int n) { return n; }, {.ttl = 100s, .ttlJitter = 0.2});
        world.random = 0.5;
        QVERIFY(get.getWithMetadata(1).metadata.resetAt == world.clock->now() + 90s);
        world.random = 0;
        QVERIFY(get.getWithMetadata(2).metadata.resetAt == world.clock->now() + 100s);
    }

    void earlyRefreshRenewsAHitBeforeItsTimeIsOver()
    {
        CachedWorld world;
        std::atomic<int> runs = 0;
        const CachedFunction get(world.cache, "app.early", parameters("n"_p),
                                 [&](int) { return ++runs; },
                                 {.ttl = 60s, .earlyRefresh = 1e9}); // any run takes long enough
        world.random = 0;
        get(1);
        QCOMPARE(get(1), 1); // a certain 0 never goes early
        world.random = 0.9;
        const auto hit = get.getWithMetadata(1);
        QCOMPARE(hit.metadata.status, CacheStatus::Hit);
        QTRY_COMPARE(get.getCacheOnly(1), std::optional(2));
    }
};

QTEST_GUILESS_MAIN(TestCachedStale)
#include "tst_cachedstale.moc"
