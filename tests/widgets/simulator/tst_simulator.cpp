// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/simulator/simulatorview.h"

#include "tests/widgets/accessible.h"
#include "tests/widgets/labels.h"
#include "tests/widgets/simulator/simulatorworld.h"
#include "tests/widgets/tickwatch.h"
#include "widgets/simulator/affectedmodel.h"
#include "widgets/simulator/attributesmodel.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QTableView>
#include <QTabWidget>
#include <QTest>
#include <QTreeView>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace Qt::StringLiterals;

/// What the rules would do on a signal.
class TestSimulator : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyRuleSaysWhetherItRuns();
    void theRulesFollowWhatIsTyped();
    void gatesTellWhatTheyCompared();
    void theKeysThatGoAreATree();
    void overlappingRulesCountAKeyOnce();
    void oldValuesTakeTheirKeysAlong();
    void aRewarmThatCannotRunIsADelete();
    void aRuleThatDropsAWholeFunctionSaysSo();
    void whatAnInvalidatorDoesIsNotGuessed();
    void anOlderAnswerIsVoid();
    void oneOfSeveralCachesIsChosen();
    void itFollowsTheCache();
    void withoutRulesItSaysWhatToDo();
    void theWindowStaysAwake();
    void everyControlHasAName();
};

void TestSimulator::everyRuleSaysWhetherItRuns()
{
    SimulatorWorld world;
    const QAbstractItemModelTester tester(world.view.rules(),
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    world.simulate(userSaved(u"dict"_s));
    QCOMPARE(world.view.rules()->rowCount(), 3);
    QCOMPARE(world.cell(0, RulesModel::RuleColumn), u"shop.services.get_user_payload"_s);
    QCOMPARE(world.cell(0, RulesModel::OutcomeColumn), u"deletes"_s);
    QCOMPARE(world.cell(0, RulesModel::WhyColumn), u"user_id = \"dict\""_s);
    const qsizetype keys = world.keysWith("users::shop.services.get_user_payload::user_id:dict::");
    QCOMPARE(keys, 3);
    QCOMPARE(world.cell(0, RulesModel::KeysColumn), QString::number(keys));
    QTRY_VERIFY(!world.cell(0, RulesModel::SizeColumn).isEmpty());
    QCOMPARE(world.cell(1, RulesModel::RuleColumn), u"inactive users"_s);
    QCOMPARE(world.cell(1, RulesModel::OutcomeColumn), u"does nothing"_s);
    QCOMPARE(world.cell(1, RulesModel::KeysColumn), QString());
    QVERIFY2(world.view.summary().startsWith(u"1 of 3 rules run: 3 keys go"_s),
             qPrintable(world.view.summary()));
}

void TestSimulator::theRulesFollowWhatIsTyped()
{
    SimulatorWorld world;
    world.simulate(userSaved({}));
    QTableView *table = world.view.form()->attributes();
    world.view.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&world.view));
    table->setFocus();
    const QModelIndexList named
        = table->model()->match(table->model()->index(0, 0), Qt::DisplayRole, u"name"_s);
    QCOMPARE(named.size(), 1);
    table->setCurrentIndex(named.front().siblingAtColumn(AttributesModel::ValueColumn));
    QTest::keyClicks(table, u"d"_s);
    const QPointer<QWidget> editor = QApplication::focusWidget();
    QVERIFY(editor && editor != table);
    QTRY_COMPARE(world.cell(0, RulesModel::WhyColumn), u"user_id = \"d\""_s);
    QTest::keyClicks(editor, u"ict"_s); // without Return
    QTRY_COMPARE(world.cell(0, RulesModel::WhyColumn), u"user_id = \"dict\""_s);
    QCOMPARE(world.cell(0, RulesModel::KeysColumn), u"3"_s);
    QCOMPARE(QApplication::focusWidget(), editor.data());
}

void TestSimulator::gatesTellWhatTheyCompared()
{
    SimulatorWorld world;
    SignalDraft draft = userSaved(u"dict"_s);
    draft.attributes.push_back({"is_active", u"true"_s, {}, false});
    draft.attributes.push_back({"phone", u"1"_s, {}, true});
    draft.saysFields = true;
    world.simulate(draft);
    QCOMPARE(world.cell(0, RulesModel::WhyColumn),
             u"watch_fields: watches name, email; written: phone"_s);
    QCOMPARE(world.cell(1, RulesModel::WhyColumn),
             u"invalidate_when: is_active is True, and must be False"_s);

    draft.event = SignalDraft::Event::Created;
    world.simulate(draft);
    QVERIFY(world.cell(0, RulesModel::WhyColumn).startsWith(u"trigger_on_create: "_s));

    world.simulate(userSaved({}));
    QCOMPARE(world.cell(0, RulesModel::WhyColumn),
             u"require_args: user_id is needed, and there is no name"_s);
    QVERIFY2(world.view.summary().startsWith(u"0 of 3 rules run"_s),
             qPrintable(world.view.summary()));
    QVERIFY(!world.view.applyAction()->isEnabled());
}

