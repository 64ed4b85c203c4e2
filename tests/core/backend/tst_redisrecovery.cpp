// SPDX-License-Identifier: GPL-3.0-or-later
// A server that goes, hangs, loads or breaks off, and comes back.
#include "core/backend/redisbackend.h"
#include "tests/support/backendkeys.h"
#include "tests/support/fakeserver.h"
#include "tests/support/manualclock.h"
#include "tests/support/redisserver.h"

#include <QElapsedTimer>
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

namespace {

/// For a server that is not going to answer.
RedisOptions impatient()
{
    RedisOptions options;
    options.connectTimeout = 400ms;
    options.commandTimeout = 400ms;
    return options;
}

struct Fixture {
    explicit Fixture(const QByteArray &url, RedisOptions options = {})
        : backend(*BackendUrl::parse(url), clock, options),
          subscription(
              backend.onStateChanged([this](const BackendState &s) { phases.push_back(s.phase); }))
    {
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    std::vector<Phase> phases;
    RedisBackend backend;
    Subscription subscription;
};

/// Answers what a connection begins with; none for everything else.
std::optional<FakeReply> greeting(const RespCommand &command)
{
    if (command.front() == "PING")
        return FakeReply{"+PONG\r\n", Then::Continue};
    if (command.front() == "INFO")
        return FakeReply{"$21\r\nredis_version:6.2.0\r\n\r\n", Then::Continue};
    return std::nullopt;
}

FakeServer::Script always(const FakeReply &reply)
{
    return [reply](const RespCommand &command) { return greeting(command).value_or(reply); };
}

} // namespace

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

    void aServerThatHangsIsGivenUpAndComesBack()
    {
        RedisServer server({.tcp = true});
        for (const QByteArray &url : {server.url(), server.tcpUrl()}) {
            Fixture f(url, impatient());
            QVERIFY(f.backend.set("a", "1", std::nullopt));
            server.pause();
            QElapsedTimer timer;
            timer.start();
            const auto hung = f.backend.get("a");
            QCOMPARE(hung.error().code, Code::Timeout);
            QVERIFY(hung.error().retryable);
            QVERIFY(timer.elapsed() >= 390);
            QCOMPARE(f.backend.state().phase, Phase::Waiting);

            const auto refused = f.backend.get("a"); // without asking
            QCOMPARE(refused.error().code, Code::Unreachable);
            QVERIFY(refused.error().reason.contains("the next attempt is in 100 ms"));

            f.clock->advance(1h);
            QCOMPARE(f.backend.ping().error().code, Code::Timeout); // in the greeting

            server.resume();
            f.clock->advance(1h);
            QCOMPARE(f.backend.get("a").value(), QByteArray("1"));
            QCOMPARE(f.backend.state().phase, Phase::Ready);
        }
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

    void errorRepliesHaveTheirCodes_data()
    {
        QTest::addColumn<QByteArray>("reply");
        QTest::addColumn<int>("code");
        QTest::addColumn<bool>("retryable");
        QTest::addColumn<int>("phase");
        const auto row = [](const char *reply, Code code, bool retryable, Phase phase) {
            QTest::newRow(reply) << QByteArray(reply) << int(code) << retryable << int(phase);
        };
        row("NOAUTH Authentication required.", Code::NotAuthenticated, false, Phase::Refused);
        row("NOPERM this user has no permissions", Code::PermissionDenied, false, Phase::Ready);
        row("LOADING Redis is loading", Code::Loading, true, Phase::Busy);
        row("READONLY You can't write against a read only replica.", Code::ReadOnlyServer, false,
            Phase::Ready);
        row("OOM command not allowed", Code::OutOfMemory, true, Phase::Ready);
        row("MISCONF Redis is configured to save RDB snapshots", Code::Misconfigured, false,
            Phase::Ready);
        row("BUSY Redis is busy running a script", Code::ServerError, true, Phase::Ready);
        row("NOSCRIPT No matching script", Code::ServerError, false, Phase::Ready);
        row("ERR unknown command 'SET'", Code::Unsupported, false, Phase::Ready);
        row("ERR syntax error", Code::ServerError, false, Phase::Ready);
    }

    void errorRepliesHaveTheirCodes()
    {
        QFETCH(QByteArray, reply);
        QFETCH(int, code);
        QFETCH(bool, retryable);
        QFETCH(int, phase);

        FakeServer server(always({'-' + reply + "\r\n", Then::Continue}));
        Fixture f(server.url());
        const auto stored = f.backend.set("k", "v", std::nullopt);
        QCOMPARE(int(stored.error().code), code);
        QCOMPARE(stored.error().retryable, retryable);
        QVERIFY(stored.error().reason.contains(reply));
        QCOMPARE(stored.error().subject, QByteArray("k"));
        QCOMPARE(int(f.backend.state().phase), phase);
        QCOMPARE(server.count("SET"), 1);
    }

    void anErrorReplyInTheMiddleFailsTheBatchAndKeepsTheConnection()
    {
        std::atomic<int> asked = 0;
        FakeServer server([&](const RespCommand &command) {
            if (const auto greeted = greeting(command))
                return *greeted;
            return ++asked == 2 ? FakeReply{"-ERR no\r\n", Then::Continue}
                                : FakeReply{":0\r\n", Then::Continue};
        });
        Fixture f(server.url());
        const std::vector<QByteArray> keys{"a", "b"};
        QCOMPARE(f.backend.facts(keys).error().code, Code::ServerError);
        QCOMPARE(asked, 6); // every reply was waited for
        QVERIFY(f.backend.facts(keys));
        QCOMPARE(server.connections(), 1);
    }

    void aWriteWhoseAnswerIsLostIsNotDoneAgain_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("then");
        QTest::addColumn<int>("code");
        QTest::newRow("closed") << QByteArray() << int(Then::Close) << int(Code::Unreachable);
        QTest::newRow("half a reply")
            << QByteArray("+O") << int(Then::Close) << int(Code::Unreachable);
        QTest::newRow("not Redis")
            << QByteArray("HTTP/1.1 400\r\n") << int(Then::Continue) << int(Code::Unreachable);
        QTest::newRow("silence") << QByteArray() << int(Then::Hang) << int(Code::Timeout);
        QTest::newRow("half a reply and silence")
            << QByteArray("+O") << int(Then::Hang) << int(Code::Timeout);
    }

