// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/trickybytes.h"
#include "widgets/key/displaykey.h"

#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

/// Keys as text: what is shown, and what it is read back to.
class TestDisplayKey final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void displayedKeysReadBackToTheSameBytes()
    {
        QVERIFY(rc::check("bytesOfDisplayKey(displayKey(key)) == key", [] {
            const QByteArray key = QByteArray::fromStdString(*trickyBytes());
            RC_ASSERT(bytesOfDisplayKey(displayKey(key)) == key);
        }));
    }

    void displayedKeysHoldNothingInvisible()
    {
        QVERIFY(rc::check("only characters that can be seen", [] {
            for (const char32_t c : displayKey(QByteArray::fromStdString(*trickyBytes())).toUcs4())
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
};

QTEST_GUILESS_MAIN(TestDisplayKey)
#include "tst_displaykey.moc"
