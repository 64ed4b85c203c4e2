// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/program.h"
#include "tests/app/restflowfixture.h"
#include "tests/app/window/windowworld.h"
#include "tests/widgets/accessible.h"
#include "widgets/entrypanel/entrypanel.h"
#include "widgets/entrytable/entrytable.h"
#include "widgets/entrytable/filterbar.h"
#include "widgets/operations/deletedialog.h"
#include "widgets/operations/ttldialog.h"
#include "widgets/style/whynot.h"

#include <QAbstractItemModel>
#include <QAction>
#include <QClipboard>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QTableView>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

DeleteDialog *plannedDeletion(const WindowWorld &world)
{
    auto *dialog = world.window->findChild<DeleteDialog *>();
    return dialog && dialog->isVisible() && dialog->plan() ? dialog : nullptr;
}

} // namespace

/// The real window against a real Redis, as somebody at the keyboard uses it.
class TestMainWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsTheWholeKeyspaceOfALiveCache();
    void anEmptyCacheIsNoError();
    void theFilterNarrowsTheEntries();
    void aPatternThatCannotBeReadIsSaid();
    void theSelectedEntryIsShown();
    void theSelectedEntryIsCopied();
    void aFunctionIsDeletedAndBroughtBackByKeyboard();
    void aLineWithNothingToUndoLeavesItToTheWindow();
    void theNamespaceOfAnEntryIsDeleted();
    void thePartitionOfAnEntryIsDeleted();
    void selectedEntriesAreDeletedAndNoOthers();
    void aCanceledDeletionAccountsForEveryKey();
    void aTimeToLiveIsChangedAndTheValueIsNot();
    void aReadOnlyConnectionChangesNothing();
    void whatCannotBeRunSaysWhy();
    void inProductionTheNameIsTyped();
    void aNewPassFindsWhatWasWrittenSince();
    void aScanIsStopped();
};

void TestMainWindow::showsTheWholeKeyspaceOfALiveCache()
{
    WindowWorld world;
    const auto fixture = restflowFixture();
    loadRestflowFixture(world.server, fixture);
    Connection connection = world.connection();
    connection.catalogs = {QStringLiteral(CACHELENS_TEST_DATA "/restflow-live.catalog.json")};
    world.open(connection);
    const int keys = static_cast<int>(fixture.size());
    QTRY_VERIFY2(world.hasWholeKeyspace(keys), qPrintable(world.counts()));
    QTRY_COMPARE(world.rows()->rowCount(), keys);
    QVERIFY(world.banner().isEmpty());
}

void TestMainWindow::anEmptyCacheIsNoError()
{
    WindowWorld world;
    world.open();
    QTRY_VERIFY2(world.hasWholeKeyspace(0), qPrintable(world.counts()));
    QCOMPARE(world.rows()->rowCount(), 0);
    QVERIFY(world.banner().isEmpty());
}

void TestMainWindow::theFilterNarrowsTheEntries()
{
    WindowWorld world;
    world.fill("users", 20, 3);
    world.fill("reports", 5, 1);
    world.open();
    QTRY_COMPARE(world.rows()->rowCount(), 65);
    QVERIFY(world.activate());
    QTest::keyClick(world.window.get(), Qt::Key_F, Qt::ControlModifier);
    QTRY_VERIFY(world.filter()->hasFocus());
    QTest::keyClicks(world.filter(), QStringLiteral("id:7::"));
    QTRY_COMPARE(world.rows()->rowCount(), 3);
    QVERIFY(world.activate());
    QTest::keyClick(world.window.get(), Qt::Key_L, Qt::ControlModifier | Qt::ShiftModifier);
    QTRY_COMPARE(world.rows()->rowCount(), 65);
    QVERIFY(world.selectNode({QStringLiteral("reports")}));
    QTRY_COMPARE(world.rows()->rowCount(), 5);
}

void TestMainWindow::aPatternThatCannotBeReadIsSaid()
{
    WindowWorld world;
    world.fill("users", 2, 1);
    world.open();
    QTRY_COMPARE(world.rows()->rowCount(), 2);
    KeyQuery query;
    query.pattern = "id:(";
    query.syntax = KeyQuery::Syntax::Regex;
    world.window->findChild<FilterBar *>()->setQuery(query);
    const auto *filter = world.window->findChild<FilterBar *>();
    QTRY_VERIFY(std::ranges::any_of(filter->findChildren<QLabel *>(), [](const QLabel *label) {
        return label->isVisible() && !label->text().isEmpty();
    }));
}

