// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/accessible.h"
#include "tests/widgets/entrytable/tableworld.h"
#include "tests/widgets/labels.h"
#include "widgets/entrytable/filterbar.h"
#include "widgets/key/displaykey.h"
#include "widgets/keytree/keytree.h"

#include <QAction>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QMenu>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QToolButton>
#include <QTreeView>
#include <QWindow>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

QAction *lineOf(const QMenu &menu, const QString &text)
{
    for (QAction *action : menu.actions()) {
        if (action->text().remove(u'&') == text)
            return action;
    }
    qFatal("no such line: %s", qPrintable(text));
}

/// Chooses the line by the letter that is underlined in it.
void type(QMenu *menu, const QString &text)
{
    const QKeySequence mnemonic = QKeySequence::mnemonic(lineOf(*menu, text)->text());
    QTest::keyClick(menu, mnemonic[0].key());
}

} // namespace

class TestEntryTable final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theCurrentKeyAndTheSelectionOutliveNewRows()
    {
        TableWorld world({}, SessionWorld::live);
        for (int page = 10; page < 20; ++page)
            store(world, userKey(1, page));
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(10));
        QSignalSpy current(&world.table, &EntryTable::currentKeyChanged);
        world.table.view()->selectRow(3);
        QCOMPARE(current.last().first().toByteArray(), userKey(1, 13));
        for (int page = 0; page < 10; ++page)
            store(world, userKey(1, page));
        QVERIFY(world.shows(20));
        QCOMPARE(world.table.selectedKeys(), QList<QByteArray>{userKey(1, 13)});
        QCOMPARE(world.table.currentKey(), userKey(1, 13));
        QCOMPARE(current.count(), 1);
    }

    void theCurrentKeyStaysWhenTheKeyspaceIsScannedAgain()
    {
        TableWorld world;
        world.fill(3, 3);
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(9));
        world.table.selectKey(userKey(1, 1));
        QCOMPARE(world.table.currentKey(), userKey(1, 1));
        QSignalSpy current(&world.table, &EntryTable::currentKeyChanged);
        QVERIFY(world.scanWhole());
        QTRY_COMPARE(world.table.currentKey(), userKey(1, 1));
        QCOMPARE(current.count(), 0);

        QVERIFY(world.memory->remove(std::vector{userKey(1, 1)}));
        QVERIFY(world.scanWhole());
        QTRY_COMPARE(current.count(), 1);
        QCOMPARE(current.first().first().toByteArray(), QByteArray());
    }

    void nodeAndKeyComeBackInAWindowWhenTheKeyspaceIsScannedAgain()
    {
        SessionWorld world;
        world.fill(3, 3);
        KeyTree tree;
        FilterBar filter;
        EntryTable table;
        connect(&tree, &KeyTree::nodeSelected, &filter,
                [&](const NodeInfo &node) { filter.setWithin(node.id); });
        connect(&filter, &FilterBar::queryChanged, &table, &EntryTable::setQuery);
        tree.show();
        table.show();
        tree.setSession(world.session.get());
        table.setSession(world.session.get());
        QVERIFY(world.scanWhole());
        QTRY_COMPARE(tree.view()->model()->rowCount(), 1);
        tree.view()->setCurrentIndex(tree.view()->model()->index(0, 0));
        const auto *model = qobject_cast<EntryTableModel *>(table.view()->model());
        QTRY_COMPARE(model->node().kind, NodeKind::Namespace);
        table.selectKey(userKey(1, 1));
        QCOMPARE(table.currentKey(), userKey(1, 1));

        QSignalSpy current(&table, &EntryTable::currentKeyChanged);
        QVERIFY(world.scanWhole());
        QTRY_COMPARE(table.currentKey(), userKey(1, 1));
        QTRY_COMPARE(model->node().kind, NodeKind::Namespace);
        QVERIFY(settles(*model));
        QCOMPARE(table.currentKey(), userKey(1, 1));
        QCOMPARE(current.count(), 0);
        table.setSession(nullptr);
        QCOMPARE(current.count(), 1);
        QCOMPARE(current.first().first().toByteArray(), QByteArray());
    }

    void aKeyCanBeSelectedBeforeItIsThere()
    {
        TableWorld world;
        world.fill(3, 3);
        world.table.selectKey(userKey(2, 1));
        QVERIFY(world.scanWhole());
        QTRY_COMPARE(world.table.currentKey(), userKey(2, 1));
    }

    void aFilterIsAnsweredAndAnUnusableOneIsToldOf()
    {
        TableWorld world;
        const QAbstractItemModelTester tester(&world.model(), modelTestsAreFatal);
        world.fill(20, 5);
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(100));
        QSignalSpy counted(&world.table, &EntryTable::countChanged);
        world.table.setQuery(textQuery("user_id:7::"));
        QVERIFY(world.shows(5));
        QCOMPARE(counted.last().at(0).toLongLong(), 5);
        QVERIFY(counted.last().at(1).toBool());

        QSignalSpy failed(&world.table, &EntryTable::queryFailed);
        KeyQuery query = textQuery("(");
        query.syntax = KeyQuery::Syntax::Regex;
        world.table.setQuery(query);
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(!failed.last().first().toString().isEmpty());
        QVERIFY(world.shows(0));
        world.table.setQuery(textQuery("page:1"));
        QVERIFY(world.shows(20));
        QCOMPARE(failed.last().first().toString(), QString());
    }

    void aQueryThatAsksTheServerCanBeStopped()
    {
        TableWorld world;
        world.fill(20, 5);
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(100));
        world.backend->hold();
        KeyQuery query;
        query.expiry = KeyQuery::Expiry::Never;
        world.table.setQuery(query);
        auto *stop = world.table.findChild<QToolButton *>();
        QTRY_VERIFY(stop->isVisible());
        QVERIFY(eventLoopTurns());
        stop->click();
        world.backend->release();
        QTRY_VERIFY(!world.model().search().isRunning());
        QVERIFY(world.model().search().wasStopped());
        QTRY_VERIFY(!stop->isVisible());
        QVERIFY(settles(world.model()));
    }

    void keysAreCopiedAndDeletedByKeyboard()
    {
        TableWorld world;
        world.fill(1, 5);
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(5));
        QVERIFY(QTest::qWaitForWindowActive(&world.table));
        auto *view = world.table.view();
        view->setFocus();
        view->selectRow(1);
        QTest::keyClick(view, Qt::Key_Down, Qt::ShiftModifier);
        const QList<QByteArray> selected{userKey(0, 1), userKey(0, 2)};
        QCOMPARE(world.table.selectedKeys(), selected);

        QTest::keyClick(view, Qt::Key_C, Qt::ControlModifier);
        QTRY_COMPARE(QGuiApplication::clipboard()->text(),
                     displayKey(selected[0]) + u'\n' + displayKey(selected[1]));
        QSignalSpy deleted(&world.table, &EntryTable::deleteRequested);
        QTest::keyClick(view, Qt::Key_Delete);
        QCOMPARE(deleted.count(), 1);
        QCOMPARE(deleted.first().first().value<QList<QByteArray>>(), selected);
    }

    void rowsAreSortedByKeyboard()
    {
        TableWorld world;
        store(world, userKey(1, 1), 3min);
        store(world, userKey(1, 2), 1min);
        store(world, userKey(1, 3), 2min);
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(3));
        const auto choose = [&](const QString &text) {
            auto *view = world.table.view();
            const QPoint at = view->viewport()->rect().center();
            QContextMenuEvent asked(QContextMenuEvent::Keyboard, at,
                                    view->viewport()->mapToGlobal(at));
            QCoreApplication::sendEvent(view->viewport(), &asked);
            auto *menu = qobject_cast<QMenu *>(QApplication::activePopupWidget());
            QVERIFY(menu);
            type(menu, world.table.sortMenu()->title().remove(u'&'));
            QTRY_VERIFY(world.table.sortMenu()->isVisible());
            type(world.table.sortMenu(), text);
            QTRY_VERIFY(!QApplication::activePopupWidget());
        };
        choose(QStringLiteral("TTL"));
        QTRY_COMPARE(world.keys(), QByteArrayList({userKey(1, 2), userKey(1, 3), userKey(1, 1)}));
        choose(QStringLiteral("Descending"));
        QTRY_COMPARE(world.keys(), QByteArrayList({userKey(1, 1), userKey(1, 3), userKey(1, 2)}));
        const QHeaderView *header = world.table.view()->horizontalHeader();
        QCOMPARE(header->sortIndicatorSection(), columnOf(world.model(), QStringLiteral("TTL")));
        QCOMPARE(header->sortIndicatorOrder(), Qt::DescendingOrder);
        const QMenu &menu = *world.table.sortMenu();
        QVERIFY(lineOf(menu, QStringLiteral("TTL"))->isChecked());
        QVERIFY(!lineOf(menu, QStringLiteral("Key"))->isChecked());
        QVERIFY(lineOf(menu, QStringLiteral("Descending"))->isChecked());
        choose(QStringLiteral("Key"));
        QTRY_COMPARE(world.keys(), QByteArrayList({userKey(1, 3), userKey(1, 2), userKey(1, 1)}));
    }

    void whatRowsCannotBeSortedByIsDisabledAndSaysWhy()
    {
        TableWorld world;
        const QMenu &menu = *world.table.sortMenu();
        for (int page = 0; page < EntryTableModel::sortableByFacts; ++page)
            world.set(userKey(1, page));
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(EntryTableModel::sortableByFacts));
        QVERIFY(lineOf(menu, QStringLiteral("TTL"))->isEnabled());
        world.set(userKey(2, 1));
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(EntryTableModel::sortableByFacts + 1));
        const QAction *ttl = lineOf(menu, QStringLiteral("TTL"));
        QTRY_VERIFY(!ttl->isEnabled());
        QCOMPARE(ttl->toolTip(),
                 world.model().whyNotSortable(columnOf(world.model(), QStringLiteral("TTL"))));
        QVERIFY(lineOf(menu, QStringLiteral("Key"))->isEnabled());

        KeyQuery inNode;
        inNode.within = nodeOf(world, userKey(2, 1));
        world.table.setQuery(inNode); // of a function: other columns
        QVERIFY(world.shows(1));
        QTRY_VERIFY(lineOf(menu, QStringLiteral("TTL"))->isEnabled());
        QCOMPARE(menu.actions().size(), world.model().columnCount() + 3); // a line, two directions
        for (const QAction *action : menu.actions())
            QVERIFY(action->isSeparator() || !QKeySequence::mnemonic(action->text()).isEmpty());
        world.table.setSession(nullptr);
        QVERIFY(!lineOf(menu, QStringLiteral("Key"))->isEnabled());
        QVERIFY(!lineOf(menu, QStringLiteral("Key"))->toolTip().isEmpty());
    }

    void aWantedKeyIsChosenWhateverIsHeldDown()
    {
        TableWorld world;
        store(world, userKey(1, 1));
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(1));
        QVERIFY(QTest::qWaitForWindowActive(&world.table));
        world.table.selectKey(userKey(1, 1));
        QTest::keyPress(world.table.window()->windowHandle(), Qt::Key_Control, Qt::ControlModifier);
        world.table.selectKey(userKey(1, 1));
        QTest::keyRelease(world.table.window()->windowHandle(), Qt::Key_Control);
        QCOMPARE(world.table.selectedKeys(), QList<QByteArray>{userKey(1, 1)});
    }

    void theOnlyRowIsChosenByGoingThere()
    {
        TableWorld world;
        store(world, userKey(1, 1));
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(1));
        QVERIFY(QTest::qWaitForWindowActive(&world.table));
        world.table.view()->clearFocus();
        QVERIFY(world.table.selectedKeys().isEmpty());
        world.table.view()->setFocus(Qt::TabFocusReason);
        QCOMPARE(world.table.selectedKeys(), QList<QByteArray>{userKey(1, 1)});
        QCOMPARE(world.table.currentKey(), userKey(1, 1));
    }

    void anEmptyAnswerToAGlobSaysWhatItIsHeldAgainst()
    {
        TableWorld world;
        store(world, userKey(1, 1));
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(1));
        KeyQuery query;
        query.syntax = KeyQuery::Syntax::Glob;
        query.pattern = "user_id:1";
        world.table.setQuery(query);
        QVERIFY(world.shows(0));
        QTRY_VERIFY(says(world.table, QStringLiteral("*user_id:1*")));
    }

    void manySelectedKeysAreDeletedAsTheyAreShown()
    {
        TableWorld world;
        world.fill(500, 10);
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(5000));
        world.table.view()->selectAll();
        QSignalSpy deleted(&world.table, &EntryTable::deleteRequested);
        QVERIFY(QTest::qWaitForWindowActive(&world.table));
        world.table.view()->setFocus();
        QTest::keyClick(world.table.view(), Qt::Key_Delete);
        QTRY_COMPARE(deleted.count(), 1);
        QCOMPARE(deleted.first().first().value<QList<QByteArray>>(),
                 QList<QByteArray>(world.keys()));
    }

    void aValueIsCopiedAsJson()
    {
        TableWorld world;
        store(world, userKey(1, 1));
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(1));
        world.table.view()->selectRow(0);
        QGuiApplication::clipboard()->clear();
        for (QAction *action : world.table.actions()) {
            if (action->shortcut() == QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C))
                action->trigger();
        }
        QTRY_COMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("\"result\""));
    }

    void widthsAndOrderAreRemembered()
    {
        QByteArray state;
        {
            TableWorld world;
            store(world, userKey(1, 1));
            QVERIFY(world.scanWhole());
            QVERIFY(world.shows(1));
            world.table.view()->horizontalHeader()->resizeSection(
                columnOf(world.model(), QStringLiteral("TTL")), 123);
            world.model().sort(0, Qt::DescendingOrder);
            state = world.table.saveState();
        }
        TableWorld world;
        world.table.restoreState(state);
        store(world, userKey(1, 1));
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(1));
        QCOMPARE(world.table.view()->horizontalHeader()->sectionSize(
                     columnOf(world.model(), QStringLiteral("TTL"))),
                 123);
        QCOMPARE(world.model().sortDirection(), Qt::DescendingOrder);
        world.table.restoreState("nonsense");
        QCOMPARE(world.model().sortDirection(), Qt::DescendingOrder);
    }

    void anEmptyTableSaysWhy()
    {
        TableWorld world;
        const auto text = [&] {
            const auto *pages = world.table.findChild<QStackedWidget *>();
            return pages->currentWidget()->property("text").toString();
        };
        QTRY_VERIFY(text().startsWith(QStringLiteral("No entries yet")));
        QVERIFY(world.scanWhole());
        QTRY_VERIFY(text().startsWith(QStringLiteral("There are no entries")));
        world.table.setQuery(textQuery("x"));
        QTRY_VERIFY(text().startsWith(QStringLiteral("No entry matches")));
        store(world, userKey(42, 7));
        QVERIFY(world.scanWhole());
        KeyQuery inNode = textQuery("x");
        inNode.within = nodeOf(world, userKey(42, 7));
        world.table.setQuery(inNode);
        QTRY_COMPARE(
            text().section(QLatin1Char('\n'), 0, 0),
            QStringLiteral("No entry in users › app.services.get_user_payload › user_id:42 matches "
                           "the filter."));
        world.table.setSession(nullptr);
        QVERIFY(text().startsWith(QStringLiteral("Not connected")));
    }

    void everyControlHasAName()
    {
        EntryTable table;
        QCOMPARE(namelessControls(table), QStringList());
    }
};

QTEST_MAIN(TestEntryTable)
#include "tst_entrytable.moc"
