// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fakeserver.h"
#include "tests/support/redisserver.h"

#include <QTest>

using namespace Cachelens::Testing;

class TestSupport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theServerAnswersOnItsSocketAndItsPort()
    {
        RedisServer server({.tcp = true});
        QCOMPARE(server.command({"SET", "k", "v"}).bytes, QByteArray("OK"));
        QCOMPARE(RespClient({}, server.port()).command({"GET", "k"}).bytes, QByteArray("v"));
        QCOMPARE(server.calls("set"), 1);
    }

    void aRestartForgetsTheKeysAndKeepsTheAddress()
    {
        RedisServer server({.tcp = true});
        const QByteArray before = server.tcpUrl();
        server.command({"SET", "k", "v"});
        server.restart();
        QCOMPARE(server.tcpUrl(), before);
        QCOMPARE(server.command({"DBSIZE"}).integer, 0);
        server.pause();
        server.resume();
        QCOMPARE(server.command({"PING"}).bytes, QByteArray("PONG"));
    }

    void aPipelineGivesItsRepliesInOrder()
    {
        RedisServer server;
        std::vector<RespCommand> commands;
        for (int i = 0; i < 12'000; ++i)
            commands.push_back({"ECHO", QByteArray::number(i)});
        const auto replies = server.pipeline(commands);
        QCOMPARE(replies.size(), commands.size());
        for (size_t i = 0; i < replies.size(); ++i)
            QCOMPARE(replies[i].bytes, commands[i][1]);
    }

    void theFakeServerFollowsItsScript()
    {
        FakeServer server([](const RespCommand &command) {
            return command.front() == "PING" ? FakeReply{"+PONG\r\n", FakeReply::Then::Continue}
                                             : FakeReply{"-ERR no\r\n", FakeReply::Then::Close};
        });
        RespClient client({}, server.port());
        QCOMPARE(client.command({"PING"}).bytes, QByteArray("PONG"));
        QVERIFY(client.command({"SET", "a", "b"}).isError());
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, client.command({"PING"}));
        QCOMPARE(server.count("SET"), 1);
        QCOMPARE(server.connections(), 1);
    }
};

QTEST_GUILESS_MAIN(TestSupport)
#include "tst_support.moc"
