// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/cached/cachedworld.h"

#include <QTest>

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

/// Shared by functions that have a user and functions that have none.
struct AnyKey : KeyConstructor {
    AnyKey() { field("all", ArgsKeyField({"tenant", "user"}).partition()); }
};

int sum(int a, int b, int c)
{
    return a + b + c;
}

} // namespace

/// Mistakes in what belongs to a key, and in what is removed by it.
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
