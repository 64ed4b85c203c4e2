// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cached/cachedfunction.h"
#include "core/invalidation/rulejobjson.h"
#include "core/jobs/jobqueue.h"
#include "tests/app/program.h"
#include "tests/support/redisserver.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;

namespace {

constexpr char s_catalog[] = R"({"catalog": 1, "functions": [{"id": "app.page"}]})";

QByteArray jobFor(const QByteArray &function)
{
    RuleRun run;
    run.function = function;
    run.rule = function + ":User";
    run.action = RuleVerdict::Action::Refresh;
    run.prefixes = {function + "::user:42::"};
    run.functionPrefix = function + "::";
    return ruleJobToJson({run}).value();
}

/// The program at work, once it says so.
class RunningProgram {
public:
    explicit RunningProgram(const QStringList &arguments)
    {
        m_process.setReadChannel(QProcess::StandardError);
        m_process.start(programFile(), arguments);
        while (!m_errors.contains("Ctrl+C ends it") && m_process.waitForReadyRead(30'000))
            m_errors += m_process.readAllStandardError();
        m_process.setReadChannel(QProcess::StandardOutput);
    }

    [[nodiscard]] const QByteArray &errors() const { return m_errors; }
    /// The next line of the output; empty when none comes.
    QByteArray line()
    {
        while (!m_process.canReadLine() && m_process.waitForReadyRead(30'000)) { }
        return m_process.readLine().trimmed();
    }
    /// What it ends with.
    int terminate()
    {
        m_process.terminate();
        if (!m_process.waitForFinished(30'000) || m_process.exitStatus() != QProcess::NormalExit)
            return -1;
        return m_process.exitCode();
    }

private:
    QProcess m_process;
    QByteArray m_errors;
};

} // namespace

/// `cachelens worker`, as a shell runs it.
class TestCommandWorker : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void deletesWhatJobsSayAndEndsWithAnAccount()
    {
        RedisServer server;
        server.command({"SET", "shop:1:app.page::user:42::page:1", "v"});
        server.command({"SET", "shop:1:app.page::user:43::page:1", "v"});
        JobQueue queue(*BackendUrl::parse(server.url()));
        QVERIFY(queue.append(jobFor("app.page")));
        RunningProgram program({QStringLiteral("worker"), QString::fromUtf8(server.url()),
                                QStringLiteral("--key-prefix"), QStringLiteral("shop")});
        QVERIFY2(program.errors().contains("cachelens:jobs"), program.errors().constData());
        QCOMPARE(program.line(),
                 QByteArray("deleted  1 key under shop:1:app.page::user:42::*  (app.page:User)"));
        QVERIFY(queue.append("nonsense"));
        const QByteArray dead = program.line();
        QVERIFY2(dead.startsWith("dead     job ") && dead.contains("Could not read the job"),
                 dead.constData());
        QCOMPARE(program.terminate(), 0);
        QCOMPARE(program.line(),
                 QByteArray("Jobs: 1 done, 0 put off, 0 left to others, 1 given up, 0 of them from "
                            "workers that "
                            "died. Deleted 1 key."));
        QCOMPARE(queue.counts().value(), (JobCounts{.dead = 1}));
        QCOMPARE(server.command({"KEYS", "shop:*"}).elements.size(), size_t(1));
    }

    void leavesTheFunctionsOfOtherCatalogsAlone()
    {
        RedisServer server;
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("catalog.json"));
        QFile catalog(file);
        QVERIFY(catalog.open(QIODevice::WriteOnly));
        catalog.write(s_catalog);
        catalog.close();
        server.command({"SET", ":1:app.other::user:42::page:1", "v"});
        JobQueue queue(*BackendUrl::parse(server.url()), {.name = "mine", .group = "ours"});
        QVERIFY(queue.append(jobFor("app.other")));
        QVERIFY(queue.append(jobFor("app.page")));
        RunningProgram program({QStringLiteral("worker"), QString::fromUtf8(server.url()),
                                QStringLiteral("--catalog"), file, QStringLiteral("--queue"),
                                QStringLiteral("mine"), QStringLiteral("--group"),
                                QStringLiteral("ours"), QStringLiteral("--json")});
        const QByteArray failed = program.line();
        QVERIFY2(failed.contains("\"passed\"") && failed.contains("app.other"), failed.constData());
        QVERIFY(program.line().contains("\"deleted\""));
        QVERIFY(program.line().contains("\"done\""));
        QCOMPARE(program.terminate(), 0);
        const QByteArray account = program.line();
        QVERIFY2(account.contains("\"ended\""), account.constData());
        QCOMPARE(server.command({"KEYS", ":1:*"}).elements.size(), size_t(1));
        QCOMPARE(queue.counts().value(), (JobCounts{.later = 1}));
    }

    void deletesOnlyWhatTheLibraryHasWrittenIfAskedTo()
    {
        RedisServer server;
        const auto cache = Cache::open(server.url()).value();
        const CachedFunction page(
            *cache, "app.page", parameters("user"_p), [](int user) { return user; },
            {.key = InlineKeyConstructor({{"user", ArgsKeyField("user").partition()}})});
        page(42);
        const QByteArray others = ":1:app.page::user:42::written by drf-restflow";
        server.command({"SET", others, "v"});
        JobQueue queue(*BackendUrl::parse(server.url()));
        RuleRun run;
        run.function = "app.page";
        run.rule = "app.page:User";
        run.action = RuleVerdict::Action::DeleteByPrefix;
        run.prefixes = {"app.page::user:42"};
        run.functionPrefix = "app.page::";
        QVERIFY(queue.append(ruleJobToJson({run}).value()));
        RunningProgram program({QStringLiteral("worker"), QString::fromUtf8(server.url()),
                                QStringLiteral("--own-entries")});
        QCOMPARE(program.line(),
                 QByteArray("deleted  1 key under :1:app.page::user:42*  (app.page:User)"));
        QCOMPARE(program.terminate(), 0);
        QVERIFY(!page.getCacheOnly(42));
        QCOMPARE(server.command({"EXISTS", others}).integer, 1);
    }

    void whatMakesNoSenseIsSaid()
    {
        RedisServer server({.arguments = {"--requirepass", "secret"}});
        const auto readOnly = runProgram({"worker", server.url(), "--read-only"});
        QCOMPARE(readOnly.exitCode, 2);
        QVERIFY(readOnly.errors.contains("--read-only"));
        QCOMPARE(runProgram({"worker", "memory:"}).exitCode, 2);
        QCOMPARE(runProgram({"worker"}).exitCode, 2);
        QCOMPARE(runProgram({"worker", server.url(), "--catalog", "/nowhere"}).exitCode, 1);
        const auto locked = runProgram({"worker", server.url()});
        QCOMPARE(locked.exitCode, 1);
        QVERIFY2(locked.errors.contains("NOAUTH"), locked.errors.constData());
        QCOMPARE(runProgram({"worker", "redis://127.0.0.1:1"}).exitCode, 1);
    }
};

QTEST_GUILESS_MAIN(TestCommandWorker)
#include "tst_commandworker.moc"
