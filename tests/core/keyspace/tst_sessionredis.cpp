// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/redisbackend.h"
#include "tests/core/keyspace/sessionworld.h"
#include "tests/support/redisserver.h"

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

const QByteArray functionPrefix = ":1:users::app.services.get_user_payload::";

/// A session on a real server, with deadlines short enough to wait for.
struct RedisWorld {
    explicit RedisWorld(SessionOptions options = {}, const QByteArray &user = {},
                        const QByteArray &password = {},
                        const RedisOptions &redis
                        = {.commandTimeout = 300ms, .firstBackoff = 20ms, .longestBackoff = 100ms})
        : clock(std::make_shared<SystemClock>())
    {
        auto url = BackendUrl::parse(server.url());
        if (!url)
            qFatal("%s", url.error().message().constData());
        url->user = user;
        url->password = password;
        backend = std::make_shared<RedisBackend>(*url, clock, redis);
        options.catalog = sampleCatalog();
        options.tick = 5ms;
        options.pingInterval = 50ms;
        session = std::make_unique<Session>(backend, clock, std::move(options));
    }

    ~RedisWorld() { server.resume(); }

    void fill(int users, int pages) const
    {
        std::vector<RespCommand> commands;
        for (int user = 0; user < users; ++user) {
            for (int page = 0; page < pages; ++page)
                commands.push_back({"SET", userKey(user, page), "value"});
        }
        server.pipeline(commands);
    }

    [[nodiscard]] qint64 count() const { return server.command({"DBSIZE"}).integer; }
    [[nodiscard]] bool holds(const QByteArray &key) const
    {
        return server.command({"EXISTS", key}).integer == 1;
    }

