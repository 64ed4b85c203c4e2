// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/value/valuejson.h"
#include "tests/app/program.h"
#include "tests/support/redisserver.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

constexpr char s_catalog[] = R"({"catalog": 1, "functions": [
  {"id": "app.get_page", "params": [{"name": "user_id"}, {"name": "page", "default": 1}],
   "key": {"namespace": "users", "version": 2,
           "fields": [{"name": "u", "type": "args", "arguments": "user_id", "partition": true},
                      {"name": "p", "type": "args", "arguments": "page"}]},
   "invalidates_on": [{"model": "auth.User", "field_mapping": {"user_id": "id"},
                       "watch_fields": ["email"], "rewarm": true}]},
  {"id": "app.list_users", "params": [{"name": "page", "default": 1}],
   "invalidates_on": [{"model": "auth.User", "field_mapping": {"page": "id"},
                       "invalidate_when": {"status": "active"}}]}]})";

} // namespace

/// `cachelens simulate`, as a shell runs it.
class TestCommandSimulate : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everySignalVectorIsAnsweredInABatch();
    void aBadLineOfABatchIsAnsweredInItsPlace();
    void tellsWhatRunsAndWhyTheRestDoesNot();
    void showsTheKeysThatGoAndLeavesThem();
    void appliesToExactlyTheKeysThatItShows();
    void whatAnInvalidatorDoesIsNotKnown();
    void theDemoHasItsOwnCatalog();
    void whatMakesNoSenseIsNamed_data();
    void whatMakesNoSenseIsNamed();

private:
    [[nodiscard]] QByteArray write(const char *name, const QByteArray &content) const
    {
        QFile file(m_folder.filePath(QString::fromUtf8(name)));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write %s", name);
        return file.fileName().toUtf8();
    }

    QTemporaryDir m_folder;
    QByteArray m_catalog;
};

void TestCommandSimulate::initTestCase()
{
    QVERIFY(m_folder.isValid());
    m_catalog = write("catalog.json", s_catalog);
}

