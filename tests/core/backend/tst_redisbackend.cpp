// SPDX-License-Identifier: GPL-3.0-or-later
// What Redis has and the others have not: kinds of values, users, errors of its own.
#include "core/backend/redisbackend.h"
#include "tests/support/backendkeys.h"
#include "tests/support/manualclock.h"
#include "tests/support/redisserver.h"

#include <QTest>

#include <thread>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using Code = Error::Code;
using Phase = BackendState::Phase;

namespace {

std::unique_ptr<RedisBackend> connectTo(const QByteArray &url, RedisOptions options = {})
{
    return std::make_unique<RedisBackend>(*BackendUrl::parse(url), std::make_shared<SystemClock>(),
                                          options);
}

QByteArray withUser(const RedisServer &server, const QByteArray &who, int database = 0)
{
    return "redis://" + who + '@' + server.tcpUrl(database).sliced(int(strlen("redis://")));
}

} // namespace

class TestRedisBackend : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void otherKindsAreToldAndBegin_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<int>("type");
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("parts"); // of an element
        QTest::newRow("list") << QByteArray("l") << int(KeyType::List) << 2000 << 1;
        QTest::newRow("set") << QByteArray("s") << int(KeyType::Set) << 2000 << 1;
        QTest::newRow("zset") << QByteArray("z") << int(KeyType::SortedSet) << 2000 << 2;
        QTest::newRow("hash") << QByteArray("h") << int(KeyType::Hash) << 2000 << 2;
        QTest::newRow("stream") << QByteArray("x") << int(KeyType::Stream) << 2000 << 5;
        QTest::newRow("small set") << QByteArray("s2") << int(KeyType::Set) << 3 << 1;
        QTest::newRow("small hash") << QByteArray("h2") << int(KeyType::Hash) << 3 << 2;
    }

    void otherKindsAreToldAndBegin()
    {
        QFETCH(QByteArray, key);
        QFETCH(int, type);
        QFETCH(int, size);
        QFETCH(int, parts);

        RedisServer server;
        for (int i = 0; i < size; ++i) {
            const QByteArray n = QByteArray::number(i);
            RespCommand command;
            switch (KeyType(type)) {
            case KeyType::List:
                command = {"RPUSH", key, n};
                break;
            case KeyType::Set:
                command = {"SADD", key, "member" + n};
                break;
            case KeyType::SortedSet:
                command = {"ZADD", key, n, "member" + n};
                break;
            case KeyType::Hash:
                command = {"HSET", key, "field" + n, "value" + n};
                break;
            default:
                command = {"XADD", key, QByteArray::number(i + 1) + "-0", "a", n, "b", n};
            }
            m_commands.push_back(command);
        }
        m_commands.push_back({"PEXPIRE", key, "100000"});
        server.pipeline(std::exchange(m_commands, {}));

        const auto backend = connectTo(server.url());
        const KeyFacts facts = backend->facts({&key, 1}).value().front();
        QCOMPARE(int(facts.type), type);
        QCOMPARE(facts.size, size);
        QVERIFY(facts.ttl.value() > 90s);
        for (const qsizetype most : {0, 1, 3, 10}) {
            const ValueHead head = backend->head(key, 100, most).value();
            QCOMPARE(int(head.type), type);
            QCOMPARE(head.size, size);
            QVERIFY(head.bytes.isEmpty());
            QCOMPARE(qsizetype(head.elements.size()), std::min<qsizetype>(most, size));
            std::set<QByteArray> names;
            for (const auto &element : head.elements) {
                QCOMPARE(int(element.size()), parts);
                names.insert(element.front());
            }
            QCOMPARE(names.size(), head.elements.size());
        }
        QVERIFY(!backend->get(key).value());
        QVERIFY(!backend->getMany({&key, 1}).value().front());

        const auto taken = backend->take({&key, 1}).value();
        QCOMPARE(backend->facts({&key, 1}).value().front().type, KeyType::None);
        QCOMPARE(backend->restore(taken).value().front(), RestoreOutcome::Restored);
        QCOMPARE(int(backend->facts({&key, 1}).value().front().type), type);
        QCOMPARE(backend->facts({&key, 1}).value().front().size, size);
    }

    void elementsComeInTheirOrderWithTheirParts()
    {
        RedisServer server;
        server.pipeline(
            {{"ZADD", "z", "2.5", "b"}, {"ZADD", "z", "1", "a"}, {"XADD", "x", "5-1", "f", "v"}});
        const auto backend = connectTo(server.url());
        QVERIFY(backend->head("z", 0, 10).value().elements
                == (std::vector<std::vector<QByteArray>>{{"a", "1"}, {"b", "2.5"}}));
        QVERIFY(backend->head("x", 0, 10).value().elements
                == (std::vector<std::vector<QByteArray>>{{"5-1", "f", "v"}}));
    }

    void aBatchLargerThanAPipelineComesBackWhole()
    {
        RedisServer server;
        RedisOptions options;
        options.pipeline = 7;
        const auto backend = connectTo(server.url(), options);
        std::vector<QByteArray> keys;
        for (int i = 0; i < 100; ++i) {
            keys.push_back("k" + QByteArray::number(i));
            if (i % 2)
                QVERIFY(backend->set(keys.back(), QByteArray(i, 'x'), 100s));
        }
        const auto facts = backend->facts(keys).value();
        for (size_t i = 0; i < keys.size(); ++i) {
            QCOMPARE(facts[i].type, i % 2 ? KeyType::String : KeyType::None);
            QCOMPARE(facts[i].size, i % 2 ? qint64(i) : 0);
        }
        QCOMPARE(backend->take(keys).value().size(), size_t(50));
    }

    void aBigValueIsReadWhole()
    {
        RedisServer server;
        const auto backend = connectTo(server.url());
        const QByteArray big(20 * 1024 * 1024, 'b');
        QVERIFY(backend->set("big", big, std::nullopt));
        QVERIFY(backend->get("big").value() == big);
        QCOMPARE(backend->head("big", 1000, 0).value().bytes.size(), 1000);
        QCOMPARE(backend->head("big", 1000, 0).value().size, big.size());
    }

    void databasesAreApart()
    {
        RedisServer server({.tcp = true});
        const auto zero = connectTo(server.tcpUrl(0));
        const auto three = connectTo(server.url(3));
        QVERIFY(zero->set("a", "0", std::nullopt));
        QVERIFY(!three->get("a").value());
        QCOMPARE(three->keyCount().value(), 0);
        QCOMPARE(zero->keyCount().value(), 1);
        QCOMPARE(zero->description(), server.tcpUrl(0));
        QVERIFY(zero->serverVersion().contains('.'));
    }

    void aDatabaseThatIsNotThereIsNamed()
    {
        RedisServer server;
        const auto backend = connectTo(server.url(99));
        const auto got = backend->get("a");
        QCOMPARE(got.error().code, Code::ServerError);
        QVERIFY2(got.error().reason.contains("DB index"), got.error().reason.constData());
        QVERIFY(!got.error().retryable);
        QCOMPARE(got.error().subject, server.url(99));
        QCOMPARE(backend->state().phase, Phase::Refused);
    }

    void aMissingPasswordAndAWrongOneAreToldApart()
    {
        RedisServer server({.tcp = true});
        server.configure("requirepass", "open-sesame");

        const auto nobody = connectTo(server.tcpUrl());
        QCOMPARE(nobody->ping().error().code, Code::NotAuthenticated);
        QCOMPARE(nobody->state().phase, Phase::Refused);

        const auto wrong = connectTo(withUser(server, ":open-barley"));
        const auto refused = wrong->get("a");
        QCOMPARE(refused.error().code, Code::WrongPassword);
        QVERIFY(!refused.error().retryable);
        QVERIFY(!refused.error().message().contains("barley"));
        QCOMPARE(wrong->state().phase, Phase::Refused);
        QCOMPARE(wrong->state().error->code, Code::WrongPassword);

        const auto right = connectTo(withUser(server, ":open-sesame", 2));
        QVERIFY(right->set("a", "1", std::nullopt));
        QVERIFY(!right->description().contains("sesame"));
    }

    void aPasswordThatIsNotNeededIsNoFailure()
    {
        RedisServer server({.tcp = true});
        const auto backend = connectTo(withUser(server, ":open-sesame", 2));
        QVERIFY(backend->set("a", "1", std::nullopt));
        QCOMPARE(backend->state().phase, Phase::Ready);
        QVERIFY(!connectTo(server.tcpUrl())->get("a").value()); // it was database 2
        QCOMPARE(connectTo(server.tcpUrl(2))->get("a").value(), QByteArray("1"));
        // A database that is not there is still a failure.
        const auto nowhere = connectTo(withUser(server, ":open-sesame", 99));
        QVERIFY(nowhere->ping().error().reason.contains("DB index"));

        // Whoever names a user means that one.
        const auto ann = connectTo(withUser(server, "ann:open-sesame"));
        QCOMPARE(ann->ping().error().code, Code::WrongPassword);
    }

    void itWorksOnceTheServerAcceptsThePassword()
    {
        RedisServer server({.tcp = true});
        server.configure("requirepass", "first");
        const auto clock = std::make_shared<ManualClock>();
        RedisBackend backend(*BackendUrl::parse(withUser(server, ":second")), clock);
        QCOMPARE(backend.ping().error().code, Code::WrongPassword);
        RespClient admin({}, server.port());
        admin.command({"AUTH", "first"});
        admin.command({"CONFIG", "SET", "requirepass", "second"});
        clock->advance(1h);
        QVERIFY(backend.ping());
        QCOMPARE(backend.state().phase, Phase::Ready);
    }

    void whatAUserMayNotDoIsRefusedAndTheRestWorks()
    {
        RedisServer server({.tcp = true});
        server.command({"ACL", "SETUSER", "ann", "on", ">s%c:t", "~mine:*", "+get", "+select"});
        const auto backend = connectTo(withUser(server, "ann:s%25c%3At", 1));
        QVERIFY(!backend->get("mine:1").value());
        QCOMPARE(backend->get("other").error().code, Code::PermissionDenied);
        const auto stored = backend->set("mine:1", "v", std::nullopt);
        QCOMPARE(stored.error().code, Code::PermissionDenied);
        QCOMPARE(stored.error().subject, QByteArray("mine:1"));
        QVERIFY(!stored.error().retryable);
        const auto cursor = backend->scan({});
        QCOMPARE(cursor->next([](auto) {}).error().code, Code::PermissionDenied);
        QVERIFY(!backend->get("mine:1").value());
        QCOMPARE(backend->state().phase, Phase::Ready);
        QCOMPARE(backend->serverVersion(), QByteArray());
    }

    void aSnapshotIsMeasuredWithoutMemoryUsageToo()
    {
        RedisServer server({.tcp = true});
        server.command({"ACL", "SETUSER", "ann", "on", ">pw", "~*", "+@all", "-memory"});
        const auto backend = connectTo(withUser(server, "ann:pw"));
        server.command({"RPUSH", "list", "1"});
        QVERIFY(backend->set("a", QByteArray(1000, 'x'), std::nullopt));
        const std::vector<QByteArray> keys{"a", "list", "none"};
        QCOMPARE(backend->snapshotBytes(keys).value(), 1000);
    }

    void aReplicaRefusesWritesAndAnswersReads()
    {
        RedisServer server;
        server.command({"SET", "a", "1"});
        server.command({"REPLICAOF", "127.0.0.1", "1"});
        const auto backend = connectTo(server.url());
        const QByteArray key = "a";
        QCOMPARE(backend->set("a", "2", std::nullopt).error().code, Code::ReadOnlyServer);
        QCOMPARE(backend->remove({&key, 1}).error().code, Code::ReadOnlyServer);
        QCOMPARE(backend->take({&key, 1}).error().code, Code::ReadOnlyServer);
        QCOMPARE(backend->get("a").value(), QByteArray("1"));
        QCOMPARE(backend->state().phase, Phase::Ready);
        server.command({"REPLICAOF", "NO", "ONE"});
        QVERIFY(backend->set("a", "2", std::nullopt));
    }

    void aFullServerRefusesWritesAndAllowsDeletes()
    {
        RedisServer server;
        server.command({"SET", "a", "1"});
        server.configure("maxmemory-policy", "noeviction");
        server.configure("maxmemory", "1");
        const auto backend = connectTo(server.url());
        const auto stored = backend->set("b", "2", std::nullopt);
        QCOMPARE(stored.error().code, Code::OutOfMemory);
        QVERIFY(stored.error().retryable);
        const QByteArray key = "a";
        const auto taken = backend->take({&key, 1}).value();
        QCOMPARE(backend->restore(taken).error().code, Code::OutOfMemory);
        server.configure("maxmemory", "0");
        QCOMPARE(backend->restore(taken).value().front(), RestoreOutcome::Restored);
    }

    void aServerWithoutUnlinkDeletesAllTheSame()
    {
        RedisServer server({.arguments = {"--rename-command", "UNLINK", ""}});
        const std::vector<QByteArray> keys{"a", "b"};
        for (const bool takes : {false, true}) {
            server.pipeline({{"SET", "a", "1"}, {"SET", "b", "2"}});
            const auto backend = connectTo(server.url());
            if (takes)
                QCOMPARE(backend->take(keys).value().size(), size_t(2));
            else
                QCOMPARE(backend->remove(keys).value(), 2);
            QCOMPARE(backend->keyCount().value(), 0);
            QCOMPARE(backend->remove(keys).value(), 0);
        }
    }

    void restoringWhatIsNoSnapshotFails()
    {
        RedisServer server;
        const auto backend = connectTo(server.url());
        const KeySnapshot snapshot{"a", "not a dump", std::nullopt};
        QCOMPARE(backend->restore({&snapshot, 1}).error().code, Code::ServerError);
        QCOMPARE(backend->keyCount().value(), 0);
    }

    void nothingThatIsWrittenWhileItIsTakenGetsLost()
    {
        RedisServer server;
        const auto backend = connectTo(server.url());
        constexpr int Writes = 4000;
        std::thread writer([&] {
            RespClient client(server.socketPath(), 0);
            for (int i = 0; i < Writes; ++i)
                client.command({"APPEND", "k", "x"});
        });
        const QByteArray key = "k";
        std::vector<KeySnapshot> taken;
        for (int i = 0; i < 300; ++i) {
            const auto some = backend->take({&key, 1}).value();
            taken.insert(taken.end(), some.begin(), some.end());
        }
        writer.join();
        qint64 written = server.command({"STRLEN", "k"}).integer;
        for (const KeySnapshot &snapshot : taken) {
            QCOMPARE(server.command({"RESTORE", "copy", "0", snapshot.payload, "REPLACE"}).bytes,
                     QByteArray("OK"));
            written += server.command({"STRLEN", "copy"}).integer;
        }
        QVERIFY(!taken.empty());
        QCOMPARE(written, Writes);
    }

    void tlsIsSaidToBeUnsupported()
    {
        const auto backend = connectTo("rediss://localhost");
        const auto pinged = backend->ping();
        QCOMPARE(pinged.error().code, Code::Unsupported);
        QVERIFY(pinged.error().reason.contains("TLS"));
        QVERIFY(!pinged.error().retryable);
        QCOMPARE(connectTo("memory:")->ping().error().code, Code::Unsupported);
    }

    void anUnknownHostAndASocketThatIsNotThereAreNamed()
    {
        // Too long for a name, so that no resolver has to be asked.
        const QByteArray host = QByteArray(70, 'x') + ".invalid";
        const auto nowhere = connectTo("redis://" + host);
        const auto pinged = nowhere->ping();
        QCOMPARE(pinged.error().code, Code::Unreachable);
        QVERIFY(pinged.error().subject.contains(host));
        QVERIFY(pinged.error().retryable);
        const auto missing = connectTo("unix:///nonexistent/redis.sock")->ping();
        QCOMPARE(missing.error().code, Code::Unreachable);
        QCOMPARE(missing.error().message(),
                 QByteArray("Could not connect to unix:///nonexistent/redis.sock: "
                            "No such file or directory"));
    }

    void manyThreadsShareFewConnections()
    {
        RedisServer server;
        RedisOptions options;
        options.connections = 2;
        const auto backend = connectTo(server.url(), options);
        std::atomic<int> wrong = 0;
        std::vector<std::thread> threads;
        for (int t = 0; t < 6; ++t) {
            threads.emplace_back([&, t] {
                for (int i = 0; i < 200; ++i) {
                    const QByteArray key = QByteArray::number(t) + ':' + QByteArray::number(i);
                    wrong += !backend->set(key, key, std::nullopt);
                    const auto value = backend->get(key);
                    wrong += !value || *value != key;
                }
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(wrong, 0);
        QCOMPARE(backend->keyCount().value(), 1200);
        const QByteArray clients = server.command({"CLIENT", "LIST"}).bytes;
        QVERIFY2(clients.count('\n') <= 3, clients.constData()); // with the one that asks
    }

private:
    std::vector<RespCommand> m_commands;
};

QTEST_GUILESS_MAIN(TestRedisBackend)
#include "tst_redisbackend.moc"
