// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/redisbackend.h"
#include "core/keyspace/session.h"
#include "tests/support/redisserver.h"
#include "widgets/key/rediscli.h"

#include <QProcess>
#include <QTest>

using namespace Cachelens;

/// Lines to copy into a shell, run by a shell.
class TestRedisCli final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void linesNameTheConnection()
    {
        QCOMPARE(redisCliLine("redis://shop-cache:6380/1", QByteArrayView("users::id:1")),
                 QStringLiteral("redis-cli -h shop-cache -p 6380 -n 1 GET users::id:1"));
        QCOMPARE(redisCliLine("redis://shop-cache:6379", QByteArrayView("it's"), KeyType::Hash),
                 QStringLiteral("redis-cli -h shop-cache -p 6379 HGETALL 'it'\\''s'"));
        QCOMPARE(redisCliLine("redis://ann@h:6379", QByteArrayView("k")),
                 QStringLiteral("redis-cli -h h -p 6379 --user ann --askpass GET k"));
        QCOMPARE(redisCliLine("redis://:secret@h:6379", QByteArrayView("k")),
                 QStringLiteral("redis-cli -h h -p 6379 --askpass GET k"));
        QCOMPARE(redisCliLine("memory:", QByteArrayView("k")), QString());
    }

    void linesAskForThePasswordThatTheSessionUses()
    {
        Testing::RedisServer server;
        server.command({"SET", "k", "found"});
        server.configure("requirepass", "open-sesame");
        BackendUrl url = *BackendUrl::parse(server.url());
        url.password = "open-sesame";
        const auto clock = std::make_shared<SystemClock>();
        const Session session(std::make_shared<RedisBackend>(url, clock), clock, {});
        const QString line = redisCliLine(session.description(), QByteArrayView("k"),
                                          KeyType::String, session.usesPassword());
        QVERIFY2(!line.contains(QStringLiteral("sesame")), qPrintable(line));

        QProcess shell;
        shell.start(QStringLiteral("/bin/sh"), {QStringLiteral("-c"), line});
        shell.write("open-sesame\n");
        shell.closeWriteChannel();
        QVERIFY(shell.waitForFinished());
        QVERIFY2(shell.readAllStandardOutput().endsWith("found\n"), qPrintable(line));

        const Session open(std::make_shared<RedisBackend>(*BackendUrl::parse(server.url()), clock),
                           clock, {});
        QVERIFY(!open.usesPassword());
    }

    void linesFindTheirKey_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::newRow("plain") << QByteArray(":1:users::id:1");
        QTest::newRow("glob") << QByteArray("*?[]\\^{}");
        QTest::newRow("shell") << QByteArray("a b'c\"d$(touch x)`id`;&|<>!#~\\");
        QTest::newRow("NUL and bytes") << QByteArrayLiteral("a\0b\xff\xc3\x28 '\"\\x41\n\t$HOME");
        QTest::newRow("quotes and bytes") << QByteArray("\"'\\\x01\\x00'\"");
        QTest::newRow("UTF-8") << QByteArray("größe:😀");
        QTest::newRow("invisible") << QByteArray("a\xe2\x80\xae b");
        QTest::newRow("leading dash") << QByteArray("-h");
        QTest::newRow("empty") << QByteArray("");
    }

    void linesFindTheirKey()
    {
        QFETCH(QByteArray, key);
        Testing::RedisServer server;
        const QByteArray found = "found " + QByteArray::number(qHash(key));
        server.command({"SET", key, found});

        QProcess shell;
        shell.start(QStringLiteral("/bin/sh"),
                    {QStringLiteral("-c"), redisCliLine(server.url(), key)});
        QVERIFY(shell.waitForFinished());
        QCOMPARE(shell.readAllStandardError(), QByteArray());
        QCOMPARE(shell.readAllStandardOutput().trimmed(), found);
    }
};

QTEST_GUILESS_MAIN(TestRedisCli)
#include "tst_rediscli.moc"
