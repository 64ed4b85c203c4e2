// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/keyspace/deletiontargets.h"
#include "tests/core/keyspace/sessionworld.h"

using namespace Cachelens;
using namespace Cachelens::Testing;
using Phase = OperationStatus::Phase;

class TestSessionExpiry : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void expiryChangesAndValueStays();
    void undoOfAnExpiryKeepsNewerOnes();
    void expiryOfAMissingKeyFails();
};

void TestSessionExpiry::expiryChangesAndValueStays()
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

void TestSessionExpiry::undoOfAnExpiryKeepsNewerOnes()
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
    const OperationStatus status = world.settled(second);
    QCOMPARE(status.phase, Phase::Failed);
    QVERIFY(status.error->reason.contains("former time is over"));
    QVERIFY(!status.canUndo);
    QVERIFY(world.holds(key));
}

void TestSessionExpiry::expiryOfAMissingKeyFails()
{
    SessionWorld world;
    const OperationStatus status
        = world.settled(*world.session->changeTtl("missing", std::chrono::seconds(5)));
    QCOMPARE(status.phase, Phase::Failed);
    QCOMPARE(status.error->code, Error::Code::NotFound);
    QCOMPARE(status.alreadyGone, 1);
    QVERIFY(!status.canUndo);
}

QTEST_GUILESS_MAIN(TestSessionExpiry)
#include "tst_sessionexpiry.moc"
