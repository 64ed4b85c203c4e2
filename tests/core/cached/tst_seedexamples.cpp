// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cached/asynccachedfunction.h"
#include "core/cached/cachedresponse.h"
#include "tests/core/cached/cachedworld.h"
#include "tests/core/keyspace/heldbackend.h"

#include <QTest>

// Every example of the document that the library began from, in its order, as a test: what was
// decorated there is declared here, and answers the same.

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

constexpr char Model[] = "auth.User";

struct UserPayloadKey : KeyConstructor {
    UserPayloadKey() { field("user", ArgsKeyField("user_id").partition()); }
};

struct UserPageKey : UserPayloadKey {
    UserPageKey() { field("page", ArgsKeyField("page")); }
};

/// get_user_payload(user_id), counting its runs.
struct PayloadWorld : CachedWorld {
    int runs = 0;

    auto payload(FunctionOptions<QByteArray> options = {.key = UserPayloadKey(), .ttl = 300s})
    {
        return CachedFunction(
            cache, "app.get_user_payload", parameters("user_id"_p),
            [this](int id) { return lookUp(id); }, std::move(options));
    }
    auto payloadAsync(FunctionOptions<QByteArray, AsyncVerdict> options
                      = {.key = UserPayloadKey(), .ttl = 300s})
    {
        return AsyncCachedFunction(
            cache, "app.get_user_payload", parameters("user_id"_p),
            [this](int id) { return QtFuture::makeReadyFuture(lookUp(id)); }, std::move(options));
    }
    QByteArray lookUp(int id)
    {
        return id < 0 ? "" : QByteArray::number(id) + "/" + QByteArray::number(++runs);
    }
};

Value user(int id, const char *email)
{
    return Value::map(
        {{Value::string("id"), Value(id)}, {Value::string("email"), Value::string(email)}});
}

/// The rule of "Putting it all together".
InvalidationRule rewarmingRule()
{
    InvalidationRule rule;
    rule.model = Model;
    rule.fieldMapping = {{"user_id", "id"}};
    rule.watchFields = {"email", "username"};
    rule.rewarm = true;
    return rule;
}

} // namespace

