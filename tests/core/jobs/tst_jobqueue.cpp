// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/jobs/jobworld.h"

#include <QTest>

#include <barrier>
#include <stdexcept>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using Code = Error::Code;
using Outcome = JobReport::Outcome;

namespace {

Result<void> refused(const QByteArray &reason, Code code = Code::ServerError)
{
    return failure({code, "delete", "the entry", reason, true});
}

/// Hands the oldest job to a consumer that is never heard of again, and says its entry's id.
QByteArray handToTheDead(const RedisServer &server)
{
    const Resp reply = server.command({"XREADGROUP", "GROUP", "workers", "the dead", "COUNT", "1",
                                       "STREAMS", "cachelens:jobs", ">"});
    return reply.elements.at(0).elements.at(1).elements.at(0).elements.at(0).bytes;
}

void makeGroup(const RedisServer &server)
{
    server.command({"XGROUP", "CREATE", "cachelens:jobs", "workers", "0", "MKSTREAM"});
}

} // namespace

class TestJobQueue : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void jobsAreDoneAndGone()
    {
        JobWorld world;
        const std::vector<QByteArray> jobs{"one", QByteArray("\0\r\n\xff", 4), ""};
        const auto answers = world.queue.append(jobs);
        QCOMPARE(answers.size(), jobs.size());
        for (const auto &answer : answers)
            QVERIFY(answer && !answer->isEmpty());
        QCOMPARE(world.queue.counts().value(), (JobCounts{.waiting = 3}));

        const auto worker = world.worker(world.noting()); // later than the jobs
        QTRY_COMPARE(world.queue.counts().value(), JobCounts{});
        QCOMPARE(world.worked.payloads(), QByteArrayList(jobs.begin(), jobs.end()));
        QCOMPARE(worker->reports().front().job.id, answers.front().value());
        QCOMPARE(world.server.command({"XLEN", "cachelens:jobs"}).integer, 0);

        QVERIFY(world.queue.append("later")); // to a worker that waits
        QTRY_COMPARE(world.worked.count("later"), 1);
        QCOMPARE(worker->stop().done, 4);
        QCOMPARE(world.server.command({"XINFO", "CONSUMERS", "cachelens:jobs", "workers"})
                     .elements.size(),
                 size_t(0));
    }

    void manyJobsAreAppendedInPortions()
    {
        JobWorld world({}, {.portion = 7});
        std::vector<QByteArray> jobs;
        for (int i = 0; i < 1000; ++i)
            jobs.push_back(QByteArray::number(i));
        for (const auto &answer : world.queue.append(jobs))
            QVERIFY(answer);
        const auto worker = world.worker(world.noting());
        QTRY_COMPARE(world.queue.counts().value(), JobCounts{});
        QCOMPARE(world.worked.payloads(), QByteArrayList(jobs.begin(), jobs.end()));
        QVERIFY(world.queue.append(std::span<const QByteArray>()).empty());
    }

    void aFullQueueTakesNoMore()
    {
        JobWorld world({}, {.maxLength = 3});
        const std::vector<QByteArray> jobs(5, "job");
        const auto answers = world.queue.append(jobs);
        QVERIFY(answers[2]);
        QCOMPARE(answers[3].error().code, Code::LimitExceeded);
        QVERIFY(answers[4].error().retryable);
        QVERIFY(!answers[4].error().maybeDone);
        QCOMPARE(world.queue.counts().value(), (JobCounts{.waiting = 3}));

        // A job that waits for its next try takes its place as well.
        const auto worker = world.worker([](const Job &) { return refused("not now"); });
        QTRY_COMPARE(world.queue.counts().value(), (JobCounts{.later = 3}));
        QCOMPARE(world.queue.append("job").error().code, Code::LimitExceeded);
    }

    void aFailedJobIsTriedAgainAndTheOthersDoNotWait()
    {
        JobWorld world;
        const auto worker = world.worker([&](const Job &job) -> Result<void> {
            world.worked.add(job.payload + '/' + QByteArray::number(job.tries));
            return job.payload == "bad" && job.tries < 2 ? refused("not now") : Result<void>();
        });
        const auto id = world.queue.append("bad");
        QVERIFY(world.queue.append("good"));
        QTRY_COMPARE(world.worked.count("good/0"), 1);
        QTRY_COMPARE(world.queue.counts().value(), (JobCounts{.later = 1}));
        QCOMPARE(worker->reports()[0].outcome, Outcome::Retried);
        QCOMPARE(worker->reports()[0].backoff, 750ms); // of a second the half, and jitter
        QCOMPARE(worker->reports()[0].error->reason, QByteArray("not now"));

        world.clock->advance(749ms);
        QVERIFY(world.queue.append("another"));
        QTRY_COMPARE(world.worked.count("another/0"), 1);
        QCOMPARE(world.worked.count("bad/1"), 0);
        world.clock->advance(1ms);
        QTRY_COMPARE(world.worked.count("bad/1"), 1);
        QTRY_COMPARE(worker->reports().back().backoff, 1500ms);
        world.clock->advance(1500ms);
        QTRY_COMPARE(world.worked.count("bad/2"), 1);
        QTRY_COMPARE(world.queue.counts().value(), JobCounts{});
        QCOMPARE(worker->reports().back().job.id, *id);
        const JobWorkerAccount account = worker->stop();
        QCOMPARE(account.done, 3);
        QCOMPARE(account.retried, 2);
        QCOMPARE(account.dead, 0);
    }

    void distancesGrowToTheLongest()
    {
        JobWorld world;
        world.workerOptions.firstBackoff = 100ms;
        world.workerOptions.longestBackoff = 350ms;
        world.environment.random = [] { return 0.0; };
        const auto worker = world.worker([](const Job &) { return refused("never"); });
        QVERIFY(world.queue.append("job"));
        for (const auto backoff : {50ms, 100ms, 175ms, 175ms}) {
            QTRY_COMPARE(world.queue.counts().value(), (JobCounts{.later = 1}));
            QCOMPARE(worker->reports().back().backoff, backoff);
            const size_t before = worker->reports().size();
            world.clock->advance(backoff);
            QTRY_VERIFY(worker->reports().size() > before);
        }
    }

    void aJobThatFailsTooOftenGoesToTheDeadLetters()
    {
        JobWorld world;
        world.workerOptions.maxTries = 3;
        const auto worker = world.worker([](const Job &job) -> Result<void> {
            if (job.tries == 2)
                throw std::runtime_error("the last straw");
            return refused("not now");
        });
        const auto id = world.queue.append("job");
        for (size_t tries = 1; tries < 3; ++tries) {
            QTRY_COMPARE(worker->reports().size(), tries);
            QTRY_COMPARE(world.queue.counts().value(), (JobCounts{.later = 1}));
            world.clock->advance(1h);
        }
        QTRY_COMPARE(world.queue.counts().value(), (JobCounts{.dead = 1}));
        const std::vector<DeadJob> dead{{*id, "job", "Could not run the job: the last straw", 3}};
        QCOMPARE(world.queue.deadJobs().value(), dead);
        QCOMPARE(worker->reports().back().outcome, Outcome::Dead);
        QCOMPARE(worker->stop().dead, 1);
    }

    void aJobThatAWorkerDoesNotKnowIsLeftToOthers()
    {
        JobWorld world;
        world.workerOptions.maxTries = 2;
        world.workerOptions.maxPasses = 5;
        const auto stranger = world.worker(
            [](const Job &) { return refused("it is of another catalog", Code::NotFound); });
        QVERIFY(world.queue.append("job"));
        for (size_t passes = 1; passes < 4; ++passes) {
            QTRY_COMPARE(stranger->reports().size(), passes);
            QCOMPARE(stranger->reports().back().outcome, Outcome::Passed);
            QTRY_COMPARE(world.queue.counts().value(), (JobCounts{.later = 1}));
            if (passes < 3)
                world.clock->advance(1h);
        }
        QCOMPARE(stranger->stop().passed, 3);
        // Its only failure is no more than the first of its tries.
        const auto one = world.worker([&](const Job &job) -> Result<void> {
            return job.tries == 0 ? refused("not now") : Result<void>();
        });
        world.clock->advance(1h);
        QTRY_COMPARE(one->reports().size(), size_t(1));
        QCOMPARE(one->reports().back().job.passes, 3);
        QTRY_COMPARE(world.queue.counts().value(), (JobCounts{.later = 1}));
        world.clock->advance(1h);
        QTRY_COMPARE(world.queue.counts().value(), JobCounts{});
        QCOMPARE(one->stop().done, 1);
    }

    void aJobThatNoWorkerKnowsEndsAmongTheDeadLetters()
    {
        JobWorld world;
        world.workerOptions.maxPasses = 2;
        const auto stranger
            = world.worker([](const Job &) { return refused("unknown", Code::NotFound); });
        QVERIFY(world.queue.append("job"));
        QTRY_COMPARE(world.queue.counts().value(), (JobCounts{.later = 1}));
        world.clock->advance(1h);
        QTRY_COMPARE(world.queue.counts().value(), (JobCounts{.dead = 1}));
        QCOMPARE(stranger->stop().dead, 1);
    }

    void aJobThatCannotEverSucceedIsDeadAtOnce()
    {
        JobWorld world({}, {.maxDeadLetters = 100});
        const auto worker
            = world.worker([](const Job &) { return refused("not a job", Code::Undecodable); });
        QVERIFY(world.queue.append("first"));
        QTRY_COMPARE(world.queue.counts().value(), (JobCounts{.dead = 1}));
        QCOMPARE(world.queue.deadJobs().value().front().tries, 1);

        // And the dead letters do not grow for ever.
        const std::vector<QByteArray> jobs(1000, "job");
        (void)world.queue.append(jobs);
        QTRY_COMPARE(world.queue.counts().value().unfinished(), 0);
        QVERIFY(world.queue.counts().value().dead < 300);
        QVERIFY(world.queue.counts().value().dead >= 100);
        QCOMPARE(world.queue.deadJobs(5).value().size(), size_t(5));
        QCOMPARE(world.queue.deadJobs(5).value().front().payload, QByteArray("job"));
    }

    void theJobOfAWorkerThatDiedIsClaimed()
    {
        JobWorld world;
        const auto id = world.queue.append("job");
        makeGroup(world.server);
        handToTheDead(world.server);
        QCOMPARE(world.queue.counts().value(), (JobCounts{.running = 1}));

        // Not before its time.
        const auto patient = world.worker(world.noting());
        QVERIFY(world.queue.append("other"));
        QTRY_COMPARE(world.worked.count("other"), 1);
        patient->stop();
        QCOMPARE(world.worked.count("job"), 0);

        world.workerOptions.claimAfter = 1ms;
        const auto worker = world.worker(world.noting());
        QTRY_COMPARE(world.worked.count("job"), 1);
        QTRY_COMPARE(world.queue.counts().value(), JobCounts{});
        QCOMPARE(worker->reports().front().job.id, *id);
        QCOMPARE(worker->reports().front().job.tries, 1);
        QCOMPARE(worker->stop().claimed, 1);
    }

    void aJobThatKillsItsWorkersIsNotTriedForEver()
    {
        JobWorld world;
        world.workerOptions.claimAfter = 1ms;
        world.workerOptions.maxTries = 4;
        QVERIFY(world.queue.append("poison"));
        makeGroup(world.server);
        const QByteArray entry = handToTheDead(world.server);
        world.server.command({"XCLAIM", "cachelens:jobs", "workers", "the dead", "0", entry,
                              "RETRYCOUNT", "4", "JUSTID"});
        const auto worker = world.worker(world.noting());
        QTRY_COMPARE(world.queue.counts().value(), (JobCounts{.dead = 1}));
        QCOMPARE(world.worked.count("poison"), 0);
        const DeadJob dead = world.queue.deadJobs().value().front();
        QCOMPARE(dead.tries, 4);
        QVERIFY(dead.error.endsWith("its worker died"));
    }

    void anEntryThatWasDeletedMeanwhileIsNoJob()
    {
        JobWorld world;
        world.workerOptions.claimAfter = 1ms;
        QVERIFY(world.queue.append("deleted"));
        makeGroup(world.server);
        world.server.command({"XDEL", "cachelens:jobs", handToTheDead(world.server)});
        QVERIFY(world.queue.append("job"));
        const auto worker = world.worker(world.noting());
        QTRY_COMPARE(world.queue.counts().value(), JobCounts{});
        QCOMPARE(world.worked.payloads(), QByteArrayList{"job"});
    }

    void twoWorkersShare()
    {
        JobWorld world;
        world.workerOptions.batch = 1;
        std::barrier both(2); // so that neither takes everything
        const auto handler = [&](const Job &job) -> Result<void> {
            both.arrive_and_wait();
            world.worked.add(job.payload);
            return {};
        };
        std::vector<QByteArray> jobs;
        for (int i = 0; i < 100; ++i)
            jobs.push_back(QByteArray::number(i));
        (void)world.queue.append(jobs);
        const auto first = world.worker(handler);
        const auto second = world.worker(handler);
        QTRY_COMPARE(world.queue.counts().value(), JobCounts{});
        QCOMPARE(first->stop().done, 50);
        QCOMPARE(second->stop().done, 50);
        QByteArrayList worked = world.worked.payloads();
        QCOMPARE(QSet<QByteArray>(worked.begin(), worked.end()).size(), 100);
    }

    void aWorkerThatStopsHandsBackWhatItHasNotBegun()
    {
        JobWorld world;
        std::unique_ptr<RunningWorker> worker;
        const std::vector<QByteArray> jobs{"a", "b", "c"};
        (void)world.queue.append(jobs);
        std::barrier ready(2);
        worker = world.worker([&](const Job &job) -> Result<void> {
            ready.arrive_and_wait();
            worker->askToStop();
            world.worked.add(job.payload);
            return {};
        });
        ready.arrive_and_wait();
        QCOMPARE(worker->stop().done, 1);
        QCOMPARE(world.worked.payloads(), QByteArrayList{"a"});
        QCOMPARE(world.queue.counts().value(), (JobCounts{.running = 2}));

        const auto other = world.worker(world.noting()); // whose claimAfter is a minute
        QTRY_COMPARE(world.queue.counts().value(), JobCounts{});
        QCOMPARE(world.worked.payloads(), (QByteArrayList{"a", "b", "c"}));
        QCOMPARE(other->reports().front().job.tries, 0);
    }

    void aSlowWorkerLeavesAloneWhatOthersHaveClaimed()
    {
        JobWorld world;
        world.workerOptions.claimAfter = 1ms; // a sign of life between any two jobs
        world.workerOptions.block = 1h;
        const std::vector<QByteArray> jobs{"a", "b", "c"};
        const auto answers = world.queue.append(jobs);
        const auto worker = world.worker([&](const Job &job) -> Result<void> {
            world.worked.add(job.payload);
            if (job.payload == "a") {
                world.server.command(
                    {"XCLAIM", "cachelens:jobs", "workers", "another", "0", *answers[1], "JUSTID"});
            }
            if (job.payload == "c") {
                world.server.command({"XDEL", "cachelens:jobs", *answers[1]});
                world.server.command({"XACK", "cachelens:jobs", "workers", *answers[1]});
            }
            return {};
        });
        QTRY_COMPARE(world.worked.count("c"), 1);
        QVERIFY(world.queue.append("d"));
        QTRY_COMPARE(world.queue.counts().value(), JobCounts{});
        QCOMPARE(world.worked.payloads(), (QByteArrayList{"a", "c", "d"}));
    }

    void consumersThatDiedHoldingNothingAreForgotten()
    {
        JobWorld world;
        QVERIFY(world.queue.append("job"));
        makeGroup(world.server);
        world.server.command(
            {"XGROUP", "CREATECONSUMER", "cachelens:jobs", "workers", "long gone"});
        handToTheDead(world.server);
        world.workerOptions.claimAfter = 0ms;
        QVERIFY(
            JobWorker(*BackendUrl::parse(world.server.url()), world.noting(), world.workerOptions)
                .join());
        const Resp consumers
            = world.server.command({"XINFO", "CONSUMERS", "cachelens:jobs", "workers"});
        QCOMPARE(consumers.elements.size(), size_t(1)); // the one that holds a job
        QCOMPARE(consumers.elements[0].elements[1].bytes, QByteArray("the dead"));
    }
};

QTEST_GUILESS_MAIN(TestJobQueue)
#include "tst_jobqueue.moc"