    [[nodiscard]] bool scanReaches(ScanProgress::Phase phase) const
    {
        return QTest::qWaitFor([&] { return session->scanProgress().phase == phase; }, 20'000);
    }

    [[nodiscard]] bool stateReaches(BackendState::Phase phase) const
    {
        return QTest::qWaitFor([&] { return session->state().phase == phase; }, 20'000);
    }

    [[nodiscard]] DeletionPlan plan(const QByteArray &prefix) const
    {
        const auto plan = resultOf(session->planDeletion({.title = "test", .prefixes = {prefix}}));
        if (!plan)
            qFatal("%s", plan.error().message().constData());
        return *plan;
    }

    [[nodiscard]] OperationStatus settled() const
    {
        const auto last = [&] { return session->operations().back(); };
        if (!QTest::qWaitFor([&] { return !last().isActive(); }, 20'000))
            qFatal("the operation did not end");
        return last();
    }

    RedisServer server;
    std::shared_ptr<SystemClock> clock;
    std::shared_ptr<RedisBackend> backend;
    std::unique_ptr<Session> session;
};

} // namespace

class TestSessionRedis : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void scansSearchesAndReads();
    void nastyKeysGoAloneByPrefix();
    void undoBringsBackValuesAndExpiries();
    void expiryChangesAndValueStays();
    void goesOnScanningWhenTheServerIsBack();
    void accountsForADeletionThatTheServerLeft();
    void restartedServerNeedsNoNewSession();
    void wrongPasswordIsToldAndOverWhenItIsRight();
    void undoGoesOnWithWhatWasRefused();
    void triesAtOnceWhenToldTo();
    void endsAtOnceThoughTheServerHangs();
};

void TestSessionRedis::scansSearchesAndReads()
{
    RedisWorld world;
    world.fill(2000, 10);
    world.server.command({"RPUSH", "a list", "one", "two"});
    QVERIFY(world.stateReaches(BackendState::Phase::Ready));
    world.session->startScan();
    QVERIFY(eventLoopTurns());
    QVERIFY(world.scanReaches(ScanProgress::Phase::Complete));
    QCOMPARE(world.session->index()->keyCount(), 20'001);
    QCOMPARE(world.session->scanProgress().expected, 20'001);

    const auto batch = resultOf(world.session->search({.pattern = "user_id:77::page:3"}));
    QVERIFY(batch && batch->last);
    const auto details = resultOf(world.session->details("a list"));
    QVERIFY(details);
    QCOMPARE(details->summary.facts.type, KeyType::List);
    QCOMPARE(details->elements, (std::vector<std::vector<QByteArray>>{{"one"}, {"two"}}));
    const auto summaries = resultOf(world.session->summaries({userKey(1, 1), "a list"}));
    QVERIFY(summaries);
    QCOMPARE(summaries->at(0).facts.size, 5);
    QCOMPARE(summaries->at(1).facts.size, 2);
}

void TestSessionRedis::nastyKeysGoAloneByPrefix()
{
    RedisWorld world;
    const std::vector<QByteArray> nasty{"*",
                                        "?",
                                        "[ab]",
                                        "[",
                                        "]",
                                        "\\",
                                        "\\*",
                                        "^",
                                        "[^a]",
                                        "{a}",
                                        " ",
                                        QByteArray("\0", 1),
                                        "::",
                                        "\xff\xfe",
                                        "\xc3",
                                        "\r\n",
                                        QByteArray("*?[]\\^{} \0::\xff", 13),
                                        "a",
                                        "b",
                                        "x"};
    std::set<QByteArray> alive;
    for (const QByteArray &part : nasty) {
        for (const char *behind : {"", "::page:1", "::x"})
            alive.insert(functionPrefix + "user_id:" + part + behind);
    }
    for (const QByteArray &key : alive)
        world.server.command({"SET", key, "value"});
    for (const QByteArray &part : nasty) {
        const QByteArray prefix = functionPrefix + "user_id:" + part + "::";
        std::erase_if(alive, [&](const QByteArray &key) { return key.startsWith(prefix); });
        QVERIFY(world.session->startDeletion(world.plan(prefix)));
        QCOMPARE(world.settled().phase, OperationStatus::Phase::Done);
        for (const QByteArray &key : alive)
            QVERIFY2(world.holds(key), prefix + " took " + key);
        QCOMPARE(world.count(), qint64(alive.size()));
    }
}

void TestSessionRedis::undoBringsBackValuesAndExpiries()
{
    RedisWorld world({.batch = 10});
    world.fill(5, 10);
    const QByteArray timed = userKey(1, 77);
    const QByteArray list = functionPrefix + "list";
    world.server.command({"SET", timed, QByteArray("\x80\x00\xff", 3), "PXAT", "4102444800123"});
    world.server.command({"RPUSH", list, "one", "two"});
    QVERIFY(world.session->startDeletion(world.plan(functionPrefix)));
    OperationStatus status = world.settled();
    QCOMPARE(status.done, 52);
    QCOMPARE(world.count(), 0);
    world.server.command({"SET", userKey(0, 0), "newer"});
    QVERIFY(world.session->undoOperation(status.id));
    status = world.settled();
    QCOMPARE(status.phase, OperationStatus::Phase::Undone);
    QCOMPARE(status.restored, 51);
    QCOMPARE(status.keptNewer, 1);
    QCOMPARE(world.server.command({"GET", userKey(0, 0)}).bytes, "newer");
    QCOMPARE(world.server.command({"GET", timed}).bytes, QByteArray("\x80\x00\xff", 3));
    QCOMPARE(world.server.command({"PEXPIRETIME", timed}).integer, 4102444800123);
    QCOMPARE(world.server.command({"LLEN", list}).integer, 2);
}

void TestSessionRedis::expiryChangesAndValueStays()
{
    RedisWorld world;
    const QByteArray key = userKey(0, 0);
    const QByteArray value("\x80\x00\xff", 3);
    world.server.command({"SET", key, value, "PX", "100000"});
    QVERIFY(world.session->changeTtl(key, std::nullopt));
    const OperationStatus status = world.settled();
    QCOMPARE(status.done, 1);
    QCOMPARE(world.server.command({"PTTL", key}).integer, -1);
    QCOMPARE(world.server.command({"GET", key}).bytes, value);
    QVERIFY(world.session->undoOperation(status.id));
    QCOMPARE(world.settled().restored, 1);
    const qint64 left = world.server.command({"PTTL", key}).integer;
    QVERIFY(left > 80'000 && left <= 100'000);
}

void TestSessionRedis::goesOnScanningWhenTheServerIsBack()
{
    RedisWorld world;
    world.fill(300, 10);
    world.session->startScan({.slice = 100, .keysPerSecond = 5000});
    QTRY_VERIFY(world.session->scanProgress().looked > 0);
    world.server.pause();
    QVERIFY(eventLoopTurns());
    QVERIFY(world.scanReaches(ScanProgress::Phase::Failed));
    QVERIFY(world.session->scanProgress().error->retryable);
    QVERIFY(world.stateReaches(BackendState::Phase::Waiting));
    QVERIFY(world.session->index()->keyCount() < 3000);
    world.server.resume();
    QVERIFY(world.stateReaches(BackendState::Phase::Ready));
    world.session->resumeScan();
    QVERIFY(world.scanReaches(ScanProgress::Phase::Complete));
    QCOMPARE(world.session->index()->keyCount(), 3000);
}

void TestSessionRedis::accountsForADeletionThatTheServerLeft()
{
    RedisWorld world({.batch = 1}); // so that it is far from over when the server is held
    world.fill(2000, 10);
    const DeletionPlan plan = world.plan(functionPrefix);
    QCOMPARE(plan.count(), 20'000);
    QVERIFY(world.session->startDeletion(plan));
    QTRY_VERIFY(world.session->operations().back().done > 0);
    world.server.pause();
    QVERIFY(eventLoopTurns());
    OperationStatus status = world.settled();
    QCOMPARE(status.phase, OperationStatus::Phase::Failed);
    QCOMPARE(status.done + status.unknown + status.notTried + status.alreadyGone, 20'000);
    QVERIFY(status.notTried > 0);
    QVERIFY(status.unknown <= 1);
    world.server.resume();
    QVERIFY(world.stateReaches(BackendState::Phase::Ready));
    const qint64 left = world.count();
    QVERIFY(left >= status.notTried && left <= status.notTried + status.unknown);
    QVERIFY(world.session->undoOperation(status.id));
    const qint64 done = status.done;
    status = world.settled();
    QCOMPARE(status.phase, OperationStatus::Phase::Undone);
    QCOMPARE(status.restored, done);
    QCOMPARE(world.count(), left + done);
}

void TestSessionRedis::restartedServerNeedsNoNewSession()
{
    RedisWorld world;
    QVERIFY(world.stateReaches(BackendState::Phase::Ready));
    world.server.stop();
    QVERIFY(world.stateReaches(BackendState::Phase::Waiting));
    QVERIFY(world.session->state().error);
    world.session->startScan();
    QVERIFY(world.scanReaches(ScanProgress::Phase::Failed));
    const auto refused = resultOf(world.session->details("x"));
    QCOMPARE(refused.error().code, Error::Code::Unreachable);
    world.server.start();
    QVERIFY(world.stateReaches(BackendState::Phase::Ready));
    world.fill(10, 10);
    world.session->resumeScan();
    QVERIFY(world.scanReaches(ScanProgress::Phase::Complete));
    QCOMPARE(world.session->index()->keyCount(), 100);
}

void TestSessionRedis::wrongPasswordIsToldAndOverWhenItIsRight()
{
    RedisWorld world({}, "shop", "secret");
    world.server.command({"ACL", "SETUSER", "shop", "on", ">another", "~*", "+@all"});
    QVERIFY(world.stateReaches(BackendState::Phase::Refused));
    QCOMPARE(world.session->state().error->code, Error::Code::WrongPassword);
    QVERIFY(!world.session->state().error->message().contains("secret"));
    world.session->startScan();
    QVERIFY(world.scanReaches(ScanProgress::Phase::Failed));
    QVERIFY(!world.session->scanProgress().error->message().contains("secret"));
    world.server.command({"ACL", "SETUSER", "shop", ">secret"});
    QVERIFY(world.stateReaches(BackendState::Phase::Ready));
    world.session->resumeScan();
    QVERIFY(world.scanReaches(ScanProgress::Phase::Complete));
}

void TestSessionRedis::undoGoesOnWithWhatWasRefused()
{
    RedisWorld world({}, "shop", "secret");
    world.server.command({"ACL", "SETUSER", "shop", "on", ">secret", "~*", "+@all"});
    world.fill(2, 5);
    QVERIFY(world.stateReaches(BackendState::Phase::Ready));
    QVERIFY(world.session->startDeletion(world.plan(functionPrefix)));
    QCOMPARE(world.settled().done, 10);
    world.server.command({"ACL", "SETUSER", "shop", "resetkeys", "~" + userPrefix(0) + "*"});
    QVERIFY(world.session->undoOperation(world.settled().id));
    OperationStatus status = world.settled();
    QCOMPARE(status.phase, OperationStatus::Phase::Failed);
    QCOMPARE(status.error->code, Error::Code::PermissionDenied);
    QCOMPARE(status.restored, 5);
    QVERIFY(status.canUndo);
    QCOMPARE(world.count(), 5);
    world.server.command({"ACL", "SETUSER", "shop", "~*"});
    QVERIFY(world.session->undoOperation(status.id));
    status = world.settled();
    QCOMPARE(status.phase, OperationStatus::Phase::Undone);
    QCOMPARE(status.restored, 10);
    QCOMPARE(status.keptNewer, 0);
    QCOMPARE(status.undoBytes, 0);
    QCOMPARE(world.count(), 10);
}

void TestSessionRedis::triesAtOnceWhenToldTo()
{
    RedisWorld world({}, {}, {}, {.firstBackoff = 1h, .longestBackoff = 1h});
    QVERIFY(world.stateReaches(BackendState::Phase::Ready));
    world.server.stop();
    const auto waitsLong
        = [&] { return world.session->state().retryAt > world.clock->steady() + 30min; };
    QTRY_VERIFY_WITH_TIMEOUT(waitsLong(), 20'000);
    world.server.start();
    QVERIFY(eventLoopTurns());
    QCOMPARE(world.session->state().phase, BackendState::Phase::Waiting);
    world.session->retryNow();
    QVERIFY(world.stateReaches(BackendState::Phase::Ready));
}

void TestSessionRedis::endsAtOnceThoughTheServerHangs()
{
    RedisWorld world({}, {}, {}, {.commandTimeout = 1h});
    world.fill(100, 10);
    QVERIFY(world.stateReaches(BackendState::Phase::Ready));
    const DeletionPlan plan = world.plan(functionPrefix);
    world.server.pause();
    const auto details = world.session->details(userKey(1, 1));
    world.session->startScan();
    QVERIFY(world.session->startDeletion(plan));
    QVERIFY(eventLoopTurns());
    world.session.reset();
    QVERIFY(details.isFinished());
}

QTEST_GUILESS_MAIN(TestSessionRedis)
#include "tst_sessionredis.moc"