void TestCommandSimulate::everySignalVectorIsAnsweredInABatch()
{
    QFile file(QStringLiteral(CACHELENS_TEST_DATA "/signal-vectors.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto document = valueFromJson(file.readAll(), "signal-vectors.json");
    QVERIFY2(document, document ? "" : document.error().message().constData());
    const ValueList &vectors = document->find("vectors")->items();
    QCOMPARE(vectors.size(), 200U);
    QByteArray lines;
    for (const Value &vector : vectors) {
        ValueMap members;
        for (const char *name : {"functions", "signal"})
            members.emplace_back(Value::string(name), *vector.find(name));
        lines += valueToJson(Value::map(std::move(members))).json + '\n';
    }
    const ProgramRun run = runProgram({"simulate", "--batch"},
                                      {.standardInput = lines, .password = {}, .platform = {}});
    QCOMPARE(run.exitCode, 0);
    const ValueList answers = run.objects();
    QCOMPARE(answers.size(), vectors.size());
    for (size_t i = 0; i < vectors.size(); ++i)
        QCOMPARE(valueToJson(answers.at(i)).json, valueToJson(*vectors.at(i).find("expect")).json);
}

void TestCommandSimulate::aBadLineOfABatchIsAnsweredInItsPlace()
{
    const QByteArray good = R"({"functions": [], "signal": {"model": "m"}})";
    const QByteArray twice
        = R"({"functions": [{"id": "a"}, {"id": "a"}], "signal": {"model": "m"}})";
    const QByteArray impossible
        = R"({"functions": [{"id": "app.f", "params": [{"name": "x"}], "invalidates_on": )"
          R"([{"model": "m", "field_mapping": {"y": "id"}}]}], "signal": {"model": "m"}})";
    const ProgramRun run
        = runProgram({"simulate", "--batch"},
                     {.standardInput = "{\n" + good + "\n{}\n" + twice + '\n' + impossible + '\n',
                      .password = {},
                      .platform = {}});
    QCOMPARE(run.exitCode, 1);
    const ValueList answers = run.objects();
    QCOMPARE(answers.size(), 5U);
    QVERIFY(!textOf(answers.at(0), "error").isEmpty());
    QVERIFY(answers.at(1) == Value::list({}));
    QVERIFY(textOf(answers.at(2), "error").contains("functions"));
    QVERIFY(textOf(answers.at(3), "error").contains("twice"));
    QVERIFY(textOf(answers.at(4), "error").contains("app.f"));
    QVERIFY(textOf(answers.at(4), "error").contains("'y'"));
}

void TestCommandSimulate::tellsWhatRunsAndWhyTheRestDoesNot()
{
    const QList<QByteArray> call{"simulate", "--catalog", m_catalog, "--signal",
                                 R"({"model": "auth.User", "instance": {"id": 42, "status": "gone"},
            "update_fields": ["email"]})"};
    const ProgramRun json = runProgram(call + QList<QByteArray>{"--json"});
    QVERIFY2(json.exitCode == 0, json.errors);
    const ValueList answers = json.objects();
    QCOMPARE(answers.size(), 2U);
    QVERIFY(*answers.at(0).find("runs") == Value(true));
    QCOMPARE(textOf(answers.at(0), "action"), QByteArray("refresh"));
    QCOMPARE(textOf(answers.at(0), "prefix"), QByteArray("users::app.get_page::user_id:42::"));
    QCOMPARE(textOf(answers.at(0), "rule"), QByteArray("app.get_page/auth.User"));
    QVERIFY(!answers.at(0).find("reached"));
    QCOMPARE(textOf(answers.at(1), "skipped_by"), QByteArray("invalidate_when"));
    QCOMPARE(valueToJson(*answers.at(1).find("compared")).json,
             QByteArray(R"({"attribute": "status", "wanted": "active", "found": "gone"})"));
    QVERIFY(textOf(answers.at(1), "note").contains("every entry"));

    const ProgramRun text = runProgram(call);
    QVERIFY2(text.output.contains("from here it is a deletion only"), text.output);
    QVERIFY2(text.output.contains("status is \"gone\", and must be \"active\""), text.output);

    QList<QByteArray> unwatched = call;
    unwatched.last() = R"({"model": "auth.User", "instance": {"id": 42}, "update_fields": ["x"]})";
    QVERIFY(runProgram(unwatched).output.contains("it watches [\"email\"], and [\"x\"] was"));
    unwatched.last() = R"({"model": "blog.Post"})";
    QCOMPARE(runProgram(unwatched).output, QByteArray("No rule watches blog.Post.\n"));
}

void TestCommandSimulate::showsTheKeysThatGoAndLeavesThem()
{
    const RedisServer server;
    const QList<QByteArray> mine{":2:users::app.get_page::user_id:42::page:1",
                                 ":2:users::app.get_page::user_id:42::page:*"};
    for (const QByteArray &key : mine)
        (void)server.command({"SET", key, "1"});
    (void)server.command({"SET", ":2:users::app.get_page::user_id:421::page:1", "1"});
    const ProgramRun run
        = runProgram({"simulate", "--catalog", m_catalog, "--json", server.url(), "--signal",
                      R"({"model": "auth.User", "instance": {"id": 42}})"});
    QVERIFY2(run.exitCode == 0, run.errors);
    const Value answer = run.objects().at(0);
    const Value *reached = answer.find("reached");
    QVERIFY(reached);
    QCOMPARE(reached->items().size(), 1U);
    QCOMPARE(textOf(reached->items().at(0), "prefix"),
             QByteArray(":2:users::app.get_page::user_id:42::"));
    QVERIFY(*reached->items().at(0).find("keys") == Value(2));
    QVERIFY(reached->items().at(0).find("bytes")->toInt() > 0);
    QCOMPARE(server.command({"DBSIZE"}).integer, 3);
}

void TestCommandSimulate::appliesToExactlyTheKeysThatItShows()
{
    const RedisServer server;
    const auto page = [](const QByteArray &user) {
        return "shop:2:users::app.get_page::user_id:" + user + "::page:1";
    };
    for (const char *user : {"42", "41", "4", "421", "*"})
        (void)server.command({"SET", page(user), "1"});
    (void)server.command({"SET", ":2:users::app.get_page::user_id:42::page:1", "another cache's"});
    const QList<QByteArray> call{
        "simulate",
        "--catalog",
        m_catalog,
        server.url(),
        "--key-prefix",
        "shop",
        "--signal",
        R"({"model": "auth.User", "instance": {"id": 42}, "old_values": {"id": 41}})"};
    QCOMPARE(runProgram(call + QList<QByteArray>{"--apply"}).exitCode, 2); // nobody to ask
    QCOMPARE(server.command({"DBSIZE"}).integer, 6);
    const ProgramRun run = runProgram(call + QList<QByteArray>{"--apply", "--yes", "--json"});
    QVERIFY2(run.exitCode == 0, run.errors);
    const Value account = run.objects().back();
    QVERIFY2(*account.find("deleted") == Value(2), run.output);
    QCOMPARE(server.command({"EXISTS", page("42"), page("41")}).integer, 0);
    QCOMPARE(server.command({"DBSIZE"}).integer, 4);

    const ProgramRun again = runProgram(call + QList<QByteArray>{"--apply", "--yes"});
    QVERIFY2(again.exitCode == 0 && again.output.contains("Nothing to delete"), again.output);
}

void TestCommandSimulate::whatAnInvalidatorDoesIsNotKnown()
{
    const QByteArray custom = write("custom.json", R"({"functions": [{"id": "app.count",
        "invalidates_on": [{"id": "count anew", "model": "auth.User", "invalidator": "recount"}]}]})");
    const QList<QByteArray> call{"simulate", "--catalog", custom, "--signal",
                                 R"({"model": "auth.User", "instance": {"id": 1}})"};
    const ProgramRun text = runProgram(call);
    QVERIFY2(text.exitCode == 0, text.errors);
    QVERIFY2(text.output.startsWith("runs     count anew: ")
                 && text.output.contains("what that does is not known here"),
             text.output);
    const Value answer = runProgram(call + QList<QByteArray>{"--json"}).objects().at(0);
    QCOMPARE(textOf(answer, "action"), QByteArray("invalidator"));
    QVERIFY(answer.find("prefix")->isNone());
    QVERIFY(*answer.find("whole_function") == Value(false));
}

