// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/memorybackend.h"
#include "core/cached/cachedfunction.h"
#include "core/cached/guardedfunctions.h"
#include "core/cached/keyarguments.h"

#include "tests/support/manualclock.h"

#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

struct PageKey : KeyConstructor {
    PageKey()
    {
        nameSpace("users");
        field("user", ArgsKeyField("user_id").partition());
        field("version", ConstantKeyField("page", "1")); // named as a parameter is
        field("zpage", ArgsKeyField("page"));
    }
};

struct LongKey : KeyConstructor {
    LongKey()
    {
        hashSuffixLongerThan(20);
        field("text", ArgsKeyField("text"));
    }
};

struct SecretKey : KeyConstructor {
    SecretKey() { field("token", ArgsKeyField("token").hashValue()); }
};

/// Functions in a cache, and the link to them.
struct World {
    [[nodiscard]] KeyReader reader() const
    {
        std::vector<KeyedFunction> known;
        for (const FunctionDescription &function : cache.functions())
            known.push_back(function.keyed);
        return KeyReader(std::move(known));
    }
    [[nodiscard]] Result<LinkedAnswer> call(FunctionLink &link, const QByteArray &key,
                                            CallMode mode) const
    {
        const auto call = callOfKey(reader(), key);
        if (!call)
            return failure(call.error());
        return link.call(call->function, call->arguments, mode, key).takeResult();
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    std::shared_ptr<MemoryBackend> backend = std::make_shared<MemoryBackend>(clock);
    Cache cache{backend, {}, {.clock = clock}};
    std::atomic<int> runs = 0;
    CachedFunction<int(int, int), RequiredParameter<"user_id">, OptionalParameter<"page", int>>
        page{cache,
             "shop.page",
             parameters("user_id"_p, "page"_p = 1),
             [this](int user, int number) { return user * 100 + number + 1000 * runs++; },
             {.key = PageKey()}};
    CachedFunction<std::string(std::string), RequiredParameter<"text">> echo{
        cache,
        "shop.echo",
        parameters("text"_p),
        [](const std::string &text) { return text; },
        {.key = LongKey()}};
    CachedFunction<int(std::string), RequiredParameter<"token">> secret{
        cache,
        "shop.secret",
        parameters("token"_p),
        [](const std::string &) { return 1; },
        {.key = SecretKey()}};
    LocalFunctions functions{cache};
};

} // namespace

class TestFunctionLink : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aCallIsReadBackFromItsKey();
    void whatAKeyDoesNotHoldIsSaid();
    void aKeyOfNobodyIsSaid();
    void refreshesTheEntryOfAKey();
    void refusesArgumentsThatMakeAnotherKey();
    void bypassLeavesTheEntryAlone();

    void aReadOnlyConnectionChangesNothing();
    void theGuardFollowsTheConnection();
    void inProductionNothingGoesUnseen();
};

void TestFunctionLink::aCallIsReadBackFromItsKey()
{
    const World world;
    const auto call = callOfKey(world.reader(), world.page.getCacheKey(42, 3));
    QVERIFY2(call, call ? "" : call.error().message());
    QCOMPARE(call->function, "shop.page");
    QCOMPARE(call->arguments, (ArgumentTexts{{"user_id", "42"}, {"page", "3"}}));
}

void TestFunctionLink::whatAKeyDoesNotHoldIsSaid()
{
    const World world;
    const auto hashed
        = callOfKey(world.reader(), world.echo.getCacheKey("a text that is much too long"));
    QVERIFY(!hashed);
    QCOMPARE(hashed.error().code, Error::Code::InvalidInput);
    QVERIFY2(hashed.error().reason.contains("hash"), hashed.error().reason);

    const auto secret = callOfKey(world.reader(), world.secret.getCacheKey("abc"));
    QVERIFY(!secret);
    QVERIFY2(secret.error().reason.contains("'token'"), secret.error().reason);
    QVERIFY2(secret.error().reason.contains("hash"), secret.error().reason);
}

