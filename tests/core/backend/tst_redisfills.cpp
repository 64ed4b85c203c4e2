// SPDX-License-Identifier: GPL-3.0-or-later
// Leases, the index and its soundness in Redis: what the server and others do meanwhile.
#include "core/backend/redisbackend.h"
#include "tests/support/fakeserver.h"
#include "tests/support/redisserver.h"

#include <QDeadlineTimer>
#include <QTest>

#include <atomic>
#include <stdexcept>
#include <thread>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using Code = Error::Code;
using Kind = Fetched::Kind;

namespace {

const QByteArray Function = ":1:users::app.payload::";
const QByteArray Index = FillSlot::indexOf(Function);

FillSlot slotOf(const QByteArray &rest)
{
    return {Function + rest, Function.size()};
}

const FillSlot Slot = slotOf("user_id:1");

std::unique_ptr<RedisBackend> connectTo(const QByteArray &url, RedisOptions options = {})
{
    return std::make_unique<RedisBackend>(*BackendUrl::parse(url), std::make_shared<SystemClock>(),
                                          options);
}

bool fill(CacheBackend &backend, const FillSlot &slot,
          std::optional<std::chrono::milliseconds> ttl = 60s)
{
    const auto fetched = backend.fetchOrLease(slot, {"token" + slot.entry, 60s});
    return fetched && fetched->kind == Kind::Leased
        && backend.storeLeased(slot, "token" + slot.entry, "v", ttl).value_or(false);
}

qint64 removeOwn(CacheBackend &backend, const QByteArray &prefix = Function)
{
    return backend.removePrefix(prefix, Function.size(), PrefixReach::OwnEntries).value();
}

/// As django-redis's delete_pattern does it.
void deletePattern(const RedisServer &server, const QByteArray &pattern)
{
    RespClient client(server.socketPath(), 0);
    QByteArray cursor = "0";
    do {
        const Resp page = client.command({"SCAN", cursor, "MATCH", pattern, "COUNT", "10"});
        cursor = page.elements[0].bytes;
        for (const Resp &key : page.elements[1].elements)
            client.command({"DEL", key.bytes});
    } while (cursor != "0");
}

QByteArray withUser(const RedisServer &server, const std::vector<QByteArray> &rules)
{
    RespCommand command{"ACL", "SETUSER", "shop", "reset", "on", ">secret"};
    command.insert(command.end(), rules.begin(), rules.end());
    if (server.command(command).isError())
        throw std::runtime_error("ACL SETUSER");
    return "redis://shop:secret@" + server.tcpUrl().sliced(int(strlen("redis://")));
}

} // namespace

