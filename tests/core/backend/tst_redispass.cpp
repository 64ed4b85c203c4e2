// SPDX-License-Identifier: GPL-3.0-or-later
// A pass over the keys of a server that goes, hangs or breaks off.
#include "tests/core/backend/redisfixture.h"
#include "tests/support/redisserver.h"

#include <QTest>

#include <atomic>
#include <set>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using Code = Error::Code;
using Phase = BackendState::Phase;
using Then = FakeReply::Then;

class TestRedisPass : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aPassGoesOverAllKeysOfAServerThatWasStartedAnew()
    {
        RedisServer server;
        Fixture f(server.url());
        const auto fill = [&](const QByteArray &run) {
            std::vector<RespCommand> commands;
            for (int i = 0; i < 2000; ++i)
                commands.push_back({"SET", run + QByteArray::number(i), "v"});
            (void)server.pipeline(commands);
        };
        fill("before:");
        const auto cursor = f.backend.scan({.prefix = {}, .slice = 100});
        for (int slice = 0; slice < 10; ++slice)
            QVERIFY(cursor->next([](auto) {}).value());

        server.restart();
        fill("after:");
        std::set<QByteArray> seen;
        bool more = true;
        while (more) {
            const auto slice = cursor->next([&](std::span<const std::string_view> keys) {
                for (const std::string_view key : keys)
                    seen.insert(QByteArray(key.data(), qsizetype(key.size())));
            });
            // The reply that was under way is lost; after it every slice is told.
            QVERIFY2(slice || slice.error().code == Code::Unreachable, "another error");
            more = !slice || *slice;
            f.clock->advance(1h);
        }
        QCOMPARE(std::count_if(seen.begin(), seen.end(),
                               [](const QByteArray &key) { return key.startsWith("after:"); }),
                 2000);
    }

    void aPassGoesOnWhereItsConnectionBroke()
    {
        RedisServer server;
        std::vector<RespCommand> commands;
        for (int i = 0; i < 5000; ++i)
            commands.push_back({"SET", "k" + QByteArray::number(i), "v"});
        server.pipeline(commands);
        Fixture f(server.url());
        const auto cursor = f.backend.scan({.prefix = "k", .slice = 100});
        std::set<QByteArray> keys;
        int slices = 0;
        int errors = 0;
        for (bool more = true; more;) {
            const auto result = cursor->next([&](std::span<const std::string_view> found) {
                for (const std::string_view key : found)
                    keys.emplace(key.data(), qsizetype(key.size()));
            });
            if (result) {
                more = *result;
                if (++slices % 10 == 0)
                    server.command({"CLIENT", "KILL", "TYPE", "normal"});
            } else {
                QCOMPARE(result.error().code, Code::Unreachable);
                QVERIFY(++errors < 20);
            }
        }
        QCOMPARE(keys.size(), size_t(5000));
    }

    void aPassWaitsOutAServerThatIsAway()
    {
        RedisServer server;
        server.pipeline(std::vector<RespCommand>(1, {"SET", "k", "v"}));
        Fixture f(server.url());
        const auto cursor = f.backend.scan({});
        server.stop();
        QCOMPARE(cursor->next([](auto) {}).error().code, Code::Unreachable);
        QVERIFY(cursor->next([](auto) {}).error().reason.contains("next attempt"));
        server.start();
        server.command({"SET", "k", "v"});
        f.clock->advance(1h);
        qsizetype found = 0;
        QVERIFY(!cursor->next([&](auto keys) { found += qsizetype(keys.size()); }).value());
        QCOMPARE(found, 1);
    }

    void aPassThatIsNotAnsweredTimesOut()
    {
        FakeServer server(always({"*2\r\n$1\r\n5\r\n*2\r\n$1\r\n", Then::Hang}));
        Fixture f(server.url(), impatient());
        const auto cursor = f.backend.scan({});
        QCOMPARE(cursor->next([](auto) {}).error().code, Code::Timeout);
        QCOMPARE(f.backend.state().phase, Phase::Waiting);
    }

    void aPassBeginsAnewWhereTheServerDoesNotTellWhetherItWasRestarted()
    {
        std::atomic<int> begun = 0;
        std::atomic<bool> breaks = true;
        FakeServer server([&](const RespCommand &command) {
            if (command.front() != "SCAN")
                return FakeReply{command.front() == "PING" ? "+PONG\r\n" : "-NOPERM no\r\n",
                                 Then::Continue};
            if (command[1] == "0") {
                ++begun;
                return FakeReply{"*2\r\n$1\r\n5\r\n*1\r\n$1\r\na\r\n", Then::Continue};
            }
            if (breaks.exchange(false))
                return FakeReply{{}, Then::Close};
            return FakeReply{"*2\r\n$1\r\n0\r\n*1\r\n$1\r\nb\r\n", Then::Continue};
        });
        Fixture f(server.url());
        const auto cursor = f.backend.scan({});
        QVERIFY(cursor->next([](auto) {}).value());
        QCOMPARE(cursor->next([](auto) {}).error().code, Code::Unreachable);
        QVERIFY(cursor->next([](auto) {}).value());
        QVERIFY(!cursor->next([](auto) {}).value());
        QCOMPARE(begun, 2);
    }

    void aPassMayOutliveTheBackend()
    {
        RedisServer server;
        server.command({"SET", "k", "v"});
        std::unique_ptr<KeyCursor> cursor;
        {
            Fixture f(server.url());
            cursor = f.backend.scan({});
        }
        QVERIFY(!cursor->next([](auto) {}).value());
    }
};

QTEST_GUILESS_MAIN(TestRedisPass)
#include "tst_redispass.moc"
