// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cached/asynccachedfunction.h"
#include "core/cached/functiontimedout.h"
#include "tests/core/cached/cachedworld.h"
#include "tests/support/redisserver.h"

#include <QFutureWatcher>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

#include <atomic>
#include <stdexcept>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

/// A function whose futures a test finishes when it likes. Thread-safe.
class Fetch {
public:
    QFuture<int> operator()(int)
    {
        const QMutexLocker lock(&m_mutex);
        m_promises.push_back(std::make_shared<QPromise<int>>());
        m_promises.back()->start();
        return m_promises.back()->future();
    }
    [[nodiscard]] qsizetype runs() const
    {
        const QMutexLocker lock(&m_mutex);
        return qsizetype(m_promises.size());
    }
    [[nodiscard]] std::shared_ptr<QPromise<int>> promise(int run) const
    {
        const QMutexLocker lock(&m_mutex);
        return m_promises[size_t(run)];
    }
    void finish(int run, int result) const
    {
        const auto mine = promise(run);
        mine->addResult(result);
        mine->finish();
    }

private:
    mutable QMutex m_mutex;
    std::vector<std::shared_ptr<QPromise<int>>> m_promises;
};

auto fetching(Cache &cache, Fetch &fetch)
{
    return AsyncCachedFunction(cache, "app.async", parameters("n"_p),
                               [&fetch](int n) { return fetch(n); });
}

/// A function in two caches over one Redis, as if they were of two processes.
struct TwoCaches {
    /// That the server has run: a call that misses asks with one.
    [[nodiscard]] qint64 scripts() const { return server.calls("eval") + server.calls("evalsha"); }

    RedisServer server;
    Fetch fetch;
    std::unique_ptr<Cache> oneCache = Cache::open(server.url()).value();
    std::unique_ptr<Cache> otherCache = Cache::open(server.url()).value();
    decltype(fetching(*oneCache, fetch)) one = fetching(*oneCache, fetch);
    decltype(fetching(*otherCache, fetch)) other = fetching(*otherCache, fetch);
};

/// An argument of which a test can tell whether anybody still has it.
struct Tracked {
    std::shared_ptr<int> number;
};

} // namespace

template <> struct Cachelens::KeyArgument<Tracked> {
    static Value toValue(const Tracked &argument) { return Value(*argument.number); }
};

