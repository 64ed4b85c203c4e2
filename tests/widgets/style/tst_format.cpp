// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/trickybytes.h"
#include "widgets/style/format.h"
#include "widgets/style/naturalorder.h"

#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

/// Numbers, sizes and times as they are shown, and the order of texts that hold numbers.
class TestFormat final : public QObject {
    Q_OBJECT

private Q_SLOTS:
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

QTEST_GUILESS_MAIN(TestFormat)
#include "tst_format.moc"
