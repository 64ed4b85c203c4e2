// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/program.h"

#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

const QByteArray users = ":2:users::shop.services.get_user_payload::";

QList<QByteArray> userKey(const QList<QByteArray> &more)
{
    return QList<QByteArray>{"key",
                             "--catalog",
                             CACHELENS_TEST_DATA "/restflow-live.catalog.json",
                             "--function",
                             "shop.services.get_user_payload",
                             "--args",
                             "[42]"}
    + more;
}

} // namespace

/// `cachelens key --diff`, as a shell runs it.
class TestCommandKeyDiff : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsInWhichPartACallsKeyDiffers();
    void tellsPeopleTheSame();
    void aKeyWithoutItsHeadIsCompletedAndAPrefixIsNoDifference();
    void twoKeysAreComparedWithoutAFunction();
    void whatMakesNoSenseEndsWithTwo_data();
    void whatMakesNoSenseEndsWithTwo();
};

void TestCommandKeyDiff::tellsInWhichPartACallsKeyDiffers()
{
    const ProgramRun run
        = runProgram(userKey({"--diff", users + "user_id:42::page:2::v:1", "--json"}));
    QVERIFY2(run.exitCode == 0, run.errors);
    const Value object = run.objects().at(0);
    QCOMPARE(textOf(object, "left"), users + "user_id:42::page:1::v:1");
    QCOMPARE(textOf(object, "right"), users + "user_id:42::page:2::v:1");
    QVERIFY(!object.find("same")->toBool());
    int different = 0;
    for (const Value &part : object.find("parts")->items()) {
        if (part.find("same")->toBool())
            continue;
        ++different;
        QCOMPARE(textOf(part, "part"), "field");
        QCOMPARE(textOf(part, "field"), "page");
        QCOMPARE(textOf(part, "left"), "1");
        QCOMPARE(textOf(part, "right"), "2");
    }
    QCOMPARE(different, 1);
}

void TestCommandKeyDiff::tellsPeopleTheSame()
{
    const ProgramRun run = runProgram(userKey({"--diff", users + "user_id:4 2::page:1::v:1"}));
    QVERIFY2(run.exitCode == 0, run.errors);
    QVERIFY2(run.output.contains("\nThe keys differ:\n"), run.output);
    QVERIFY2(
        run.output.contains("\n! field user           42  |  4 2  (only white space differs)\n"),
        run.output);
    QCOMPARE(run.output.count("\n! "), 1);
}

void TestCommandKeyDiff::aKeyWithoutItsHeadIsCompletedAndAPrefixIsNoDifference()
{
    for (const QByteArray &other :
         {users.mid(3) + "user_id:42::page:1::v:1", "shop" + users + "user_id:42::page:1::v:1"}) {
        const ProgramRun run = runProgram(userKey({"--diff", other, "--json"}));
        QVERIFY2(run.exitCode == 0, run.errors);
        QVERIFY2(run.objects().at(0).find("same")->toBool(), run.output);
    }
}

void TestCommandKeyDiff::twoKeysAreComparedWithoutAFunction()
{
    const ProgramRun run = runProgram(
        {"key", "--diff", ":1:shop.f::x:1::y:2", "--diff", ":1:shop.f::x:1::y:3", "--json"});
    QVERIFY2(run.exitCode == 0, run.errors);
    const Value last = run.objects().at(0).find("parts")->items().back();
    QCOMPARE(textOf(last, "argument"), "y");
    QVERIFY(!last.find("same")->toBool());
}

void TestCommandKeyDiff::whatMakesNoSenseEndsWithTwo_data()
{
    QTest::addColumn<QList<QByteArray>>("arguments");
    QTest::newRow("one key") << QList<QByteArray>{"key", "--diff", "a"};
    QTest::newRow("three keys") << QList<QByteArray>{"key", "--diff", "a", "--diff",
                                                     "b",   "--diff", "c"};
    QTest::newRow("a call and two keys") << userKey({"--diff", "a", "--diff", "b"});
    QTest::newRow("batch") << QList<QByteArray>{"key", "--batch", "--diff", "a"};
}

void TestCommandKeyDiff::whatMakesNoSenseEndsWithTwo()
{
    QFETCH(QList<QByteArray>, arguments);
    const ProgramRun run = runProgram(arguments);
    QCOMPARE(run.exitCode, 2);
    QVERIFY2(run.errors.contains("--"), run.errors);
    QCOMPARE(run.output, QByteArray());
}

QTEST_GUILESS_MAIN(TestCommandKeyDiff)
#include "tst_commandkeydiff.moc"