void TestCommandSimulate::theDemoHasItsOwnCatalog()
{
    const ProgramRun run = runProgram(
        {"simulate", "memory:", "--json", "--signal",
         R"({"model": "auth.User", "instance": {"id": 42}, "update_fields": ["email"]})"});
    QVERIFY2(run.exitCode == 0, run.errors);
    QVERIFY(*run.objects().at(0).find("runs") == Value(true));
    QVERIFY(run.objects().at(0).find("reached"));
}

void TestCommandSimulate::whatMakesNoSenseIsNamed_data()
{
    QTest::addColumn<QList<QByteArray>>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QByteArray>("told");
    const QByteArray signal = R"({"model": "auth.User"})";
    const QByteArray impossible = write("impossible.json", R"({"catalog": 1, "functions": [
        {"id": "app.f", "params": [{"name": "x"}],
         "invalidates_on": [{"model": "auth.User", "field_mapping": {"y": "id"}}]}]})");
    using List = QList<QByteArray>;
    QTest::newRow("no signal") << List{"--catalog", m_catalog} << 2 << QByteArray("--signal");
    QTest::newRow("no catalog") << List{"--signal", signal} << 2 << QByteArray("--catalog");
    QTest::newRow("a broken signal")
        << List{"--catalog", m_catalog, "--signal", "{\"modle\": 1}"} << 2 << QByteArray("modle");
    QTest::newRow("no cache to apply to")
        << List{"--catalog", m_catalog, "--signal", signal, "--apply"} << 2 << QByteArray("URL");
    QTest::newRow("no such file") << List{"--catalog", "/nowhere.json", "--signal", signal} << 1
                                  << QByteArray("/nowhere.json");
    QTest::newRow("an impossible rule")
        << List{"--catalog", impossible, "--signal", signal} << 1 << QByteArray("'y'");
    QTest::newRow("where the impossible rule is")
        << List{"--catalog", impossible, "--signal", signal} << 1
        << QByteArray("impossible.json, line 3, functions[0].invalidates_on[0]: "
                      "rule 'app.f/auth.User'");
    QTest::newRow("no server") << List{"--catalog", m_catalog, "--signal",
                                       R"({"model": "auth.User", "instance": {"id": 1}})",
                                       "unix:///nowhere.sock"}
                               << 1 << QByteArray("nowhere.sock");
    QTest::newRow("a batch with more") << List{"--batch", "--apply"} << 2 << QByteArray("--apply");
}

void TestCommandSimulate::whatMakesNoSenseIsNamed()
{
    QFETCH(QList<QByteArray>, arguments);
    QFETCH(int, exitCode);
    QFETCH(QByteArray, told);
    const ProgramRun run = runProgram(QList<QByteArray>{"simulate"} + arguments);
    QCOMPARE(run.exitCode, exitCode);
    QVERIFY2(run.errors.contains(told), run.errors);
    QVERIFY2(run.output.isEmpty(), run.output);
}

QTEST_GUILESS_MAIN(TestCommandSimulate)
#include "tst_commandsimulate.moc"
