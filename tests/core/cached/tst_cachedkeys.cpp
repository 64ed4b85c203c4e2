// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/cached/cachedworld.h"
#include "tests/core/keyspace/heldbackend.h"

#include <QTest>

#include <stdexcept>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;

namespace {

struct TenantKey : KeyConstructor {
    TenantKey()
    {
        field("a_tenant", ArgsKeyField("tenant").partition());
        field("b_user", ArgsKeyField("user").partition());
        field("page", ArgsKeyField("page"));
    }
};

struct PageKey : KeyConstructor {
    PageKey()
    {
        field("user", ArgsKeyField("user_id").partition());
        field("page", ArgsKeyField("page"));
    }
};

/// Shared by functions that have a user and functions that have none.
struct AnyKey : KeyConstructor {
    AnyKey() { field("all", ArgsKeyField({"tenant", "user"}).partition()); }
};

int sum(int a, int b, int c)
{
    return a + b + c;
}

} // namespace

/// What belongs to a key, what is removed by it, and mistakes in both.
class TestCachedKeys : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFieldThatTakesNoParameterIsRefused()
    {
        CachedWorld world;
        try {
            const CachedFunction get(
                world.cache, "app.get", parameters("user_id"_p, "page"_p),
                [](int id, int) { return id; },
                {.key = InlineKeyConstructor({{"user", ArgsKeyField("user_idd").partition()}})});
            QFAIL("it was accepted");
        } catch (const std::invalid_argument &refused) {
            QCOMPARE(QByteArray(refused.what()),
                     QByteArray("the key field 'user' of the cached function 'app.get' takes "
                                "'user_idd', and the parameters of the function are 'user_id', "
                                "'page'"));
        }
        QVERIFY(world.cache.functions().empty());
        const CachedFunction one(world.cache, "app.one", parameters("tenant"_p),
                                 [](int tenant) { return tenant; }, {.key = AnyKey()});
        QCOMPARE(one.getCacheKey(1), QByteArray(":1:app.one::tenant:1::"));
    }

    void aFieldWithoutANameIsRefused()
    {
        struct Nameless : KeyConstructor {
            Nameless() { field("", ArgsKeyField("user_id")); }
        };
        CachedWorld world;
        const auto refusal = [&](const auto &key) {
            try {
                const CachedFunction get(world.cache, "app.get", parameters("user_id"_p),
                                         [](int id) { return id; }, {.key = key});
                return QByteArray("it was accepted");
            } catch (const std::invalid_argument &refused) {
                return QByteArray(refused.what());
            }
        };
        for (const QByteArray &said :
             {refusal(Nameless()),
              refusal(InlineKeyConstructor({{"", ArgsKeyField("user_id")}}))}) {
            QVERIFY2(said.contains("'app.get'"), said.constData());
            QVERIFY2(said.contains("without a name"), said.constData());
        }
    }

    void parametersOutsideTheKeyAreNoted()
    {
        CachedWorld world;
        const CachedFunction all(world.cache, "app.all", parameters("a"_p, "b"_p, "c"_p), sum);
        QVERIFY(world.cache.keyNotes().empty());
        {
            const CachedFunction some(
                world.cache, "app.some", parameters("a"_p, "b"_p, "c"_p), sum,
                {.key = InlineKeyConstructor({{"x", ArgsKeyField({"c", "a"})}})});
            const auto notes = world.cache.keyNotes();
            QCOMPARE(notes.size(), size_t(1));
            QCOMPARE(notes[0].function, QByteArray("app.some"));
            QCOMPARE(notes[0].parameter, QByteArray("b"));
        }
        QVERIFY(world.cache.keyNotes().empty());
    }

    void aWipeByAnArgumentThatIsInNoPartitionRemovesNothing()
    {
        CachedWorld world;
        const CachedFunction get(world.cache, "app.get",
                                 parameters("tenant"_p, "user"_p, "page"_p = 1), sum,
                                 {.key = TenantKey()});
        get(1, 1);
        get(2, 1);
        const auto refused = [](const Result<Removal> &removal, const char *subject) {
            return !removal && removal.error().code == Error::Code::InvalidInput
                && removal.error().message().contains(subject);
        };
        QVERIFY(refused(world.cache.wipe<TenantKey>("tenat"_p = 1), "tenat"));
        QVERIFY(refused(world.cache.wipe<TenantKey>("page"_p = 1), "page"));
        QVERIFY(refused(world.cache.wipe<TenantKey>("tenant"_p = 1, "usr"_p = 1), "usr"));
        QVERIFY(refused(world.cache.wipe<TenantKey>("user"_p = 1), "tenant"));
        QVERIFY(get.getCacheOnly(1, 1));
        QVERIFY(get.getCacheOnly(2, 1));
        QCOMPARE(world.cache.wipe<TenantKey>("tenant"_p = 1)->entries, 1);
        QVERIFY(get.getCacheOnly(2, 1));
    }

    void aWipeLeavesFunctionsWithoutTheArgumentAlone()
    {
        CachedWorld world;
        const auto same = [](int n) { return n; };
        const CachedFunction tenant(world.cache, "app.tenant", parameters("tenant"_p), same,
                                    {.key = AnyKey()});
        const CachedFunction user(world.cache, "app.user", parameters("user"_p), same,
                                  {.key = AnyKey()});
        tenant(1);
        user(1);
        QCOMPARE(world.cache.wipe<AnyKey>("user"_p = 1)->entries, 1);
        QVERIFY(tenant.getCacheOnly(1));
        QVERIFY(!user.getCacheOnly(1));
    }

    void constructorWipesItsFunctionsAndThoseOfItsSubclasses()
    {
        CachedWorld world;
        struct SubKey : PageKey {
            SubKey() { field("schema", ConstantKeyField("s", 2)); }
        };
        const auto page = [](int user, int number) { return user * 100 + number; };
        const auto declared = parameters("user_id"_p, "page"_p = 1);
        const CachedFunction a(world.cache, "app.a", declared, page, {.key = PageKey()});
        const CachedFunction b(world.cache, "app.b", declared, page, {.key = SubKey()});
        const CachedFunction c(world.cache, "app.c", declared, page);
        for (const int user : {1, 2}) {
            a(user);
            b(user);
            c(user);
        }
        QCOMPARE(world.cache.wipe<PageKey>("user_id"_p = 1)->entries, 2);
        QVERIFY(!a.getCacheOnly(1));
        QVERIFY(a.getCacheOnly(2));
        QCOMPARE(world.cache.wipe<SubKey>()->entries, 1);
        QVERIFY(a.getCacheOnly(2));
        QCOMPARE(world.cache.wipe<PageKey>()->entries, 1);
        QVERIFY(c.getCacheOnly(1));
    }

    void previousVersionsOfFewerDigitsGo()
    {
        CachedWorld world;
        struct Tenth : KeyConstructor {
            Tenth()
            {
                version(10);
                field("id", ArgsKeyField("id"));
            }
        };
        const CachedFunction now(world.cache, "app.now", parameters("id"_p),
                                 [](int id) { return id; }, {.key = Tenth()});
        now(1);
        QVERIFY(world.backend->set(":1:app.now::id:1", "old", std::nullopt));
        QVERIFY(world.backend->set(":9:app.now::id:1", "old", std::nullopt));
        QCOMPARE(world.cache.deletePreviousVersions<Tenth>()->entries, 2);
        QVERIFY(now.getCacheOnly(1));
    }

    void previousVersionsGoAndOtherConstructorsStay()
    {
        CachedWorld world;
        struct Versioned : KeyConstructor {
            Versioned()
            {
                nameSpace("shop");
                version(3);
                field("id", ArgsKeyField("id"));
            }
        };
        struct Neighbour : KeyConstructor {
            Neighbour()
            {
                nameSpace("shop");
                field("id", ArgsKeyField("id"));
            }
        };
        const auto same = [](int id) { return id; };
        const CachedFunction now(world.cache, "app.now", parameters("id"_p), same,
                                 {.key = Versioned()});
        const CachedFunction other(world.cache, "app.other", parameters("id"_p), same,
                                   {.key = Neighbour()});
        now(1);
        other(1);
        QVERIFY(world.backend->set(":1:shop::app.now::id:1", "old", std::nullopt));
        QVERIFY(world.backend->set(":2:shop::app.now::id:1", "old", std::nullopt));
        QVERIFY(world.backend->set(":2:shop::app.other::id:1", "old", std::nullopt));
        QCOMPARE(world.cache.deletePreviousVersions<Versioned>()->entries, 2);
        QVERIFY(now.getCacheOnly(1));
        QVERIFY(other.getCacheOnly(1));
        QVERIFY(world.backend->get(":2:shop::app.other::id:1")->has_value());
    }

    void aPartitionWithoutItsFirstFieldIsRefused()
    {
        CachedWorld world;
        const CachedFunction get(world.cache, "app.get",
                                 parameters("tenant"_p, "user"_p, "page"_p = 1), sum,
                                 {.key = TenantKey()});
        get(1, 1);
        const auto removal = get.deleteByPrefix("user"_p = 1);
        QVERIFY(!removal);
        QCOMPARE(removal.error().code, Error::Code::InvalidInput);
        QVERIFY2(removal.error().reason.contains("'a_tenant'")
                     && removal.error().reason.contains("'tenant'"),
                 removal.error().message().constData());
        QVERIFY(get.getCacheOnly(1, 1));
        QCOMPARE(get.deleteByPrefix("tenant"_p = 1)->entries, 1);
        get(1, 1);
        QCOMPARE(get.deleteByPrefix(1, 1)->entries, 1);
        get(1, 1);
        QCOMPARE(get.deleteByPrefix("page"_p = 2)->entries, 1); // no partition: the whole function
    }

    /// Of a backend that knows no prefixes: the exact key it can remove, and nothing else.
    void partOfAPartitionIsNoExactKey()
    {
        const auto clock = std::make_shared<ManualClock>();
        const auto plain = std::make_shared<HeldBackend>(std::make_shared<MemoryBackend>(clock));
        plain->setCapabilities({});
        Cache cache(plain, {}, {.clock = clock});
        const auto log = std::make_shared<EventLog>();
        const Subscription observing = cache.observe(log);
        InvalidationRule byTenant;
        byTenant.model = "app.Tenant";
        byTenant.fieldMapping = {{"tenant", "id"}};
        byTenant.raiseException = false;
        const CachedFunction get(
            cache, "app.get", parameters("tenant"_p, "user"_p), [](int a, int b) { return a + b; },
            {.key = InlineKeyConstructor({{"a_tenant", ArgsKeyField("tenant").partition()},
                                          {"b_user", ArgsKeyField("user").partition()}}),
             .rules = {byTenant}});
        get(1, 2);
        for (const auto &removal : {get.deleteByPrefix("tenant"_p = 1), get.invalidateAll()}) {
            QVERIFY(!removal);
            QCOMPARE(removal.error().code, Error::Code::Unsupported);
        }
        cache.saved("app.Tenant", Value::map({{Value::string("id"), Value(1)}})).waitForFinished();
        QCOMPARE(log->ruleFailures().size(), size_t(1));
        QCOMPARE(log->ruleFailures().front().error.code, Error::Code::Unsupported);
        QVERIFY(get.getCacheOnly(1, 2));
        QCOMPARE(get.deleteByPrefix(1, 2)->entries, 1);
        QVERIFY(!get.getCacheOnly(1, 2));
    }

    void aRuleThatRemovesNothingIsNoted()
    {
        CachedWorld world;
        InvalidationRule rule;
        rule.model = "auth.User";
        rule.fieldMapping = {{"user", "id"}};
        const CachedFunction get(world.cache, "app.get",
                                 parameters("tenant"_p, "user"_p, "page"_p = 1), sum,
                                 {.key = TenantKey(), .rules = {rule}});
        const auto notes = world.cache.ruleNotes();
        QCOMPARE(notes.size(), size_t(1));
        QVERIFY2(notes[0].text.contains("'tenant'"), notes[0].text.constData());
    }
};

QTEST_GUILESS_MAIN(TestCachedKeys)
#include "tst_cachedkeys.moc"