void TestMainWindow::theSelectedEntryIsShown()
{
    WindowWorld world;
    world.fill("users", 3, 2);
    world.open();
    QTRY_COMPARE(world.rows()->rowCount(), 6);
    const QByteArray key = WindowWorld::keyOf("users", 2, 1);
    world.window->selectKey(key);
    const EntryPanel *panel = world.window->panel();
    QTRY_COMPARE(panel->key(), key);
    QTRY_COMPARE(panel->state(), EntryPanel::State::Shown);
    QVERIFY(panel->details()->decoded);
    QVERIFY(panel->details()->decoded->value == Value::string("of users"));
}

void TestMainWindow::theSelectedEntryIsCopied()
{
    WindowWorld world;
    world.fill("users", 1, 1);
    const QByteArray key = WindowWorld::keyOf("users", 0, 0);
    world.open();
    QTRY_COMPARE(world.rows()->rowCount(), 1);
    world.window->selectKey(key);
    QTRY_COMPARE(world.window->panel()->state(), EntryPanel::State::Shown);
    QTableView *view = world.window->entries()->view();
    const QClipboard *clipboard = QGuiApplication::clipboard();
    const auto press = [&](Qt::Key pressed, Qt::KeyboardModifiers modifiers) {
        QGuiApplication::clipboard()->clear();
        if (!world.activate())
            return false;
        view->setFocus();
        const bool there = QTest::qWaitFor([view] { return view->hasFocus(); });
        QTest::keyClick(view, pressed, modifiers);
        return there;
    };
    QVERIFY(press(Qt::Key_C, Qt::ControlModifier));
    QTRY_COMPARE(clipboard->text(), QString::fromUtf8(key));
    QVERIFY(press(Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier));
    QTRY_COMPARE(clipboard->text(), QStringLiteral("\"of users\""));
    QVERIFY(press(Qt::Key_C, Qt::ControlModifier | Qt::AltModifier));
    QTRY_VERIFY(clipboard->text().startsWith(QStringLiteral("redis-cli ")));
    QVERIFY(press(Qt::Key_K, Qt::ControlModifier | Qt::ShiftModifier));
    QTRY_COMPARE(clipboard->text(), QString::fromUtf8(key));
    QVERIFY(press(Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier));
    QTRY_COMPARE(clipboard->text(), QStringLiteral("\"of users\""));
}

void TestMainWindow::aFunctionIsDeletedAndBroughtBackByKeyboard()
{
    WindowWorld world;
    world.fill("users", 30, 4);
    world.fill("reports", 3, 2);
    const QByteArray key = WindowWorld::keyOf("users", 7, 2);
    const QByteArray before = world.dump(key);
    world.open();
    QTRY_VERIFY(world.hasWholeKeyspace(126));
    QVERIFY(world.selectNode({QStringLiteral("users"), QStringLiteral("app.services.get_users")}));
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Delete);
    QTRY_VERIFY(plannedDeletion(world));
    DeleteDialog *dialog = plannedDeletion(world);
    QCOMPARE(dialog->plan()->count(), 120);
    QTest::keyClick(WindowWorld::button(*dialog, "Delete"), Qt::Key_Space);
    QTRY_COMPARE(world.lastOperation().phase, OperationStatus::Phase::Done);
    QCOMPARE(world.size(), 6);
    QTRY_COMPARE(world.rows()->rowCount(), 6); // of all: the function is no more

    QTRY_VERIFY(world.window->actions().undo->isEnabled());
    QTRY_VERIFY(!world.window->findChild<DeleteDialog *>());
    QVERIFY(world.activate());
    QTest::keyClick(world.window.get(), Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE(world.lastOperation().phase, OperationStatus::Phase::Undone);
    QCOMPARE(world.size(), 126);
    QCOMPARE(world.dump(key), before);
    QVERIFY(world.ttl(key) > 3'000'000 && world.ttl(key) <= 3'600'000);
    QTRY_VERIFY(world.hasWholeKeyspace(126));
}

