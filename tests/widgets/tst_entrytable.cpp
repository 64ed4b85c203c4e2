// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/payload/entrywriter.h"
#include "tests/core/keyspace/sessionworld.h"
#include "tests/widgets/accessible.h"
#include "tests/widgets/tickwatch.h"
#include "widgets/entrytable.h"
#include "widgets/entrytablemodel.h"
#include "widgets/keytext.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTableView>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

constexpr auto fatal = QAbstractItemModelTester::FailureReportingMode::Fatal;

/// An entry as a service would have written it, now, with a minute to live.
void store(const SessionWorld &world, const QByteArray &key,
           std::chrono::milliseconds ttl = std::chrono::minutes(1),
           CacheStatus status = CacheStatus::Miss)
{
    const auto bytes = encodeEntry(
        Value::string("result"),
        {.cachedAt = world.clock->now(), .resetAt = world.clock->now() + ttl, .writtenBy = status});
    if (!bytes)
        qFatal("%s", bytes.error().message().constData());
    world.set(key, *bytes, ttl);
}

QString cell(const EntryTableModel &model, int row, const QString &title)
{
    for (int column = 0; column < model.columnCount(); ++column) {
        if (model.headerData(column, Qt::Horizontal).toString() == title)
            return model.index(row, column).data().toString();
    }
    return QStringLiteral("no such column");
}

QStringList titles(const EntryTableModel &model)
{
    QStringList list;
    for (int column = 0; column < model.columnCount(); ++column)
        list.push_back(model.headerData(column, Qt::Horizontal).toString());
    return list;
}

int columnOf(const EntryTableModel &model, const QString &title)
{
    return static_cast<int>(titles(model).indexOf(title));
}