class TestCachedAsync : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void callsMissAndThenHit()
    {
        CachedWorld world;
        int runs = 0;
        const AsyncCachedFunction get(world.cache, "app.async", parameters("n"_p, "m"_p = 1),
                                      [&](int n, int m) {
                                          ++runs;
                                          return QtFuture::makeReadyFuture(n * 10 + m);
                                      });
        QCOMPARE(get(4).result(), 41);
        const auto hit = get.getWithMetadataAsync("n"_p = 4).result();
        QCOMPARE(hit.value, 41);
        QCOMPARE(hit.metadata.status, CacheStatus::Hit);
        QCOMPARE(get.getCacheOnlyAsync(4).result(), std::optional(41));
        QCOMPARE(get.getCacheOnlyAsync(5).result(), std::optional<int>());
        QCOMPARE(get.getCachedMetadataAsync(4).result()->status, CacheStatus::Hit);
        QCOMPARE(get.refreshWithMetadataAsync(4).result().metadata.status, CacheStatus::Refresh);
        QCOMPARE(get.bypassCacheAsync(4).result(), 41);
        QCOMPARE(runs, 3);
        QCOMPARE(get.deleteCacheAsync(4).result()->entries, 1);
        get(4).waitForFinished();
        QCOMPARE(get.deleteByPrefixAsync().result()->entries, 1);
        QCOMPARE(get.invalidateAllAsync().result()->entries, 0);
        QCOMPARE(get.getCacheKey(4), QByteArray(":1:app.async::m:1||n:4"));
    }

    void theEventLoopTicksWhileACallWaits()
    {
        CachedWorld world;
        Fetch fetch;
        const AsyncCachedFunction get(world.cache, "app.async", parameters("n"_p),
                                      [&](int n) { return fetch(n); });
        QTimer ticker;
        int ticks = 0;
        ticker.callOnTimeout([&] {
            if (++ticks == 20)
                fetch.finish(0, 7);
        });
        QFutureWatcher<int> watcher;
        QSignalSpy finished(&watcher, &QFutureWatcher<int>::finished);
        watcher.setFuture(get(1));
        QTRY_COMPARE(fetch.runs(), 1);
        ticker.start(0);
        QVERIFY(finished.wait());
        QVERIFY(ticks >= 20);
        QCOMPARE(watcher.result(), 7);
    }

    void oneWaitersCancellationLeavesTheOthersTheirAnswer()
    {
        CachedWorld world;
        Fetch fetch;
        const AsyncCachedFunction get(world.cache, "app.async", parameters("n"_p),
                                      [&](int n) { return fetch(n); });
        QFuture<int> first = get(1);
        QFuture<int> second = get(1);
        QTRY_COMPARE(fetch.runs(), 1);
        first.cancel();
        fetch.finish(0, 7);
        QCOMPARE(second.result(), 7);
        QVERIFY(first.isCanceled());
        QTRY_COMPARE(get.getCacheOnlyAsync(1).result(), std::optional(7));
        QCOMPARE(fetch.runs(), 1);
    }

    void theArgumentsOfACallerThatWaitedGoWithItsAnswer()
    {
        Cache cache(std::make_shared<MemoryBackend>(std::make_shared<ManualClock>()),
                    {.threads = 1});
        Fetch fetch;
        const AsyncCachedFunction get(cache, "app.async", parameters("n"_p),
                                      [&](const Tracked &n) { return fetch(*n.number); });
        QFuture<int> first = get(Tracked{std::make_shared<int>(1)});
        QTRY_COMPARE(fetch.runs(), 1);
        Tracked same{std::make_shared<int>(1)};
        const std::weak_ptr<int> watched = same.number;
        const auto second = get.getWithMetadataAsync(std::move(same));
        // The only thread does one task after another: behind this one the second call waits.
        get.getCacheOnlyAsync(Tracked{std::make_shared<int>(2)}).waitForFinished();
        fetch.finish(0, 7);
        QCOMPARE(second.result().metadata.status, CacheStatus::Miss); // it has waited
        QTRY_VERIFY(watched.expired());
    }

    void timesAreOfTheClockThatIsGiven()
    {
        CachedWorld world;
        const AsyncCachedFunction get(world.cache, "app.async", parameters("n"_p), [&](int n) {
            world.clock->advance(5s);
            return QtFuture::makeReadyFuture(n);
        });
        const auto miss = get.getWithMetadataAsync(1).result().metadata;
        QVERIFY(miss.functionTime == 5s);
        QVERIFY(miss.duration == 5s);
        QCOMPARE(get.bypassCacheAsync(1).result(), 1);
        QVERIFY(get.counts().functionTime == 10s);
    }

    void failureAndCancellationOfTheFunctionReachTheCaller()
    {
        CachedWorld world;
        Fetch fetch;
        const AsyncCachedFunction get(world.cache, "app.async", parameters("n"_p),
                                      [&](int n) { return fetch(n); });
        QFuture<int> failing = get(1);
        QTRY_COMPARE(fetch.runs(), 1);
        fetch.promise(0)->setException(std::make_exception_ptr(std::out_of_range("no such row")));
        fetch.promise(0)->finish();
        QVERIFY_THROWS_EXCEPTION(std::out_of_range, failing.waitForFinished());

        QFuture<int> canceled = get(2);
        QTRY_COMPARE(fetch.runs(), 2);
        fetch.promise(1)->future().cancel();
        fetch.promise(1)->finish();
        canceled.waitForFinished();
        QVERIFY(canceled.isCanceled());
    }

    void predicatesMayAnswerAtOnceOrLater()
    {
        CachedWorld world;
        const auto same = [](int n) { return QtFuture::makeReadyFuture(n); };
        const AsyncCachedFunction now(world.cache, "app.now", parameters("n"_p), same,
                                      {.cacheIf = [](const int &n) { return n > 0; }});
        QPromise<bool> verdict;
        verdict.start();
        const AsyncCachedFunction later(
            world.cache, "app.later", parameters("n"_p), same,
            {.cacheUnless = [&](const int &) { return verdict.future(); }});
        QVERIFY(!now.getWithMetadataAsync(0).result().metadata.stored);
        QVERIFY(now.getWithMetadataAsync(1).result().metadata.stored);
        auto waiting = later.getWithMetadataAsync(1);
        verdict.addResult(false);
        verdict.finish();
        QVERIFY(waiting.result().metadata.stored);
    }

    void aPredicateThatThrowsDoesNotTakeTheResultWithIt()
    {
        CachedWorld world;
        const auto log = std::make_shared<EventLog>();
        const Subscription observing = world.cache.observe(log);
        const auto same = [](int n) { return QtFuture::makeReadyFuture(n); };
        const std::runtime_error unknown("cannot tell");
        const AsyncCachedFunction now(world.cache, "app.now", parameters("n"_p), same,
                                      {.cacheIf = [&](const int &) -> bool { throw unknown; }});
        const AsyncCachedFunction later(
            world.cache, "app.later", parameters("n"_p), same, {.cacheIf = [&](const int &) {
                return QtFuture::makeExceptionalFuture<bool>(std::make_exception_ptr(unknown));
            }});
        for (auto answered : {now.getWithMetadataAsync(1), later.getWithMetadataAsync(1)}) {
            QCOMPARE(answered.result().value, 1);
            QVERIFY(!answered.result().metadata.stored);
        }
        QCOMPARE(log->troubles().size(), size_t(2));
        for (const Error &trouble : log->troubles())
            QVERIFY(trouble.message().contains("cannot tell"));
    }

    void aRemovalWhileItRunsRefusesTheStore()
    {
        CachedWorld world;
        Fetch fetch;
        const AsyncCachedFunction get(world.cache, "app.async", parameters("n"_p),
                                      [&](int n) { return fetch(n); });
        auto filling = get.getWithMetadataAsync(1);
        QTRY_COMPARE(fetch.runs(), 1);
        QVERIFY(get.invalidateAllAsync().result().has_value());
        fetch.finish(0, 7);
        QCOMPARE(filling.result().value, 7);
        QVERIFY(!filling.result().metadata.stored);
        QCOMPARE(get.getCacheOnlyAsync(1).result(), std::optional<int>());
    }

    void aCacheThatGoesCancelsWhatIsUnanswered()
    {
        auto clock = std::make_shared<ManualClock>();
        auto cache = std::make_unique<Cache>(std::make_shared<MemoryBackend>(clock));
        Fetch fetch;
        QFuture<int> unanswered;
        {
            const AsyncCachedFunction get(*cache, "app.async", parameters("n"_p),
                                          [&](int n) { return fetch(n); });
            unanswered = get(1);
            QTRY_COMPARE(fetch.runs(), 1);
        }
        cache.reset();
        fetch.finish(0, 7);
        unanswered.waitForFinished();
        QVERIFY(unanswered.isCanceled());
    }

    void aCacheThatGoesCancelsARefresh()
    {
        auto cache = std::make_unique<Cache>(
            std::make_shared<MemoryBackend>(std::make_shared<ManualClock>()));
        Fetch fetch;
        const AsyncCachedFunction get(*cache, "app.async", parameters("n"_p),
                                      [&](int n) { return fetch(n); });
        QFuture<int> unanswered = get.refreshAsync(1);
        QTRY_COMPARE(fetch.runs(), 1);
        cache.reset();
        fetch.finish(0, 7);
        unanswered.waitForFinished();
        QVERIFY(unanswered.isCanceled());
        QFuture<int> late = get.refreshAsync(1);
        late.waitForFinished();
        QVERIFY(late.isCanceled());
    }

    void manyCallsAreAnsweredInTheirOrder()
    {
        CachedWorld world;
        Fetch fetch;
        const AsyncCachedFunction get(world.cache, "app.async", parameters("n"_p), [&](int n) {
            return n < 0 ? throw std::out_of_range("no such row") : fetch(n);
        });
        QFuture<int> first = get(1);
        QTRY_COMPARE(fetch.runs(), 1);
        fetch.finish(0, 11);
        QCOMPARE(first.result(), 11);

        auto many = get.getManyAsync({{1}, {2}, {3}});
        QTRY_COMPARE(fetch.runs(), 3); // side by side
        QVERIFY(!many.isFinished());
        fetch.finish(1, 20);
        fetch.finish(2, 20);
        const auto results = many.result();
        QCOMPARE(results.size(), size_t(3));
        QCOMPARE(results[0].value, 11);
        QCOMPARE(results[0].metadata.status, CacheStatus::Hit);
        QCOMPARE(results[1].value, 20);
        QCOMPARE(results[2].metadata.status, CacheStatus::Miss);
        QVERIFY_THROWS_EXCEPTION(std::out_of_range,
                                 get.getManyAsync({{1}, {-1}}).waitForFinished());
        QVERIFY(get.getManyAsync({}).result().empty());
    }

    void anOldResultIsServedOnceWhenTheFunctionFails()
    {
        CachedWorld world;
        std::atomic<int> runs = 0;
        std::atomic<bool> fails = false;
        const AsyncCachedFunction get(world.cache, "app.async", parameters("n"_p),
                                      [&](int n) {
                                          ++runs;
                                          if (fails)
                                              throw std::runtime_error("database is away");
                                          return QtFuture::makeReadyFuture(n);
                                      },
                                      {.ttl = 60s, .staleOnErrorFor = 600s});
        QCOMPARE(get(1).result(), 1);
        world.clock->advance(61s);
        fails = true;
        const auto served = get.getWithMetadataAsync(1).result();
        QCOMPARE(served.metadata.status, CacheStatus::Stale);
        QCOMPARE(served.value, 1);
        QCOMPARE(runs, 2);
        fails = false;
        QCOMPARE(get.getWithMetadataAsync(1).result().metadata.status, CacheStatus::Miss);
        QCOMPARE(runs, 3);
    }

    void anOldResultIsServedWhileOneCallRenewsIt()
    {
        CachedWorld world;
        Fetch fetch;
        const AsyncCachedFunction get(world.cache, "app.async", parameters("n"_p),
                                      [&](int n) { return fetch(n); },
                                      {.ttl = 60s, .staleFor = 600s});
        QFuture<int> first = get(1);
        QTRY_COMPARE(fetch.runs(), 1);
        fetch.finish(0, 7);
        QCOMPARE(first.result(), 7);
        world.clock->advance(61s);
        QCOMPARE(get.getWithMetadataAsync(1).result().metadata.status, CacheStatus::Stale);
        QCOMPARE(get(1).result(), 7);
        QTRY_COMPARE(fetch.runs(), 2);
        fetch.finish(1, 8);
        QTRY_COMPARE(get(1).result(), 8);
        QCOMPARE(fetch.runs(), 2);
    }

    void aCallOverItsSoftLimitIsAnsweredWithTheOldResult()
    {
        CachedWorld world;
        Fetch fetch;
        const AsyncCachedFunction get(world.cache, "app.async", parameters("n"_p),
                                      [&](int n) { return fetch(n); },
                                      {.ttl = 60s, .staleOnErrorFor = 600s, .softLimit = 5ms});
        QFuture<int> first = get(1);
        QTRY_COMPARE(fetch.runs(), 1);
        fetch.finish(0, 7);
        QCOMPARE(first.result(), 7);
        world.clock->advance(61s);
        const auto served = get.getWithMetadataAsync(1).result(); // though the run does not end
        QCOMPARE(served.value, 7);
        QCOMPARE(served.metadata.status, CacheStatus::Stale);
        QTRY_COMPARE(fetch.runs(), 2);
        fetch.finish(1, 8);
        QTRY_COMPARE(get.getCacheOnlyAsync(1).result(), std::optional(8));
    }

    void aHitIsRenewedBeforeItsTimeIsOver()
    {
        CachedWorld world;
        Fetch fetch;
        const AsyncCachedFunction get(world.cache, "app.async", parameters("n"_p),
                                      [&](int n) { return fetch(n); },
                                      {.ttl = 60s, .earlyRefresh = 1e9}); // any run is long enough
        QFuture<int> first = get(1);
        QTRY_COMPARE(fetch.runs(), 1);
        fetch.finish(0, 7);
        QCOMPARE(first.result(), 7);
        world.random = 0.9;
        QCOMPARE(get.getWithMetadataAsync(1).result().metadata.status, CacheStatus::Hit);
        QTRY_COMPARE(fetch.runs(), 2);
        world.random = 0;
        fetch.finish(1, 8);
        QTRY_COMPARE(get.getCacheOnlyAsync(1).result(), std::optional(8));
    }

    void oneRunServesTwoProcesses()
    {
        TwoCaches two;
        QFuture<int> first = two.one(1);
        QTRY_COMPARE(two.fetch.runs(), 1);
        const qint64 asked = two.scripts();
        QFuture<int> second = two.other(1);
        QTRY_VERIFY(two.scripts() > asked); // it has been told that the lease is held
        two.fetch.finish(0, 7);
        QCOMPARE(first.result(), 7);
        QCOMPARE(second.result(), 7);
        QCOMPARE(two.fetch.runs(), 1);
    }

    void whatBeganBeforeARemovalElsewhereIsNotStored()
    {
        TwoCaches two;
        QFuture<int> first = two.one(1);
        QTRY_COMPARE(two.fetch.runs(), 1);
        QVERIFY(two.other.invalidateAllAsync().result());
        two.fetch.finish(0, 7);
        QCOMPARE(first.result(), 7);
        QCOMPARE(two.one.getCacheOnlyAsync(1).result(), std::optional<int>());
    }

    void aCallOverItsHardLimitFailsAndTheRunIsStored()
    {
        CachedWorld world;
        Fetch fetch;
        const AsyncCachedFunction get(world.cache, "app.async", parameters("n"_p),
                                      [&](int n) { return fetch(n); }, {.hardLimit = 5ms});
        QFuture<int> slow = get(1);
        QVERIFY_THROWS_EXCEPTION(FunctionTimedOut, slow.waitForFinished());
        QTRY_COMPARE(fetch.runs(), 1);
        fetch.finish(0, 7);
        QTRY_COMPARE(get.getCacheOnlyAsync(1).result(), std::optional(7));
        // Whatever it was asked for.
        QFuture<int> refreshed = get.refreshAsync(1);
        QVERIFY_THROWS_EXCEPTION(FunctionTimedOut, refreshed.waitForFinished());
        QTRY_COMPARE(fetch.runs(), 2);
        fetch.finish(1, 8);
        QTRY_COMPARE(get.getCacheOnlyAsync(1).result(), std::optional(8));
        QFuture<int> bypassed = get.bypassCacheAsync(1);
        QVERIFY_THROWS_EXCEPTION(FunctionTimedOut, bypassed.waitForFinished());
        QTRY_COMPARE(fetch.runs(), 3);
        fetch.finish(2, 9);
    }
};

QTEST_GUILESS_MAIN(TestCachedAsync)
#include "tst_cachedasync.moc"
