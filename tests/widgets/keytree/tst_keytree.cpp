// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/keyspace/sessionworld.h"
#include "tests/widgets/accessible.h"
#include "tests/widgets/tickwatch.h"
#include "widgets/keytree/keytree.h"
#include "widgets/keytree/keytreemodel.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTreeView>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

constexpr auto fatal = QAbstractItemModelTester::FailureReportingMode::Fatal;

std::shared_ptr<KeyIndex> emptyIndex()
{
    return std::make_shared<KeyIndex>(
        std::make_shared<const KeyReader>(sampleCatalog().keyReader()));
}

void addUsers(KeyIndex &index, int from, int to, int step = 1)
{
    std::vector<QByteArray> keys;
    for (int user = from; user < to; user += step)
        keys.push_back(userKey(user, 1));
    index.add(viewsOf(keys));
}

QModelIndex child(const QAbstractItemModel &model, const QString &text,
                  const QModelIndex &parent = {})
{
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        if (index.data().toString() == text)
            return index;
    }
    return {};
}

QStringList texts(const QAbstractItemModel &model, const QModelIndex &parent = {}, int column = 0)
{
    QStringList list;
    for (int row = 0; row < model.rowCount(parent); ++row)
        list.push_back(model.index(row, column, parent).data().toString());
    return list;
}

bool settles(const KeyTreeModel &model)
{
    return QTest::qWaitFor([&] { return model.isSettled(); }, 20'000);
}

/// The function of addUsers(), its partitions listed.
QModelIndex openUsers(KeyTreeModel &model)
{
    const auto open = [&](const QModelIndex &index) {
        model.fetchMore(index);
        if (!settles(model))
            qFatal("the children did not come");
    };
    if (!settles(model))
        qFatal("the namespaces did not come");
    open(child(model, QStringLiteral("users")));
    const auto function = [&] {
        return child(model, QStringLiteral("app.services.get_user_payload"),
                     child(model, QStringLiteral("users")));
    };
    open(function());
    return function();
}

/// For a failure.
const char *told(const TickWatch &watch)
{
    static QByteArray text;
    text = "longest turn " + QByteArray::number(watch.longest().count()) + " ms";
    return text.constData();
}

} // namespace