void TestMainWindow::aLineWithNothingToUndoLeavesItToTheWindow()
{
    WindowWorld world;
    world.fill("users", 2, 2);
    world.open();
    QTRY_VERIFY(world.hasWholeKeyspace(4));
    QVERIFY(world.activate());
    const auto id = world.window->session()->startDeletion(
        world.window->session()
            ->planDeletion({.keys = {WindowWorld::keyOf("users", 0, 0)}})
            .result()
            .value());
    QVERIFY(id);
    QTRY_VERIFY(world.window->actions().undo->isEnabled());
    auto *edit = world.window->findChild<FilterBar *>()->findChild<QLineEdit *>();
    edit->setFocus();
    QTest::keyClicks(edit, QStringLiteral("x"));
    QTest::keyClick(edit, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(edit->text(), QString());
    QCOMPARE(world.lastOperation().phase, OperationStatus::Phase::Done);
    QTest::keyClick(edit, Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE(world.lastOperation().phase, OperationStatus::Phase::Undone);
    QCOMPARE(world.size(), 4);
}

void TestMainWindow::theNamespaceOfAnEntryIsDeleted()
{
    WindowWorld world;
    world.fill("users", 5, 2);
    world.fill("reports", 3, 2);
    world.open();
    QTRY_COMPARE(world.rows()->rowCount(), 16);
    world.window->selectKey(WindowWorld::keyOf("reports", 1, 1));
    QTRY_COMPARE(world.window->panel()->state(), EntryPanel::State::Shown);
    const WindowActions &actions = world.window->actions();
    QTRY_VERIFY(actions.deleteFunction->isEnabled());
    actions.deleteNamespace->trigger();
    QTRY_VERIFY(plannedDeletion(world));
    DeleteDialog *dialog = plannedDeletion(world);
    QCOMPARE(dialog->plan()->count(), 6);
    WindowWorld::button(*dialog, "Delete")->click();
    QTRY_COMPARE(world.size(), 10);
    for (const QByteArray &key :
         {WindowWorld::keyOf("users", 0, 0), WindowWorld::keyOf("users", 4, 1)})
        QCOMPARE(world.server.command({"EXISTS", key}).integer, 1);
}

void TestMainWindow::thePartitionOfAnEntryIsDeleted()
{
    WindowWorld world;
    const auto fixture = restflowFixture();
    loadRestflowFixture(world.server, fixture);
    Connection connection = world.connection();
    connection.catalogs = {QStringLiteral(CACHELENS_TEST_DATA "/restflow-live.catalog.json")};
    world.open(connection);
    QTRY_VERIFY(world.hasWholeKeyspace(static_cast<int>(fixture.size())));
    // Another partition's value begins like this one's: tenant:a, tenant:a::b.
    const auto chosen = std::ranges::find_if(fixture, [](const FixtureKey &key) {
        return !key.isForeign() && !textOf(key.expect, "partition").isEmpty();
    });
    const auto together = [&chosen](const FixtureKey &key) {
        return std::ranges::all_of(
            std::array{"cache", "namespace", "function", "partition"}, [&](const char *name) {
                return textOf(key.expect, name) == textOf(chosen->expect, name);
            });
    };
    world.window->selectKey(chosen->key);
    QTRY_COMPARE(world.window->panel()->key(), chosen->key);
    QTRY_VERIFY(world.window->actions().deletePartition->isEnabled());
    world.window->actions().deletePartition->trigger();
    QTRY_VERIFY(plannedDeletion(world));
    const auto doomed = std::ranges::count_if(fixture, together);
    QCOMPARE(plannedDeletion(world)->plan()->count(), doomed);
    WindowWorld::button(*plannedDeletion(world), "Delete")->click();
    QTRY_COMPARE(world.size(), static_cast<qint64>(fixture.size()) - doomed);
    for (const FixtureKey &key : fixture)
        QCOMPARE(world.server.command({"EXISTS", key.key}).integer, together(key) ? 0 : 1);
}

void TestMainWindow::selectedEntriesAreDeletedAndNoOthers()
{
    WindowWorld world;
    world.fill("users", 6, 1);
    world.open();
    QTRY_COMPARE(world.rows()->rowCount(), 6);
    QTableView *view = world.window->entries()->view();
    view->setFocus();
    view->selectionModel()->setCurrentIndex(view->model()->index(1, 0),
                                            QItemSelectionModel::ClearAndSelect
                                                | QItemSelectionModel::Rows);
    QTest::keyClick(view, Qt::Key_Down, Qt::ShiftModifier);
    const QList<QByteArray> chosen = world.window->entries()->selectedKeys();
    QCOMPARE(chosen.size(), 2);
    QTest::keyClick(view, Qt::Key_Delete);
    QTRY_VERIFY(plannedDeletion(world));
    WindowWorld::button(*plannedDeletion(world), "Delete")->click();
    QTRY_COMPARE(world.size(), 4);
    for (const QByteArray &key : chosen)
        QCOMPARE(world.server.command({"EXISTS", key}).integer, 0);
}

void TestMainWindow::aCanceledDeletionAccountsForEveryKey()
{
    WindowWorld world;
    world.fill("users", 200, 100);
    world.open();
    QTRY_VERIFY(world.hasWholeKeyspace(20'000));
    QVERIFY(world.selectNode({QStringLiteral("users")}));
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Delete);
    QTRY_VERIFY(plannedDeletion(world));
    // The server holds still: the deletion cannot be over before it is canceled.
    world.server.pause();
    WindowWorld::button(*plannedDeletion(world), "Delete")->click();
    QTRY_VERIFY(world.window->actions().cancel->isEnabled());
    world.window->actions().cancel->trigger();
    world.server.resume();
    QTRY_VERIFY(world.lastOperation().id != 0 && !world.lastOperation().isActive());
    const OperationStatus status = world.lastOperation();
    QCOMPARE(status.phase, OperationStatus::Phase::Canceled);
    QCOMPARE(status.total, 20'000);
    QVERIFY(status.notTried > 0);
    QCOMPARE(status.done + status.alreadyGone + status.notTried + status.unknown, status.total);
    QCOMPARE(world.size(), status.total - status.done);
    QTRY_VERIFY(world.hasWholeKeyspace(static_cast<int>(world.size())));
}

void TestMainWindow::aTimeToLiveIsChangedAndTheValueIsNot()
{
    WindowWorld world;
    world.fill("users", 2, 1);
    const QByteArray key = WindowWorld::keyOf("users", 1, 0);
    const QByteArray before = world.dump(key);
    world.open();
    QTRY_COMPARE(world.rows()->rowCount(), 2);
    world.window->selectKey(key);
    const auto change = [&](const char *to) {
        QVERIFY(world.activate());
        QTRY_COMPARE(world.window->panel()->state(), EntryPanel::State::Shown);
        QTest::keyClick(world.window.get(), Qt::Key_T, Qt::ControlModifier);
        QTRY_VERIFY(world.window->findChild<TtlDialog *>());
        auto *text = world.window->findChild<TtlDialog *>()->findChild<QLineEdit *>();
        text->selectAll();
        QTest::keyClicks(text, QString::fromLatin1(to));
        QTest::keyClick(text, Qt::Key_Return);
        QTRY_VERIFY(!world.window->findChild<TtlDialog *>());
        QTRY_COMPARE(world.lastOperation().phase, OperationStatus::Phase::Done);
    };
    change("10m");
    QVERIFY(world.ttl(key) > 500'000 && world.ttl(key) <= 600'000);
    change("none");
    QCOMPARE(world.ttl(key), -1);
    QVERIFY(world.activate());
    QTest::keyClick(world.window.get(), Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE(world.lastOperation().phase, OperationStatus::Phase::Undone);
    QVERIFY(world.ttl(key) > 500'000 && world.ttl(key) <= 600'000);
    QCOMPARE(world.dump(key), before);
}

void TestMainWindow::aReadOnlyConnectionChangesNothing()
{
    WindowWorld world;
    world.fill("users", 2, 2);
    Connection connection = world.connection();
    connection.readOnly = true;
    world.open(connection);
    QTRY_COMPARE(world.rows()->rowCount(), 4);
    QVERIFY(world.selectNode({QStringLiteral("users")}));
    const WindowActions &actions = world.window->actions();
    QVERIFY(actions.readOnly->isChecked());
    for (const QAction *action :
         {actions.deletePartition, actions.deleteFunction, actions.deleteNamespace, actions.undo})
        QVERIFY(!action->isEnabled());
    world.window->selectKey(WindowWorld::keyOf("users", 0, 0));
    QTRY_COMPARE(world.window->panel()->state(), EntryPanel::State::Shown);
    QList<const QAction *> changing;
    for (const QAction *action : allActions(*world.window)) {
        const QString text = action->text().remove(u'&');
        if (text.startsWith(QStringLiteral("Delete "))
            || text.startsWith(QStringLiteral("Change ")))
            changing.append(action);
    }
    QCOMPARE(changing.size(), 7); // of the tree, the table, the entry, and three kinds of nodes
    for (const QAction *action : std::as_const(changing)) {
        QVERIFY2(!action->isEnabled(), qPrintable(action->text()));
        QCOMPARE(action->statusTip(), QStringLiteral("The connection is read-only"));
    }
    // The guard is not in the window.
    DeletionTarget target;
    target.keys = {WindowWorld::keyOf("users", 0, 0)};
    QFuture<Result<DeletionPlan>> planning = world.window->session()->planDeletion(target);
    QTRY_VERIFY(planning.isFinished());
    const auto plan = planning.result();
    const auto started = plan ? world.window->session()->startDeletion(*plan)
                              : Result<OperationId>(failure(plan.error()));
    QVERIFY(!started);
    QCOMPARE(started.error().code, Error::Code::Forbidden);
    QCOMPARE(world.size(), 4);

    actions.readOnly->trigger();
    QTRY_VERIFY(actions.deleteNamespace->isEnabled());
    changing.removeOne(actions.deletePartition); // no such nodes at hand
    changing.removeOne(actions.deleteFunction);
    for (const QAction *action : std::as_const(changing))
        QVERIFY2(action->isEnabled(), qPrintable(action->text()));
}

void TestMainWindow::whatCannotBeRunSaysWhy()
{
    WindowWorld world;
    world.fill("users", 2, 2);
    const auto unexplained = [&] {
        QStringList texts;
        for (const QAction *action : allActions(*world.window)) {
            if (!action->isEnabled() && !action->menu() && whyNot(action).isEmpty())
                texts.append(action->text());
        }
        return texts.join(QStringLiteral(", "));
    };
    world.open();
    QTRY_COMPARE(world.rows()->rowCount(), 4);
    QCOMPARE(unexplained(), QString());
    world.window->selectKey(WindowWorld::keyOf("users", 0, 0));
    QTRY_COMPARE(world.window->panel()->state(), EntryPanel::State::Shown);
    QCOMPARE(unexplained(), QString());
    world.window->actions().closeConnection->trigger();
    QVERIFY(!world.window->session());
    QCOMPARE(unexplained(), QString());
}

void TestMainWindow::inProductionTheNameIsTyped()
{
    WindowWorld world;
    world.fill("users", 2, 2);
    Connection connection = world.connection();
    connection.name = QStringLiteral("shop-live");
    connection.production = true;
    world.open(connection);
    QTRY_COMPARE(world.rows()->rowCount(), 4);
    QVERIFY(world.selectNode({QStringLiteral("users")}));
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Delete);
    QTRY_VERIFY(plannedDeletion(world));
    DeleteDialog *dialog = plannedDeletion(world);
    QPushButton *remove = WindowWorld::button(*dialog, "Delete");
    QVERIFY(!remove->isEnabled());
    auto *name = dialog->findChild<QLineEdit *>();
    QVERIFY(name && name->isVisible());
    QTest::keyClicks(name, QStringLiteral("shop-test"));
    QVERIFY(!remove->isEnabled());
    name->clear();
    QTest::keyClicks(name, QStringLiteral("shop-live"));
    QTRY_VERIFY(remove->isEnabled());
    remove->click();
    QTRY_COMPARE(world.size(), 0);
}

void TestMainWindow::aNewPassFindsWhatWasWrittenSince()
{
    WindowWorld world;
    world.fill("users", 1, 1);
    world.open();
    QTRY_VERIFY(world.hasWholeKeyspace(1));
    world.fill("reports", 4, 1);
    QVERIFY(world.activate());
    QTest::keyClick(world.window.get(), Qt::Key_F5);
    QTRY_VERIFY(world.hasWholeKeyspace(5));
    QTRY_COMPARE(world.rows()->rowCount(), 5);
}

void TestMainWindow::aScanIsStopped()
{
    WindowWorld world;
    world.fill("users", 200, 100);
    world.server.pause(); // it cannot be over before it is stopped
    world.open();
    const WindowActions &actions = world.window->actions();
    QTRY_VERIFY(actions.stopScan->isEnabled());
    actions.stopScan->trigger();
    world.server.resume();
    QTRY_COMPARE(world.window->session()->scanProgress().phase, ScanProgress::Phase::Canceled);
    QTRY_VERIFY2(world.counts().contains(QStringLiteral("stopped at")), qPrintable(world.counts()));
    QTRY_VERIFY(!actions.stopScan->isEnabled());
    actions.scan->trigger();
    QTRY_VERIFY(world.hasWholeKeyspace(20'000));
}

QTEST_MAIN(TestMainWindow)
#include "tst_mainwindow.moc"
