// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/keyspace/deletiontargets.h"
#include "tests/core/keyspace/sessionworld.h"

#include <QPromise>

using namespace Cachelens;
using namespace Cachelens::Testing;
using Phase = OperationStatus::Phase;

namespace {

using Stored = Result<bool>;

std::function<Result<QByteArray>()> names(const QByteArray &key)
{
    return [key] { return Result<QByteArray>(key); };
}

/// A call that stores the key when it runs, in a cache in which nothing else is left of its user.
Rewarm storing(const SessionWorld &world, const QByteArray &key,
               const QByteArray &value = "run anew")
{
    return {.title = "a call of " + key, .key = names(key), .run = [&world, key, value] {
                if (world.holds(userKey(0, 0)) && key != userKey(0, 0))
                    qFatal("it runs before the keys are gone");
                world.set(key, value);
                return QtFuture::makeReadyFuture(Stored(true));
            }};
}

Rewarm failing(const QByteArray &key)
{
    return {.title = "a call that fails", .key = names(key), .run = [] {
                return QtFuture::makeReadyFuture(Stored(failure({.code = Error::Code::ServerError,
                                                                 .attempt = "call",
                                                                 .subject = "the function",
                                                                 .reason = "no database"})));
            }};
}

DeletionTarget userAnd(std::vector<Rewarm> rewarms)
{
    return {.title = "a user", .prefixes = {userPrefix(0)}, .rewarms = std::move(rewarms)};
}

} // namespace

/// A deletion, and calls that are run and stored anew behind it, as one operation.
class TestSessionRewarm : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void callsRunBehindTheDeletionAndAreUndoneWithIt();
    void whatWasWrittenSinceIsLeft();
    void whatStoodInTheWayComesBack();
    void theLastOfTwoCallsOfOneKeyIsUndone();
    void oneThatFailsDoesNotStopTheOthers();
    void oneThatThrowsFails();
    void oneThatStoresNothingIsCounted();
    void aCallThatIsDroppedFails();
    void cancelingDoesNotWaitForTheCallButItsUndoDoes();
    void anUndoThatWaitsForACallCanBeCanceled();
    void endingTheSessionDoesNotWaitForTheCall();
    void withNothingToDeleteTheyRun();
    void whatCannotBeRemovedDoesNotKeepTheOthersAway();
};

void TestSessionRewarm::callsRunBehindTheDeletionAndAreUndoneWithIt()
{
    SessionWorld world;
    world.fill(2, 3);
    QVERIFY(world.scanWhole());
    const QByteArray fresh = userKey(0, 77);
    const auto plan = world.plan(userAnd({storing(world, userKey(0, 1)), storing(world, fresh)}));
    QCOMPARE(plan.count(), 3);
    const auto id = *world.session->startDeletion(plan);
    OperationStatus status = world.settled(id);
    QCOMPARE(status.phase, Phase::Done);
    QCOMPARE(status.done, 3);
    QCOMPARE(status.rewarms, 2);
    QCOMPARE(status.rewarmed, 2);
    QVERIFY(status.canUndo);
    QCOMPARE(world.memory->keyCount().value(), 5);
    QTRY_COMPARE(world.session->index()->keyCount(), 5);
    QVERIFY(world.session->index()->find(fresh));

    QVERIFY(world.session->undoOperation(id));
    status = world.settled(id);
    QCOMPARE(status.phase, Phase::Undone);
    QCOMPARE(status.restored, 3);
    QCOMPARE(status.keptNewer, 0);
    QCOMPARE(status.rewarmsUndone, 2);
    QCOMPARE(status.undoBytes, 0);
    QVERIFY(!status.canUndo);
    QCOMPARE(world.memory->get(userKey(0, 1)).value(), QByteArray("value"));
    QVERIFY(!world.holds(fresh));
    QTRY_COMPARE(world.session->index()->keyCount(), 6);
}

void TestSessionRewarm::whatWasWrittenSinceIsLeft()
{
    SessionWorld world;
    world.fill(1, 3);
    const auto id = *world.session->startDeletion(
        world.plan(userAnd({storing(world, userKey(0, 1)), storing(world, userKey(0, 2))})));
    QCOMPARE(world.settled(id).phase, Phase::Done);
    world.set(userKey(0, 1), "newer");
    QVERIFY(world.session->undoOperation(id));
    const OperationStatus status = world.settled(id);
    QCOMPARE(status.restored, 2);
    QCOMPARE(status.keptNewer, 1);
    QCOMPARE(status.rewarmsUndone, 1);
    QCOMPARE(world.memory->get(userKey(0, 1)).value(), QByteArray("newer"));
    QCOMPARE(world.memory->get(userKey(0, 2)).value(), QByteArray("value"));
}

