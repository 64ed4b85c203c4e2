// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/cached/cachedworld.h"

#include "core/payload/entrycodec.h"
#include "tests/support/redisserver.h"

#include <QTest>

#include <stdexcept>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

/// The key constructor of the seed's examples.
struct UserPayloadKey : KeyConstructor {
    UserPayloadKey()
    {
        nameSpace("users");
        field("user", ArgsKeyField("user_id").partition());
        field("version", ConstantKeyField("v", "1"));
    }
};

struct PageKey : KeyConstructor {
    PageKey()
    {
        field("user", ArgsKeyField("user_id").partition());
        field("page", ArgsKeyField("page"));
    }
};

constexpr auto userPayload = "app.services.get_user_payload";

/// Counts its runs.
struct Lookup {
    int runs = 0;
    std::string operator()(int userId)
    {
        ++runs;
        return "user " + std::to_string(userId) + ", run " + std::to_string(runs);
    }
};

} // namespace

/// What the wrapper's methods do, over a backend in memory.
class TestCachedFunction : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void callRunsOnceAndThenHits()
    {
        CachedWorld world;
        Lookup lookup;
        const CachedFunction get(world.cache, userPayload, parameters("user_id"_p),
                                 [&](int id) { return lookup(id); },
                                 {.key = UserPayloadKey(), .ttl = 300s});
        QCOMPARE(get(42), "user 42, run 1");
        QCOMPARE(get(42), "user 42, run 1");
        QCOMPARE(get(43), "user 43, run 2");
        QCOMPARE(lookup.runs, 2);
    }

    void argumentsGoByNameAndLeaveOutDefaults()
    {
        CachedWorld world;
        const CachedFunction get(world.cache, "app.page", parameters("user_id"_p, "page"_p = 1),
                                 [](int user, int page) { return user * 100 + page; },
                                 {.key = PageKey()});
        QCOMPARE(get(7), 701);
        QCOMPARE(get("user_id"_p = 7), 701);
        QCOMPARE(get("page"_p = 2, "user_id"_p = 7), 702);
        QCOMPARE(get(7, "page"_p = 3), 703);
        QCOMPARE(get.getCacheKey(7), QByteArray(":1:app.page::user_id:7::page:1"));
        QCOMPARE(get.counts().of(CacheStatus::Miss), 3);
        QCOMPARE(get.counts().of(CacheStatus::Hit), 1);
    }

    void metadataTellsStatusAndTimes()
    {
        CachedWorld world;
        Lookup lookup;
        const CachedFunction get(world.cache, userPayload, parameters("user_id"_p),
                                 [&](int id) { return lookup(id); }, {.ttl = 300s});
        const WallTime before = world.clock->now();
        const auto miss = get.getWithMetadata(42);
        QCOMPARE(miss.metadata.status, CacheStatus::Miss);
        QVERIFY(miss.metadata.stored);
        QVERIFY(miss.metadata.cachedAt == before);
        QVERIFY(miss.metadata.resetAt == before + 300s);
        QVERIFY(miss.metadata.bytes > 0);

        world.clock->advance(10s);
        const auto hit = get.getWithMetadata(42);
        QCOMPARE(hit.metadata.status, CacheStatus::Hit);
        QVERIFY(hit.metadata.cachedAt == before);
        QVERIFY(hit.metadata.resetAt == before + 300s);
        QCOMPARE(hit.metadata.functionTime.count(), 0);
        QCOMPARE(hit.value, miss.value);
    }

    void timesAreOfTheClockThatIsGiven()
    {
        CachedWorld world;
        const CachedFunction get(world.cache, "app.timed", parameters("n"_p), [&](int n) {
            world.clock->advance(5s);
            return n;
        });
        const auto miss = get.getWithMetadata(1).metadata;
        QVERIFY(miss.functionTime == 5s);
        QVERIFY(miss.duration == 5s);
        QVERIFY(get.refreshWithMetadata(1).metadata.functionTime == 5s);
        QCOMPARE(get.bypassCache(1), 1);
        QVERIFY(get.counts().functionTime == 15s);
    }

    void entryExpiresWithItsTimeToLive()
    {
        CachedWorld world;
        Lookup lookup;
        const CachedFunction get(world.cache, userPayload, parameters("user_id"_p),
                                 [&](int id) { return lookup(id); }, {.ttl = 60s});
        get(1);
        world.clock->advance(59'999ms);
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Hit);
        world.clock->advance(1ms);
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Miss);
    }

    void timeToLiveIsAnHourUnlessSaid()
    {
        CachedWorld world;
        const CachedFunction hour(world.cache, "app.hour", parameters("n"_p),
                                  [](int n) { return n; });
        const CachedFunction ever(world.cache, "app.ever", parameters("n"_p),
                                  [](int n) { return n; }, {.ttl = std::nullopt});
        const auto one = hour.getWithMetadata(1);
        QVERIFY(one.metadata.resetAt == world.clock->now() + 3600s);
        QVERIFY(!ever.getWithMetadata(1).metadata.resetAt);
        const QByteArray key = ever.getCacheKey(1);
        QVERIFY(!world.backend->facts({&key, 1})->front().ttl);
    }

    void cacheOnlyTellsAMissFromACachedNull()
    {
        CachedWorld world;
        const CachedFunction find(world.cache, "app.find", parameters("id"_p), [](int id) {
            return id == 0 ? std::optional<int>() : std::optional<int>(id);
        });
        QVERIFY(!find.getCacheOnly(0));
        QVERIFY(!find.getCachedMetadata(0));
        find(0);
        const auto cached = find.getCacheOnly(0);
        QVERIFY(cached.has_value());
        QVERIFY(!cached->has_value());
        QCOMPARE(find.getCachedMetadata(0)->status, CacheStatus::Hit);
        QCOMPARE(find.counts().runs, 1);
    }

    void refreshRunsAndOverwrites()
    {
        CachedWorld world;
        Lookup lookup;
        const CachedFunction get(world.cache, userPayload, parameters("user_id"_p),
                                 [&](int id) { return lookup(id); });
        get(42);
        const auto fresh = get.refreshWithMetadata(42);
        QCOMPARE(fresh.value, "user 42, run 2");
        QCOMPARE(fresh.metadata.status, CacheStatus::Refresh);
        QVERIFY(fresh.metadata.stored);
        QCOMPARE(get(42), "user 42, run 2");
        const auto entry = decodeEntry(**world.backend->get(get.getCacheKey(42)));
        QCOMPARE(entry->metadata->cacheStatus, QByteArray("REFRESH"));
    }

    void bypassLeavesTheCacheAlone()
    {
        CachedWorld world;
        Lookup lookup;
        const CachedFunction get(world.cache, userPayload, parameters("user_id"_p),
                                 [&](int id) { return lookup(id); });
        QCOMPARE(get.bypassCache(42), "user 42, run 1");
        QVERIFY(!get.getCacheOnly(42));
        get(42);
        QCOMPARE(get.bypassCache(42), "user 42, run 3");
        QCOMPARE(get(42), "user 42, run 2");
        QCOMPARE(get.counts().of(CacheStatus::Bypass), 2);
    }

    void deleteDropsExactlyOneEntry()
    {
        CachedWorld world;
        Lookup lookup;
        const CachedFunction get(world.cache, userPayload, parameters("user_id"_p),
                                 [&](int id) { return lookup(id); });
        get(4);
        get(42);
        QCOMPARE(get.deleteCache(4)->entries, 1);
        QCOMPARE(get.deleteCache(4)->entries, 0);
        QVERIFY(!get.getCacheOnly(4));
        QVERIFY(get.getCacheOnly(42));
    }

    void deleteByPrefixDropsOnePartition()
    {
        CachedWorld world;
        const CachedFunction get(world.cache, "app.page", parameters("user_id"_p, "page"_p = 1),
                                 [](int user, int page) { return user * 100 + page; },
                                 {.key = PageKey()});
        for (int page = 1; page <= 3; ++page) {
            get(4, page);
            get(42, page);
        }
        QCOMPARE(get.deleteByPrefix("user_id"_p = 4)->entries, 3);
        QVERIFY(!get.getCacheOnly(4, 2));
        QVERIFY(get.getCacheOnly(42, 2));
        QCOMPARE(get.invalidateAll()->entries, 3);
        QVERIFY(!get.getCacheOnly(42, 2));
    }

    void aPrefixOfOnlyPartitionFieldsIsTheExactKey()
    {
        CachedWorld world;
        struct OnlyPartition : KeyConstructor {
            OnlyPartition() { field("user", ArgsKeyField("user_id").partition()); }
        };
        const CachedFunction get(world.cache, "app.only", parameters("user_id"_p),
                                 [](int id) { return id; }, {.key = OnlyPartition()});
        get(4);
        get(42);
        QCOMPARE(get.getCacheKey(4), QByteArray(":1:app.only::user_id:4::"));
        QCOMPARE(get.deleteByPrefix(4)->entries, 1);
        QVERIFY(get.getCacheOnly(42));
    }

    void predicatesDecideWhatIsStored()
    {
        CachedWorld world;
        const CachedFunction some(world.cache, "app.some", parameters("n"_p),
                                  [](int n) { return n; },
                                  {.cacheIf = [](const int &n) { return n > 0; }});
        const CachedFunction none(
            world.cache, "app.none", parameters("n"_p),
            [](int n) { return std::vector<int>(size_t(n), n); },
            {.cacheUnless = [](const std::vector<int> &list) { return list.empty(); }});
        const auto refused = some.getWithMetadata(0);
        QCOMPARE(refused.metadata.status, CacheStatus::Miss);
        QVERIFY(!refused.metadata.stored);
        QVERIFY(!refused.metadata.cachedAt);
        QVERIFY(!some.getCacheOnly(0));
        some(1);
        QVERIFY(some.getCacheOnly(1));
        none(0);
        QVERIFY(!none.getCacheOnly(0));
        none(2);
        QVERIFY(none.getCacheOnly(2));
        QCOMPARE(*world.backend->keyCount(), 2); // and no lease is left
    }

    void aPredicateThatThrowsDoesNotTakeTheResultWithIt()
    {
        CachedWorld world;
        const auto log = std::make_shared<EventLog>();
        const Subscription observing = world.cache.observe(log);
        const CachedFunction get(
            world.cache, "app.judged", parameters("n"_p), [](int n) { return n; },
            {.cacheIf = [](const int &) -> bool { throw std::runtime_error("cannot tell"); }});
        const auto answer = get.getWithMetadata(1);
        QCOMPARE(answer.value, 1);
        QCOMPARE(answer.metadata.status, CacheStatus::Miss);
        QVERIFY(!answer.metadata.stored);
        QCOMPARE(get.counts().failures, 0);
        QCOMPARE(log->troubles().size(), size_t(1));
        QVERIFY(log->troubles().front().message().contains("cannot tell"));
        QVERIFY(log->troubles().front().message().contains("app.judged"));
    }

    void aCacheThatCannotBeIsNotOpened()
    {
        for (const auto &[url, code] :
             {std::pair("nonsense", Error::Code::InvalidInput),
              std::pair("rediss://cache.example:6380", Error::Code::Unsupported)}) {
            const auto cache = Cache::open(url);
            QVERIFY(!cache);
            QCOMPARE(cache.error().code, code);
            QVERIFY(cache.error().message().contains(url));
        }
    }
    void aFunctionIdIsTakenOnce()
    {
        CachedWorld world;
        const auto same = [](int n) { return n; };
        std::optional<CachedFunction<int(int), RequiredParameter<"n">>> first;
        first.emplace(world.cache, "app.same", parameters("n"_p), same);
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument,
                                 (CachedFunction<int(int), RequiredParameter<"n">>(
                                     world.cache, "app.same", parameters("n"_p), same)));
        first.reset();
        first.emplace(world.cache, "app.same", parameters("n"_p), same);
    }

    void whatTheFunctionThrowsPassesThrough()
    {
        CachedWorld world;
        int runs = 0;
        const CachedFunction get(world.cache, "app.throws", parameters("n"_p), [&](int n) -> int {
            if (++runs == 1)
                throw std::out_of_range("no such row");
            return n;
        });
        QVERIFY_THROWS_EXCEPTION(std::out_of_range, get(1));
        QCOMPARE(*world.backend->keyCount(), 0);
        QCOMPARE(get(1), 1);
        QCOMPARE(get.counts().failures, 1);
    }

    void anEntryOfAnotherTypeIsAMissAndOverwritten()
    {
        CachedWorld world;
        const auto log = std::make_shared<EventLog>();
        const Subscription observing = world.cache.observe(log);
        const CachedFunction get(world.cache, "app.typed", parameters("n"_p),
                                 [](int n) { return n; });
        for (const QByteArray &bytes :
             {QByteArray("rubbish"),
              *encodeEntry(Value::string("text"), {world.clock->now(), std::nullopt})}) {
            QVERIFY(world.backend->set(get.getCacheKey(1), bytes, 60s));
            QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Miss);
            QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Hit);
        }
        QCOMPARE(log->troubles().size(), size_t(2));
        QCOMPARE(log->troubles().front().subject, get.getCacheKey(1));
    }

    void manyCallsTakeOneRoundTrip()
    {
        const RedisServer server;
        const auto cache = Cache::open(server.url());
        QVERIFY(cache);
        const CachedFunction get(**cache, "app.page", parameters("user_id"_p, "page"_p = 1),
                                 [](int user, int page) { return user * 100 + page; },
                                 {.key = PageKey()});
        get(1, 1);
        get(2, 2);
        const qint64 askedAlone = server.calls("get");
        const auto results = get.getMany({{1, 1}, {2, 2}});
        QCOMPARE(results.size(), size_t(2));
        QCOMPARE(server.calls("mget"), 1);
        QCOMPARE(server.calls("get"), askedAlone);
    }

    void hitsOfManyCallsDoNotBearTheTimeOfTheMisses()
    {
        CachedWorld world;
        const auto log = std::make_shared<EventLog>();
        const CachedFunction get(world.cache, "app.slow", parameters("n"_p), [&](int n) {
            world.clock->advance(50ms);
            return n;
        });
        get(1);
        const Subscription observing = world.cache.observe(log);
        const auto results = get.getMany({{2}, {1}});
        QCOMPARE(results[0].metadata.status, CacheStatus::Miss);
        QCOMPARE(results[0].metadata.duration, 50ms);
        QCOMPARE(results[1].metadata.status, CacheStatus::Hit);
        QCOMPARE(results[1].metadata.duration, 0ms);
        QCOMPARE(log->calls().front().metadata.status, CacheStatus::Hit);
    }

    void ofManyCallsOnlyThoseThatMissRun()
    {
        CachedWorld world;
        const CachedFunction get(world.cache, "app.page", parameters("user_id"_p, "page"_p = 1),
                                 [](int user, int page) { return user * 100 + page; },
                                 {.key = PageKey()});
        get(1, 1);
        get(2, 2);
        const auto results = get.getMany({{1, 1}, {3, 3}, {2, 2}});
        QCOMPARE(results.size(), size_t(3));
        QCOMPARE(results[0].value, 101);
        QCOMPARE(results[1].value, 303);
        QCOMPARE(results[2].value, 202);
        QCOMPARE(results[0].metadata.status, CacheStatus::Hit);
        QCOMPARE(results[1].metadata.status, CacheStatus::Miss);
        QCOMPARE(results[2].metadata.status, CacheStatus::Hit);
    }

    void observerIsToldOfEveryCallAndRemoval()
    {
        CachedWorld world;
        const auto log = std::make_shared<EventLog>();
        Subscription observing = world.cache.observe(log);
        const CachedFunction get(world.cache, "app.seen", parameters("n"_p),
                                 [](int n) { return n; });
        get(1);
        get(1);
        get.refresh(1);
        get.bypassCache(1);
        (void)get.deleteCache(1);
        (void)get.invalidateAll();
        std::vector<CacheStatus> statuses;
        for (const CallEvent &event : log->calls()) {
            QCOMPARE(event.function, QByteArray("app.seen"));
            QCOMPARE(event.key, get.getCacheKey(1));
            statuses.push_back(event.metadata.status);
        }
        const std::vector<CacheStatus> expected{CacheStatus::Miss, CacheStatus::Hit,
                                                CacheStatus::Refresh, CacheStatus::Bypass};
        QVERIFY(statuses == expected);
        QCOMPARE(log->removals().size(), size_t(2));
        QCOMPARE(log->removals()[0].cause, RemovalCause::Deleted);
        QCOMPARE(log->removals()[1].cause, RemovalCause::Prefix);
        observing.cancel();
        get(1);
        QCOMPARE(log->calls().size(), size_t(4));
    }
};

QTEST_GUILESS_MAIN(TestCachedFunction)
#include "tst_cachedfunction.moc"
