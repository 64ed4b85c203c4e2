// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/keyspace/sessionworld.h"

#include <QSignalSpy>
#include <QTimer>

using namespace Cachelens;
using namespace Cachelens::Testing;
using Phase = ScanProgress::Phase;

namespace {

Error lost()
{
    return {.code = Error::Code::Unreachable,
            .attempt = "read",
            .subject = "the server",
            .reason = "connection reset",
            .retryable = true};
}

} // namespace

class TestSessionScan : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsEveryKeyOnce();
    void startsOverIntoANewIndex();
    void growsWhileItIsRead();
    void pausesAndGoesOn();
    void resumedBeforeItPausedGoesOn();
    void cancelKeepsWhatWasFound();
    void failsAtTheServersErrorAndGoesOnThere();
    void saysWhenABackendCannotList();
    void throttleFollowsTheClock();
    void newCatalogReadsTheKeysAnew();
    void keyDeletedWhileItsSliceIsOnTheWayStaysGone();
    void tellsOfLiveChanges();
    void clearedCacheEmptiesTheIndex();
    void endsInTheMiddleOfAScan();
    void endsWhileAPausedScanGoesOn();
};

void TestSessionScan::findsEveryKeyOnce()
{
    SessionWorld world;
    world.fill(500, 5);
    QSignalSpy grown(world.session.get(), &Session::indexChanged);
    QSignalSpy progressed(world.session.get(), &Session::scanProgressed);
    QCOMPARE(world.session->scanProgress().phase, Phase::Idle);
    QVERIFY(world.scanWhole());
    QTRY_COMPARE(world.session->index()->keyCount(), 2500);
    const ScanProgress progress = world.session->scanProgress();
    QVERIFY(progress.complete());
    QCOMPARE(progress.looked, 2500);
    QCOMPARE(progress.expected, 2500);
    QVERIFY(!progress.error);
    QTRY_VERIFY(!grown.isEmpty());
    QTRY_VERIFY(!progressed.isEmpty() && progressed.last().at(0).value<ScanProgress>().complete());
}

void TestSessionScan::startsOverIntoANewIndex()
{
    SessionWorld world;
    world.fill(10, 1);
    QVERIFY(world.scanWhole());
    const auto first = world.session->index();
    QSignalSpy replaced(world.session.get(), &Session::indexReplaced);
    world.session->startScan();
    QCOMPARE(replaced.count(), 1);
    QVERIFY(world.session->index() != first);
    QCOMPARE(first->keyCount(), 10);
    QVERIFY(world.scanReaches(Phase::Complete));
    QCOMPARE(world.session->index()->keyCount(), 10);
}

void TestSessionScan::growsWhileItIsRead()
{
    SessionWorld world;
    world.fill(100, 10);
    world.backend->hold(4); // the count and three slices
    world.session->startScan({.slice = 100});
    QTRY_COMPARE(world.backend->waiting(), 1);
    QTRY_COMPARE(world.session->index()->keyCount(), 300);
    QVERIFY(eventLoopTurns());
    const ScanProgress progress = world.session->scanProgress();
    QCOMPARE(progress.phase, Phase::Running);
    QCOMPARE(progress.looked, 300);
    QCOMPARE(progress.expected, 1000);
    QVERIFY(progress.remaining.has_value());
    world.backend->release();
    QVERIFY(world.scanReaches(Phase::Complete));
    QCOMPARE(world.session->index()->keyCount(), 1000);
}

void TestSessionScan::pausesAndGoesOn()
{
    SessionWorld world;
    world.fill(100, 10);
    world.backend->hold(3);
    world.session->startScan({.slice = 100});
    QTRY_COMPARE(world.backend->waiting(), 1);
    world.session->pauseScan();
    QVERIFY(eventLoopTurns());
    world.backend->release();
    QVERIFY(world.scanReaches(Phase::Paused));
    QCOMPARE(world.session->index()->keyCount(), 300);
    QVERIFY(!world.session->scanProgress().complete());
    world.session->resumeScan();
    QVERIFY(world.scanReaches(Phase::Complete));
    QCOMPARE(world.session->scanProgress().looked, 1000);
    QCOMPARE(world.session->index()->keyCount(), 1000);
}

void TestSessionScan::resumedBeforeItPausedGoesOn()
{
    SessionWorld world;
    world.fill(100, 10);
    world.backend->hold(3);
    world.session->startScan({.slice = 100});
    QTRY_COMPARE(world.backend->waiting(), 1);
    world.session->pauseScan();
    world.session->resumeScan();
    world.backend->release();
    QVERIFY(world.scanReaches(Phase::Complete));
    QCOMPARE(world.session->index()->keyCount(), 1000);
}

void TestSessionScan::cancelKeepsWhatWasFound()
{
    SessionWorld world;
    world.fill(100, 10);
    world.backend->hold(3);
    world.session->startScan({.slice = 100});
    QTRY_COMPARE(world.backend->waiting(), 1);
    world.session->cancelScan();
    world.backend->release();
    QVERIFY(world.scanReaches(Phase::Canceled));
    QCOMPARE(world.session->index()->keyCount(), 300);
    world.session->resumeScan();
    QVERIFY(eventLoopTurns());
    QCOMPARE(world.session->scanProgress().phase, Phase::Canceled);
}

void TestSessionScan::failsAtTheServersErrorAndGoesOnThere()
{
    SessionWorld world;
    world.fill(100, 10);
    world.backend->failWith(lost(), 4);
    world.session->startScan({.slice = 100});
    QVERIFY(world.scanReaches(Phase::Failed));
    QCOMPARE(world.session->scanProgress().error, lost());
    QCOMPARE(world.session->index()->keyCount(), 300);
    world.session->resumeScan();
    QVERIFY(world.scanReaches(Phase::Failed));
    world.backend->recover();
    world.session->resumeScan();
    QVERIFY(world.scanReaches(Phase::Complete));
    QVERIFY(!world.session->scanProgress().error);
    QCOMPARE(world.session->scanProgress().looked, 1000);
    QCOMPARE(world.session->index()->keyCount(), 1000);
}

