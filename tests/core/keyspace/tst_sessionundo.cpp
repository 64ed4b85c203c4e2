// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/keyspace/deletiontargets.h"
#include "tests/core/keyspace/sessionworld.h"

#include <rapidcheck.h>

#include <QSignalSpy>

using namespace Cachelens;
using namespace Cachelens::Testing;
using Phase = OperationStatus::Phase;

class TestSessionUndo : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void deletesThePlanAndUndoes();
    void exactlyWhatBeginsWithThePrefixGoesAndComesBack();
    void undoNeverOverwrites();
    void undoLeavesWhatIsOver();
    void undoGoesOnAfterAnError();
    void outgrownBudgetStopsInFrontOfTheBatch();
    void forgettingGivesTheBudgetBack();
};

void TestSessionUndo::deletesThePlanAndUndoes()
{
    SessionWorld world({.batch = 100});
    world.fill(50, 10);
    world.set(userKey(1, 77), "with ttl", std::chrono::seconds(100));
    world.set("bystander");
    QVERIFY(world.scanWhole());
    std::set<QByteArray> told;
    connect(world.session.get(), &Session::keysChanged, this,
            [&](const std::vector<KeyChange> &changes) {
                for (const KeyChange &change : changes)
                    told.insert(change.key);
            });
    QSignalSpy changed(world.session.get(), &Session::operationChanged);

    const auto id = world.session->startDeletion(world.plan(under(functionPrefix)));
    QVERIFY(id);
    OperationStatus status = world.settled(*id);
    QCOMPARE(status.phase, Phase::Done);
    QCOMPARE(status.total, 501);
    QCOMPARE(status.done, 501);
    QCOMPARE(accounted(status), 501);
    QVERIFY(status.canUndo);
    QVERIFY(status.undoBytes > 501 * 5);
    QCOMPARE(world.memory->keyCount(), 1);
    QTRY_COMPARE(changed.isEmpty() ? Phase::Running
                                   : changed.last().at(0).value<OperationStatus>().phase,
                 Phase::Done);
    // By the time it is told, the index follows.
    QCOMPARE(world.session->index()->keyCount(), 1);
    QCOMPARE(told.size(), size_t(501));

    world.clock->advance(std::chrono::seconds(40));
    QVERIFY(world.session->undoOperation(*id));
    status = world.settled(*id);
    QCOMPARE(status.phase, Phase::Undone);
    QCOMPARE(status.restored, 501);
    QVERIFY(!status.canUndo);
    QCOMPARE(status.undoBytes, 0);
    QCOMPARE(world.memory->keyCount(), 502);
    QCOMPARE(world.memory->get(userKey(7, 7))->value(), "value");
    const QByteArray timed = userKey(1, 77);
    QCOMPARE(world.memory->facts(std::span(&timed, 1))->front().ttl, std::chrono::seconds(60));
    QTRY_COMPARE(world.session->index()->keyCount(), 502);
    QVERIFY(!world.session->undoOperation(*id));
}

void TestSessionUndo::exactlyWhatBeginsWithThePrefixGoesAndComesBack()
{
    const auto nasty = rc::gen::map(
        rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab*?[]\\^{}: \0\xff", 14))),
        [](const std::string &s) { return QByteArray::fromStdString(s); });
    const bool holds = rc::check("delete and undo", [&] {
        SessionWorld world({.batch = 3});
        const auto generated = *rc::gen::container<std::vector<QByteArray>>(nasty);
        const std::set<QByteArray> keys(generated.begin(), generated.end());
        for (const QByteArray &key : keys)
            world.set(key, "value of " + key);
        const QByteArray prefix = *rc::gen::suchThat(
            rc::gen::resize(3, nasty), [](const QByteArray &p) { return !p.isEmpty(); });
        const auto doomed = std::count_if(keys.begin(), keys.end(), [&](const QByteArray &key) {
            return key.startsWith(prefix);
        });

        const DeletionPlan plan = world.plan(under(prefix));
        RC_ASSERT(plan.count() == doomed);
        const auto id = *world.session->startDeletion(plan);
        RC_ASSERT(world.settled(id).done == doomed);
        for (const QByteArray &key : keys)
            RC_ASSERT(world.holds(key) == !key.startsWith(prefix));
        if (doomed > 0) {
            RC_ASSERT(world.session->undoOperation(id).has_value());
            RC_ASSERT(world.settled(id).restored == doomed);
        }
        for (const QByteArray &key : keys)
            RC_ASSERT(world.memory->get(key)->value() == "value of " + key);
    });
    QVERIFY(holds);
}

