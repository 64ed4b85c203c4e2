// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/keyspace/sessionworld.h"

#include <rapidcheck.h>

#include <QSignalSpy>

using namespace Cachelens;
using namespace Cachelens::Testing;
using Phase = OperationStatus::Phase;

namespace {

const QByteArray functionPrefix = ":1:users::app.services.get_user_payload::";

Error lost()
{
    return {.code = Error::Code::Unreachable,
            .attempt = "write",
            .subject = "the server",
            .reason = "connection reset",
            .retryable = true};
}

DeletionTarget under(const QByteArray &prefix)
{
    return {.title = "what is under " + prefix, .prefix = prefix};
}

DeletionTarget exactly(std::vector<QByteArray> keys)
{
    return {.title = "some keys", .keys = std::move(keys)};
}

qint64 accounted(const OperationStatus &status)
{
    return status.done + status.alreadyGone + status.notTried + status.unknown;
}

} // namespace

class TestSessionDeletion : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void planShowsWhatGoesAndNothingGoesYet();
    void planNeedsATarget();
    void planOfANodeLeavesOthersAlone();
    void planOfOtherKeysLeavesFunctionsAlone();
    void planOfManyKeysWeighsASample();
    void deletesThePlanAndUndoes();
    void nastyKeysGoAloneByPrefix_data();
    void nastyKeysGoAloneByPrefix();
    void exactlyWhatBeginsWithThePrefixGoesAndComesBack();
    void keysWrittenSincePlanningStay();
    void undoNeverOverwrites();
    void undoLeavesWhatIsOver();
    void canceledOperationAccountsForEveryKey();
    void brokenBatchCountsAsUnknown();
    void refusedBatchCountsAsNotTried();
    void undoGoesOnAfterAnError();
    void readOnlyRefuses();
    void readOnlyStopsARunningOperation();
    void productionWantsTheName();
    void planSaysBeforehandThatThereIsNoUndo();
    void outgrownBudgetStopsInFrontOfTheBatch();
    void forgettingGivesTheBudgetBack();
    void expiryChangesAndValueStays();
    void undoOfAnExpiryKeepsNewerOnes();
    void expiryOfAMissingKeyFails();
    void endsInTheMiddleOfADeletion();
};

void TestSessionDeletion::planShowsWhatGoesAndNothingGoesYet()
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

void TestSessionDeletion::planNeedsATarget()
{
    SessionWorld world;
    world.fill(2, 2);
    const auto plan = resultOf(world.session->planDeletion({.title = "nothing"}));
    QVERIFY(!plan);
    QCOMPARE(plan.error().code, Error::Code::InvalidInput);
}

void TestSessionDeletion::planOfANodeLeavesOthersAlone()
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
            = world.plan({.title = node.label, .prefix = node.prefix, .node = node});
        QCOMPARE(plan.count(), node.keys);
        QCOMPARE(plan.leftAlone, node.label.isEmpty() ? 6 : 0);
        for (const NodeInfo &function : index->nodes(index->children(node.id))) {
            QCOMPARE(world.plan({.prefix = function.prefix, .node = function}).count(),
                     function.keys);
            for (const NodeInfo &partition : index->nodes(index->children(function.id))) {
                QCOMPARE(world.plan({.prefix = partition.prefix, .node = partition}).count(),
                         partition.keys);
            }
        }
    }
}

void TestSessionDeletion::planOfOtherKeysLeavesFunctionsAlone()
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

void TestSessionDeletion::planOfManyKeysWeighsASample()
{
    SessionWorld world;
    world.fill(3000, 3);
    const DeletionPlan plan = world.plan(under(functionPrefix));
    QCOMPARE(plan.count(), 9000);
    QVERIFY(plan.bytesSampled);
    const auto exact = world.memory->snapshotBytes(*plan.keys);
    QVERIFY(std::abs(double(plan.bytes) / double(*exact) - 1) < 0.05);
}

void TestSessionDeletion::deletesThePlanAndUndoes()
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