class TestSeedExamples : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void basicUsage()
    {
        PayloadWorld world;
        const auto get = world.payload();
        QCOMPARE(get(42), QByteArray("42/1"));
        QCOMPARE(get(42), QByteArray("42/1"));
    }

    void parametersOfTheDecorator()
    {
        PayloadWorld world;
        const auto identity = [](int id) { return id; };
        const CachedFunction byClass(world.cache, "app.class", parameters("user_id"_p), identity,
                                     {.key = UserPayloadKey(), .ttl = {}});
        const CachedFunction byFields(
            world.cache, "app.fields", parameters("user_id"_p), identity,
            {.key = InlineKeyConstructor({{"user", ArgsKeyField("user_id").partition()}})});
        const CachedFunction byDefault(world.cache, "app.default", parameters("user_id"_p),
                                       identity);
        QCOMPARE(byClass.getCacheKey(4), QByteArray(":1:app.class::user_id:4::"));
        QCOMPARE(byFields.getCacheKey(4), QByteArray(":1:app.fields::user_id:4::"));
        QCOMPARE(byDefault.getCacheKey(4), QByteArray(":1:app.default::user_id:4"));
        QVERIFY(!byClass.getWithMetadata(4).metadata.resetAt);
        QCOMPARE(byFields.getWithMetadata(4).metadata.resetAt, world.clock->now() + 3600s);

        const FunctionOptions<QByteArray> both{.cacheIf = [](const QByteArray &) { return true; },
                                               .cacheUnless
                                               = [](const QByteArray &) { return true; }};
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, world.payload(both));
    }

    void normalCall()
    {
        PayloadWorld world;
        const auto get = world.payload();
        const QByteArray value = get(42);
        QCOMPARE(value, QByteArray("42/1"));
        world.clock->advance(300s);
        QCOMPARE(get(42), QByteArray("42/2"));
    }

    void getWithMetadata()
    {
        PayloadWorld world;
        const auto get = world.payload();
        const auto missed = get.getWithMetadata(42);
        QCOMPARE(missed.value, QByteArray("42/1"));
        QCOMPARE(missed.metadata.status, CacheStatus::Miss);
        QCOMPARE(get.getWithMetadata(42).metadata.status, CacheStatus::Hit);
        const auto headers = cacheHeaders(get.getWithMetadata(42).metadata);
        QVERIFY(std::count(headers.begin(), headers.end(),
                           std::pair(QByteArray("X-Cache-status"), QByteArray("HIT"))));
    }

    void getCacheOnly()
    {
        PayloadWorld world;
        const auto get = world.payload();
        QVERIFY(!get.getCacheOnly(42));
        get(42);
        QCOMPARE(get.getCacheOnly(42), std::optional<QByteArray>("42/1"));
        QCOMPARE(world.runs, 1);

        const CachedFunction none(world.cache, "app.none", parameters("user_id"_p),
                                  [](int) { return std::optional<int>(); });
        QVERIFY(!none.getCacheOnly(42));
        none(42);
        QVERIFY(none.getCacheOnly(42));
        QVERIFY(!*none.getCacheOnly(42)); // a cached None is no miss
    }

    void refresh()
    {
        PayloadWorld world;
        const auto get = world.payload();
        get(42);
        QCOMPARE(get.refresh(42), QByteArray("42/2"));
        QCOMPARE(get(42), QByteArray("42/2"));
        QCOMPARE(get.refreshWithMetadata(42).metadata.status, CacheStatus::Refresh);
    }

    void bypassCache()
    {
        PayloadWorld world;
        const auto get = world.payload();
        get(42);
        QCOMPARE(get.bypassCache(42), QByteArray("42/2"));
        QCOMPARE(get(42), QByteArray("42/1"));
    }

    void deleteCache()
    {
        PayloadWorld world;
        const auto get = world.payload();
        get(42);
        get(7);
        QCOMPARE(get.deleteCache(42)->entries, 1);
        QVERIFY(!get.getCacheOnly(42));
        QVERIFY(get.getCacheOnly(7));
    }

    void deleteByPrefix()
    {
        CachedWorld world;
        const CachedFunction page(world.cache, "app.page", parameters("user_id"_p, "page"_p = 1),
                                  [](int id, int number) { return id * number; },
                                  {.key = UserPageKey()});
        page(42, 1);
        page(42, 2);
        page(4, 2);
        QCOMPARE(page.deleteByPrefix("user_id"_p = 42)->entries, 2);
        QVERIFY(page.getCacheOnly(4, 2));
    }

    void cacheBackendRequirement()
    {
        const auto clock = std::make_shared<ManualClock>();
        const auto plain = std::make_shared<HeldBackend>(std::make_shared<MemoryBackend>(clock));
        plain->setCapabilities({});
        Cache cache(plain, {}, {.clock = clock});
        const CachedFunction page(cache, "app.page", parameters("user_id"_p, "page"_p = 1),
                                  [](int id, int number) { return id * number; },
                                  {.key = UserPageKey()});
        const CachedFunction whole(cache, "app.whole", parameters("user_id"_p),
                                   [](int id) { return id; }, {.key = UserPayloadKey()});
        page(42);
        whole(42);
        for (const auto &refused :
             {page.deleteByPrefix(42), page.invalidateAll(), cache.wipe<UserPageKey>()}) {
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, Error::Code::Unsupported);
            QVERIFY(refused.error().message().contains("Redis"));
        }
        QVERIFY(page.getCacheOnly(42));
        QCOMPARE(page.deleteCache(42)->entries, 1);
        QCOMPARE(whole.deleteByPrefix(42)->entries, 1); // its prefix is the exact key
        QVERIFY(!whole.getCacheOnly(42));
    }

    void invalidateAll()
    {
        PayloadWorld world;
        const auto get = world.payload();
        get(42);
        get(7);
        QCOMPARE(get.invalidateAll()->entries, 2);
        QVERIFY(!get.getCacheOnly(42));
        QVERIFY(!get.getCacheOnly(7));
    }

    void getCacheKey()
    {
        PayloadWorld world;
        const auto get = world.payload();
        QCOMPARE(get.getCacheKey(42), QByteArray(":1:app.get_user_payload::user_id:42::"));
        QVERIFY(!get.getCacheOnly(42));
    }

    void getCachedMetadata()
    {
        PayloadWorld world;
        const auto get = world.payload();
        QVERIFY(!get.getCachedMetadata(42));
        QCOMPARE(world.runs, 0);
        get(42);
        QCOMPARE(get.getCachedMetadata(42)->resetAt, world.clock->now() + 300s);
    }

    void cacheIf()
    {
        CachedWorld world;
        const CachedFunction get(world.cache, "app.get_user_or_none", parameters("user_id"_p),
                                 [](int id) { return id == 42 ? std::optional(id) : std::nullopt; },
                                 {.ttl = 60s, .cacheIf = [](const std::optional<int> &result) {
                                      return result.has_value();
                                  }});
        get(42);
        get(7);
        QVERIFY(get.getCacheOnly(42));
        QVERIFY(!get.getCacheOnly(7));
    }

    void cacheUnless()
    {
        CachedWorld world;
        const CachedFunction search(
            world.cache, "app.search", parameters("query"_p),
            [](const std::string &query) {
                return query == "tea" ? std::vector<int>{1, 2} : std::vector<int>();
            },
            {.ttl = 60s,
             .cacheUnless = [](const std::vector<int> &found) { return found.empty(); }});
        search("tea");
        search("coal");
        QVERIFY(search.getCacheOnly("tea"));
        QVERIFY(!search.getCacheOnly("coal"));
    }

    void puttingItAllTogether()
    {
        struct VersionedKey : UserPayloadKey {
            VersionedKey()
            {
                nameSpace("users");
                field("version", ConstantKeyField("v", "1"));
            }
        };
        PayloadWorld world;
        const auto get = world.payload(
            {.key = VersionedKey(),
             .ttl = 300s,
             .rules = {rewarmingRule()},
             .cacheIf = [](const QByteArray &result) { return !result.isEmpty(); }});
        QCOMPARE(get.getCacheKey(42),
                 QByteArray(":1:users::app.get_user_payload::user_id:42::v:1"));
        get(42);
        get(7);
        get(-1);
        QVERIFY(!get.getCacheOnly(-1));

        world.cache.saved(Model, user(42, "ann@x"), {.updateFields = {{"last_login"}}});
        QCOMPARE(get.getCacheOnly(42), std::optional<QByteArray>("42/1"));
        world.cache.saved(Model, user(42, "ann@y"), {.updateFields = {{"email"}}});
        QCOMPARE(get.getCacheOnly(42), std::optional<QByteArray>("42/3")); // warm again
        QCOMPARE(get.getCacheOnly(7), std::optional<QByteArray>("7/2"));
        QCOMPARE(world.runs, 3);
    }

    void asyncSupport()
    {
        PayloadWorld world;
        const auto get = world.payloadAsync();
        QCOMPARE(get(42).result(), QByteArray("42/1"));
        QCOMPARE(get(42).result(), QByteArray("42/1"));
    }

    // That those with the blocking names do not compile, and say what to call, is tested in
    // compileerrors.
    void asyncWrapperMethods()
    {
        PayloadWorld world;
        const auto get = world.payloadAsync();
        QCOMPARE(get.getWithMetadataAsync(42).result().metadata.status, CacheStatus::Miss);
        QCOMPARE(get.getCacheOnlyAsync(42).result(), std::optional<QByteArray>("42/1"));
        QVERIFY(get.getCachedMetadataAsync(42).result());
        QCOMPARE(get.refreshAsync(42).result(), QByteArray("42/2"));
        QCOMPARE(get.bypassCacheAsync(42).result(), QByteArray("42/3"));
        QCOMPARE(get.deleteCacheAsync(42).result()->entries, 1);
        get(42).waitForFinished();
        QCOMPARE(get.deleteByPrefixAsync("user_id"_p = 42).result()->entries, 1);
        get(42).waitForFinished();
        QCOMPARE(get.invalidateAllAsync().result()->entries, 1);
    }

    void asyncPredicates()
    {
        PayloadWorld world;
        const auto get = world.payloadAsync(
            {.key = UserPayloadKey(), .ttl = 300s, .cacheIf = [](const QByteArray &result) {
                 return QtFuture::makeReadyFuture(!result.isEmpty());
             }});
        get(42).waitForFinished();
        get(-1).waitForFinished();
        QTRY_VERIFY(get.getCacheOnlyAsync(42).result());
        QVERIFY(!get.getCacheOnlyAsync(-1).result());
    }

    void asyncInvalidators_data()
    {
        QTest::addColumn<QByteArray>("dispatcher");
        for (const char *name : {"inline", "thread", "eventloop", "asyncio"})
            QTest::newRow(name) << QByteArray(name);
    }

    // And "Choosing a dispatcher": whichever it is, the invalidator is awaited.
    void asyncInvalidators()
    {
        QFETCH(QByteArray, dispatcher);
        PayloadWorld world;
        using Get = decltype(world.payloadAsync());
        std::optional<Get> get;
        InvalidationRule rule;
        rule.model = Model;
        rule.dispatcher = dispatcher;
        rule.invalidate = [&get](const RuleRun &run) {
            return get->deleteByPrefixAsync("user_id"_p
                                            = int(run.signal.instance.find("id")->toInt()));
        };
        get.emplace(world.payloadAsync({.key = UserPayloadKey(), .ttl = 300s, .rules = {rule}}));
        (*get)(42).waitForFinished();
        (*get)(7).waitForFinished();
        QFuture<void> sent = world.cache.saved(Model, user(42, "ann@x"));
        QTRY_VERIFY(sent.isFinished());
        QVERIFY(!get->getCacheOnlyAsync(42).result());
        QVERIFY(get->getCacheOnlyAsync(7).result());
    }
};

QTEST_GUILESS_MAIN(TestSeedExamples)
#include "tst_seedexamples.moc"
