// SPDX-License-Identifier: GPL-3.0-or-later
// A queue whose server goes, says no or loses its data, and comes back.
#include "tests/core/backend/redisfixture.h"
#include "tests/core/jobs/jobworld.h"

#include <QElapsedTimer>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using Code = Error::Code;
using Then = FakeReply::Then;

class TestJobRecovery : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aGroupThatVanishedIsMadeAnew()
    {
        JobWorld world;
        const auto worker = world.worker(world.noting());
        QVERIFY(world.queue.append("before"));
        QTRY_COMPARE(world.worked.count("before"), 1);

        world.server.command({"FLUSHALL"});
        QVERIFY(world.queue.append("after"));
        QTRY_COMPARE(world.worked.count("after"), 1);

        // With the group goes who has what, but no job.
        world.server.pipeline({{"MULTI"},
                               {"XGROUP", "DESTROY", "cachelens:jobs", "workers"},
                               {"XADD", "cachelens:jobs", "*", "job", "without a group"},
                               {"EXEC"}});
        QTRY_COMPARE(world.worked.count("without a group"), 1);
        QTRY_COMPARE(world.queue.counts().value(), JobCounts{});
        QVERIFY(worker->losses().empty());
    }

    void aWorkerGoesOnWhenTheServerIsBack()
    {
        JobWorld world({.arguments = {"--appendonly", "yes", "--appendfsync", "always"}});
        const auto worker = world.worker([&](const Job &job) -> Result<void> {
            world.worked.add(job.payload);
            return job.payload == "bad" && job.tries == 0
                ? failure({Code::ServerError, "do", "it", "not now", true})
                : Result<void>();
        });
        QVERIFY(world.queue.append("bad"));
        QTRY_COMPARE(world.queue.counts().value(), (JobCounts{.later = 1}));
        world.server.stop();
        QTRY_VERIFY(!worker->losses().empty());
        const Error lost = worker->losses().front();
        QCOMPARE(lost.code, Code::Unreachable);
        QVERIFY2(lost.message().contains("cachelens:jobs"), lost.message().constData());
        QCOMPARE(world.queue.append("refused").error().code, Code::Unreachable);

        world.server.start();
        QTRY_COMPARE(worker->returns(), size_t(1));
        world.clock->advance(1h);
        QTRY_COMPARE(world.worked.payloads(), (QByteArrayList{"bad", "bad"}));
        QTRY_COMPARE(world.queue.counts().value(), JobCounts{});
    }

    void aConnectionThatBreaksUnderAJobDoesNotRunItTwice()
    {
        JobWorld world;
        const auto worker = world.worker([&](const Job &job) -> Result<void> {
            world.worked.add(job.payload);
            if (job.payload == "a")
                world.server.command({"CLIENT", "KILL", "TYPE", "normal"});
            return {};
        });
        const std::vector<QByteArray> jobs{"a", "b"};
        (void)world.queue.append(jobs);
        QTRY_COMPARE(world.queue.counts().value(), JobCounts{});
        QCOMPARE(world.worked.payloads(), (QByteArrayList{"a", "b"}));
        QVERIFY(world.queue.append("c"));
        QTRY_COMPARE(world.worked.count("c"), 1);
    }

    void jobsWhoseHandingOutWasLostAreHandedOutAgain()
    {
        std::atomic<int> reads = 0;
        FakeServer server([&](const RespCommand &command) -> FakeReply {
            if (const auto reply = greeting(command))
                return *reply;
            if (command.front() != "XREADGROUP")
                return {"*-1\r\n"};
            ++reads;
            // The answer to the first one that asks for new jobs is lost.
            if (command.back() == ">")
                return reads == 2 ? FakeReply{{}, Then::Close} : FakeReply{"*-1\r\n"};
            if (command.back() == "0" && reads == 3)
                return {"*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$3\r\njob\r\n$1\r\nx"
                        "\r\n"};
            return {"*1\r\n*2\r\n$1\r\ns\r\n*0\r\n"};
        });
        Worklist worked;
        RunningWorker worker(server.url(),
                             [&](const Job &job) -> Result<void> {
                                 worked.add(job.payload);
                                 return {};
                             },
                             {.block = 10ms});
        QTRY_COMPARE(worked.payloads(), QByteArrayList{"x"});
        QTRY_COMPARE(server.count("XACK"), 1);
        QCOMPARE(worker.losses().size(), size_t(1));
    }

    void aLostAnswerIsSaidToBeMaybeDone()
    {
        FakeServer server(always({{}, Then::Close}));
        JobQueue queue(*BackendUrl::parse(server.url()), {.portion = 1});
        const std::vector<QByteArray> jobs{"a", "b"};
        for (const auto &answer : queue.append(jobs)) {
            QCOMPARE(answer.error().code, Code::Unreachable);
            QVERIFY(answer.error().maybeDone);
            QVERIFY(answer.error().retryable);
        }
        QCOMPARE(server.count("EVALSHA"), 2); // the one does not keep the other from being tried
    }

    void aServerThatHangsIsNotWaitedForWithoutEnd()
    {
        JobWorld world({}, {.connection = impatient()});
        const auto worker = world.worker(world.noting());
        QVERIFY(world.queue.append("before"));
        QTRY_COMPARE(world.queue.counts().value(), JobCounts{});
        world.server.pause();
        QCOMPARE(world.queue.append("hung").error().code, Code::Timeout);
        QTRY_VERIFY(!worker->losses().empty());
        QCOMPARE(worker->losses().front().code, Code::Timeout);
        worker->askToStop();
        QTRY_VERIFY(worker->hasEnded());
        world.server.resume();
    }

    void aPasswordIsAskedFor()
    {
        JobWorld world({.arguments = {"--requirepass", "secret"}});
        const auto refused = world.queue.append("job");
        QCOMPARE(refused.error().code, Code::NotAuthenticated);
        QVERIFY(!refused.error().retryable);
        JobWorker one(*BackendUrl::parse(world.server.url()), world.noting());
        QCOMPARE(one.join().error().code, Code::NotAuthenticated);

        const auto worker = world.worker(world.noting());
        QTRY_COMPARE(worker->losses().size(), size_t(1)); // told once, tried again
        QCOMPARE(worker->losses().front().code, Code::NotAuthenticated);
        RespClient client(world.server.socketPath(), 0);
        client.command({"AUTH", "secret"});
        client.command({"CONFIG", "SET", "requirepass", ""});
        QTRY_COMPARE(worker->returns(), size_t(1));
        world.clock->advance(1h);
        QVERIFY(world.queue.append("job"));
        QTRY_COMPARE(world.worked.count("job"), 1);
    }

    void aReplicaIsWaitedFor()
    {
        JobWorld world;
        const auto worker = world.worker(world.noting());
        QVERIFY(world.queue.append("before"));
        QTRY_COMPARE(world.worked.count("before"), 1);
        world.server.command({"REPLICAOF", "127.0.0.1", "1"});
        // As it becomes one it ends the connections that wait, which may be met first.
        QTRY_VERIFY(!worker->losses().empty()
                    && worker->losses().back().code == Code::ReadOnlyServer);
        QCOMPARE(world.queue.append("refused").error().code, Code::ReadOnlyServer);
        world.server.command({"REPLICAOF", "NO", "ONE"});
        QVERIFY(world.queue.append("after"));
        QTRY_COMPARE(world.worked.count("after"), 1);
        QCOMPARE(worker->returns(), size_t(1));
    }

    void withoutMemoryJobsAreStillDone()
    {
        JobWorld world;
        world.workerOptions.claimAfter = 1ms;
        world.workerOptions.maxTries = 1;
        const std::vector<QByteArray> jobs{"good", "bad"};
        (void)world.queue.append(jobs);
        QVERIFY(JobWorker(*BackendUrl::parse(world.server.url()), world.noting()).join());
        world.server.configure("maxmemory", "1");
        QCOMPARE(world.queue.append("refused").error().code, Code::OutOfMemory);
        const auto worker = world.worker([&](const Job &job) -> Result<void> {
            world.worked.add(job.payload);
            return job.payload == "bad" ? failure({Code::Io, "do", "it", "not so", false})
                                        : Result<void>();
        });
        QTRY_COMPARE(world.queue.counts().value(), (JobCounts{.running = 1}));
        QCOMPARE(world.worked.count("good"), 1);
        world.server.configure("maxmemory", "0"); // now it can be written down that it failed
        QTRY_COMPARE(world.queue.counts().value(), (JobCounts{.dead = 1}));
        QCOMPARE(world.queue.deadJobs().value().front().payload, QByteArray("bad"));
    }

    void anIdleWorkerEndsWhenAsked()
    {
        JobWorld world;
        const auto worker = world.worker(world.noting());
        QTRY_VERIFY(world.server.calls("xreadgroup") > 3);
        worker->stop();
        QVERIFY(worker->hasEnded());
        QVERIFY(worker->losses().empty());

        world.server.stop();
        const auto away = world.worker(world.noting());
        QTRY_VERIFY(!away->losses().empty());
        away->stop();
        QVERIFY(away->hasEnded());
    }
};

QTEST_GUILESS_MAIN(TestJobRecovery)
#include "tst_jobrecovery.moc"
