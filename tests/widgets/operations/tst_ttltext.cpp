// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/operations/ttltext.h"

#include <QTest>
#include <rapidcheck.h>

using namespace Cachelens;
using namespace std::chrono_literals;

class TestTtlText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatPeopleType_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("ms"); // 0: no expiry
        const auto row = [](const char *text, std::chrono::milliseconds ms) {
            QTest::newRow(text) << QString::fromLatin1(text) << static_cast<qint64>(ms.count());
        };
        row("90s", 90s);
        row("90", 90s);
        row("5m", 5min);
        row("5 min", 5min);
        row("1h 30m", 90min);
        row("1h30m", 90min);
        row(" 2D ", 48h);
        row("1w", 168h);
        row("250ms", 250ms);
        row("none", 0ms);
        row("Never", 0ms);
    }
    void readsWhatPeopleType()
    {
        QFETCH(QString, text);
        QFETCH(qint64, ms);
        const auto ttl = ttlFromText(text);
        QVERIFY2(ttl.has_value(), qPrintable(ttl ? QString() : ttl.error()));
        QCOMPARE(ttl->has_value(), ms != 0);
        QCOMPARE(ttl->value_or(0ms).count(), ms);
    }

    void saysWhatIsWrong_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("nothing") << QString() << QStringLiteral("Type how long");
        QTest::newRow("words") << QStringLiteral("soon") << QStringLiteral("not a time");
        QTest::newRow("unit") << QStringLiteral("5 parsecs") << QStringLiteral("parsecs");
        QTest::newRow("number in the middle") << QStringLiteral("1h 30") << QStringLiteral("30");
        QTest::newRow("negative") << QStringLiteral("-5m") << QStringLiteral("not a time");
        QTest::newRow("zero") << QStringLiteral("0s") << QStringLiteral("Delete");
        QTest::newRow("long") << QStringLiteral("99999999999999999999s")
                              << QStringLiteral("too long");
        QTest::newRow("long in all")
            << QStringLiteral("36500d 36500d") << QStringLiteral("too long");
    }
    void saysWhatIsWrong()
    {
        QFETCH(QString, text);
        QFETCH(QString, says);
        const auto ttl = ttlFromText(text);
        QVERIFY(!ttl.has_value());
        QVERIFY2(ttl.error().contains(says), qPrintable(ttl.error()));
    }

    void readsBackWhatItWrites()
    {
        const bool held = rc::check("ttlFromText(ttlToText(x)) == x, to the second", [] {
            const auto seconds = *rc::gen::inRange<qint64>(1, 90LL * 365 * 86'400);
            const Ttl ttl = std::chrono::seconds(seconds);
            const auto back = ttlFromText(ttlToText(ttl));
            RC_ASSERT(back.has_value());
            RC_ASSERT(*back == ttl);
        });
        QVERIFY(held);
        QCOMPARE(ttlToText(std::nullopt), QStringLiteral("none"));
        QCOMPARE(ttlToText(250ms), QStringLiteral("250ms"));
        QCOMPARE(ttlToText(90'500ms), QStringLiteral("1m 30s"));
    }

    void neverBreaksOnAnyText()
    {
        const bool held
            = rc::check("any text is a time or a sentence", [](const std::string &text) {
                  const auto ttl = ttlFromText(QString::fromStdString(text));
                  RC_ASSERT(ttl.has_value() || !ttl.error().isEmpty());
              });
        QVERIFY(held);
    }
};

QTEST_GUILESS_MAIN(TestTtlText)
#include "tst_ttltext.moc"