void TestSimulator::theKeysThatGoAreATree()
{
    SimulatorWorld world;
    auto *model = qobject_cast<AffectedModel *>(world.view.keyTree()->model());
    const QAbstractItemModelTester tester(model,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    world.simulate(userSaved(u"dict"_s));
    QCOMPARE(model->rowCount(), 1);
    const QModelIndex rule = model->index(0, 0);
    QCOMPARE(rule.data().toString(), u"shop.services.get_user_payload"_s);
    QCOMPARE(model->rowCount(rule), 1);
    const QModelIndex partition = model->index(0, 0, rule);
    QCOMPARE(partition.data().toString(), u"user_id:dict"_s);
    const qsizetype keys = world.keysWith("users::shop.services.get_user_payload::user_id:dict::");
    QCOMPARE(model->rowCount(partition), static_cast<int>(keys));
    QCOMPARE(model->index(0, AffectedModel::KeysColumn).data().toString(), QString::number(keys));
    const QModelIndex key = model->index(0, 0, partition);
    QVERIFY(world.cache.keys.end() != std::ranges::find(world.cache.keys, model->keyAt(key)));
    QTRY_VERIFY(!model->index(0, AffectedModel::SizeColumn, partition).data().toString().isEmpty());
    QVERIFY(world.view.keyTree()->isExpanded(rule));
    world.simulate(userSaved(u"nobody"_s));
    QCOMPARE(model->rowCount(), 0);
    QVERIFY(!world.view.keyTree()->isVisible());
}

void TestSimulator::overlappingRulesCountAKeyOnce()
{
    SimulatorWorld world;
    SignalDraft draft = userSaved(u"dict"_s);
    draft.attributes.push_back({"is_active", u"false"_s, {}, false});
    world.simulate(draft); // both rules of the function run
    const qsizetype keys = world.keysWith("users::shop.services.get_user_payload::user_id:dict::");
    QCOMPARE(world.cell(0, RulesModel::KeysColumn), QString::number(keys));
    QCOMPARE(world.cell(1, RulesModel::KeysColumn), QString::number(keys));
    QCOMPARE(world.view.simulator()->simulation()->keys, keys);
    QCOMPARE(world.view.simulator()->simulation()->prefixes().size(), 1U);
}

void TestSimulator::oldValuesTakeTheirKeysAlong()
{
    SimulatorWorld world;
    SignalDraft draft = userSaved(u"dict"_s);
    draft.attributes.front().old = u"list"_s;
    world.simulate(draft);
    const QByteArray prefix = "users::shop.services.get_user_payload::user_id:";
    QCOMPARE(world.view.simulator()->simulation()->keys,
             world.keysWith(prefix + "dict::") + world.keysWith(prefix + "list::"));
    const QAbstractItemModel *tree = world.view.keyTree()->model();
    QCOMPARE(tree->rowCount(tree->index(0, 0)), 2);
}

void TestSimulator::aRewarmThatCannotRunIsADelete()
{
    SimulatorWorld world;
    SignalDraft draft = userSaved(u"dict"_s);
    draft.attributes.push_back({"nick", u"x"_s, {}, false});
    world.simulate(draft);
    QCOMPARE(world.cell(2, RulesModel::OutcomeColumn), u"deletes (rewarm)"_s);
    QVERIFY(world.view.rules()
                ->index(2, RulesModel::OutcomeColumn)
                .data(Qt::ToolTipRole)
                .toString()
                .contains(u"cannot be run from here"_s));
    world.view.setCanRun([](const QByteArray &id) { return id == "shop.services.forever"; });
    QCOMPARE(world.cell(2, RulesModel::OutcomeColumn), u"refreshes"_s);
}

void TestSimulator::aRuleThatDropsAWholeFunctionSaysSo()
{
    SimulatorWorld world;
    SignalDraft draft;
    draft.model = "shop.Tenant";
    draft.attributes = {{"query", u"x"_s, {}, false}};
    world.simulate(draft);
    QVERIFY2(world.cell(0, RulesModel::WhyColumn).startsWith(u"drops the whole function"_s),
             qPrintable(world.cell(0, RulesModel::WhyColumn)));
    world.view.findChild<QTabWidget *>()->setCurrentIndex(1);
    const auto *list = world.view.findChild<QListWidget *>();
    const auto listed = [list](const QString &text) {
        return !list->findItems(text, Qt::MatchContains).isEmpty();
    };
    QTRY_VERIFY(listed(u"ReportView.report: its rule on shop.Tenant drops the whole function"_s));
}

void TestSimulator::whatAnInvalidatorDoesIsNotGuessed()
{
    const auto catalog = Catalog::fromJson(R"({"functions": [{"id": "shop.services.forever",
        "params": [{"name": "name"}], "invalidates_on": [
        {"id": "rename", "model": "auth.User", "invalidator": "renamed"}]}]})",
                                           "the test");
    QVERIFY(catalog);
    SimulatorWorld world({.catalog = *catalog});
    world.simulate(userSaved(u"dict"_s));
    QCOMPARE(world.cell(0, RulesModel::RuleColumn), u"rename"_s);
    QCOMPARE(world.cell(0, RulesModel::OutcomeColumn), u"own invalidator"_s);
    QCOMPARE(world.view.simulator()->simulation()->keys, 0);
    QVERIFY(!world.view.applyAction()->isEnabled());
}

