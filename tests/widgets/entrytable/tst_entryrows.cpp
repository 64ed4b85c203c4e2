// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/entrytable/tableworld.h"
#include "tests/widgets/tickwatch.h"
#include "widgets/key/displaykey.h"

#include <QSignalSpy>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

class TestEntryRows final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsAreInNaturalOrderOfTheirKeys()
    {
        TableWorld world;
        const QAbstractItemModelTester tester(&world.model(), modelTestsAreFatal);
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
        const QAbstractItemModelTester tester(&world.model(), modelTestsAreFatal);
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

    void aValueTooLargeForTheListSaysSo()
    {
        TableWorld world;
        store(world, userKey(1, 1));
        world.set(userKey(1, 2), QByteArray(100'000, 'x'), 10min);
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(2));
        QTRY_COMPARE(cell(world.model(), 0, QStringLiteral("Next call")), QStringLiteral("HIT"));
        const int nextCall = columnOf(world.model(), QStringLiteral("Next call"));
        const auto tip = [&](int row) {
            return world.model().index(row, nextCall).data(Qt::ToolTipRole).toString();
        };
        QTRY_VERIFY(tip(1).contains(QStringLiteral("Too large")));
        QVERIFY(!tip(0).contains(QStringLiteral("Too large")));
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
        const QAbstractItemModelTester tester(&world.model(), modelTestsAreFatal);
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

    void theServerIsNotAskedAgainForEveryNewKey()
    {
        TableWorld world({}, SessionWorld::live);
        store(world, userKey(1, 1));
        QVERIFY(world.scanWhole());
        QVERIFY(world.shows(1));
        KeyQuery query;
        query.expiry = KeyQuery::Expiry::Within;
        query.ttl.max = 10min;
        world.table.setQuery(query);
        QVERIFY(world.shows(1));
        QSignalSpy changed(world.session.get(), &Session::indexChanged);
        store(world, userKey(1, 2));
        QVERIFY(changed.wait());
        QVERIFY(world.model().search().isSettled());
        QCOMPARE(world.model().rowCount(), 1);
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
};

QTEST_MAIN(TestEntryRows)
#include "tst_entryrows.moc"