    void aWriteWhoseAnswerIsLostIsNotDoneAgain()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, then);
        QFETCH(int, code);

        std::atomic<bool> broken = true;
        FakeServer server([&](const RespCommand &command) {
            return greeting(command).value_or(broken ? FakeReply{bytes, Then(then)}
                                                     : FakeReply{"+OK\r\n", Then::Continue});
        });
        Fixture f(server.url(), impatient());
        const auto stored = f.backend.set("k", "v", std::nullopt);
        QCOMPARE(int(stored.error().code), code);
        QVERIFY(stored.error().retryable);
        QVERIFY(stored.error().reason.contains("may have been done"));
        QCOMPARE(server.count("SET"), 1);
        QCOMPARE(f.backend.state().phase, Phase::Waiting);

        broken = false;
        f.clock->advance(1h);
        QVERIFY(f.backend.set("k", "v", std::nullopt));
        QCOMPARE(f.backend.state().phase, Phase::Ready);
        QCOMPARE(server.connections(), 2);
    }

    void aConnectionThatBreaksInAPipelineFailsItWhole()
    {
        std::atomic<int> answered = 0;
        FakeServer server([&](const RespCommand &command) {
            if (const auto greeted = greeting(command))
                return *greeted;
            return FakeReply{":1\r\n", ++answered == 10 ? Then::Close : Then::Continue};
        });
        Fixture f(server.url());
        const std::vector<QByteArray> keys(10, "k");
        const auto facts = f.backend.facts(keys);
        QCOMPARE(facts.error().code, Code::Unreachable);
        QVERIFY(!facts.error().reason.contains("may have been done"));
        QVERIFY(f.backend.facts(keys)); // at once, on a new connection
        QCOMPARE(server.connections(), 2);
    }

    void whatWasTakenIsHandedOverThoughTheAnswerIsLost_data()
    {
        QTest::addColumn<bool>("removed");
        QTest::newRow("it was removed") << true;
        QTest::newRow("it is still there") << false;
    }

    void whatWasTakenIsHandedOverThoughTheAnswerIsLost()
    {
        QFETCH(bool, removed);

        FakeServer server([&](const RespCommand &command) {
            const QByteArray &name = command.front();
            if (const auto greeted = greeting(command))
                return *greeted;
            if (name == "TIME")
                return FakeReply{"*2\r\n$10\r\n1800000000\r\n$1\r\n0\r\n", Then::Continue};
            if (name == "DUMP")
                return FakeReply{"$4\r\ndump\r\n", Then::Continue};
            if (name == "PTTL")
                return FakeReply{":5000\r\n", Then::Continue};
            if (name == "EXISTS")
                return FakeReply{removed ? ":0\r\n" : ":1\r\n", Then::Continue};
            if (name == "EXEC")
                return FakeReply{"*1\r\n", Then::Close};
            return FakeReply{"+OK\r\n", Then::Continue};
        });
        Fixture f(server.url());
        const QByteArray key = "k";
        const auto taken = f.backend.take({&key, 1});
        QCOMPARE(server.count("EXEC"), 1);
        if (removed) {
            QCOMPARE(taken.value().size(), size_t(1));
            QCOMPARE(taken->front().payload, QByteArray("dump"));
            QCOMPARE(taken->front().expiresAt, WallTime(1'800'000'005'000ms));
        } else {
            QCOMPARE(taken.error().code, Code::Unreachable);
        }
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
