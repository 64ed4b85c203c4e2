// SPDX-License-Identifier: GPL-3.0-or-later
// Error replies, half replies and none.
#include "tests/core/backend/redisfixture.h"

#include <QTest>

#include <algorithm>
#include <atomic>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using Code = Error::Code;
using Phase = BackendState::Phase;
using Then = FakeReply::Then;

class TestRedisReplies : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aPasswordThatTheServerRepeatsIsNotTold()
    {
        FakeServer server([](const RespCommand &command) {
            const QByteArray arguments = command.size() > 1 ? command[1] : QByteArray();
            return FakeReply{"-ERR unknown command `" + command[0]
                                 + "`, with args beginning with: `" + arguments + "`, \r\n",
                             Then::Continue};
        });
        Fixture f("redis://:open-sesame@127.0.0.1:" + QByteArray::number(server.port()));
        const auto pinged = f.backend.ping();
        QCOMPARE(pinged.error().code, Code::Unsupported);
        QVERIFY2(!pinged.error().message().contains("sesame"), pinged.error().message());
        QVERIFY(pinged.error().message().contains("AUTH"));
        QCOMPARE(f.backend.state().phase, Phase::Refused);
        QVERIFY(!f.backend.state().error->message().contains("sesame"));
    }

    void aPasswordThatRedis5DoesNotNeedIsNoFailure()
    {
        FakeServer server([](const RespCommand &command) {
            return FakeReply{command[0] == "AUTH"
                                 ? "-ERR Client sent AUTH, but no password is set\r\n"
                                 : "+PONG\r\n",
                             Then::Continue};
        });
        Fixture f("redis://:open-sesame@127.0.0.1:" + QByteArray::number(server.port()));
        QVERIFY(f.backend.ping());
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

    void aServerThatRefusesChangesIsKnownToUntilItTakesOne_data()
    {
        QTest::addColumn<QByteArray>("reply");
        QTest::addColumn<int>("code");
        const auto row = [](const char *reply, Code code) {
            QTest::newRow(reply) << QByteArray(reply) << int(code);
        };
        row("READONLY You can't write against a read only replica.", Code::ReadOnlyServer);
        row("OOM command not allowed", Code::OutOfMemory);
        row("MISCONF Redis is configured to save RDB snapshots", Code::Misconfigured);
        row("NOPERM this user has no permissions", Code::PermissionDenied);
    }

    void aServerThatRefusesChangesIsKnownToUntilItTakesOne()
    {
        QFETCH(QByteArray, reply);
        QFETCH(int, code);
        std::atomic<bool> refuses = true;
        FakeServer server([&](const RespCommand &command) {
            return FakeReply{command[0] == "SET" && refuses ? '-' + reply + "\r\n"
                                 : command[0] == "GET"      ? QByteArray("$5\r\nvalue\r\n")
                                                            : QByteArray("+OK\r\n"),
                             Then::Continue};
        });
        Fixture f(server.url());
        std::vector<std::optional<Error>> told;
        const auto subscription = f.backend.onStateChanged(
            [&](const BackendState &state) { told.push_back(state.changesRefused); });
        QVERIFY(!f.backend.set("k", "v", std::nullopt));
        QVERIFY(!f.backend.set("k", "v", std::nullopt));
        QVERIFY(f.backend.get("k"));
        const auto state = f.backend.state();
        QCOMPARE(state.phase, Phase::Ready);
        QVERIFY(state.changesRefused);
        QCOMPARE(int(state.changesRefused->code), code);
        QVERIFY(state.changesRefused->reason.contains(reply));
        QCOMPARE(std::ranges::count_if(told, [](const auto &each) { return each.has_value(); }), 1);

        refuses = false;
        QVERIFY(f.backend.set("k", "v", std::nullopt));
        QVERIFY(!f.backend.state().changesRefused);
        QVERIFY(!told.back());
    }

    // Redis refuses PING, with the writes, for as long as it cannot save.
    void aServerThatCannotSaveIsReadAllTheSame()
    {
        FakeServer server([](const RespCommand &command) {
            const bool refused = command[0] == "PING" || command[0] == "SET";
            return FakeReply{refused                   ? "-MISCONF Errors writing to disk\r\n"
                                 : command[0] == "GET" ? "$5\r\nvalue\r\n"
                                                       : "+OK\r\n",
                             Then::Continue};
        });
        Fixture f(server.url());
        QVERIFY(f.backend.ping());
        QCOMPARE(f.backend.get("k").value(), QByteArray("value"));
        QCOMPARE(f.backend.set("k", "v", std::nullopt).error().code, Code::Misconfigured);
        QCOMPARE(f.backend.state().phase, Phase::Ready);
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
        QVERIFY(stored.error().maybeDone);
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
        QVERIFY(!facts.error().maybeDone);
        QVERIFY(f.backend.facts(keys)); // at once, on a new connection
        QCOMPARE(server.connections(), 2);
    }

    void whatIsThereAgainAfterALostAnswerIsTakenAsWell()
    {
        std::atomic<int> removals = 0;
        FakeServer server([&](const RespCommand &command) {
            const QByteArray &name = command.front();
            if (const auto greeted = greeting(command))
                return *greeted;
            if (name == "TIME")
                return FakeReply{"*2\r\n$10\r\n1800000000\r\n$1\r\n0\r\n", Then::Continue};
            if (name == "DUMP")
                return FakeReply{removals == 0 ? "$3\r\nold\r\n" : "$3\r\nnew\r\n", Then::Continue};
            if (name == "PTTL")
                return FakeReply{":-1\r\n", Then::Continue};
            if (name == "EXISTS")
                return FakeReply{command[1] == "written" ? ":1\r\n" : ":0\r\n", Then::Continue};
            if (name == "EXEC")
                return ++removals == 1 ? FakeReply{"*1\r\n", Then::Close}
                                       : FakeReply{"*1\r\n:1\r\n", Then::Continue};
            return FakeReply{"+OK\r\n", Then::Continue};
        });
        Fixture f(server.url(), {.connections = 1});
        const std::vector<QByteArray> keys{"gone", "written"};
        const auto taken = f.backend.take(keys).value();
        QCOMPARE(removals, 2);
        QCOMPARE(taken.size(), size_t(2));
        QCOMPARE(taken[0].key, QByteArray("gone"));
        QCOMPARE(taken[0].payload, QByteArray("old"));
        QCOMPARE(taken[1].key, QByteArray("written"));
        QCOMPARE(taken[1].payload, QByteArray("new"));
    }

    void aRestoreTellsOfEachKeyWhatBecameOfIt()
    {
        FakeServer server([](const RespCommand &command) {
            if (const auto greeted = greeting(command))
                return *greeted;
            if (command.front() == "TIME")
                return FakeReply{"*2\r\n$10\r\n1800000000\r\n$1\r\n0\r\n", Then::Continue};
            if (command[1] == "refused")
                return FakeReply{"-OOM command not allowed\r\n", Then::Continue};
            if (command[1] == "newer")
                return FakeReply{"-BUSYKEY Target key name already exists.\r\n", Then::Continue};
            return FakeReply{"+OK\r\n", Then::Continue};
        });
        Fixture f(server.url());
        const std::vector<KeySnapshot> snapshots{
            {"a", "1", {}}, {"refused", "2", {}}, {"newer", "3", {}}, {"over", "4", WallTime(1ms)}};
        using Outcome = RestoreOutcome;
        QCOMPARE(f.backend.restore(snapshots).value(),
                 (std::vector{Outcome::Restored, Outcome::Refused, Outcome::KeptNewer,
                              Outcome::Expired}));
        const auto alone = f.backend.restore(std::span(snapshots).subspan(1, 1));
        QCOMPARE(alone.error().code, Code::OutOfMemory);
        QVERIFY(!alone.error().maybeDone);
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
};

QTEST_GUILESS_MAIN(TestRedisReplies)
#include "tst_redisreplies.moc"