void TestSessionDeletion::nastyKeysGoAloneByPrefix_data()
{
    QTest::addColumn<QByteArray>("nasty");
    const std::vector<std::pair<const char *, QByteArray>> keys{
        {"star", "*"},
        {"question mark", "?"},
        {"class", "[ab]"},
        {"open class", "["},
        {"close class", "]"},
        {"backslash", "\\"},
        {"caret", "^"},
        {"braces", "{a}"},
        {"space", " "},
        {"spaces", "  x  "},
        {"nul", QByteArray("\0", 1)},
        {"separator", "::"},
        {"not utf-8", "\xff\xfe"},
        {"half utf-8", "\xc3"},
        {"newline", "\r\n"},
        {"all", QByteArray("*?[]\\^{} \0::\xff", 13)},
    };
    for (const auto &[name, nasty] : keys)
        QTest::newRow(name) << nasty;
}

void TestSessionDeletion::nastyKeysGoAloneByPrefix()
{
    QFETCH(QByteArray, nasty);
    SessionWorld world;
    const QByteArray prefix = functionPrefix + "user_id:" + nasty;
    const std::set<QByteArray> doomed{prefix, prefix + "::page:1", prefix + nasty};
    std::set<QByteArray> bystanders{functionPrefix + "user_id:",
                                    functionPrefix + "user_id",
                                    functionPrefix + "user_id:a",
                                    "",
                                    "x" + prefix,
                                    functionPrefix + "user_id:abc::page:1"};
    for (const char *other : {"*", "?", "[ab]", "a", "b", "\\", "\\*", "^", "{a}", "z"}) {
        const QByteArray key = functionPrefix + "user_id:" + other + "bystander";
        if (!key.startsWith(prefix))
            bystanders.insert(key);
    }
    for (const QByteArray &key : doomed)
        world.set(key);
    for (const QByteArray &key : bystanders)
        world.set(key);

    const DeletionPlan plan = world.plan(under(prefix));
    QCOMPARE(std::set<QByteArray>(plan.keys->begin(), plan.keys->end()), doomed);
    QCOMPARE(world.settled(*world.session->startDeletion(plan)).done, qint64(doomed.size()));
    for (const QByteArray &key : bystanders)
        QVERIFY2(world.holds(key), key.constData());
    QCOMPARE(world.memory->keyCount(), qint64(bystanders.size()));
}

void TestSessionDeletion::exactlyWhatBeginsWithThePrefixGoesAndComesBack()
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

void TestSessionDeletion::keysWrittenSincePlanningStay()
{
    SessionWorld world;
    world.fill(1, 3);
    const DeletionPlan plan = world.plan(under(userPrefix(0)));
    world.set(userKey(0, 3));
    QVERIFY(world.memory->remove(std::vector<QByteArray>{userKey(0, 1)}));
    const OperationStatus status = world.settled(*world.session->startDeletion(plan));
    QCOMPARE(status.done, 2);
    QCOMPARE(status.alreadyGone, 1);
    QVERIFY(world.holds(userKey(0, 3)));
}

void TestSessionDeletion::undoNeverOverwrites()
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

void TestSessionDeletion::undoLeavesWhatIsOver()
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

void TestSessionDeletion::canceledOperationAccountsForEveryKey()
{
    SessionWorld world({.batch = 10});
    world.fill(10, 10);
    const DeletionPlan plan = world.plan(under(functionPrefix));
    world.backend->hold(5); // two batches are weighed and taken, the third is weighed
    const auto id = *world.session->startDeletion(plan);
    QTRY_COMPARE(world.backend->waiting(), 1);
    QVERIFY(eventLoopTurns());
    OperationStatus status = world.status(id);
    QCOMPARE(status.phase, Phase::Running);
    QCOMPARE(status.done, 20);
    QVERIFY(!world.session->undoOperation(id));
    world.session->cancelOperation(id);
    world.backend->release();
    status = world.settled(id);
    QCOMPARE(status.phase, Phase::Canceled);
    QCOMPARE(status.done, 30);
    QCOMPARE(status.notTried, 70);
    QCOMPARE(accounted(status), 100);
    QCOMPARE(world.memory->keyCount(), 70);
    QVERIFY(status.canUndo);
    QVERIFY(world.session->undoOperation(id));
    QCOMPARE(world.settled(id).restored, 30);
    QCOMPARE(world.memory->keyCount(), 100);
}