void TestSessionRewarm::whatStoodInTheWayComesBack()
{
    SessionWorld world;
    world.fill(1, 2);
    const QByteArray elsewhere = "written where the plan does not look";
    const auto plan = world.plan(userAnd({storing(world, elsewhere)}));
    world.set(elsewhere, "old");
    const auto id = *world.session->startDeletion(plan);
    OperationStatus status = world.settled(id);
    QCOMPARE(status.done, 3);
    QCOMPARE(accounted(status), status.total);
    QCOMPARE(world.memory->get(elsewhere).value(), QByteArray("run anew"));
    QVERIFY(world.session->undoOperation(id));
    status = world.settled(id);
    QCOMPARE(status.restored, 3);
    QCOMPARE(world.memory->get(elsewhere).value(), QByteArray("old"));
}

void TestSessionRewarm::theLastOfTwoCallsOfOneKeyIsUndone()
{
    SessionWorld world;
    world.fill(1, 1);
    const QByteArray key = userKey(0, 0);
    const auto id = *world.session->startDeletion(
        world.plan(userAnd({storing(world, key, "first"), storing(world, key, "second")})));
    QCOMPARE(world.settled(id).rewarmed, 2);
    QCOMPARE(world.memory->get(key).value(), QByteArray("second"));
    QVERIFY(world.session->undoOperation(id));
    QCOMPARE(world.settled(id).rewarmsUndone, 1);
    QCOMPARE(world.memory->get(key).value(), QByteArray("value"));
}

void TestSessionRewarm::oneThatFailsDoesNotStopTheOthers()
{
    SessionWorld world;
    world.fill(1, 2);
    const auto id = *world.session->startDeletion(
        world.plan(userAnd({failing(userKey(0, 0)), storing(world, userKey(0, 1))})));
    const OperationStatus status = world.settled(id);
    QCOMPARE(status.phase, Phase::Failed);
    QCOMPARE(status.done, 2);
    QCOMPARE(status.rewarmed, 1);
    QCOMPARE(status.rewarmsFailed, 1);
    QVERIFY2(status.error->message().contains("no database"), status.error->message().constData());
    QCOMPARE(world.memory->get(userKey(0, 1)).value(), QByteArray("run anew"));
    QVERIFY(world.session->undoOperation(id));
    QCOMPARE(world.settled(id).restored, 2);
    QVERIFY(!world.settled(id).error);
    QCOMPARE(world.memory->get(userKey(0, 1)).value(), QByteArray("value"));
}

void TestSessionRewarm::oneThatThrowsFails()
{
    SessionWorld world;
    world.fill(1, 1);
    const auto thrower = []() -> QFuture<Stored> { throw std::runtime_error("bad argument"); };
    const Rewarm atOnce{"throws at once", names("a"), thrower};
    const Rewarm later{
        "throws later", names("b"),
        [] { return QtFuture::makeExceptionalFuture<Stored>(std::make_exception_ptr(7)); }};
    const Rewarm nameless{"has no key",
                          [] {
                              return Result<QByteArray>(failure({.code = Error::Code::NotFound,
                                                                 .attempt = "call",
                                                                 .subject = "f",
                                                                 .reason = "not here"}));
                          },
                          thrower};
    const auto id = *world.session->startDeletion(world.plan(userAnd({atOnce, later, nameless})));
    const OperationStatus status = world.settled(id);
    QCOMPARE(status.phase, Phase::Failed);
    QCOMPARE(status.rewarmsFailed, 3);
    QVERIFY2(status.error->message().contains("throws at once")
                 && status.error->message().contains("bad argument"),
             status.error->message().constData());
}

void TestSessionRewarm::oneThatStoresNothingIsCounted()
{
    SessionWorld world;
    world.fill(1, 2);
    const Rewarm call{"a result that is not cached", names(userKey(0, 1)),
                      [] { return QtFuture::makeReadyFuture(Stored(false)); }};
    const auto id = *world.session->startDeletion(world.plan(userAnd({call})));
    QCOMPARE(world.settled(id).phase, Phase::Done);
    QCOMPARE(world.settled(id).rewarmed, 0);
    QCOMPARE(world.settled(id).rewarmsNotStored, 1);
    QVERIFY(world.session->undoOperation(id));
    QCOMPARE(world.settled(id).restored, 2);
    QCOMPARE(world.settled(id).rewarmsUndone, 0);
}

void TestSessionRewarm::aCallThatIsDroppedFails()
{
    SessionWorld world;
    world.fill(1, 1);
    const Rewarm dropped{"the call", names(userKey(0, 0)), [] {
                             QPromise<Stored> promise;
                             promise.start();
                             return promise.future(); // canceled with the promise
                         }};
    const auto id = *world.session->startDeletion(world.plan(userAnd({dropped})));
    const OperationStatus status = world.settled(id);
    QCOMPARE(status.phase, Phase::Failed);
    QCOMPARE(status.rewarmsFailed, 1);
    QVERIFY2(status.error->message().contains("the call"), status.error->message().constData());
}