class TestRedisFills : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<RedisServer>(RedisServer::Options{true}); }

    void init()
    {
        m_server->configure("maxmemory", "0");
        m_server->configure("maxmemory-policy", "noeviction");
        m_server->command({"FLUSHALL"});
        m_backend = connectTo(m_server->url());
    }

    void cleanup() { m_backend.reset(); }
    void cleanupTestCase() { m_server.reset(); }

    void aScriptIsSentOnceAndAgainWhenForgotten()
    {
        m_server->command({"SCRIPT", "FLUSH"});
        m_server->command({"CONFIG", "RESETSTAT"});
        for (int i = 0; i < 10; ++i)
            QVERIFY(fill(*m_backend, slotOf(QByteArray::number(i))));
        QCOMPARE(m_server->calls("eval"), 2);
        m_server->command({"SCRIPT", "FLUSH"});
        QVERIFY(fill(*m_backend, Slot));
        QCOMPARE(m_backend->get(Slot.entry).value(), QByteArray("v"));
        QCOMPARE(m_server->calls("eval"), 4);
        QCOMPARE(m_server->calls("evalsha"), 22);
    }

    void aServerThatIsStartedAnewKnowsNoLeases()
    {
        RedisServer server;
        const auto backend = connectTo(server.url());
        QCOMPARE(backend->fetchOrLease(Slot, {"a", 60s}).value().kind, Kind::Leased);
        server.restart();
        Result<bool> stored = false;
        QTRY_VERIFY((stored = backend->storeLeased(Slot, "a", "v", 60s)));
        QCOMPARE(*stored, false);
        QVERIFY(fill(*backend, Slot));
        QCOMPARE(removeOwn(*backend), 1);
    }

    void otherTypesAreNotThere()
    {
        m_server->command({"RPUSH", Slot.entry, "x"});
        QCOMPARE(m_backend->fetchOrLease(Slot, {"a", 60s}).value().kind, Kind::Leased);
        QCOMPARE(m_backend->storeLeased(Slot, "a", "v", 60s).value(), true);
        QCOMPARE(m_backend->get(Slot.entry).value(), QByteArray("v"));
        // What lies under a lease's name and does not expire holds nobody up.
        const FillSlot other = slotOf("user_id:2");
        m_server->command({"RPUSH", other.lease(), "x"});
        QCOMPARE(m_backend->renewLease(other, {"a", 60s}).value(), false);
        QCOMPARE(m_backend->storeLeased(other, "a", "v", 60s).value(), false);
        QVERIFY(m_backend->releaseLease(other, "a"));
        QVERIFY(fill(*m_backend, other));
    }

    void aForeignPassBetweenLeaseAndStoreRefusesTheStore()
    {
        for (int i = 0; i < 100; ++i)
            QVERIFY(fill(*m_backend, slotOf(QByteArray::number(i))));
        QCOMPARE(m_backend->fetchOrLease(Slot, {"a", 60s}).value().kind, Kind::Leased);
        deletePattern(*m_server, Function + "*");
        QCOMPARE(m_backend->storeLeased(Slot, "a", "stale", 60s).value(), false);
        QVERIFY(!m_backend->get(Slot.entry).value());
        QVERIFY(fill(*m_backend, Slot));
    }

    void anIndexIsEnoughForOwnEntries()
    {
        QVERIFY(fill(*m_backend, Slot));
        m_server->command({"SET", Function + "user_id:2", "of django"});
        const qint64 scans = m_server->calls("scan");
        QCOMPARE(removeOwn(*m_backend, Function + "user_id:1"), 1);
        QVERIFY(fill(*m_backend, Slot));
        QCOMPARE(removeOwn(*m_backend), 1);
        QCOMPARE(m_server->calls("scan"), scans);
        QCOMPARE(m_backend->keyCount().value(), 1);
        const auto all
            = m_backend->removePrefix(Function, Function.size(), PrefixReach::AllEntries);
        QCOMPARE(all.value(), 1);
        QCOMPARE(m_backend->keyCount().value(), 0);
    }

    void anIndexThatMayHaveBeenEvictedIsNotTrusted()
    {
        m_server->configure("maxmemory", "100mb");
        m_server->configure("maxmemory-policy", "allkeys-lru");
        QVERIFY(fill(*m_backend, Slot));
        qint64 scans = m_server->calls("scan");
        QCOMPARE(removeOwn(*m_backend), 1); // nothing was evicted so far
        QCOMPARE(m_server->calls("scan"), scans);

        m_server->command({"SET", "k", "v"});
        m_server->configure("maxmemory", "1"); // evicts it
        m_server->configure("maxmemory", "100mb");
        QVERIFY(fill(*m_backend, Slot));
        m_server->command({"DEL", Index});
        QCOMPARE(removeOwn(*m_backend), 1);
        QVERIFY(m_server->calls("scan") > scans);
        // Nor is it by a server that does not evict any more.
        m_server->configure("maxmemory-policy", "noeviction");
        QVERIFY(fill(*m_backend, Slot));
        m_server->command({"DEL", Index});
        QCOMPARE(removeOwn(*m_backend), 1);

        m_server->command({"CONFIG", "RESETSTAT"});
        m_server->configure("maxmemory", "0");
        QVERIFY(fill(*m_backend, Slot));
        scans = m_server->calls("scan");
        QCOMPARE(removeOwn(*m_backend), 1);
        QCOMPARE(m_server->calls("scan"), scans);
    }

    void anIndexOfAReplicaThatWasPromotedIsNotTrusted()
    {
        m_server->configure("maxmemory", "100mb");
        m_server->configure("maxmemory-policy", "allkeys-lru");
        m_server->command({"REPLICAOF", "127.0.0.1", "1"});
        m_server->command({"REPLICAOF", "NO", "ONE"});
        QVERIFY(fill(*m_backend, Slot));
        m_server->command({"DEL", Index}); // as its master evicted it
        QCOMPARE(removeOwn(*m_backend), 1);
        QCOMPARE(m_backend->keyCount().value(), 0);
    }

    void anIndexIsNotTrustedWhereInfoIsNotPermitted()
    {
        const auto backend = connectTo(withUser(*m_server, {"~*", "+@all", "-info"}));
        QVERIFY(fill(*backend, Slot));
        m_server->command({"DEL", Index});
        QCOMPARE(removeOwn(*backend), 1);
        QCOMPARE(m_backend->keyCount().value(), 0);
    }

    void whatIsStoredDuringAPassDoesNotSlipThroughIt_data()
    {
        QTest::addColumn<bool>("mayAsk"); // for evictions
        QTest::newRow("evictions are not known") << false;
        QTest::newRow("there were evictions") << true;
    }

    /// Fills that began before the removal, of which no index tells, store while the pass looks:
    /// many where it has looked already, and their leases are gone from where it looks next.
    void whatIsStoredDuringAPassDoesNotSlipThroughIt()
    {
        QFETCH(bool, mayAsk);
        constexpr int Bystanders = 30'000;
        constexpr int Fills = 200;
        std::vector<RespCommand> bystanders;
        for (int i = 0; i < Bystanders; ++i)
            bystanders.push_back({"SET", "bystander" + QByteArray::number(i), "v"});
        m_server->pipeline(bystanders);
        m_server->configure("maxmemory-policy", "volatile-ttl");
        m_server->command({"SET", "k", "v", "EX", "1000"});
        m_server->configure("maxmemory", "1"); // evicts it
        m_server->configure("maxmemory", "100mb");
        const auto backend
            = connectTo(withUser(*m_server, {"~*", "+@all", mayAsk ? "+info" : "-info"}));

        std::atomic<int> stores = 0;
        for (int round = 0; round < 5; ++round) {
            for (int i = 0; i < Fills; ++i)
                (void)backend->fetchOrLease(slotOf(QByteArray::number(i)), {"a", 60s});
            m_server->command({"DEL", Index});
            std::jthread storing([&] {
                for (int i = 0; i < Fills; ++i) {
                    const FillSlot slot = slotOf(QByteArray::number(i));
                    stores += backend->storeLeased(slot, "a", "stale", 60s).value_or(false);
                }
            });
            removeOwn(*backend);
            storing.join();
            QCOMPARE(m_backend->keyCount().value(), Bystanders);
        }
        QVERIFY(stores > 0);
    }

    void theDeadStayASmallPartOfTheIndex()
    {
        constexpr int Living = 300;
        for (int i = 0; i < Living; ++i)
            QVERIFY(fill(*m_backend, slotOf("living" + QByteArray::number(i))));
        for (int i = 0; i < 2000; ++i) {
            const FillSlot slot = slotOf("dead" + QByteArray::number(i));
            QVERIFY(fill(*m_backend, slot, i % 2 ? 1ms : 60s));
            if (i % 2 == 0)
                m_server->command({"DEL", slot.entry});
        }
        const qint64 members = m_server->command({"ZCARD", Index}).integer;
        QVERIFY2(members < 2 * Living, QByteArray::number(members).constData());
        QCOMPARE(removeOwn(*m_backend, Function + "living"), Living);
    }

    void whatABurstLeftBehindGoesWhileTheSameFewAreStored()
    {
        for (int i = 0; i < 400; ++i) {
            const FillSlot slot = slotOf("burst" + QByteArray::number(i));
            QVERIFY(fill(*m_backend, slot, 60s));
            m_server->command({"DEL", slot.entry});
        }
        for (int i = 0; i < 2000; ++i) {
            const FillSlot hot = slotOf("hot" + QByteArray::number(i % 5));
            const QByteArray token = QByteArray::number(i);
            QVERIFY(m_backend->takeLease(hot, {token, 60s}, true).value());
            QVERIFY(m_backend->storeLeased(hot, token, "v", 60s).value());
        }
        const qint64 members = m_server->command({"ZCARD", Index}).integer;
        QVERIFY2(members < 40, QByteArray::number(members).constData());
    }

    void leasesThatLapseDoNotFillTheIndex()
    {
        for (int i = 0; i < 1000; ++i) {
            const FillSlot slot = slotOf(QByteArray::number(i));
            QVERIFY(m_backend->fetchOrLease(slot, {"a", 60s}));
            m_server->command({"DEL", slot.lease()});
        }
        const qint64 members = m_server->command({"ZCARD", Index}).integer;
        QVERIFY2(members < 100, QByteArray::number(members).constData());
    }

    void theIndexExpiresWithTheLastOfWhatItNames()
    {
        const auto left = [&] {
            return std::chrono::milliseconds(m_server->command({"PTTL", Index}).integer);
        };
        const auto isAbout
            = [&](std::chrono::milliseconds time) { return left() <= time && left() > time - 10s; };
        QVERIFY(m_backend->fetchOrLease(Slot, {"a", 30s}));
        QVERIFY(isAbout(30s));
        QCOMPARE(m_backend->renewLease(Slot, {"a", 50s}).value(), true);
        QVERIFY(isAbout(50s));
        QCOMPARE(m_backend->storeLeased(Slot, "a", "v", 3600s).value(), true);
        QVERIFY(isAbout(3600s));
        QVERIFY(fill(*m_backend, slotOf("2"), 100s));
        QVERIFY(isAbout(3600s));
        QVERIFY(m_backend->takeLease(slotOf("2"), {"a", 10s}, true).value());
        QVERIFY(isAbout(3600s));
        QVERIFY(fill(*m_backend, slotOf("3"), std::nullopt));
        QCOMPARE(left(), -1ms);
        QVERIFY(fill(*m_backend, slotOf("4"), 100s));
        QCOMPARE(left(), -1ms);

        m_server->command({"FLUSHALL"});
        QCOMPARE(m_backend->fetchOrLease(Slot, {"a", 20ms}).value().kind, Kind::Leased);
        QTRY_COMPARE(m_server->command({"DBSIZE"}).integer, 0);
    }

    void whatIsReleasedLeavesTheIndex()
    {
        QVERIFY(m_backend->fetchOrLease(Slot, {"a", 60s}));
        QCOMPARE(m_server->command({"ZCARD", Index}).integer, 1);
        QVERIFY(m_backend->releaseLease(Slot, "b"));
        QCOMPARE(m_server->command({"ZCARD", Index}).integer, 1);
        QVERIFY(m_backend->releaseLease(Slot, "a"));
        QCOMPARE(m_server->command({"ZCARD", Index}).integer, 0);
    }

    void whatIsNotPermittedIsSaid_data()
    {
        QTest::addColumn<QByteArray>("keys");
        QTest::addColumn<QByteArray>("commands");
        QTest::newRow("scripts") << QByteArray("~*") << QByteArray("-@scripting");
        QTest::newRow("the index") << QByteArray("~:1:*") << QByteArray("+eval");
        QTest::newRow("a command in the script") << QByteArray("~*") << QByteArray("-zadd");
    }

    void whatIsNotPermittedIsSaid()
    {
        QFETCH(QByteArray, keys);
        QFETCH(QByteArray, commands);
        const auto backend = connectTo(withUser(*m_server, {keys, "+@all", commands}));
        const auto leased = backend->takeLease(Slot, {"a", 60s}, false);
        QVERIFY(!leased);
        QCOMPARE(leased.error().code, Code::PermissionDenied);
        QCOMPARE(leased.error().subject, Slot.entry);
        QCOMPARE(leased.error().attempt, QByteArray("lease"));
        QVERIFY(!leased.error().retryable);
    }

    void aFullServerStillLetsGo()
    {
        QVERIFY(fill(*m_backend, Slot));
        m_server->configure("maxmemory", "1");
        QCOMPARE(m_backend->fetchOrLease(Slot, {"a", 60s}).value().value, QByteArray("v"));
        QCOMPARE(m_backend->takeLease(Slot, {"a", 60s}, false).error().code, Code::OutOfMemory);
        QCOMPARE(removeOwn(*m_backend), 1);
        m_server->configure("maxmemory", "0");
        QVERIFY(fill(*m_backend, Slot));
    }

    void aConnectionThatBreaksOffLeavesItOpen()
    {
        using Then = FakeReply::Then;
        FakeServer server([](const RespCommand &command) {
            if (command.front() == "PING")
                return FakeReply{"+PONG\r\n", Then::Continue};
            if (command.front() == "INFO")
                return FakeReply{"$21\r\nredis_version:6.2.0\r\n\r\n", Then::Continue};
            return FakeReply{"", Then::Close};
        });
        const auto backend = connectTo(server.url());
        const auto stored = backend->storeLeased(Slot, "a", "v", 60s);
        QVERIFY(!stored);
        QCOMPARE(stored.error().code, Code::Unreachable);
        QVERIFY(stored.error().reason.contains("it may have been done all the same"));
        const auto removed
            = backend->removePrefix(Function, Function.size(), PrefixReach::OwnEntries);
        QVERIFY(removed.error().reason.contains("it may have been done all the same"));
        QCOMPARE(removed.error().attempt, QByteArray("delete by the prefix"));
    }

    void anErrorInAScriptOfAnOlderServerIsUnderstood()
    {
        const QByteArray begin
            = "-ERR Error running script (call to f_0): @user_script:9: @user_script: 9: -";
        for (const auto &[word, code] : {std::pair(QByteArray("OOM"), Code::OutOfMemory),
                                         std::pair(QByteArray("READONLY"), Code::ReadOnlyServer),
                                         std::pair(QByteArray("NOPERM"), Code::PermissionDenied)}) {
            FakeServer server([reply = begin + word + " no\r\n"](const RespCommand &command) {
                if (command.front() == "PING")
                    return FakeReply{"+PONG\r\n", FakeReply::Then::Continue};
                return FakeReply{reply, FakeReply::Then::Continue};
            });
            const auto leased = connectTo(server.url())->takeLease(Slot, {"a", 60s}, true);
            QCOMPARE(leased.error().code, code);
        }
    }

private:
    std::unique_ptr<RedisServer> m_server;
    std::unique_ptr<RedisBackend> m_backend;
};

QTEST_GUILESS_MAIN(TestRedisFills)
#include "tst_redisfills.moc"