void TestSessionScan::saysWhenABackendCannotList()
{
    SessionWorld world({}, [](BackendCapabilities &able) { able.listByPrefix = false; });
    world.session->startScan();
    QVERIFY(world.scanReaches(Phase::Failed));
    QCOMPARE(world.session->scanProgress().error->code, Error::Code::Unsupported);
}

void TestSessionScan::throttleFollowsTheClock()
{
    SessionWorld world;
    world.fill(100, 10);
    world.session->startScan({.slice = 1000, .keysPerSecond = 1000});
    QTRY_COMPARE(world.session->scanProgress().looked, 100);
    QVERIFY(eventLoopTurns());
    QCOMPARE(world.session->scanProgress().looked, 100);
    world.clock->advance(std::chrono::milliseconds(99));
    QVERIFY(eventLoopTurns());
    QCOMPARE(world.session->scanProgress().looked, 100);
    world.clock->advance(std::chrono::milliseconds(1));
    QTRY_COMPARE(world.session->scanProgress().looked, 200);
    world.clock->advance(std::chrono::seconds(1));
    QVERIFY(world.scanReaches(Phase::Complete));
}

void TestSessionScan::newCatalogReadsTheKeysAnew()
{
    SessionWorld world;
    world.fill(10, 2);
    QVERIFY(world.scanWhole());
    const auto functionOf = [](const KeyIndex &index) {
        const NodeId users = index.children(KeyIndex::root).at(0);
        return index.node(index.children(users).at(0));
    };
    QVERIFY(!functionOf(*world.session->index()).guessed);
    QSignalSpy replaced(world.session.get(), &Session::indexReplaced);
    world.session->setCatalog(Catalog());
    QTRY_COMPARE(replaced.count(), 1);
    QCOMPARE(world.session->index()->keyCount(), 20);
    QVERIFY(functionOf(*world.session->index()).guessed);
    QVERIFY(world.session->catalog().isEmpty());
}

void TestSessionScan::keyDeletedWhileItsSliceIsOnTheWayStaysGone()
{
    SessionWorld world({}, SessionWorld::live);
    world.fill(10, 1);
    world.backend->holdSlices();
    world.session->startScan();
    QTRY_COMPARE(world.backend->waiting(), 1);
    bool told = false;
    connect(world.session.get(), &Session::keysChanged, this,
            [&](const std::vector<KeyChange> &changes) {
                told = told
                    || std::any_of(changes.begin(), changes.end(), [](const KeyChange &change) {
                           return change.key == "the last one";
                       });
            });
    QVERIFY(world.memory->remove(std::vector<QByteArray>{userKey(3, 0), userKey(4, 0)}));
    world.set(userKey(4, 0));
    world.set("the last one");
    QTRY_VERIFY(told);
    world.backend->release();
    QVERIFY(world.scanReaches(Phase::Complete));
    QVERIFY(!world.session->index()->find(userKey(3, 0)));
    QVERIFY(world.session->index()->find(userKey(4, 0)));
    QCOMPARE(world.session->index()->keyCount(), 10);
}

void TestSessionScan::tellsOfLiveChanges()
{
    SessionWorld world({}, SessionWorld::live);
    world.fill(3, 1);
    QVERIFY(world.scanWhole());
    std::vector<KeyChange> told;
    connect(world.session.get(), &Session::keysChanged, this,
            [&](const std::vector<KeyChange> &changes) {
                told.insert(told.end(), changes.begin(), changes.end());
            });
    world.set(userKey(7, 1), "value", std::chrono::seconds(10));
    QTRY_VERIFY(world.session->index()->find(userKey(7, 1)));
    QTRY_VERIFY(!told.empty());
    QCOMPARE(told.back().cause, KeyChange::Cause::Stored);
    world.clock->advance(std::chrono::seconds(11));
    QCOMPARE(world.memory->expire(), 1);
    QTRY_VERIFY(!world.session->index()->find(userKey(7, 1)));
    QTRY_COMPARE(told.back().cause, KeyChange::Cause::Expired);
    QCOMPARE(told.back().key, userKey(7, 1));
    QCOMPARE(world.session->index()->keyCount(), 3);
}

void TestSessionScan::clearedCacheEmptiesTheIndex()
{
    SessionWorld world({}, SessionWorld::live);
    world.fill(3, 1);
    QVERIFY(world.scanWhole());
    world.memory->clear();
    QTRY_COMPARE(world.session->index()->keyCount(), 0);
    world.set(userKey(1, 0));
    QTRY_COMPARE(world.session->index()->keyCount(), 1);
}

void TestSessionScan::endsInTheMiddleOfAScan()
{
    SessionWorld world;
    world.fill(1000, 10);
    world.session->startScan({.slice = 10});
    QTRY_VERIFY(world.session->index()->keyCount() > 0);
    world.session.reset();
    QVERIFY(eventLoopTurns());
}

void TestSessionScan::endsWhileAPausedScanGoesOn()
{
    for (int i = 0; i < 50; ++i) {
        SessionWorld world;
        world.fill(20, 1);
        world.session->startScan({.slice = 1});
        QTRY_VERIFY(world.session->index()->keyCount() > 0);
        world.session->pauseScan();
        world.session->resumeScan();
        world.session.reset();
    }
    QVERIFY(eventLoopTurns());
}

QTEST_GUILESS_MAIN(TestSessionScan)
#include "tst_sessionscan.moc"
