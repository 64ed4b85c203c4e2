// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/backendurl.h"
#include "core/backend/redisbackend.h"
#include "core/cached/asynccachedfunction.h"
#include "tests/core/cached/cachedworld.h"
#include "tests/support/redisserver.h"

#include <QTest>

#include <atomic>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

/// What is written and then cannot be read.
struct Riddle {
    int answer = 0;
};

} // namespace

template <> struct Cachelens::ResultCodec<Riddle> {
    static Value toValue(const Riddle &riddle) { return Value(riddle.answer); }
    static std::optional<Riddle> fromValue(const Value &value)
    {
        if (value.toInt() == 1)
            throw std::runtime_error("no such riddle");
        return Riddle{int(value.toInt())};
    }
};

/// How an attempt to compute and store ends when something about it fails.
class TestFill : public QObject {
    Q_OBJECT

    static MemoryOptions small() { return {.maxBytes = 64 * 1024}; }

private Q_SLOTS:
    void aStoreThatIsRefusedEndsItsLease()
    {
        const auto clock = std::make_shared<ManualClock>();
        const auto backend = std::make_shared<MemoryBackend>(clock, small());
        Cache cache(backend, {}, {.clock = clock});
        int runs = 0;
        const CachedFunction get(cache, "app.large", parameters("n"_p), [&](int) {
            ++runs;
            return QByteArray(100'000, 'x');
        });
        const auto large = get.getWithMetadata(1);
        QCOMPARE(large.metadata.status, CacheStatus::Miss);
        QVERIFY(!large.metadata.stored);
        const FillSlot slot{get.getCacheKey(1), QByteArray(":1:app.large::").size()};
        QVERIFY(backend->takeLease(slot, {.token = "other"}, false).value());
        QVERIFY(backend->releaseLease(slot, "other"));
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Miss);
        QCOMPARE(runs, 2);
    }

    void aRefreshThatCannotBeStoredLeavesNothingOld()
    {
        const auto clock = std::make_shared<ManualClock>();
        const auto backend = std::make_shared<MemoryBackend>(clock, small());
        Cache cache(backend, {}, {.clock = clock});
        qsizetype size = 10;
        const CachedFunction get(cache, "app.growing", parameters("n"_p),
                                 [&](int) { return QByteArray(size, 'x'); });
        get(1);
        size = 100'000;
        QCOMPARE(get.refresh(1).size(), size);
        QVERIFY(!get.getCacheOnly(1));
    }

    void aRefreshWhileTheServerIsAwayRemovesTheOldResultWhenItIsBack()
    {
        RedisServer server;
        RedisOptions redis;
        redis.connectTimeout = 200ms;
        redis.commandTimeout = 200ms;
        redis.firstBackoff = 5ms;
        redis.longestBackoff = 20ms;
        CacheOptions options;
        options.breaker = {.firstPause = 10ms, .longestPause = 50ms};
        Cache cache(std::make_shared<RedisBackend>(*BackendUrl::parse(server.url()),
                                                   std::make_shared<SystemClock>(), redis),
                    options);
        int version = 1;
        const CachedFunction get(cache, "app.version", parameters("n"_p),
                                 [&](int) { return version; });
        QCOMPARE(get(1), 1);
        version = 2;
        server.pause();
        for (int attempt = 0; attempt < 2; ++attempt) { // that meets it, and that knows
            const auto refreshed = get.refreshWithMetadata(1);
            QCOMPARE(refreshed.value, 2);
            QCOMPARE(refreshed.metadata.status, CacheStatus::Bypass);
            QCOMPARE(cache.undeliveredRemovals(), 1);
        }
        server.resume();
        QTRY_VERIFY(!cache.isBypassed());
        QCOMPARE(get(1), 2);
        QTRY_COMPARE(cache.undeliveredRemovals(), 0);
    }

    void aFunctionThatFailsBehindAnOldResultIsToldOf_data()
    {
        QTest::addColumn<bool>("isAsync");
        QTest::addRow("blocking") << false;
        QTest::addRow("asynchronous") << true;
    }
    void aFunctionThatFailsBehindAnOldResultIsToldOf()
    {
        QFETCH(const bool, isAsync);
        CachedWorld world;
        const auto log = std::make_shared<EventLog>();
        const Subscription observing = world.cache.observe(log);
        std::atomic<bool> fails = false;
        const auto read = [&](int n) {
            if (fails)
                throw std::runtime_error("the database is away");
            return n;
        };
        const CachedFunction get(world.cache, "app.stale", parameters("n"_p), read,
                                 {.ttl = 1s, .staleFor = 1h});
        const AsyncCachedFunction getAsync(
            world.cache, "app.later", parameters("n"_p),
            [&](int n) { return QtFuture::makeReadyFuture(read(n)); }, {.ttl = 1s, .staleFor = 1h});
        const auto call = [&] { return isAsync ? getAsync(1).result() : get(1); };
        QCOMPARE(call(), 1);
        world.clock->advance(2s);
        fails = true;
        QCOMPARE(call(), 1);
        QTRY_COMPARE(log->troubles().size(), size_t(1));
        QVERIFY(log->troubles()[0].reason.contains("the database is away"));
        const auto counts = world.cache.counts()[isAsync ? 1 : 0];
        QCOMPARE(counts.failedRuns, 1);
        QCOMPARE(counts.failures, 0);
        QVERIFY(!world.cache.isBypassed());
    }

    void theExceptionBehindAnAnswerThatIsStaleOnErrorIsToldOf()
    {
        CachedWorld world;
        const auto log = std::make_shared<EventLog>();
        const Subscription observing = world.cache.observe(log);
        bool fails = false;
        const CachedFunction get(world.cache, "app.fallback", parameters("n"_p),
                                 [&](int n) {
                                     if (fails)
                                         throw 7; // NOLINT: not a std::exception
                                     return n;
                                 },
                                 {.ttl = 1s, .staleOnErrorFor = 1h});
        get(1);
        world.clock->advance(2s);
        fails = true;
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Stale);
        QCOMPARE(log->troubles().size(), size_t(1));
        QVERIFY(log->troubles()[0].reason.contains("no std::exception"));
        QCOMPARE(get.counts().failedRuns, 1);
    }

    void anEntryWhoseCodecThrowsIsOverwritten()
    {
        CachedWorld world;
        const auto log = std::make_shared<EventLog>();
        const Subscription observing = world.cache.observe(log);
        std::atomic<int> answer = 1; // read on a worker
        const auto read = [&](int) { return Riddle{answer}; };
        const CachedFunction get(world.cache, "app.riddle", parameters("n"_p), read);
        const AsyncCachedFunction getAsync(world.cache, "app.later", parameters("n"_p), [&](int n) {
            return QtFuture::makeReadyFuture(read(n));
        });
        get(1);
        getAsync(1).waitForFinished();
        answer = 2;
        QVERIFY(!get.getCacheOnly(1));
        QCOMPARE(log->troubles().size(), size_t(1));
        QCOMPARE(log->troubles()[0].code, Error::Code::Undecodable);
        QCOMPARE(log->troubles()[0].reason, QByteArray("no such riddle"));
        QCOMPARE(get(1).answer, 2);
        QCOMPARE(getAsync(1).result().answer, 2);
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Hit);
        QCOMPARE(getAsync.getWithMetadataAsync(1).result().metadata.status, CacheStatus::Hit);
    }
};

QTEST_GUILESS_MAIN(TestFill)
#include "tst_fill.moc"