void TestSessionRewarm::cancelingDoesNotWaitForTheCallButItsUndoDoes()
{
    for (const bool storesBeforeTheUndo : {true, false}) {
        SessionWorld world;
        world.fill(1, 2);
        QPromise<Stored> slow;
        slow.start();
        const Rewarm call{"slow", names(userKey(0, 1)), [&slow] { return slow.future(); }};
        const auto store = [&] {
            world.set(userKey(0, 1), "run anew");
            slow.addResult(Stored(true));
            slow.finish();
        };
        const auto id
            = *world.session->startDeletion(world.plan(userAnd({call, failing(userKey(0, 0))})));
        QTRY_COMPARE(world.status(id).done, 2);
        world.session->cancelOperation(id);
        OperationStatus status = world.settled(id);
        QCOMPARE(status.phase, Phase::Canceled);
        QCOMPARE(status.rewarmed, 0);
        QVERIFY(!slow.isCanceled());

        if (storesBeforeTheUndo)
            store();
        QVERIFY(world.session->undoOperation(id));
        if (!storesBeforeTheUndo) {
            QVERIFY(eventLoopTurns());
            QCOMPARE(world.status(id).phase, Phase::Undoing);
            QVERIFY(!world.holds(userKey(0, 0)));
            store();
        }
        status = world.settled(id);
        QCOMPARE(status.phase, Phase::Undone);
        QCOMPARE(status.restored, 2);
        QCOMPARE(status.rewarmsUndone, 1);
        QCOMPARE(world.memory->get(userKey(0, 1)).value(), QByteArray("value"));
    }
}

void TestSessionRewarm::anUndoThatWaitsForACallCanBeCanceled()
{
    SessionWorld world;
    world.fill(1, 1);
    QPromise<Stored> endless;
    endless.start();
    const Rewarm call{"endless", names(userKey(0, 0)), [&endless] { return endless.future(); }};
    const auto id = *world.session->startDeletion(world.plan(userAnd({call})));
    QTRY_COMPARE(world.status(id).done, 1);
    world.session->cancelOperation(id);
    QCOMPARE(world.settled(id).phase, Phase::Canceled);
    QVERIFY(world.session->undoOperation(id));
    world.session->cancelOperation(id);
    QCOMPARE(world.settled(id).phase, Phase::Canceled);
    QVERIFY(world.settled(id).canUndo); // later
    endless.addResult(Stored(false));
    endless.finish();
    QVERIFY(world.session->undoOperation(id));
    QCOMPARE(world.settled(id).restored, 1);
}

void TestSessionRewarm::endingTheSessionDoesNotWaitForTheCall()
{
    SessionWorld world;
    world.fill(1, 1);
    QPromise<Stored> endless;
    endless.start();
    const Rewarm call{"endless", names(userKey(0, 0)), [&endless] { return endless.future(); }};
    const auto id = *world.session->startDeletion(world.plan(userAnd({call})));
    QTRY_COMPARE(world.status(id).done, 1);
    world.session.reset();
    QVERIFY(!world.holds(userKey(0, 0)));
}

void TestSessionRewarm::withNothingToDeleteTheyRun()
{
    SessionWorld world;
    const auto plan = world.plan(userAnd({storing(world, userKey(0, 1))}));
    QCOMPARE(plan.count(), 0);
    const auto id = *world.session->startDeletion(plan);
    const OperationStatus status = world.settled(id);
    QCOMPARE(status.phase, Phase::Done);
    QCOMPARE(status.total, 0);
    QCOMPARE(status.rewarmed, 1);
    QVERIFY(status.canUndo);
    QVERIFY(world.session->undoOperation(id));
    QCOMPARE(world.settled(id).rewarmsUndone, 1);
    QVERIFY(!world.holds(userKey(0, 1)));

    const auto calls = world.plan({.title = "calls alone", .rewarms = {storing(world, "k")}});
    QCOMPARE(world.settled(*world.session->startDeletion(calls)).rewarmed, 1);
}

void TestSessionRewarm::whatCannotBeRemovedDoesNotKeepTheOthersAway()
{
    SessionWorld world;
    world.fill(1, 3);
    const auto id
        = *world.session->startDeletion(world.plan(userAnd({storing(world, userKey(0, 1))})));
    QCOMPARE(world.settled(id).rewarmed, 1);
    world.backend->failRemovalsOfTheSame({.code = Error::Code::Forbidden,
                                          .attempt = "delete",
                                          .subject = "the key",
                                          .reason = "no scripts for you"});
    QVERIFY(world.session->undoOperation(id));
    const OperationStatus status = world.settled(id);
    QCOMPARE(status.phase, Phase::Failed);
    QVERIFY2(status.error->message().contains("no scripts"), status.error->message().constData());
    QCOMPARE(status.restored, 2);
    QCOMPARE(status.keptNewer, 1);
}

QTEST_GUILESS_MAIN(TestSessionRewarm)
#include "tst_sessionrewarm.moc"
