// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/operations/ttldialog.h"

#include "tests/widgets/labels.h"
#include "tests/widgets/operations/operationsworld.h"

#include <QLineEdit>
#include <QPushButton>
#include <QTest>
#include <QToolButton>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

/// Changing when an entry expires.
class TestTtlDialog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void changesATtlAndKeepsTheValue()
    {
        OperationsWorld world;
        const QByteArray key = LiveCache::userKey("int");
        const auto before = world.cache->memory->get(key).value();
        TtlDialog &dialog = world.openTtl(key, 5min);
        auto *text = dialog.findChild<QLineEdit *>();
        QCOMPARE(text->text(), QStringLiteral("5m"));
        QTest::keyClicks(text, QStringLiteral("1h 30m")); // over what was selected
        QVERIFY(says(dialog, u"Expires"_s));
        QTest::keyClick(text, Qt::Key_Return);
        QTRY_VERIFY(!world.dialog);
        QTRY_VERIFY(says(*world.operations, u"1 changed"_s));
        QCOMPARE(world.ttl(key), 90min);
        QCOMPARE(world.cache->memory->get(key).value(), before);

        QTest::mouseClick(button<QToolButton>(*world.operations, "Undo"), Qt::LeftButton);
        QTRY_VERIFY(says(*world.operations, u"undone"_s));
        QVERIFY(world.ttl(key) < 5min);
    }

    void removesATtlWithAPreset()
    {
        OperationsWorld world;
        const QByteArray key = LiveCache::userKey("int");
        TtlDialog &dialog = world.openTtl(key, 5min);
        QTest::mouseClick(button<QPushButton>(dialog, "No expiry"), Qt::LeftButton);
        QVERIFY(says(dialog, u"Stays until it is deleted"_s));
        QTest::mouseClick(button<QPushButton>(dialog, "Change TTL"), Qt::LeftButton);
        QTRY_COMPARE(world.ttl(key), std::nullopt);
    }

    void saysWhatIsWrongWithATtl()
    {
        OperationsWorld world;
        TtlDialog &dialog = world.openTtl(LiveCache::userKey("int"), 5min);
        QTest::keyClicks(dialog.findChild<QLineEdit *>(), QStringLiteral("5 parsecs"));
        QVERIFY(says(dialog, u"parsecs"_s));
        QVERIFY(!button<QPushButton>(dialog, "Change TTL")->isEnabled());
    }
};

QTEST_MAIN(TestTtlDialog)
#include "tst_ttldialog.moc"