class TestKeyTree final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void childrenAreInNaturalOrderAndOtherKeysLast()
    {
        const auto index = emptyIndex();
        KeyTreeModel model;
        const QAbstractItemModelTester tester(&model, fatal);
        const std::vector<QByteArray> keys{userKey(10, 1), userKey(9, 1), userKey(9, 2), "session",
                                           ":1:app.reports.daily::day:1::page:1"};
        index->add(viewsOf(keys));
        model.setIndex(index);
        const QModelIndex function = openUsers(model);
        QCOMPARE(texts(model, function),
                 QStringList({QStringLiteral("user_id:9"), QStringLiteral("user_id:10")}));
        QCOMPARE(texts(model, function, KeyTreeModel::CountColumn),
                 QStringList({QStringLiteral("2"), QStringLiteral("1")}));
        QCOMPARE(texts(model).last(), QStringLiteral("Other keys"));
    }

    void growsInPlaceWhileKeysAreAdded()
    {
        const auto index = emptyIndex();
        KeyTreeModel model;
        const QAbstractItemModelTester tester(&model, fatal);
        addUsers(*index, 0, 300, 3);
        model.setIndex(index);
        const QPersistentModelIndex function = openUsers(model);
        const QPersistentModelIndex some = child(model, QStringLiteral("user_id:150"), function);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);

        addUsers(*index, 0, 300);
        model.grow();
        QVERIFY(settles(model));
        QCOMPARE(model.rowCount(function), 300);
        QCOMPARE(some.row(), 150);
        QVERIFY2(inserted.count() <= 8, "rows come in few ranges");
        QStringList expected;
        for (int user = 0; user < 300; ++user)
            expected.push_back(QStringLiteral("user_id:%1").arg(user));
        QCOMPARE(texts(model, function), expected);

        std::vector<QByteArray> gone;
        for (int user = 0; user < 300; user += 2)
            gone.push_back(userKey(user, 1));
        index->remove(gone);
        model.grow();
        QVERIFY(settles(model));
        QCOMPARE(model.rowCount(function), 150);
        QVERIFY(!some.isValid());
        index->remove(std::vector{userKey(1, 1)});
        model.grow();
        QVERIFY(settles(model));
        QCOMPARE(texts(model, function).first(), QStringLiteral("user_id:3"));
    }

    void manyChildrenAreShownInPortions()
    {
        const auto index = emptyIndex();
        KeyTreeModel model;
        const QAbstractItemModelTester tester(&model, fatal);
        addUsers(*index, 0, 1500);
        model.setIndex(index);
        const QPersistentModelIndex function = openUsers(model);
        QCOMPARE(model.rowCount(function), 1001);
        const QModelIndex more = model.index(1000, 0, function);
        QVERIFY(model.isMore(more));
        QCOMPARE(more.data().toString(), QStringLiteral("Show 500 more"));

        model.showMore(more);
        QVERIFY(settles(model));
        QCOMPARE(model.rowCount(function), 1500);
        QCOMPARE(model.index(1499, 0, function).data().toString(), QStringLiteral("user_id:1499"));
    }

    void whatIsSelectedStaysHoweverManyComeBeforeIt()
    {
        const auto index = emptyIndex();
        KeyTreeModel model;
        addUsers(*index, 5000, 5010);
        model.setIndex(index);
        const QPersistentModelIndex function = openUsers(model);
        const QPersistentModelIndex kept = child(model, QStringLiteral("user_id:5005"), function);
        addUsers(*index, 0, 3000);
        model.grow();
        QVERIFY(settles(model));
        QVERIFY(kept.isValid());
        QCOMPARE(kept.row(), 3005);
    }

    void countsAreLowerBoundsUntilTheScanIsComplete()
    {
        const auto index = emptyIndex();
        KeyTreeModel model;
        addUsers(*index, 0, 3);
        model.setIndex(index);
        QVERIFY(settles(model));
        model.setComplete(false);
        QCOMPARE(texts(model, {}, KeyTreeModel::CountColumn).first(), QStringLiteral("≥ 3"));
        model.setComplete(true);
        QCOMPARE(texts(model, {}, KeyTreeModel::CountColumn).first(), QStringLiteral("3"));
    }

    void aNamespaceOfTwoCachesSaysWhichItIs()
    {
        const auto index = emptyIndex();
        KeyTreeModel model;
        const QAbstractItemModelTester tester(&model, fatal);
        const std::vector<QByteArray> keys{userKey(1, 1), ":2" + userKey(1, 1).mid(2),
                                           ":1:app.reports.daily::day:1::page:1"};
        index->add(viewsOf(keys));
        model.setIndex(index);
        QVERIFY(settles(model));
        QCOMPARE(texts(model),
                 QStringList({QStringLiteral("(no namespace)"), QStringLiteral("users in :1:"),
                              QStringLiteral("users in :2:")}));
    }

    void guessesAreMarked()
    {
        const auto index
            = std::make_shared<KeyIndex>(std::make_shared<const KeyReader>(KeyReader()));
        KeyTreeModel model;
        addUsers(*index, 0, 3);
        model.setIndex(index);
        QVERIFY(settles(model));
        model.fetchMore(model.index(0, 0));
        QVERIFY(settles(model));
        const QModelIndex function = model.index(0, 0, model.index(0, 0));
        QVERIFY(function.data(KeyTreeModel::GuessedRole).toBool());
        QVERIFY(function.data(Qt::FontRole).value<QFont>().italic());
        QVERIFY(function.data(Qt::ToolTipRole).toString().contains(QStringLiteral("guess")));
    }

    void theEventLoopTicksWhileAHundredThousandChildrenAreOpened()
    {
        const auto index = emptyIndex();
        addUsers(*index, 0, 100'000);
        KeyTreeModel model;
        QTreeView view;
        view.setUniformRowHeights(true);
        view.setModel(&model);
        view.resize(300, 600);
        view.show();
        model.setIndex(index);
        {
            const TickWatch watch;
            const QModelIndex function = openUsers(model);
            view.expand(function.parent());
            view.expand(function);
            QVERIFY(QTest::qWaitFor([&] { return model.rowCount(function) > 1000; }));
            QVERIFY(eventLoopTurns());
            QVERIFY(watch.ticks() > 10);
            QVERIFY2(watch.longest() <= TickWatch::allowed, told(watch));
        }
        const QPersistentModelIndex function
            = child(model, QStringLiteral("app.services.get_user_payload"),
                    child(model, QStringLiteral("users")));
        for (const int shown : {10'000, 100'000}) {
            const TickWatch watch;
            model.showMore(model.index(model.rowCount(function) - 1, 0, function));
            QVERIFY(QTest::qWaitFor([&] { return model.rowCount(function) >= shown; }, 20'000));
            QVERIFY(eventLoopTurns());
            QVERIFY(watch.ticks() > 10);
            QVERIFY2(watch.longest() <= TickWatch::allowed, told(watch));
        }
    }

    void tellsTheSelectedNodeAndDeletesOnlyOnRequest()
    {
        SessionWorld world;
        world.fill(3, 2);
        KeyTree tree;
        tree.resize(300, 400);
        tree.show();
        tree.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&tree));
        QSignalSpy selected(&tree, &KeyTree::nodeSelected);
        QSignalSpy deleted(&tree, &KeyTree::deleteRequested);
        tree.setSession(world.session.get());
        QVERIFY(world.scanWhole());
        QAbstractItemModel &model = *tree.view()->model();
        QTRY_COMPARE(texts(model), QStringList(QStringLiteral("users")));

        const QModelIndex users = model.index(0, 0);
        QTRY_VERIFY(tree.view()->isExpanded(users));
        tree.view()->setCurrentIndex(users);
        QCOMPARE(tree.currentNode().kind, NodeKind::Namespace);
        QCOMPARE(selected.last().first().value<NodeInfo>().label, QByteArray("users"));
        QCOMPARE(deleted.count(), 0);

        tree.view()->setFocus();
        QTest::keyClick(tree.view(), Qt::Key_Delete);
        QTRY_COMPARE(deleted.count(), 1);
        QCOMPARE(deleted.last().first().value<NodeInfo>().prefix, QByteArray(":1:users::"));
        QTest::keyClick(tree.view(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral(":1:users::"));
        QTest::keyClick(tree.view(), Qt::Key_Escape);
        QCOMPARE(tree.currentNode().kind, NodeKind::Root);
        QCOMPARE(selected.last().first().value<NodeInfo>().kind, NodeKind::Root);
    }

    void theRowThatSaysHowManyMoreShowsThemOnEnter()
    {
        SessionWorld world;
        world.fill(1100, 1);
        KeyTree tree;
        tree.show();
        tree.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&tree));
        tree.setSession(world.session.get());
        QVERIFY(world.scanWhole());
        QAbstractItemModel &model = *tree.view()->model();
        const auto function = [&] { return model.index(0, 0, model.index(0, 0)); };
        QTRY_VERIFY(function().isValid());
        tree.view()->expand(function());
        QTRY_COMPARE(model.rowCount(function()), 1001);
        tree.view()->setFocus();
        tree.view()->setCurrentIndex(model.index(1000, 0, function()));
        QTest::keyClick(tree.view(), Qt::Key_Return);
        QTRY_COMPARE(model.rowCount(function()), 1100);
    }

    void keepsWhatIsOpenAndSelectedWhenTheIndexIsReplaced()
    {
        SessionWorld world;
        world.fill(20, 2);
        KeyTree tree;
        tree.resize(300, 400);
        tree.show();
        tree.setSession(world.session.get());
        QVERIFY(world.scanWhole());
        QAbstractItemModel &model = *tree.view()->model();
        const auto function = [&] {
            return child(model, QStringLiteral("app.services.get_user_payload"),
                         child(model, QStringLiteral("users")));
        };
        QTRY_VERIFY(function().isValid());
        tree.view()->expand(function());
        const auto user = [&] { return child(model, QStringLiteral("user_id:7"), function()); };
        QTRY_VERIFY(user().isValid());
        tree.view()->setCurrentIndex(user());
        QCOMPARE(tree.currentNode().label, QByteArray("user_id:7"));

        QSignalSpy selected(&tree, &KeyTree::nodeSelected);
        QVERIFY(world.scanWhole());
        QCOMPARE(selected.first().first().value<NodeInfo>().kind, NodeKind::Root);
        QTRY_COMPARE(tree.currentNode().label, QByteArray("user_id:7"));
        QVERIFY(tree.view()->isExpanded(function()));
        QCOMPARE(selected.last().first().value<NodeInfo>().label, QByteArray("user_id:7"));
    }

    void anEmptyTreeSaysWhatToDo()
    {
        KeyTree tree;
        const auto text = [&] {
            const auto *pages = tree.findChild<QStackedWidget *>();
            return pages->currentWidget()->property("text").toString();
        };
        QVERIFY(text().startsWith(QStringLiteral("Not connected")));
        SessionWorld world;
        tree.setSession(world.session.get());
        QVERIFY(text().startsWith(QStringLiteral("Not scanned")));
        QVERIFY(world.scanWhole());
        QTRY_VERIFY(text().startsWith(QStringLiteral("There are no keys")));
        tree.setSession(nullptr);
        QVERIFY(text().startsWith(QStringLiteral("Not connected")));
    }

    void everyControlHasAName()
    {
        KeyTree tree;
        QCOMPARE(namelessControls(tree), QStringList());
    }
};

QTEST_MAIN(TestKeyTree)
#include "tst_keytree.moc"