void TestSimulator::anOlderAnswerIsVoid()
{
    SimulatorWorld world;
    // The index may ask for the answer to the newer one again.
    QStringList shown;
    connect(world.view.simulator(), &Simulator::simulated, this,
            [&] { shown.append(world.cell(0, RulesModel::WhyColumn)); });
    world.view.form()->setDraft(userSaved(u"list"_s));
    world.view.form()->setDraft(userSaved(u"dict"_s));
    QTRY_VERIFY(world.view.simulator()->isSettled());
    shown.removeDuplicates();
    QCOMPARE(shown, QStringList(u"user_id = \"dict\""_s));
}

void TestSimulator::oneOfSeveralCachesIsChosen()
{
    SimulatorWorld world;
    world.simulate(userSaved(u"dict"_s));
    QComboBox *clients = nullptr;
    for (QComboBox *box : world.view.findChildren<QComboBox *>()) {
        if (box->accessibleName() == u"Cache"_s)
            clients = box;
    }
    QVERIFY(clients && clients->isVisible());
    const int own = clients->findText(u"json"_s);
    QVERIFY(own > 0);
    clients->setCurrentIndex(own);
    Q_EMIT clients->activated(own);
    QTRY_VERIFY(world.view.simulator()->isSettled());
    QCOMPARE(world.view.simulator()->simulation()->keys,
             std::ranges::count_if(world.cache.keys, [](const QByteArray &key) {
                 return key.startsWith(
                     "json:2:users::shop.services.get_user_payload::user_id:dict::");
             }));
    QVERIFY(world.view.simulator()->simulation()->keys > 0);
    QVERIFY(world.view.simulator()->simulation()->clientChosen);

    world.view.setSession(nullptr); // another cache has others
    world.view.setSession(world.cache.session.get());
    world.simulate(userSaved(u"list"_s));
    QCOMPARE(world.view.simulator()->simulation()->client, QByteArray());
    QVERIFY(!world.view.simulator()->simulation()->clientChosen);
}

void TestSimulator::itFollowsTheCache()
{
    SimulatorWorld world;
    world.simulate(userSaved(u"dict"_s));
    const qsizetype before = world.view.simulator()->simulation()->keys;
    QVERIFY(world.cache.memory->remove(std::vector{LiveCache::userKey("dict")}));
    QTRY_COMPARE(world.view.simulator()->simulation()->keys, before - 1);
}

void TestSimulator::withoutRulesItSaysWhatToDo()
{
    SimulatorWorld world({.catalog = liveCatalog()});
    QTRY_VERIFY(says(world.view, u"No catalog tells of rules"_s));
    world.cache.session->setCatalog(catalogWithRules());
    QTRY_COMPARE(world.view.form()->model()->count(), 2);
    world.view.form()->model()->setCurrentText(u"nobody.Watches"_s);
    QTRY_VERIFY(says(world.view, u"No rule watches nobody.Watches"_s));
    world.view.form()->setJson(true);
    world.view.form()->json()->setPlainText(u"{"_s);
    QTRY_VERIFY(says(world.view, u"no signal yet"_s));
    world.view.setSession(nullptr);
    QTRY_VERIFY(says(world.view, u"Open a connection"_s));
}

void TestSimulator::theWindowStaysAwake()
{
    SimulatorWorld world;
    std::vector<std::string> keys;
    for (int i = 0; i < 45'000; ++i)
        keys.push_back(":2:users::shop.services.get_user_payload::user_id:" + std::to_string(i % 9)
                       + "::page:" + std::to_string(i) + "::v:1");
    for (const std::string &key : keys)
        (void)world.cache.memory->set(QByteArray::fromStdString(key), "1", std::nullopt);
    world.cache.session->startScan();
    QTRY_VERIFY(world.cache.session->scanProgress().complete());
    const TickWatch watch;
    for (int user = 0; user < 9; ++user)
        world.view.form()->setDraft(userSaved(QString::number(user)));
    QTRY_VERIFY(world.view.simulator()->isSettled());
    QTRY_VERIFY(world.view.simulator()->simulation()->keys > 4'000);
    QVERIFY2(watch.longest() < TickWatch::allowed,
             qPrintable(QString::number(watch.longest().count())));
    // Of so many, some are listed.
    const QAbstractItemModel *tree = world.view.keyTree()->model();
    const QModelIndex rule = tree->index(0, 0);
    QVERIFY(tree->index(tree->rowCount(rule) - 1, 0, rule).data().toString().endsWith(u"more"_s));
}

void TestSimulator::everyControlHasAName()
{
    SimulatorWorld world;
    world.simulate(userSaved(u"dict"_s));
    QCOMPARE(namelessControls(world.view), QStringList());
}

QTEST_MAIN(TestSimulator)
#include "tst_simulator.moc"
