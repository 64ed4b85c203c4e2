// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/keyspace/deletiontargets.h"
#include "tests/core/keyspace/sessionworld.h"

#include <rapidcheck.h>

using namespace Cachelens;
using namespace Cachelens::Testing;

class TestSessionPlan : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void planShowsWhatGoesAndNothingGoesYet();
    void planNeedsATarget();
    void planOfANodeLeavesOthersAlone();
    void planOfOtherKeysLeavesFunctionsAlone();
    void planOfManyKeysWeighsASample();
    void planSaysBeforehandThatThereIsNoUndo();
    void planTellsHowFarItIs();
    void planOfManyPrefixesHasEachKeyOnce();
};

void TestSessionPlan::planShowsWhatGoesAndNothingGoesYet()
{
    SessionWorld world;
    world.fill(20, 10);
    const DeletionPlan plan = world.plan(under(userPrefix(3)));
    QCOMPARE(plan.count(), 10);
    QCOMPARE(plan.leftAlone, 0);
    QVERIFY(plan.undoable);
    QVERIFY(plan.whyNoUndo.isEmpty());
    QVERIFY(!plan.needsName);
    QVERIFY(!plan.bytesSampled);
    QVERIFY(plan.bytes >= 10 * 5);
    QCOMPARE(plan.sample.size(), size_t(10));
    QCOMPARE(plan.sample.front(), userKey(3, 0));
    QVERIFY(std::is_sorted(plan.sample.begin(), plan.sample.end()));
    QCOMPARE(world.memory->keyCount(), 200);

    const DeletionPlan twice = world.plan(exactly({userKey(1, 1), userKey(2, 1), userKey(1, 1)}));
    QCOMPARE(*twice.keys, (std::vector<QByteArray>{userKey(1, 1), userKey(2, 1)}));
}

void TestSessionPlan::planNeedsATarget()
{
    SessionWorld world;
    world.fill(2, 2);
    const auto plan = resultOf(world.session->planDeletion({.title = "nothing"}));
    QVERIFY(!plan);
    QCOMPARE(plan.error().code, Error::Code::InvalidInput);
}

void TestSessionPlan::planOfANodeLeavesOthersAlone()
{
    SessionWorld world;
    // The prefix of "no namespace" is in front of every key of that cache.
    world.set(":1:app.reports.daily::day:1::page:1");
    world.set(":1:app.reports.daily::day:2::page:1");
    world.fill(2, 3);
    QVERIFY(world.scanWhole());
    const auto index = world.session->index();
    for (const NodeInfo &node : index->nodes(index->children(KeyIndex::root))) {
        const DeletionPlan plan
            = world.plan({.title = node.label, .prefixes = {node.prefix}, .node = node});
        QCOMPARE(plan.count(), node.keys);
        QCOMPARE(plan.leftAlone, node.label.isEmpty() ? 6 : 0);
        for (const NodeInfo &function : index->nodes(index->children(node.id))) {
            QCOMPARE(world.plan({.prefixes = {function.prefix}, .node = function}).count(),
                     function.keys);
            for (const NodeInfo &partition : index->nodes(index->children(function.id))) {
                QCOMPARE(world.plan({.prefixes = {partition.prefix}, .node = partition}).count(),
                         partition.keys);
            }
        }
    }
}

void TestSessionPlan::planOfOtherKeysLeavesFunctionsAlone()
{
    SessionWorld world;
    world.fill(2, 3);
    world.set("plain");
    world.set(":1:counter");
    QVERIFY(world.scanWhole());
    const auto index = world.session->index();
    const auto top = index->nodes(index->children(KeyIndex::root));
    const auto others = std::find_if(top.begin(), top.end(), [](const NodeInfo &node) {
        return node.kind == NodeKind::OtherKeys;
    });
    QVERIFY(others != top.end());
    const DeletionPlan plan = world.plan({.title = "other keys", .node = *others});
    QCOMPARE(std::set<QByteArray>(plan.keys->begin(), plan.keys->end()),
             (std::set<QByteArray>{"plain", ":1:counter"}));
}

void TestSessionPlan::planOfManyKeysWeighsASample()
{
    SessionWorld world;
    world.fill(3000, 3);
    const DeletionPlan plan = world.plan(under(functionPrefix));
    QCOMPARE(plan.count(), 9000);
    QVERIFY(plan.bytesSampled);
    const auto exact = world.memory->snapshotBytes(*plan.keys);
    QVERIFY(std::abs(double(plan.bytes) / double(*exact) - 1) < 0.05);
}

void TestSessionPlan::planSaysBeforehandThatThereIsNoUndo()
{
    SessionWorld world({.undoBudget = 2000});
    world.set(userKey(0, 0), QByteArray(4000, 'x'));
    world.set(userKey(0, 1));
    const DeletionPlan plan = world.plan(under(userPrefix(0)));
    QVERIFY(!plan.undoable);
    QVERIFY(plan.whyNoUndo.contains("memory"));
    const OperationStatus status = world.settled(*world.session->startDeletion(plan));
    QCOMPARE(status.done, 2);
    QVERIFY(!status.canUndo);
    QCOMPARE(status.undoBytes, 0);

    SessionWorld unable({}, [](BackendCapabilities &able) { able.snapshot = false; });
    unable.fill(1, 2);
    QVERIFY(!unable.plan(under(userPrefix(0))).undoable);
}

void TestSessionPlan::planTellsHowFarItIs()
{
    SessionWorld world;
    world.fill(500, 10);
    const auto planning = world.session->planDeletion(under(":1:"));
    QTRY_VERIFY(planning.isFinished());
    QCOMPARE(planning.result()->count(), 5000);
    QCOMPARE(planning.progressMaximum(), 1000);
    QVERIFY2(planning.progressValue() > 500 && planning.progressValue() < 1000,
             QByteArray::number(planning.progressValue()));
}

void TestSessionPlan::planOfManyPrefixesHasEachKeyOnce()
{
    const auto bytes = rc::gen::map(
        rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab*:\0\xff", 6))),
        [](const std::string &s) { return QByteArray::fromStdString(s); });
    const bool holds = rc::check("plan of prefixes", [&] {
        const SessionWorld world;
        const auto keys = *rc::gen::container<std::set<QByteArray>>(bytes);
        const auto prefixes = *rc::gen::nonEmpty(rc::gen::container<std::vector<QByteArray>>(
            rc::gen::suchThat(rc::gen::resize(4, bytes),
                              [](const QByteArray &prefix) { return !prefix.isEmpty(); })));
        std::set<QByteArray> expected;
        for (const QByteArray &key : keys) {
            world.set(key);
            const auto begins = [&](const QByteArray &prefix) { return key.startsWith(prefix); };
            if (std::ranges::any_of(prefixes, begins))
                expected.insert(key);
        }
        const DeletionPlan plan = world.plan({.title = "several", .prefixes = prefixes});
        RC_ASSERT(plan.count() == static_cast<qsizetype>(expected.size()));
        RC_ASSERT(std::set<QByteArray>(plan.keys->begin(), plan.keys->end()) == expected);
    });
    QVERIFY(holds);

    SessionWorld world;
    world.fill(2, 2);
    const auto whole = resultOf(
        world.session->planDeletion({.title = "all", .prefixes = {userPrefix(0), QByteArray()}}));
    QVERIFY(!whole); // an empty prefix would be everything
    QCOMPARE(whole.error().code, Error::Code::InvalidInput);
}

QTEST_GUILESS_MAIN(TestSessionPlan)
#include "tst_sessionplan.moc"
