// SPDX-License-Identifier: GPL-3.0-or-later
// A server that goes, hangs or loads, and comes back.
#include "tests/core/backend/redisfixture.h"
#include "tests/support/redisserver.h"

#include <QScopeGuard>
#include <QTest>

#include <atomic>
#include <thread>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using Code = Error::Code;
using Phase = BackendState::Phase;
using Then = FakeReply::Then;

class TestRedisRecovery : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aServerThatGoesIsToldAndTriedAtGrowingDistances()
    {
        RedisServer server;
        Fixture f(server.url());
        QVERIFY(f.backend.set("a", "1", std::nullopt));
        server.stop();

        const std::chrono::milliseconds distances[]
            = {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms, 5000ms};
        for (const auto distance : distances) {
            const auto tried = f.backend.get("a");
            QCOMPARE(tried.error().code, Code::Unreachable);
            QVERIFY(tried.error().retryable);
            QVERIFY(!tried.error().maybeDone);
            QCOMPARE(tried.error().subject, server.url());
            QVERIFY(!tried.error().reason.contains("next attempt"));
            QCOMPARE(f.backend.state().phase, Phase::Waiting);
            QCOMPARE(f.backend.state().retryAt, f.clock->steady() + distance);

            f.clock->advance(distance - 1ms);
            const auto tooEarly = f.backend.get("a");
            QCOMPARE(tooEarly.error().code, Code::Unreachable);
            QVERIFY2(tooEarly.error().reason.endsWith("the next attempt is in 1 ms"),
                     tooEarly.error().reason.constData());
            f.clock->advance(1ms);
        }

        server.start();
        QVERIFY(f.backend.set("a", "2", std::nullopt));
        QCOMPARE(f.backend.get("a").value(), QByteArray("2"));
        QCOMPARE(f.phases.front(), Phase::Connecting);
        QCOMPARE(f.phases[1], Phase::Ready);
        QCOMPARE(f.phases[2], Phase::Waiting);
        QCOMPARE(f.phases.back(), Phase::Ready);

        // The distances begin anew.
        server.stop();
        (void)f.backend.get("a");
        QCOMPARE(f.backend.state().retryAt, f.clock->steady() + 100ms);
    }

    void aServerThatWasRestartedIsNotNoticed()
    {
        RedisServer server({.tcp = true});
        for (const QByteArray &url : {server.url(), server.tcpUrl()}) {
            Fixture f(url);
            QVERIFY(f.backend.set("a", "1", std::nullopt));
            server.restart();
            QVERIFY(!f.backend.get("a").value());
            QVERIFY(f.backend.set("a", "1", std::nullopt));
        }
    }

    void aServerThatHangsIsGivenUpAndComesBack()
    {
        RedisServer server({.tcp = true});
        for (const QByteArray &url : {server.url(), server.tcpUrl()}) {
            Fixture f(url, impatient());
            QVERIFY(f.backend.set("a", "1", std::nullopt));
            const qint64 asked = server.calls("get");
            server.pause();
            const auto hung = f.backend.get("a");
            QCOMPARE(hung.error().code, Code::Timeout);
            QVERIFY(hung.error().retryable);
            QCOMPARE(f.backend.state().phase, Phase::Waiting);

            const auto refused = f.backend.get("a"); // without asking
            QCOMPARE(refused.error().code, Code::Unreachable);
            QVERIFY(refused.error().reason.contains("the next attempt is in 100 ms"));

            f.clock->advance(1h);
            QCOMPARE(f.backend.ping().error().code, Code::Timeout); // in the greeting

            server.resume();
            f.clock->advance(1h);
            QCOMPARE(f.backend.get("a").value(), QByteArray("1"));
            QCOMPARE(server.calls("get"), asked + 2); // the first and the last
            QCOMPARE(f.backend.state().phase, Phase::Ready);
        }
    }

    void theNextAttemptCanBeMadeAtOnce()
    {
        RedisServer server;
        Fixture f(server.url(), {.firstBackoff = 1h, .longestBackoff = 1h});
        server.stop();
        QCOMPARE(f.backend.ping().error().code, Code::Unreachable);
        server.start();
        QVERIFY(f.backend.ping().error().reason.contains("next attempt"));
        f.backend.retryNow();
        QVERIFY(f.backend.ping());
        QCOMPARE(f.backend.state().phase, Phase::Ready);
        f.backend.retryNow();
        QVERIFY(f.backend.ping());
    }

    void aCallThatIsInterruptedWaitsNoLonger()
    {
        RedisServer server;
        Fixture f(server.url(), {.commandTimeout = 1h});
        QVERIFY(f.backend.set("a", "1", std::nullopt));
        server.pause();
        std::atomic<bool> over = false;
        Result<void> stored;
        std::jthread writer([&] {
            stored = f.backend.set("a", "2", std::nullopt);
            over = true;
        });
        const auto resume = qScopeGuard([&] { server.resume(); });
        QTRY_VERIFY_WITH_TIMEOUT((f.backend.interrupt(), over.load()), 20'000);
        writer.join();
        QCOMPARE(stored.error().code, Code::Timeout);
        QVERIFY(stored.error().maybeDone);
        server.resume();
        f.clock->advance(1h);
        QVERIFY(f.backend.ping()); // what comes later is not interrupted
    }

    void aServerThatLoadsIsBusyUntilItHasLoaded()
    {
        std::atomic<bool> loading = true;
        FakeServer server([&](const RespCommand &command) {
            if (loading)
                return FakeReply{"-LOADING Redis is loading the dataset in memory\r\n",
                                 Then::Continue};
            return greeting(command).value_or(FakeReply{"$1\r\n1\r\n", Then::Continue});
        });
        Fixture f(server.url());
        const auto busy = f.backend.get("a");
        QCOMPARE(busy.error().code, Code::Loading);
        QVERIFY(busy.error().retryable);
        QCOMPARE(f.backend.state().phase, Phase::Busy);
        QCOMPARE(f.backend.get("a").error().code, Code::Loading); // without asking
        QCOMPARE(server.connections(), 1);

        loading = false;
        f.clock->advance(100ms);
        QCOMPARE(f.backend.get("a").value(), QByteArray("1"));
        QCOMPARE(f.backend.serverVersion(), QByteArray("6.2.0"));

        loading = true; // as a replica does, with its connections left open
        QCOMPARE(f.backend.get("a").error().code, Code::Loading);
        QCOMPARE(f.backend.state().phase, Phase::Busy);
        QCOMPARE(f.phases,
                 (std::vector{Phase::Connecting, Phase::Busy, Phase::Connecting, Phase::Ready,
                              Phase::Busy}));
    }

    void aConnectionThatDiedWhileIdleIsReplaced()
    {
        RedisServer server;
        Fixture f(server.url());
        QVERIFY(f.backend.set("a", "1", std::nullopt));
        server.command({"CLIENT", "KILL", "TYPE", "normal"});
        QVERIFY(f.backend.set("a", "2", std::nullopt));
        QCOMPARE(f.phases, (std::vector{Phase::Connecting, Phase::Ready}));
    }

    void manyThreadsOutliveAServerThatComesAndGoes()
    {
        RedisServer server;
        RedisOptions options;
        options.connections = 3;
        options.firstBackoff = 1ms;
        options.longestBackoff = 5ms;
        RedisBackend backend(*BackendUrl::parse(server.url()), std::make_shared<SystemClock>(),
                             options);
        std::atomic<bool> over = false;
        std::atomic<int> done = 0;
        std::atomic<int> wrong = 0;
        std::vector<std::jthread> threads;
        const auto stop = qScopeGuard([&] { over = true; });
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&, t] {
                const QByteArray key = "k" + QByteArray::number(t);
                while (!over) {
                    const auto stored = backend.set(key, key, std::nullopt);
                    const auto value = backend.get(key);
                    const auto passed = backend.scan({.slice = 1})->next([](auto) {});
                    if (!stored)
                        wrong += stored.error().code != Code::Unreachable;
                    if (!value)
                        wrong += value.error().code != Code::Unreachable;
                    else if (*value)
                        wrong += **value != key;
                    if (!passed)
                        wrong += passed.error().code != Code::Unreachable;
                    done += stored && value && passed;
                }
            });
        }
        for (int restart = 0; restart < 5; ++restart) {
            const int before = done;
            QTRY_VERIFY_WITH_TIMEOUT(done > before + 50, 20'000);
            server.restart();
        }
        const int before = done;
        QTRY_VERIFY_WITH_TIMEOUT(done > before + 50, 20'000);
        over = true;
        threads.clear();
        QCOMPARE(wrong, 0);
        QVERIFY(backend.ping());
        QCOMPARE(backend.state().phase, Phase::Ready);
    }
};

QTEST_GUILESS_MAIN(TestRedisRecovery)
#include "tst_redisrecovery.moc"
