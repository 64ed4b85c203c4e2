// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/backendurl.h"
#include "core/backend/redisbackend.h"
#include "core/cached/asynccachedfunction.h"
#include "tests/core/cached/cachedworld.h"
#include "tests/support/gate.h"
#include "tests/support/redisserver.h"

#include <QScopeGuard>
#include <QTest>

#include <barrier>
#include <future>
#include <thread>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

struct SharedKey : KeyConstructor {
    SharedKey()
    {
        keyIdentifier("app.shared");
        field("n", ArgsKeyField("n"));
    }
};

const std::string text(100, 'x');

std::string toText(int)
{
    return text;
}
int same(int n)
{
    return n;
}

} // namespace

/// Which runs callers wait for, and whose results they take.
class TestCachedFlights : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFlightForAnotherTypeIsNotJoined()
    {
        FlightTable flights;
        const auto first = flights.join("key", cellType<int>());
        const auto second = flights.join("key", cellType<std::string>());
        QVERIFY(second.leads);
        QVERIFY(first.flight->isVoid());
        QVERIFY(!second.flight->isVoid());
        QVERIFY(!flights.join("key", cellType<std::string>()).leads);
    }

    void aFunctionMayBeDeclaredAgainWithAnotherResult()
    {
        CachedWorld world;
        {
            const CachedFunction get(world.cache, "app.f", parameters("n"_p), same);
            QCOMPARE(get(1), 1);
            QCOMPARE(get(1), 1);
        }
        const CachedFunction get(world.cache, "app.f", parameters("n"_p), toText);
        QCOMPARE(get(1), text);
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Hit);
    }

    void andOverANearCache()
    {
        RedisServer server;
        Cache cache(std::make_shared<RedisBackend>(*BackendUrl::parse(server.url()),
                                                   std::make_shared<SystemClock>()),
                    {.nearCacheBytes = 1 << 20});
        QTRY_VERIFY(cache.hasNearCache());
        {
            const CachedFunction get(cache, "app.f", parameters("n"_p), same);
            get(1);
            QVERIFY(becomesNear(get));
        }
        const CachedFunction get(cache, "app.f", parameters("n"_p), toText);
        QCOMPARE(get(1), text);
        QVERIFY(becomesNear(get));
        QCOMPARE(get(1), text);
    }

    void functionsOfOneKeyAndDifferentResultsDoNotMixThem()
    {
        CachedWorld world;
        const CachedFunction number(world.cache, "app.number", parameters("n"_p), same,
                                    {.key = SharedKey()});
        const CachedFunction words(world.cache, "app.text", parameters("n"_p), toText,
                                   {.key = SharedKey()});
        QCOMPARE(number.getCacheKey(1), words.getCacheKey(1));
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(number(1), 1);
            QCOMPARE(words(1), text);
        }
    }

    void norWhileOneOfThemRuns()
    {
        Gate gate;
        CachedWorld world;
        const CachedFunction number(world.cache, "app.number", parameters("n"_p),
                                    [&](int n) {
                                        gate.pass();
                                        return n;
                                    },
                                    {.key = SharedKey()});
        const CachedFunction words(world.cache, "app.text", parameters("n"_p), toText,
                                   {.key = SharedKey(), .acrossProcesses = false});
        auto running = std::async(std::launch::async, [&] { return number(1); });
        const auto opened = qScopeGuard([&] { gate.open(); });
        gate.waitUntilEntered();
        const auto other = words.getWithMetadata(1);
        QCOMPARE(other.value, text);
        QVERIFY(other.metadata.stored);
        gate.open();
        QCOMPARE(running.get(), 1);
        QCOMPARE(words.getCacheOnly(1), std::optional(text));
    }

    /// For the thread sanitizer: whoever joins a flight, while others begin and end it.
    void manyThreadsMayMeetAtAFlightOfAWorker()
    {
        std::atomic<int> runs = 0;
        CachedWorld world;
        const auto count = [&](int n) {
            ++runs;
            return n;
        };
        const CachedFunction limited(world.cache, "app.limited", parameters("n"_p), count,
                                     {.hardLimit = 1min});
        const CachedFunction stale(world.cache, "app.stale", parameters("n"_p), count,
                                   {.ttl = 1s, .staleFor = 1h});
        constexpr int threads = 6;
        constexpr int rounds = 50;
        std::atomic<int> wrong = 0;
        std::barrier together(threads, [&]() noexcept { world.clock->advance(2s); });
        {
            std::vector<std::jthread> all;
            for (int i = 0; i < threads; ++i) {
                all.emplace_back([&] {
                    for (int n = 0; n < rounds; ++n) {
                        together.arrive_and_wait();
                        wrong += limited(n) != n;
                        wrong += stale(0) != 0;
                    }
                });
            }
        }
        QCOMPARE(wrong.load(), 0);
        QCOMPARE(limited.counts().total(), threads * rounds);
    }

    void withoutOneFlightCallsRunAtTheSameTime_data()
    {
        QTest::addColumn<bool>("redis");
        QTest::newRow("memory") << false;
        QTest::newRow("redis") << true;
    }
    void withoutOneFlightCallsRunAtTheSameTime()
    {
        QFETCH(const bool, redis);
        RedisServer server;
        const auto clock = std::make_shared<SystemClock>();
        const auto backend = redis ? std::shared_ptr<CacheBackend>(std::make_shared<RedisBackend>(
                                 *BackendUrl::parse(server.url()), clock))
                                   : std::make_shared<MemoryBackend>(clock);
        Gate gate;
        std::atomic<int> runs = 0;
        Cache cache(backend);
        const CachedFunction get(cache, "app.each", parameters("n"_p),
                                 [&](int) {
                                     const int run = ++runs;
                                     gate.pass();
                                     return run;
                                 },
                                 {.oneFlight = false});
        auto first = std::async(std::launch::async, [&] { return get.getWithMetadata(1); });
        const auto opened = qScopeGuard([&] { gate.open(); });
        gate.waitUntilEntered(1);
        auto second = std::async(std::launch::async, [&] { return get.getWithMetadata(1); });
        const auto openedBefore = qScopeGuard([&] { gate.open(); });
        gate.waitUntilEntered(2);
        gate.open();
        QVERIFY(!first.get().metadata.stored);
        QVERIFY(second.get().metadata.stored);
        QCOMPARE(get.getCacheOnly(1), std::optional(2)); // of those, what began last
    }

    void anAsynchronousCallTriesAgainAfterAFlightThatWasGivenUp()
    {
        const auto clock = std::make_shared<ManualClock>();
        Cache cache(std::make_shared<MemoryBackend>(clock), {.threads = 1}, {.clock = clock});
        const AsyncCachedFunction get(cache, "app.async", parameters("n"_p),
                                      [](int n) { return QtFuture::makeReadyFuture(n); });
        auto &runtime = *cache.runtime();
        const auto flight = runtime.flights.join(get.getCacheKey(1), cellType<int>()).flight;
        auto answer = get.getWithMetadataAsync(1);
        std::promise<void> joined;
        runtime.scheduler.run([&] { joined.set_value(); }); // after the call, on the one worker
        joined.get_future().wait();
        runtime.flights.land(flight);
        flight->complete({});
        QCOMPARE(answer.result().metadata.status, CacheStatus::Miss);
        QVERIFY(answer.result().metadata.stored);
    }
};

QTEST_GUILESS_MAIN(TestCachedFlights)
#include "tst_cachedflights.moc"