bool settles(const EntryTableModel &model)
{
    return QTest::qWaitFor([&] { return model.search().isSettled(); }, 20'000);
}

NodeId nodeOf(const SessionWorld &world, const QByteArray &key)
{
    const auto id = world.session->index()->find(key);
    return id ? world.session->index()->nodeOf(*id) : KeyIndex::root;
}

KeyQuery textQuery(const QByteArray &text)
{
    KeyQuery query;
    query.pattern = text;
    return query;
}

/// A table on a session, as in a window.
struct TableWorld : SessionWorld {
    explicit TableWorld(const SessionOptions &options = {}, const Limit &limit = silent)
        : SessionWorld(options, limit)
    {
        table.resize(900, 400);
        table.show();
        table.activateWindow();
        table.setSession(session.get());
    }

    [[nodiscard]] EntryTableModel &model() const
    {
        return *qobject_cast<EntryTableModel *>(table.view()->model());
    }
    [[nodiscard]] bool shows(int rows) const
    {
        return QTest::qWaitFor(
            [&] { return model().rowCount() == rows && model().search().isSettled(); }, 20'000);
    }
    [[nodiscard]] QByteArrayList keys() const
    {
        QByteArrayList list;
        for (int row = 0; row < model().rowCount(); ++row)
            list.push_back(model().keyAt(row));
        return list;
    }

    EntryTable table;
};

} // namespace

class TestEntryTable final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsAreInNaturalOrderOfTheirKeys()
    {
        TableWorld world;
        const QAbstractItemModelTester tester(&world.model(), fatal);
        for (const int page : {10, 9, 1})
            store(world, userKey(1, page));
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(3));
        QCOMPARE(world.keys(), QByteArrayList({userKey(1, 1), userKey(1, 9), userKey(1, 10)}));

        world.model().sort(0, Qt::DescendingOrder);
        QVERIFY(settles(world.model()));
        QCOMPARE(world.keys(), QByteArrayList({userKey(1, 10), userKey(1, 9), userKey(1, 1)}));
    }

    void columnsAreTheFieldsOfTheSelectedFunction()
    {
        TableWorld world;
        const QAbstractItemModelTester tester(&world.model(), fatal);
        store(world, userKey(42, 7));
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(1));
        QCOMPARE(titles(world.model()).first(), QStringLiteral("Key"));
        QCOMPARE(cell(world.model(), 0, QStringLiteral("Key")), displayKey(userKey(42, 7)));

        KeyQuery query;
        query.within = nodeOf(world, userKey(42, 7));
        world.table.setQuery(query);
        QTRY_COMPARE(titles(world.model()).first(), QStringLiteral("page"));
        QCOMPARE(cell(world.model(), 0, QStringLiteral("page")), QStringLiteral("7"));

        query.within = world.session->index()->node(query.within).parent;
        world.table.setQuery(query);
        QTRY_COMPARE(titles(world.model()).first(2),
                     QStringList({QStringLiteral("user_id"), QStringLiteral("page")}));
        QCOMPARE(cell(world.model(), 0, QStringLiteral("user_id")), QStringLiteral("42"));
    }

    void whatTheServerKnowsIsFetchedForRowsOnScreenOnly()
    {
        TableWorld world;
        for (int page = 0; page < 2000; ++page)
            store(world, userKey(1, page));
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(2000));
        auto &model = world.model();
        QTRY_COMPARE(cell(model, 0, QStringLiteral("Next call")), QStringLiteral("HIT"));
        QCOMPARE(cell(model, 0, QStringLiteral("Written by")), QStringLiteral("MISS"));
        QCOMPARE(cell(model, 0, QStringLiteral("TTL")), QStringLiteral("1:00"));
        QVERIFY(cell(model, 0, QStringLiteral("Size")).endsWith(QStringLiteral(" B")));
        QVERIFY(!model.index(1000, 0).data(EntryTableModel::StateRole).isValid());
        QCOMPARE(cell(model, 1000, QStringLiteral("TTL")), QString());

        world.table.view()->scrollToBottom();
        QTRY_COMPARE(cell(model, 1999, QStringLiteral("Next call")), QStringLiteral("HIT"));
        QVERIFY(!model.index(1000, 0).data(EntryTableModel::StateRole).isValid());
    }

    void dataNeverWaitsForTheServer()
    {
        TableWorld world;
        store(world, userKey(1, 1));
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(1));
        world.backend->hold();
        world.model().setQuery(textQuery("page"));
        QVERIFY(world.shows(1));
        QVERIFY(eventLoopTurns());
        for (int column = 0; column < world.model().columnCount(); ++column)
            QVERIFY(!world.model().index(0, column).data().toString().isEmpty());
        world.backend->release();
        QTRY_COMPARE(cell(world.model(), 0, QStringLiteral("Next call")), QStringLiteral("HIT"));
    }

    void timesPassOnScreenAndWhatExpiresIsGone()
    {
        TableWorld world;
        store(world, userKey(1, 1));
        QVERIFY(world.scanWhole());
        auto &model = world.model();
        QTRY_COMPARE(cell(model, 0, QStringLiteral("TTL")), QStringLiteral("1:00"));
        world.clock->advance(12s);
        model.tick();
        QCOMPARE(cell(model, 0, QStringLiteral("TTL")), QStringLiteral("48 s"));
        QCOMPARE(cell(model, 0, QStringLiteral("Age")), QStringLiteral("12 s"));
        world.clock->advance(60s);
        model.tick();
        QTRY_COMPARE(cell(model, 0, QStringLiteral("TTL")), QStringLiteral("gone"));
        QCOMPARE(cell(model, 0, QStringLiteral("Next call")), QStringLiteral("MISS"));
    }

    void rowsThatChangeAreReadAgainAndFade()
    {
        TableWorld world({}, SessionWorld::live);
        store(world, userKey(1, 1));
        QVERIFY(world.scanWhole());
        auto &model = world.model();
        QTRY_COMPARE(cell(model, 0, QStringLiteral("Written by")), QStringLiteral("MISS"));
        QVERIFY(!model.isFading());
        store(world, userKey(1, 1), 2min, CacheStatus::Refresh);
        QTRY_COMPARE(cell(model, 0, QStringLiteral("Written by")), QStringLiteral("REFRESH"));
        QCOMPARE(cell(model, 0, QStringLiteral("TTL")), QStringLiteral("2:00"));
        QVERIFY(model.index(0, 0).data(Qt::BackgroundRole).isValid());
        QTRY_VERIFY(!model.isFading());
    }

    void newKeysComeAndDeletedOnesAreShownAsGone()
    {
        TableWorld world({}, SessionWorld::live);
        const QAbstractItemModelTester tester(&world.model(), fatal);
        store(world, userKey(1, 1));
        store(world, userKey(1, 3));
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(2));
        QTRY_COMPARE(cell(world.model(), 0, QStringLiteral("Next call")), QStringLiteral("HIT"));
        store(world, userKey(1, 2));
        QVERIFY(world.shows(3));
        QCOMPARE(world.keys().at(1), userKey(1, 2));

        QTRY_COMPARE(cell(world.model(), 1, QStringLiteral("Next call")), QStringLiteral("HIT"));
        QVERIFY(world.memory->remove(std::vector{userKey(1, 2)}));
        QTRY_COMPARE(cell(world.model(), 1, QStringLiteral("TTL")), QStringLiteral("gone"));
        QTRY_COMPARE_WITH_TIMEOUT(world.model().rowCount(), 2, 15'000);
        QCOMPARE(world.keys(), QByteArrayList({userKey(1, 1), userKey(1, 3)}));
    }

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
        const QAbstractItemModelTester tester(&world.model(), fatal);
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

    void sortingByWhatTheServerKnowsIsForFewRows()
    {
        TableWorld world;
        store(world, userKey(1, 1), 3min);
        store(world, userKey(1, 2), 1min);
        store(world, userKey(1, 3), 2min);
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(3));
        auto &model = world.model();
        const int ttl = columnOf(model, QStringLiteral("TTL"));
        QCOMPARE(model.whyNotSortable(ttl), QString());
        model.sort(ttl, Qt::AscendingOrder);
        QTRY_COMPARE(world.keys(), QByteArrayList({userKey(1, 2), userKey(1, 3), userKey(1, 1)}));
        QCOMPARE(model.sortedColumn(), ttl);

        for (int page = 4; page < 6000; ++page)
            world.set(userKey(1, page));
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(5999));
        QVERIFY(model.whyNotSortable(ttl).contains(QStringLiteral("5000")));
        QCOMPARE(model.headerData(ttl, Qt::Horizontal, Qt::ToolTipRole).toString(),
                 model.whyNotSortable(ttl));
        QCOMPARE(model.whyNotSortable(0), QString());
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

    void theEventLoopTicksWhileManyRowsAreFilteredAndSorted()
    {
        TableWorld world;
        static constexpr int many = 100'000;
        for (int i = 0; i < many; ++i)
            world.set(userKey(i / 10, i % 10), "v");
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(many));
        const TickWatch watch;
        for (const char *text : {"1", "page:3", "user_id:9", ""}) {
            world.table.setQuery(textQuery(text));
            QVERIFY(settles(world.model()));
        }
        QCOMPARE(world.model().rowCount(), many);
        world.model().sort(0, Qt::DescendingOrder);
        QVERIFY(settles(world.model()));
        QCOMPARE(world.model().keyAt(0), userKey(many / 10 - 1, 9));
        QVERIFY(watch.ticks() > 20);
        const QByteArray longest = QByteArray::number(watch.longest().count()) + " ms";
        QVERIFY2(watch.longest() <= TickWatch::allowed, longest);
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