void TestFunctionLink::aKeyOfNobodyIsSaid()
{
    const World world;
    for (const char *key : {"session:1", ":1:shop.other::user_id:42", ""}) {
        const auto call = callOfKey(world.reader(), key);
        QVERIFY(!call);
        QCOMPARE(call.error().code, Error::Code::NotFound);
    }
}

void TestFunctionLink::refreshesTheEntryOfAKey()
{
    World world;
    QCOMPARE(world.page(42, 3), 4203);
    const auto answer
        = world.call(world.functions, world.page.getCacheKey(42, 3), CallMode::Refresh);
    QVERIFY2(answer, answer ? "" : answer.error().message());
    QCOMPARE(answer->metadata.status, CacheStatus::Refresh);
    QVERIFY(answer->metadata.stored);
    QCOMPARE(answer->value.toInt(), 5203);
    QCOMPARE(*world.page.getCacheOnly(42, 3), 5203);
}

void TestFunctionLink::refusesArgumentsThatMakeAnotherKey()
{
    World world;
    auto future = world.functions.call("shop.page", {{"user_id", "42"}}, CallMode::Refresh,
                                       world.page.getCacheKey(42, 3));
    const auto answer = future.takeResult();
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, Error::Code::InvalidInput);
    QVERIFY2(answer.error().reason.contains(world.page.getCacheKey(42)), answer.error().reason);
    QCOMPARE(world.runs, 0);
}

void TestFunctionLink::bypassLeavesTheEntryAlone()
{
    World world;
    QCOMPARE(world.page(1), 101);
    const auto answer = world.call(world.functions, world.page.getCacheKey(1), CallMode::Bypass);
    QVERIFY(answer);
    QCOMPARE(answer->metadata.status, CacheStatus::Bypass);
    QCOMPARE(answer->value.toInt(), 1101);
    QCOMPARE(*world.page.getCacheOnly(1), 101);
}

void TestFunctionLink::aReadOnlyConnectionChangesNothing()
{
    World world;
    QCOMPARE(world.page(1), 101);
    GuardedFunctions guarded(world.functions, {.readOnly = true});
    for (const CallMode mode : {CallMode::Refresh, CallMode::Normal}) {
        const auto answer = world.call(guarded, world.page.getCacheKey(1), mode);
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, Error::Code::Forbidden);
        QVERIFY(answer.error().reason.contains("read-only"));
    }
    const auto removal = guarded.invalidateAll("shop.page").takeResult();
    QVERIFY(!removal);
    QCOMPARE(removal.error().code, Error::Code::Forbidden);
    QCOMPARE(*world.page.getCacheOnly(1), 101);
    QCOMPARE(world.runs, 1);
    // What changes nothing is let through.
    QVERIFY(guarded.has("shop.page"));
    QCOMPARE(guarded.counts().size(), 3U);
    QVERIFY(world.call(guarded, world.page.getCacheKey(1), CallMode::Bypass));
}

void TestFunctionLink::theGuardFollowsTheConnection()
{
    World world;
    (void)world.page(1);
    GuardedFunctions guarded(world.functions, {});
    QVERIFY(world.call(guarded, world.page.getCacheKey(1), CallMode::Refresh));
    guarded.setReadOnly(true);
    QVERIFY(!world.call(guarded, world.page.getCacheKey(1), CallMode::Refresh));
    guarded.setReadOnly(false);
    const auto removal = guarded.invalidateAll("shop.page").takeResult();
    QVERIFY(removal);
    QCOMPARE(removal->entries, 1);
    QVERIFY(!world.page.getCacheOnly(1));
}

void TestFunctionLink::inProductionNothingGoesUnseen()
{
    World world;
    (void)world.page(1);
    GuardedFunctions guarded(world.functions, {.production = true});
    const auto removal = guarded.invalidateAll("shop.page").takeResult();
    QVERIFY(!removal);
    QCOMPARE(removal.error().code, Error::Code::Forbidden);
    QVERIFY(world.page.getCacheOnly(1));
    QVERIFY(world.call(guarded, world.page.getCacheKey(1), CallMode::Refresh)); // one entry
}

QTEST_GUILESS_MAIN(TestFunctionLink)
#include "tst_functionlink.moc"