void TestSessionUndo::undoNeverOverwrites()
{
    SessionWorld world;
    world.fill(1, 3);
    const auto id = *world.session->startDeletion(world.plan(under(userPrefix(0))));
    QCOMPARE(world.settled(id).done, 3);
    world.set(userKey(0, 1), "newer");
    QVERIFY(world.session->undoOperation(id));
    const OperationStatus status = world.settled(id);
    QCOMPARE(status.restored, 2);
    QCOMPARE(status.keptNewer, 1);
    QCOMPARE(world.memory->get(userKey(0, 1))->value(), "newer");
}

void TestSessionUndo::undoLeavesWhatIsOver()
{
    SessionWorld world;
    world.set(userKey(0, 0), "short", std::chrono::seconds(10));
    world.set(userKey(0, 1), "long", std::chrono::seconds(1000));
    const auto id = *world.session->startDeletion(world.plan(under(userPrefix(0))));
    QCOMPARE(world.settled(id).done, 2);
    world.clock->advance(std::chrono::seconds(11));
    QVERIFY(world.session->undoOperation(id));
    const OperationStatus status = world.settled(id);
    QCOMPARE(status.restored, 1);
    QCOMPARE(status.expired, 1);
    QVERIFY(!world.holds(userKey(0, 0)));
    QVERIFY(world.holds(userKey(0, 1)));
}

void TestSessionUndo::undoGoesOnAfterAnError()
{
    SessionWorld world({.batch = 10});
    world.fill(10, 10);
    const auto id = *world.session->startDeletion(world.plan(under(functionPrefix)));
    QCOMPARE(world.settled(id).done, 100);
    world.backend->failWith(lost(), 3);
    QVERIFY(world.session->undoOperation(id));
    OperationStatus status = world.settled(id);
    QCOMPARE(status.phase, Phase::Failed);
    QCOMPARE(status.restored, 30);
    QVERIFY(status.canUndo);
    world.backend->recover();
    QVERIFY(world.session->undoOperation(id));
    status = world.settled(id);
    QCOMPARE(status.phase, Phase::Undone);
    QCOMPARE(status.restored, 100);
    QCOMPARE(world.memory->keyCount(), 100);
}

void TestSessionUndo::outgrownBudgetStopsInFrontOfTheBatch()
{
    SessionWorld world({.undoBudget = 20'000, .batch = 10});
    world.fill(10, 3);
    const DeletionPlan plan = world.plan(under(functionPrefix));
    QVERIFY(plan.undoable);
    const QByteArray &late = plan.keys->at(25);
    world.set(late, QByteArray(30'000, 'x'));
    const auto id = *world.session->startDeletion(plan);
    OperationStatus status = world.settled(id);
    QCOMPARE(status.phase, Phase::Failed);
    QCOMPARE(status.error->code, Error::Code::LimitExceeded);
    QCOMPARE(status.done, 20);
    QCOMPARE(status.notTried, 10);
    QVERIFY(world.holds(late));
    QVERIFY(world.session->undoOperation(id));
    QCOMPARE(world.settled(id).restored, 20);
    QCOMPARE(world.memory->keyCount(), 30);
}

void TestSessionUndo::forgettingGivesTheBudgetBack()
{
    SessionWorld world({.undoBudget = 10'000});
    for (int page = 0; page < 8; ++page) {
        world.set(userKey(0, page), QByteArray(700, 'x'));
        world.set(userKey(1, page), QByteArray(700, 'x'));
    }
    const DeletionPlan second = world.plan(under(userPrefix(1)));
    QVERIFY(second.undoable);
    const auto id = *world.session->startDeletion(world.plan(under(userPrefix(0))));
    QCOMPARE(world.settled(id).done, 8);
    const DeletionPlan crowded = world.plan(under(userPrefix(1)));
    QVERIFY(!crowded.undoable);
    QVERIFY(crowded.whyNoUndo.contains("earlier operations"));
    QCOMPARE(world.session->startDeletion(second).error().code, Error::Code::LimitExceeded);
    world.session->forgetOperation(id);
    QVERIFY(world.session->operations().empty());
    QTRY_VERIFY(world.plan(under(userPrefix(1))).undoable);
    QCOMPARE(world.settled(*world.session->startDeletion(second)).done, 8);
}

QTEST_GUILESS_MAIN(TestSessionUndo)
#include "tst_sessionundo.moc"
