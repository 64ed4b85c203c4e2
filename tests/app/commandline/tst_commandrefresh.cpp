// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/program.h"

#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

/// `cachelens refresh`, as a shell runs it.
class TestCommandRefresh : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void runsTheDemosFunction();
    void tellsPeopleTheSame();
    void aKeyOfNoFunctionEndsWithOne();
    void aHashedKeyEndsWithOne();
    void functionsElsewhereCannotBeCalled();
    void whatMakesNoSenseEndsWithTwo();
};

void TestCommandRefresh::runsTheDemosFunction()
{
    const QByteArray key = ":2:users::shop.users.services.get_profile::user_id:42::locale:de::v:3";
    const ProgramRun run = runProgram({"refresh", "memory:", key, "--json"});
    QVERIFY2(run.exitCode == 0, run.errors);
    const ValueList objects = run.objects();
    QCOMPARE(objects.size(), 1U);
    const Value &object = objects.front();
    QCOMPARE(textOf(object, "key"), key);
    QCOMPARE(textOf(object, "function"), "shop.users.services.get_profile");
    QVERIFY(object.find("stored")->toBool());
    QVERIFY(object.find("bytes")->toInt() > 100);
    const Value *metadata = object.find("metadata");
    QCOMPARE(textOf(*metadata, "cache_status"), "REFRESH");
    QVERIFY(textOf(*metadata, "cached_at") < textOf(*metadata, "cache_reset_at"));
    QCOMPARE(object.find("value")->find("id")->toInt(), 42);
    QCOMPARE(textOf(*object.find("value")->find("preferences"), "locale"), "de");
}

void TestCommandRefresh::tellsPeopleTheSame()
{
    const ProgramRun run = runProgram(
        {"refresh", "memory:", ":1:shop.settings.feature_flags::environment:production::"});
    QVERIFY2(run.exitCode == 0, run.errors);
    QVERIFY2(run.output.contains("\nstatus      REFRESH\n"), run.output);
    QVERIFY2(run.output.contains("\nresets at   never\n"), run.output);
    QVERIFY2(run.output.contains("\"rollout_percent\": "), run.output);
}

void TestCommandRefresh::aKeyOfNoFunctionEndsWithOne()
{
    const ProgramRun run = runProgram({"refresh", "memory:", "session:5eed0001"});
    QCOMPARE(run.exitCode, 1);
    QVERIFY(run.output.isEmpty());
    QVERIFY2(run.errors.contains("no catalog names it"), run.errors);
}

void TestCommandRefresh::aHashedKeyEndsWithOne()
{
    const ProgramRun keys = runProgram(
        {"keys", "memory:", "--function", "shop.reports.views.ReportView.daily_sales"});
    QCOMPARE(keys.exitCode, 0);
    for (const QByteArray &key : keys.lines()) {
        if (key.contains("day:"))
            continue;
        const ProgramRun run = runProgram({"refresh", "memory:", key});
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.errors.contains("hash"), run.errors);
        return;
    }
    QFAIL("no key of the demo is hashed");
}

void TestCommandRefresh::functionsElsewhereCannotBeCalled()
{
    const ProgramRun run
        = runProgram({"refresh", "redis://user:secret@localhost:1/0", ":1:f::a:1::"});
    QCOMPARE(run.exitCode, 1);
    QVERIFY2(run.errors.contains("run elsewhere"), run.errors);
    QVERIFY(!run.errors.contains("secret"));
}

void TestCommandRefresh::whatMakesNoSenseEndsWithTwo()
{
    QCOMPARE(runProgram({"refresh", "memory:"}).exitCode, 2);
    QCOMPARE(runProgram({"refresh", "nonsense", "key"}).exitCode, 2);
    QCOMPARE(runProgram({"refresh", "memory:", "key", "--nothing"}).exitCode, 2);
}

QTEST_GUILESS_MAIN(TestCommandRefresh)
#include "tst_commandrefresh.moc"
