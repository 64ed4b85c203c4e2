// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/redisbackend.h"
#include "core/keyspace/session.h"
#include "tests/support/redisserver.h"
#include "widgets/key/keytext.h"
#include "widgets/style/format.h"
#include "widgets/style/naturalorder.h"

#include <rapidcheck.h>

#include <QProcess>
#include <QStandardPaths>
#include <QTest>

using namespace Cachelens;
using namespace std::chrono_literals;

namespace {

/// Bytes that are often what matters: separators, escapes, pieces of UTF-8, digits.
rc::Gen<std::string> trickyBytes()
{
    const auto piece = rc::gen::oneOf(
        rc::gen::element<std::string>("\\", "\\x", "\\x4", "\\\\x41", "::", "é", "\xc3", "\xe2\x80",
                                      "\xe2\x80\xae", "\xff", std::string(1, '\0'), "'", "\"", "\n",
                                      " ", "\xc2\xa0", "09", "9", "10", "user_id:", "*", "$(x)"),
        rc::gen::string<std::string>());
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                        [](const std::vector<std::string> &pieces) {
                            std::string text;
                            for (const std::string &p : pieces)
                                text += p;
                            return text;
                        });
}

QByteArray bytesOf(const std::string &text)
{
    return QByteArray::fromStdString(text);
}

} // namespace

class TestDisplayText final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void displayedKeysReadBackToTheSameBytes()
    {
        QVERIFY(rc::check("bytesOfDisplayKey(displayKey(key)) == key", [] {
            const QByteArray key = bytesOf(*trickyBytes());
            RC_ASSERT(bytesOfDisplayKey(displayKey(key)) == key);
        }));
    }

    void displayedKeysHoldNothingInvisible()
    {
        QVERIFY(rc::check("only characters that can be seen", [] {
            for (const char32_t c : displayKey(bytesOf(*trickyBytes())).toUcs4())
                RC_ASSERT(c == U' ' || (QChar::isPrint(c) && !QChar::isSpace(c)));
        }));
    }

    void plainTextIsShownAsItIs()
    {
        QCOMPARE(displayKey(QByteArray("users::größe::id:1")),
                 QStringLiteral("users::größe::id:1"));
        QCOMPARE(displayKey(QByteArrayView("a\0b\xff\n", 5)), QStringLiteral("a\\x00b\\xff\\x0a"));
        QCOMPARE(displayKey(QByteArray("a\\b")), QStringLiteral("a\\\\b"));
        QCOMPARE(bytesOfDisplayKey(u"a\\b"), QByteArray("a\\b"));
    }

    void naturalOrderIsATotalOrder()
    {
        QVERIFY(rc::check("antisymmetric, transitive, equal only when the same", [] {
            const std::string a = *trickyBytes();
            const std::string b = *trickyBytes();
            const std::string c = *trickyBytes();
            RC_ASSERT(std::is_eq(naturalOrder(a, b)) == (a == b));
            RC_ASSERT(std::is_lt(naturalOrder(a, b)) == std::is_gt(naturalOrder(b, a)));
            if (naturalOrder(a, b) < 0 && naturalOrder(b, c) < 0)
                RC_ASSERT(std::is_lt(naturalOrder(a, c)));
        }));
    }

    void numbersAreOrderedByValue()
    {
        QVERIFY(naturalOrder("user_id:9", "user_id:10") < 0);
        QVERIFY(naturalOrder("user_id:10", "user_id:010a") < 0);
        QVERIFY(naturalOrder("page:2::v:10", "page:10::v:2") < 0);
        QVERIFY(naturalOrder("a", "a1") < 0);
        QVERIFY(naturalOrder("a12", "a123") < 0);
        QVERIFY(naturalOrder("a129", "a1234") < 0);
    }

    void redisCliLinesNameTheConnection()
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

    void redisCliLinesAskForThePasswordThatTheSessionUses()
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

    void redisCliLinesFindTheirKey_data()
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

    void redisCliLinesFindTheirKey()
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

    void numbersAreGroupedAboveFourDigits()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        QCOMPARE(formatCount(9999), QStringLiteral("9999"));
        QCOMPARE(formatCount(10000), QStringLiteral("10,000"));
        QCOMPARE(formatCount(412008, true), QStringLiteral("≥ 412,008"));
        const auto keys = [](qint64 count, bool lowerBound = false) {
            return counted(count, QStringLiteral("1 key"), QStringLiteral("%1 keys"), lowerBound);
        };
        QCOMPARE(keys(0), QStringLiteral("0 keys"));
        QCOMPARE(keys(1), QStringLiteral("1 key"));
        QCOMPARE(keys(1, true), QStringLiteral("≥ 1 keys"));
        QCOMPARE(keys(10000), QStringLiteral("10,000 keys"));
        QCOMPARE(compactNumber(999), QStringLiteral("999"));
        QCOMPARE(compactNumber(1204), QStringLiteral("1.2k"));
        QCOMPARE(compactNumber(412008), QStringLiteral("412k"));
        QCOMPARE(compactNumber(999'600), QStringLiteral("1.0M"));
    }

    void sizesAndTimesAreShort()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        QCOMPARE(formatBytes(812), QStringLiteral("812 B"));
        QCOMPARE(formatBytes(1204), QStringLiteral("1.2 kB"));
        QCOMPARE(formatBytes(52'428'800), QStringLiteral("52 MB"));
        QCOMPARE(formatLatency(0us), QStringLiteral("0 µs"));
        QCOMPARE(formatLatency(99us), QStringLiteral("99 µs"));
        QCOMPARE(formatLatency(100us), QStringLiteral("0.1 ms"));
        QCOMPARE(formatLatency(300us), QStringLiteral("0.3 ms"));
        QCOMPARE(formatDuration(12s), QStringLiteral("12 s"));
        QCOMPARE(formatDuration(4min + 8s), QStringLiteral("4:08"));
        QCOMPARE(formatDuration(3h + 12min), QStringLiteral("3 h 12 min"));
        QCOMPARE(formatDuration(52h), QStringLiteral("2 d 4 h"));
        QCOMPARE(formatDuration(-5s), QStringLiteral("0 s"));
        const WallTime now{1'800'000'000s};
        QCOMPARE(relativeTime(now - 12s, now), QStringLiteral("12 s ago"));
        QCOMPARE(relativeTime(now - 36min - 5s, now), QStringLiteral("36 min ago"));
        QCOMPARE(relativeTime(now + 288s, now), QStringLiteral("in 4:48"));
        QCOMPARE(relativeTime(now, now), QStringLiteral("just now"));
    }
};

QTEST_GUILESS_MAIN(TestDisplayText)
#include "tst_displaytext.moc"
