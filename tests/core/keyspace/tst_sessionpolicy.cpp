// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/keyspace/deletiontargets.h"
#include "tests/core/keyspace/sessionworld.h"

using namespace Cachelens;
using namespace Cachelens::Testing;
using Phase = OperationStatus::Phase;

class TestSessionPolicy : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readOnlyRefuses();
    void readOnlyStopsARunningOperation();
    void productionWantsTheName();
    void productionWithoutANameWantsTheUrl();
};

void TestSessionPolicy::readOnlyRefuses()
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

void TestSessionPolicy::readOnlyStopsARunningOperation()
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

void TestSessionPolicy::productionWantsTheName()
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

void TestSessionPolicy::productionWithoutANameWantsTheUrl()
{
    SessionWorld world({.policy = {.production = true}});
    world.fill(1, 2);
    const DeletionPlan plan = world.plan(under(userPrefix(0)));
    QVERIFY(plan.needsName);
    QCOMPARE(world.session->startDeletion(plan).error().code, Error::Code::Forbidden);
    QCOMPARE(world.memory->keyCount(), 2);
    QCOMPARE(world.session->policy().name, "memory:");
    QCOMPARE(world.settled(*world.session->startDeletion(plan, "memory:")).done, 2);
}

QTEST_GUILESS_MAIN(TestSessionPolicy)
#include "tst_sessionpolicy.moc"