void TestSessionDeletion::brokenBatchCountsAsUnknown()
{
    SessionWorld world({.batch = 10});
    world.fill(10, 10);
    const DeletionPlan plan = world.plan(under(functionPrefix));
    world.backend->failWith(lost(), 5, true);
    const auto id = *world.session->startDeletion(plan);
    const OperationStatus status = world.settled(id);
    QCOMPARE(status.phase, Phase::Failed);
    QCOMPARE(status.error, lost());
    QCOMPARE(status.done, 20);
    QCOMPARE(status.unknown, 10);
    QCOMPARE(status.notTried, 70);
    QCOMPARE(world.memory->keyCount(), 70);
    world.backend->recover();
    QVERIFY(world.session->undoOperation(id));
    QCOMPARE(world.settled(id).restored, 20);
}

void TestSessionDeletion::refusedBatchCountsAsNotTried()
{
    SessionWorld world({.batch = 10});
    world.fill(10, 10);
    DeletionPlan plan = world.plan(under(functionPrefix));
    Error denied = lost();
    denied.code = Error::Code::PermissionDenied;
    world.backend->failWith(denied, 5);
    const OperationStatus status = world.settled(*world.session->startDeletion(plan));
    QCOMPARE(status.phase, Phase::Failed);
    QCOMPARE(status.done, 20);
    QCOMPARE(status.unknown, 0);
    QCOMPARE(status.notTried, 80);
}

void TestSessionDeletion::undoGoesOnAfterAnError()
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

void TestSessionDeletion::readOnlyRefuses()
{
    SessionWorld world;
    world.fill(1, 2);
    const DeletionPlan plan = world.plan(under(userPrefix(0)));
    world.session->setReadOnly(true);
    QVERIFY(world.session->policy().readOnly);
    const auto planned = resultOf(world.session->planDeletion(under(userPrefix(0))));
    QCOMPARE(planned.error().code, Error::Code::Forbidden);
    QCOMPARE(world.session->startDeletion(plan).error().code, Error::Code::Forbidden);
    QCOMPARE(world.session->changeTtl(userKey(0, 0), std::nullopt).error().code,
             Error::Code::Forbidden);
    QCOMPARE(world.memory->keyCount(), 2);

    world.session->setReadOnly(false);
    const auto id = *world.session->startDeletion(plan);
    QCOMPARE(world.settled(id).done, 2);
    world.session->setReadOnly(true);
    QCOMPARE(world.session->undoOperation(id).error().code, Error::Code::Forbidden);
    QCOMPARE(world.memory->keyCount(), 0);
}

void TestSessionDeletion::readOnlyStopsARunningOperation()
{
    SessionWorld world({.batch = 10});
    world.fill(10, 10);
    const DeletionPlan plan = world.plan(under(functionPrefix));
    world.backend->hold(5);
    const auto id = *world.session->startDeletion(plan);
    QTRY_COMPARE(world.backend->waiting(), 1);
    world.session->setReadOnly(true);
    world.backend->release();
    const OperationStatus status = world.settled(id);
    QCOMPARE(status.phase, Phase::Failed);
    QCOMPARE(status.error->code, Error::Code::Forbidden);
    QCOMPARE(status.done, 30);
    QCOMPARE(status.notTried, 70);
    QCOMPARE(world.memory->keyCount(), 70);
}

void TestSessionDeletion::productionWantsTheName()
{
    SessionWorld world({.policy = {.name = "shop-live", .production = true}});
    world.fill(2, 2);
    const DeletionPlan plan = world.plan(under(userPrefix(0)));
    QVERIFY(plan.needsName);
    QCOMPARE(world.session->startDeletion(plan).error().code, Error::Code::Forbidden);
    QCOMPARE(world.session->startDeletion(plan, "shop").error().code, Error::Code::Forbidden);
    QCOMPARE(world.memory->keyCount(), 4);
    const DeletionPlan one = world.plan(exactly({userKey(1, 1)}));
    QVERIFY(!one.needsName);
    QCOMPARE(world.settled(*world.session->startDeletion(one)).done, 1);
    QCOMPARE(world.settled(*world.session->startDeletion(plan, "shop-live")).done, 2);
}

