// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/jobworker.h"
#include "tests/support/redisserver.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileSystemWatcher>
#include <QProcess>
#include <QSet>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <functional>
#include <random>
#include <thread>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// How many jobs are answered before it ends; the environment can ask for more than a test takes
/// time for.
int jobsWanted()
{
    bool isNumber = false;
    const int asked = qEnvironmentVariableIntValue("CACHELENS_STRESS_OPERATIONS", &isNumber);
    return isNumber ? asked : 6'000;
}

/// Lines that outlive whoever wrote them, whatever becomes of Redis.
class Ledger {
public:
    explicit Ledger(const QString &path) : m_file(path)
    {
        if (!m_file.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered))
            qFatal("cannot write %s", qPrintable(path));
    }
    void add(const QByteArrayList &lines) { m_file.write(lines.join('\n') + '\n'); }

    static QByteArrayList read(const QString &path)
    {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            return {};
        QByteArrayList lines = file.readAll().split('\n');
        lines.removeLast(); // a line that is not whole was not written
        return lines;
    }

private:
    QFile m_file;
};

BackendUrl serverAt(const QByteArray &socket)
{
    return *BackendUrl::parse("unix://" + socket);
}

/// Whoever started the process ends it by closing its input, or by dying.
std::jthread whenInputEnds(std::function<void()> callback)
{
    return std::jthread([callback = std::move(callback)] {
        QFile input;
        if (input.open(stdin, QIODevice::ReadOnly))
            input.readAll();
        callback();
    });
}

/// Appends until its input ends, and writes down what was answered.
int produce(const QByteArray &socket, const QString &path, const QByteArray &name)
{
    Ledger answered(path);
    JobQueue queue(serverAt(socket),
                   {.portion = 20, .connection = {.firstBackoff = 1ms, .longestBackoff = 20ms}});
    std::atomic<bool> over = false;
    const std::jthread end = whenInputEnds([&] { over = true; });
    for (qint64 n = 0; !over;) {
        std::vector<QByteArray> jobs;
        for (int i = 0; i < 50; ++i)
            jobs.push_back(name + '-' + QByteArray::number(n++));
        const auto answers = queue.append(jobs);
        QByteArrayList taken;
        for (size_t i = 0; i < jobs.size(); ++i) {
            if (answers[i])
                taken.append(jobs[i]);
        }
        if (!taken.isEmpty())
            answered.add(taken);
    }
    return 0;
}

/// Works until its input ends, and writes down what was done. Some tries fail.
int work(const QByteArray &socket, const QString &path, unsigned seed)
{
    Ledger done(path);
    std::mt19937 random(seed);
    JobWorker worker(serverAt(socket),
                     [&](const Job &job) -> Result<void> {
                         if (random() % 10 == 0)
                             return failure({Error::Code::Io, "do", job.payload, "chance", true});
                         done.add({job.payload});
                         return {};
                     },
                     {.batch = 50,
                      .block = 20ms,
                      .claimAfter = 500ms,
                      .maxTries = 1000,
                      .firstBackoff = 10ms,
                      .longestBackoff = 100ms});
    const std::jthread end = whenInputEnds([&] { worker.stop(); });
    worker.run();
    return 0;
}

} // namespace

/// Producers, workers and Redis are killed at random, and no job that was answered is lost.
class TestJobKills : public QObject {
    Q_OBJECT

    static std::unique_ptr<QProcess> start(const QStringList &arguments)
    {
        auto process = std::make_unique<QProcess>();
        process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process->start(QCoreApplication::applicationFilePath(), arguments);
        return process;
    }

private Q_SLOTS:
    void noAnsweredJobIsLost()
    {
        RedisServer server({.arguments = {"--appendonly", "yes", "--appendfsync", "always"}});
        const QTemporaryDir folder;
        const QString socket = QString::fromUtf8(server.socketPath());
        const QString answeredPath = folder.filePath(u"answered"_s);
        const QString donePath = folder.filePath(u"done"_s);
        (void)Ledger(answeredPath);
        const QFileSystemWatcher watcher({answeredPath});
        QSignalSpy progress(&watcher, &QFileSystemWatcher::fileChanged);
        int started = 0;
        const auto startProducer = [&] {
            return start({u"produce"_s, socket, answeredPath, QString::number(started++)});
        };
        const auto startWorker = [&] {
            return start({u"work"_s, socket, donePath, QString::number(started++)});
        };
        std::vector<std::unique_ptr<QProcess>> producers;
        std::vector<std::unique_ptr<QProcess>> workers;
        for (int i = 0; i < 2; ++i) {
            producers.push_back(startProducer());
            workers.push_back(startWorker());
        }

        std::mt19937 random(11);
        int producersKilled = 0;
        int workersKilled = 0;
        int serversKilled = 0;
        const auto kill = [&](std::unique_ptr<QProcess> &victim) {
            QVERIFY2(victim->state() != QProcess::NotRunning, "it ended by itself");
            victim->kill();
            QVERIFY(victim->waitForFinished());
        };
        qsizetype nextKill = 50;
        for (qsizetype seen = 0; seen < jobsWanted();) {
            QVERIFY2(progress.wait(30'000), "nothing goes on");
            seen = Ledger::read(answeredPath).size();
            if (seen < nextKill)
                continue;
            nextKill = seen + 50 + qsizetype(random() % 400);
            const auto dice = random() % 3;
            if (dice == 0) {
                auto &victim = producers[random() % producers.size()];
                kill(victim);
                victim = startProducer();
                ++producersKilled;
            } else if (dice == 1) {
                auto &victim = workers[random() % workers.size()];
                kill(victim);
                victim = startWorker();
                ++workersKilled;
            } else {
                server.restart();
                ++serversKilled;
            }
        }
        for (auto &producer : producers)
            kill(producer);

        JobQueue queue(serverAt(server.socketPath()));
        QTRY_COMPARE_WITH_TIMEOUT(queue.counts().value().unfinished(), 0, 60'000);
        QCOMPARE(queue.counts().value().dead, 0);
        for (const auto &worker : workers) {
            worker->closeWriteChannel();
            QVERIFY(worker->waitForFinished());
            QCOMPARE(worker->exitCode(), 0);
        }

        const QByteArrayList answered = Ledger::read(answeredPath);
        const QByteArrayList done = Ledger::read(donePath);
        const QSet<QByteArray> distinct(done.begin(), done.end());
        QByteArrayList lost;
        for (const QByteArray &job : answered) {
            if (!distinct.contains(job))
                lost.append(job);
        }
        qInfo(
            "%lld jobs answered, %lld done, %lld of them again; killed: %d producers, %d workers, "
            "%d times Redis",
            qint64(answered.size()), qint64(distinct.size()), qint64(done.size() - distinct.size()),
            producersKilled, workersKilled, serversKilled);
        QVERIFY2(lost.isEmpty(), lost.join(' ').constData());
        QVERIFY(producersKilled > 0 && workersKilled > 0 && serversKilled > 0);
    }
};

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 5 && arguments[1] == u"produce")
        return produce(arguments[2].toUtf8(), arguments[3], arguments[4].toUtf8());
    if (arguments.size() == 5 && arguments[1] == u"work")
        return work(arguments[2].toUtf8(), arguments[3], arguments[4].toUInt());
    TestJobKills test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_jobkills.moc"
