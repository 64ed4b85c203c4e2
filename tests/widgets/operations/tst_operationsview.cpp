// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/operations/operationsview.h"

#include "tests/widgets/accessible.h"
#include "tests/widgets/labels.h"
#include "tests/widgets/operations/operationsworld.h"
#include "widgets/operations/operationrow.h"

#include <QPushButton>
#include <QTest>
#include <QToolButton>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

/// What was done, is done and can be taken back, in the list of it.
class TestOperationsView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void deletesAndUndoesThroughTheWidgets()
    {
        OperationsWorld world;
        DeleteDialog &dialog = world.openDelete(users());
        QTest::mouseClick(button<QPushButton>(dialog, "Delete 28"), Qt::LeftButton);
        QTRY_VERIFY(!world.dialog);
        QTRY_VERIFY(says(*world.operations, u"28 gone"_s));
        QTRY_VERIFY(says(*world.operations, u"done"_s));
        QCOMPARE(world.existing(LiveCache::usersPrefix), 0);

        auto *undo = button<QToolButton>(*world.operations, "Undo");
        QVERIFY(undo);
        QTest::keyClick(undo, Qt::Key_Space);
        QTRY_VERIFY(says(*world.operations, u"28 restored"_s));
        QTRY_VERIFY(says(*world.operations, u"undone"_s));
        QCOMPARE(world.existing(LiveCache::usersPrefix), LiveCache::userEntries);
    }

    void keepsWhatWasWrittenSinceWhenItUndoes()
    {
        OperationsWorld world;
        DeleteDialog &dialog = world.openDelete(users());
        QTest::mouseClick(button<QPushButton>(dialog, "Delete 28"), Qt::LeftButton);
        QTRY_VERIFY(says(*world.operations, u"done"_s));
        QVERIFY(world.cache->memory->set(LiveCache::userKey("int"), "newer", 1h));
        QTest::mouseClick(button<QToolButton>(*world.operations, "Undo"), Qt::LeftButton);
        QTRY_VERIFY(says(*world.operations, u"27 restored, 1 written again since and kept"_s));
        QCOMPARE(world.cache->memory->get(LiveCache::userKey("int")).value(), QByteArray("newer"));
    }

    void cancelsAnOperationAndGivesAnExactAccount()
    {
        SessionOptions options;
        options.batch = 10;
        OperationsWorld world(options);
        DeleteDialog &dialog = world.openDelete(users());
        world.cache->held->hold(
            2); // lets the first batch through: its size is asked for, then it is taken
        QTest::mouseClick(button<QPushButton>(dialog, "Delete"), Qt::LeftButton);
        QTRY_VERIFY(says(*world.operations, u"10 of 28 gone"_s));
        QTRY_VERIFY(world.cache->held->waiting() > 0);
        QTest::keyClick(button<QToolButton>(*world.operations, "Cancel"), Qt::Key_Space);
        world.cache->held->release();
        QTRY_VERIFY(says(*world.operations, u"canceled"_s));
        const OperationStatus status = world.cache->session->operations().front();
        QCOMPARE(status.done + status.alreadyGone + status.notTried + status.unknown, 28);
        QVERIFY(status.notTried > 0);
        QVERIFY(status.done >= 10);
        QCOMPARE(world.existing(LiveCache::usersPrefix), LiveCache::userEntries - status.done);
    }

    void forgetsAnOperation()
    {
        OperationsWorld world;
        QVERIFY(says(*world.operations, u"Nothing has been changed"_s));
        DeleteDialog &dialog = world.openDelete(one(LiveCache::userKey("int")));
        QTest::mouseClick(button<QPushButton>(dialog, "Delete"), Qt::LeftButton);
        QTRY_VERIFY(says(*world.operations, u"done"_s));
        QVERIFY(!says(*world.operations, u"Nothing has been changed"_s));
        QTest::mouseClick(button<QToolButton>(*world.operations, "Forget"), Qt::LeftButton);
        QCOMPARE(world.operations->count(), 0);
        QVERIFY(world.cache->session->operations().empty());
        QVERIFY(says(*world.operations, u"Nothing has been changed"_s));
    }

    void showsTheNewestOperationFirst()
    {
        OperationsWorld world;
        for (const char *user : {"int", "true"}) {
            DeleteDialog &dialog = world.openDelete(one(LiveCache::userKey(user)));
            QTest::mouseClick(button<QPushButton>(dialog, "Delete"), Qt::LeftButton);
            QTRY_VERIFY(!world.dialog);
        }
        QTRY_COMPARE(world.operations->count(), 2);
        const auto rows = world.operations->findChildren<OperationRow *>();
        QTRY_VERIFY(rows[0]->y() != rows[1]->y());
        const OperationRow *upper = rows[0]->y() < rows[1]->y() ? rows[0] : rows[1];
        QCOMPARE(upper->status().title, LiveCache::userKey("true"));
    }

    void listsWhatWasDoneBeforeItWasOpened()
    {
        OperationsWorld world;
        DeleteDialog &dialog = world.openDelete(one(LiveCache::userKey("int")));
        QTest::mouseClick(button<QPushButton>(dialog, "Delete"), Qt::LeftButton);
        QTRY_VERIFY(says(*world.operations, u"done"_s));
        OperationsView later;
        later.setSession(world.cache->session.get());
        QCOMPARE(later.count(), 1);
    }

    void writesEveryCountOut()
    {
        OperationStatus status;
        status.total = 20'000;
        status.done = 12'000;
        status.alreadyGone = 3;
        status.notTried = 7'985;
        status.unknown = 12;
        status.phase = OperationStatus::Phase::Canceled;
        const QString text = operationCounts(status);
        for (const char *part :
             {"gone", "3 already gone", "left as before", "12 sent, outcome not known"})
            QVERIFY2(text.contains(QLatin1String(part)), qPrintable(text));
        status.notTried = 0;
        status.rewarms = 4;
        status.rewarmed = 2;
        status.rewarmsFailed = 1;
        QVERIFY2(operationCounts(status).endsWith(QLatin1String("2 of 4 run anew, 1 failed")),
                 qPrintable(operationCounts(status)));
        status.phase = OperationStatus::Phase::Undone;
        status.restored = 11'990;
        status.keptNewer = 8;
        status.expired = 2;
        const QString undone = operationCounts(status);
        QVERIFY2(undone.contains(QLatin1String("8 written again since and kept, 2 expired")),
                 qPrintable(undone));
    }

    void letsGoOfASessionThatEnds()
    {
        OperationsWorld world;
        DeleteDialog &dialog = world.openDelete(one(LiveCache::userKey("int")));
        QTest::mouseClick(button<QPushButton>(dialog, "Delete"), Qt::LeftButton);
        QTRY_VERIFY(says(*world.operations, u"done"_s));
        world.makeDelete(users())->open();
        world.cache->session.reset();
        QTRY_VERIFY(!world.dialog);
        QCOMPARE(world.operations->count(), 0);
    }

    void namesEveryControl()
    {
        OperationsWorld world;
        DeleteDialog &dialog = world.openDelete(users());
        QCOMPARE(namelessControls(dialog).join(u','), QString());
        QTest::mouseClick(button<QPushButton>(dialog, "Delete"), Qt::LeftButton);
        QTRY_VERIFY(says(*world.operations, u"done"_s));
        QCOMPARE(namelessControls(*world.operations).join(u','), QString());
        QCOMPARE(namelessControls(world.openTtl(LiveCache::userKey("int"), 5min)).join(u','),
                 QString());
    }
};

QTEST_MAIN(TestOperationsView)
#include "tst_operationsview.moc"