void TestSessionDeletion::planSaysBeforehandThatThereIsNoUndo()
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

void TestSessionDeletion::outgrownBudgetStopsInFrontOfTheBatch()
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

void TestSessionDeletion::forgettingGivesTheBudgetBack()
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
    QVERIFY(world.plan(under(userPrefix(1))).undoable);
    QCOMPARE(world.settled(*world.session->startDeletion(second)).done, 8);
}

void TestSessionDeletion::expiryChangesAndValueStays()
{
    SessionWorld world;
    const QByteArray key = userKey(0, 0);
    world.set(key, "the value", std::chrono::seconds(100));
    const auto ttl = [&] { return world.memory->facts(std::span(&key, 1))->front().ttl; };

    const auto id = *world.session->changeTtl(key, std::chrono::seconds(500));
    QCOMPARE(world.settled(id).done, 1);
    QCOMPARE(ttl(), std::chrono::seconds(500));
    QCOMPARE(world.memory->get(key)->value(), "the value");

    world.clock->advance(std::chrono::seconds(30));
    QVERIFY(world.session->undoOperation(id));
    const OperationStatus status = world.settled(id);
    QCOMPARE(status.phase, Phase::Undone);
    QCOMPARE(status.restored, 1);
    QCOMPARE(ttl(), std::chrono::seconds(70));

    const auto removal = *world.session->changeTtl(key, std::nullopt);
    QCOMPARE(world.settled(removal).done, 1);
    QCOMPARE(ttl(), std::nullopt);
    QVERIFY(world.session->undoOperation(removal));
    QCOMPARE(world.settled(removal).restored, 1);
    QCOMPARE(ttl(), std::chrono::seconds(70));
    QCOMPARE(world.memory->get(key)->value(), "the value");
    QCOMPARE(world.session->changeTtl(key, std::chrono::seconds(0)).error().code,
             Error::Code::InvalidInput);
}

void TestSessionDeletion::undoOfAnExpiryKeepsNewerOnes()
{
    SessionWorld world;
    const QByteArray key = userKey(0, 0);
    world.set(key, "old", std::chrono::seconds(100));
    const auto id = *world.session->changeTtl(key, std::nullopt);
    QCOMPARE(world.settled(id).done, 1);
    world.set(key, "new", std::chrono::seconds(900));
    QVERIFY(world.session->undoOperation(id));
    QCOMPARE(world.settled(id).keptNewer, 1);
    QCOMPARE(world.memory->facts(std::span(&key, 1))->front().ttl, std::chrono::seconds(900));

    const auto second = *world.session->changeTtl(key, std::nullopt);
    QCOMPARE(world.settled(second).done, 1);
    world.clock->advance(std::chrono::seconds(901));
    QVERIFY(world.session->undoOperation(second));
    QCOMPARE(world.settled(second).expired, 1);
    QVERIFY(world.holds(key));
}

void TestSessionDeletion::expiryOfAMissingKeyFails()
{
    SessionWorld world;
    const OperationStatus status
        = world.settled(*world.session->changeTtl("missing", std::chrono::seconds(5)));
    QCOMPARE(status.phase, Phase::Failed);
    QCOMPARE(status.error->code, Error::Code::NotFound);
    QCOMPARE(status.alreadyGone, 1);
    QVERIFY(!status.canUndo);
}

void TestSessionDeletion::endsInTheMiddleOfADeletion()
{
    SessionWorld world({.batch = 1});
    world.fill(100, 10);
    const auto id = *world.session->startDeletion(world.plan(under(functionPrefix)));
    QTRY_VERIFY(world.status(id).done > 0);
    world.session.reset();
    QVERIFY(eventLoopTurns());
}

QTEST_GUILESS_MAIN(TestSessionDeletion)
#include "tst_sessiondeletion.moc"
