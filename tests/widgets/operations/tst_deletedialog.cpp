// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/operations/deletedialog.h"

#include "tests/widgets/labels.h"
#include "tests/widgets/operations/operationsworld.h"
#include "widgets/key/keylabel.h"
#include "widgets/style/theme.h"

#include <QLineEdit>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

/// What the dialog says before it deletes, and what it takes to go on.
class TestDeleteDialog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsWhatADeletionWouldTake()
    {
        OperationsWorld world;
        DeleteDialog &dialog = world.openDelete(users());
        QVERIFY(says(dialog, u"Delete shop.services.get_user_payload?"_s));
        QVERIFY(says(dialog, u"28 keys"_s));
        QVERIFY(says(dialog, u"It can be undone"_s));
        auto *sample = dialog.findChild<QListWidget *>();
        QVERIFY(sample->count() > 0);
        QVERIFY(sample->item(0)->text().startsWith(QString::fromLatin1(LiveCache::usersPrefix)));
        QVERIFY(button<QPushButton>(dialog, "Delete 28 keys"));
        QCOMPARE(world.existing(LiveCache::usersPrefix),
                 LiveCache::userEntries); // looking takes nothing
    }

    void saysWhenWhatItDeletesIsAGuess()
    {
        OperationsWorld world;
        DeletionTarget target = users();
        target.node.emplace();
        QVERIFY(!says(world.openDelete(target), u"is a guess"_s));
        delete world.dialog;
        target.node->guessed = true;
        QVERIFY(says(world.openDelete(target), u"shop.services.get_user_payload is a guess"_s));
    }

    void asksShortlyForASingleEntry()
    {
        OperationsWorld world;
        DeleteDialog &dialog = world.openDelete(one(LiveCache::userKey("int")));
        QVERIFY(says(dialog, u"Delete this entry?"_s));
        auto *key = dialog.findChild<KeyLabel *>();
        QVERIFY(key->isVisible());
        QCOMPARE(key->rawKey(), LiveCache::userKey("int"));
        QVERIFY(!dialog.findChild<QListWidget *>()->isVisible());
        QTest::mouseClick(button<QPushButton>(dialog, "Delete"), Qt::LeftButton);
        QTRY_VERIFY(says(*world.operations, u"1 gone"_s));
        QCOMPARE(world.existing(LiveCache::usersPrefix), LiveCache::userEntries - 1);
    }

    void enterDoesNotDelete()
    {
        OperationsWorld world;
        DeleteDialog &dialog = world.openDelete(users());
        QVERIFY(!button<QPushButton>(dialog, "Delete")->isDefault());
        QTest::keyClick(&dialog, Qt::Key_Return);
        QTRY_VERIFY(!world.dialog);
        QCOMPARE(world.existing(LiveCache::usersPrefix), LiveCache::userEntries);
        QCOMPARE(world.operations->count(), 0);
    }

    void escapeCancelsWhileItIsStillPlanning()
    {
        OperationsWorld world;
        world.cache->held->hold();
        auto *dialog = world.makeDelete(users());
        QSignalSpy planned(dialog, &DeleteDialog::planned);
        dialog->open();
        QVERIFY(dialog->isVisible());
        QVERIFY(says(*dialog, u"Finding the keys"_s));
        QVERIFY(dialog->findChild<QProgressBar *>()->isVisible());
        QTest::keyClick(dialog, Qt::Key_Escape);
        QTRY_VERIFY(!world.dialog);
        QCOMPARE(planned.count(), 0);
    }

    void wantsTheNameTypedInProduction()
    {
        SessionOptions options;
        options.policy = {.name = "shop-prod", .readOnly = false, .production = true};
        OperationsWorld world(options);
        DeleteDialog &dialog = world.openDelete(users());
        QVERIFY(says(dialog, u"This is production"_s));
        auto *remove = button<QPushButton>(dialog, "Delete");
        auto *name = dialog.findChild<QLineEdit *>();
        QVERIFY(!remove->isEnabled());
        QTest::keyClicks(name, QStringLiteral("shop-pro"));
        QVERIFY(!remove->isEnabled());
        QTest::keyClicks(name, QStringLiteral("d"));
        QVERIFY(remove->isEnabled());
        QTest::keyClick(name, Qt::Key_Return); // typed for this: now Enter deletes
        QTRY_VERIFY(says(*world.operations, u"28 gone"_s));
    }

    void deletesASingleKeyInProductionWithoutTheName()
    {
        SessionOptions options;
        options.policy = {.name = "shop-prod", .readOnly = false, .production = true};
        OperationsWorld world(options);
        DeleteDialog &dialog = world.openDelete(one(LiveCache::userKey("int")));
        QVERIFY(button<QPushButton>(dialog, "Delete")->isEnabled());
        QVERIFY(!dialog.findChild<QLineEdit *>()->isVisible());
    }

    void saysThatAConnectionIsReadOnly()
    {
        SessionOptions options;
        options.policy.readOnly = true;
        OperationsWorld world(options);
        auto *dialog = world.makeDelete(users());
        dialog->open();
        QVERIFY(says(*dialog, u"read-only"_s));
        QVERIFY(!button<QPushButton>(*dialog, "Delete")->isEnabled());
        delete dialog;

        TtlDialog ttl(world.cache->session.get(), LiveCache::userKey("int"), 5min);
        ttl.setAttribute(Qt::WA_DeleteOnClose, false);
        ttl.open();
        QVERIFY(says(ttl, u"read-only"_s));
        QVERIFY(!button<QPushButton>(ttl, "Change TTL")->isEnabled());
    }

    void saysWhenItTurnsReadOnlyMeanwhile()
    {
        OperationsWorld world;
        DeleteDialog &dialog = world.openDelete(users());
        world.cache->session->setReadOnly(true);
        QTest::mouseClick(button<QPushButton>(dialog, "Delete"), Qt::LeftButton);
        QVERIFY(world.dialog);
        QVERIFY(says(dialog, u"Could not"_s));
        QCOMPARE(world.existing(LiveCache::usersPrefix), LiveCache::userEntries);
    }

    void saysWhyItCouldNotPlanAndTriesAgain()
    {
        OperationsWorld world;
        world.cache->held->failWith(
            Error{Error::Code::Unreachable, "reach", "the server", "gone", true});
        DeleteDialog &dialog = world.openDelete(one(LiveCache::userKey("int")));
        QVERIFY(says(dialog, u"gone"_s));
        world.cache->held->recover();
        QTest::mouseClick(button<QPushButton>(dialog, "Try Again"), Qt::LeftButton);
        QTRY_VERIFY(dialog.plan().has_value());
        QVERIFY(button<QPushButton>(dialog, "Delete")->isEnabled());
    }

    void saysWhenThereIsNothingToDelete()
    {
        OperationsWorld world;
        DeletionTarget target = users();
        target.prefixes = {"no-such-prefix::"};
        DeleteDialog &dialog = world.openDelete(target);
        QVERIFY(says(dialog, u"nothing to delete"_s));
        QVERIFY(!button<QPushButton>(dialog, "Delete")->isEnabled());
    }

    void saysWhatIsRunAnewBehindIt()
    {
        OperationsWorld world;
        DeletionTarget target = users();
        const QByteArray key = LiveCache::userKey("int");
        target.rewarms = {{.title = "get_user_payload(user_id: int)",
                           .key = [key] { return Result<QByteArray>(key); },
                           .run =
                               [&world, key] {
                                   (void)world.cache->memory->set(key, "run anew", 1h);
                                   return QtFuture::makeReadyFuture(Result<bool>(true));
                               }}};
        DeleteDialog &dialog = world.openDelete(target);
        QVERIFY(says(dialog, u"Then run anew, and stored: get_user_payload(user_id: int)."_s));
        QTest::mouseClick(button<QPushButton>(dialog, "Delete 28"), Qt::LeftButton);
        QTRY_VERIFY(says(*world.operations, u"28 gone, 1 run anew"_s));
        QCOMPARE(world.cache->memory->get(key).value(), QByteArray("run anew"));
        QTRY_VERIFY(button<QToolButton>(*world.operations, "Undo"));
        QTest::mouseClick(button<QToolButton>(*world.operations, "Undo"), Qt::LeftButton);
        QTRY_VERIFY(says(*world.operations, u"28 restored, 1 run anew removed"_s));
    }

    void runsAnewWhereThereIsNothingToDelete()
    {
        OperationsWorld world;
        DeletionTarget target = users();
        target.prefixes = {"no-such-prefix::"};
        target.rewarms = {{.title = "call",
                           .key = [] { return Result<QByteArray>("key"); },
                           .run = [] { return QtFuture::makeReadyFuture(Result<bool>(false)); }}};
        DeleteDialog &dialog = world.openDelete(target);
        QVERIFY(says(dialog, u"Run one call anew?"_s));
        QTest::mouseClick(button<QPushButton>(dialog, "Run Anew"), Qt::LeftButton);
        QTRY_VERIFY(says(*world.operations, u"0 of 1 run anew, 1 not stored"_s));
        QTRY_VERIFY(says(*world.operations, u"done"_s));
    }

    void saysBeforehandWhenThereWillBeNoUndo()
    {
        SessionOptions options;
        options.undoBudget = 100;
        OperationsWorld world(options);
        DeleteDialog &dialog = world.openDelete(users());
        QVERIFY(says(dialog, u"It cannot be undone: "_s));
    }

    void dangerIsTheColourOfTheDeleteButton()
    {
        OperationsWorld world;
        DeleteDialog &dialog = world.openDelete(users());
        auto *remove = button<QPushButton>(dialog, "Delete");
        QCOMPARE(remove->palette().color(QPalette::Active, QPalette::Button),
                 dangerColor(dialog.palette()));
    }
};

QTEST_MAIN(TestDeleteDialog)
#include "tst_deletedialog.moc"
