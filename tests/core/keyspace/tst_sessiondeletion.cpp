// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/keyspace/deletiontargets.h"
#include "tests/core/keyspace/sessionworld.h"

using namespace Cachelens;
using namespace Cachelens::Testing;
using Phase = OperationStatus::Phase;

class TestSessionDeletion : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nastyKeysGoAloneByPrefix_data();
    void nastyKeysGoAloneByPrefix();
    void keysWrittenSincePlanningStay();
    void canceledOperationAccountsForEveryKey();
    void brokenBatchCountsAsUnknown();
    void refusedBatchCountsAsNotTried_data();
    void refusedBatchCountsAsNotTried();
    void endsInTheMiddleOfADeletion();
};

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

void TestSessionDeletion::refusedBatchCountsAsNotTried_data()
{
    QTest::addColumn<int>("code");
    QTest::newRow("permission") << int(Error::Code::PermissionDenied);
    // No connection could be made to send it over.
    QTest::newRow("never sent") << int(Error::Code::Unreachable);
}

void TestSessionDeletion::refusedBatchCountsAsNotTried()
{
    QFETCH(int, code);
    SessionWorld world({.batch = 10});
    world.fill(10, 10);
    DeletionPlan plan = world.plan(under(functionPrefix));
    Error denied = lost();
    denied.code = Error::Code(code);
    denied.maybeDone = false;
    world.backend->failWith(denied, 5);
    const OperationStatus status = world.settled(*world.session->startDeletion(plan));
    QCOMPARE(status.phase, Phase::Failed);
    QCOMPARE(status.done, 20);
    QCOMPARE(status.unknown, 0);
    QCOMPARE(status.notTried, 80);
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
