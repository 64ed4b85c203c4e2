// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/backendurl.h"
#include "core/backend/redisbackend.h"
#include "tests/core/cached/cachedworld.h"
#include "tests/support/redisserver.h"

#include <QScopeGuard>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

class TestNearCache : public QObject {
    Q_OBJECT

    static NearEntry entry(qint64 bytes = 100)
    {
        return {std::make_shared<const int>(1), WallTime(), std::nullopt, bytes};
    }

private Q_SLOTS:
    void keepsNothingUntilItIsLinked()
    {
        NearCache near(1 << 20);
        near.insert("a", entry(), near.ticket("a"));
        QVERIFY(!near.find("a", {}));
        near.setLinked(true);
        near.insert("a", entry(), near.ticket("a"));
        QVERIFY(near.find("a", {}));
        near.setLinked(false);
        QVERIFY(!near.find("a", {}));
        QCOMPARE(near.usedBytes(), 0);
    }

    void whatWasReadBeforeADropIsNotKept()
    {
        NearCache near(1 << 20);
        near.setLinked(true);
        const auto ticket = near.ticket("a");
        near.drop("a");
        near.insert("a", entry(), ticket);
        QVERIFY(!near.find("a", {}));
    }

    void isBoundedByBytes()
    {
        constexpr qint64 most = 64 * 1024;
        NearCache near(most);
        near.setLinked(true);
        for (int i = 0; i < 2000; ++i) {
            const QByteArray key = QByteArray::number(i);
            near.insert(key, entry(), near.ticket(key));
        }
        QVERIFY(near.usedBytes() > 0);
        QVERIFY(near.usedBytes() <= most);
        near.insert("huge", entry(most), near.ticket("huge"));
        QVERIFY(!near.find("huge", {}));
    }

    void theProgramMayChangeItsHashSeed()
    {
        constexpr qint64 most = 64 * 1024;
        NearCache near(most);
        near.setLinked(true);
        const auto insert = [&](int i) {
            const QByteArray key = QByteArray::number(i);
            near.insert(key, entry(), near.ticket(key));
        };
        for (int i = 0; i < 200; ++i)
            insert(i);
        QHashSeed::setDeterministicGlobalSeed();
        const auto back = qScopeGuard([] { QHashSeed::resetRandomGlobalSeed(); });
        for (int i = 200; i < 2000; ++i)
            insert(i); // and evicts what was there before
        QVERIFY(!near.find("0", {}));
        QVERIFY(near.find("1999", {}));
        near.drop("1999");
        QVERIFY(!near.find("1999", {}));
        QVERIFY(near.usedBytes() <= most);
    }

    void anEntryGoesWithItsTime()
    {
        NearCache near(1 << 20);
        near.setLinked(true);
        NearEntry timed = entry();
        timed.resetAt = WallTime(10ms);
        near.insert("a", timed, near.ticket("a"));
        QVERIFY(near.find("a", WallTime(9ms)));
        QVERIFY(!near.find("a", WallTime(10ms)));
    }

    void hitsCostTheServerNothing()
    {
        RedisServer server;
        Cache cache(std::make_shared<RedisBackend>(*BackendUrl::parse(server.url()),
                                                   std::make_shared<SystemClock>()),
                    {.nearCacheBytes = 1 << 20});
        QTRY_VERIFY(cache.hasNearCache());
        const CachedFunction get(cache, "app.near", parameters("n"_p), [](int n) { return n; });
        get(1);
        QVERIFY(becomesNear(get));
        const qint64 before = server.calls("get");
        for (int i = 0; i < 100; ++i)
            QCOMPARE(get(1), 1);
        // At most the word of our own store was still under way, and dropped it once.
        QVERIFY(server.calls("get") <= before + 1);
    }

    void whatOthersChangeIsDropped_data()
    {
        QTest::addColumn<QList<QByteArray>>("command");
        const QByteArray key = ":1:app.near::n:1";
        QTest::newRow("deleted") << QList<QByteArray>{"DEL", key};
        QTest::newRow("flushed") << QList<QByteArray>{"FLUSHALL"};
        QTest::newRow("expired") << QList<QByteArray>{"PEXPIRE", key, "1"};
    }
    void whatOthersChangeIsDropped()
    {
        QFETCH(const QList<QByteArray>, command);
        RedisServer server;
        Cache cache(std::make_shared<RedisBackend>(*BackendUrl::parse(server.url()),
                                                   std::make_shared<SystemClock>()),
                    {.nearCacheBytes = 1 << 20});
        QTRY_VERIFY(cache.hasNearCache());
        std::atomic<int> runs = 0;
        const CachedFunction get(cache, "app.near", parameters("n"_p), [&](int) { return ++runs; });
        get(1);
        QVERIFY(becomesNear(get));
        server.command({command.begin(), command.end()});
        QTRY_COMPARE(get(1), 2);
    }

    void isEmptiedWhenTheLinkDrops()
    {
        RedisServer server;
        RedisOptions options;
        options.commandTimeout = 200ms;
        options.connectTimeout = 200ms;
        Cache cache(std::make_shared<RedisBackend>(*BackendUrl::parse(server.url()),
                                                   std::make_shared<SystemClock>(), options),
                    {.nearCacheBytes = 1 << 20});
        QTRY_VERIFY(cache.hasNearCache());
        const CachedFunction get(cache, "app.near", parameters("n"_p), [](int n) { return n; });
        get(1);
        QVERIFY(becomesNear(get));
        server.pause();
        QTRY_VERIFY(!cache.hasNearCache());
        QVERIFY(!get.getWithMetadata(1).metadata.fromNearCache);
        server.resume();
        QTRY_VERIFY(cache.hasNearCache());
    }

    void aNearCacheThatCannotBeLinkedIsToldOfOnce()
    {
        RedisServer server(RedisServer::Options{true});
        server.command({"ACL", "SETUSER", "shop", "on", ">secret", "~*", "&*", "+@all", "-client"});
        RedisOptions redis;
        redis.firstBackoff = 1ms;
        redis.longestBackoff = 1ms;
        const QByteArray url
            = "redis://shop:secret@" + server.tcpUrl().sliced(int(strlen("redis://")));
        Cache cache(std::make_shared<RedisBackend>(*BackendUrl::parse(url),
                                                   std::make_shared<SystemClock>(), redis),
                    {.nearCacheBytes = 1 << 20});
        const auto log = std::make_shared<EventLog>();
        const Subscription observing = cache.observe(log);
        QTRY_COMPARE(log->troubles().size(), size_t(1));
        QCOMPARE(log->troubles()[0].code, Error::Code::PermissionDenied);
        server.command({"ACL", "SETUSER", "shop", "+client"});
        QTRY_VERIFY(cache.hasNearCache());
        QCOMPARE(log->troubles().size(), size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestNearCache)
#include "tst_nearcache.moc"
