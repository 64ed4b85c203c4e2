// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/value/valuejson.h"
#include "tests/app/program.h"
#include "tests/support/redisserver.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

const QByteArray catalogFile = CACHELENS_TEST_DATA "/restflow-live.catalog.json";

} // namespace

/// `cachelens delete` and `cachelens key`, as a shell runs them.
class TestCommandDeleteKey : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void deletesExactlyTheKeysUnderALiteralPrefix();
    void deletesOneKeyAndOneFunction();
    void aFunctionIsFoundByItsNameInACatalog();
    void aKeyIsDeletedAsItIsListed();
    void aKeyThatCouldBeTwoIsNotDeleted();
    void aDryRunDeletesNothing();
    void withNobodyToAskNothingIsDeleted();
    void onATerminalItAsksAndShowsWhatWouldGo();
    void anInterruptStopsItWithAnAccount();
    void keysAreBuiltFromACatalog();
    void everyKeyVectorIsAnsweredInABatch();
    void aBadLineOfABatchIsAnsweredInItsPlace();
};

void TestCommandDeleteKey::deletesExactlyTheKeysUnderALiteralPrefix()
{
    const QList<QByteArray> prefixes{"a*", "a?",   "a[bc]", "a\\", "a\\\\", "a\\x62",
                                     "a^", "a{b}", "a b",   "a::", "a\xff"};
    for (const QByteArray &prefix : prefixes) {
        const RedisServer server;
        // Each of these is what the prefix would match if it were a pattern, or nearly is it.
        const QList<QByteArray> bystanders{"a",   "ab", "ac",  "axx", "A*",
                                           "xa*", "a:", "a[b", "a{",  "a\xfe"};
        for (const QByteArray &key : bystanders)
            (void)server.command({"SET", key, "1"});
        for (const QByteArray &key : {prefix, prefix + "more", prefix + "*"})
            (void)server.command({"SET", key, "1"});
        const ProgramRun run
            = runProgram({"delete", server.url(), "--prefix", prefix, "--yes", "--json"});
        QVERIFY2(run.exitCode == 0, run.errors);
        QVERIFY(*run.objects().at(0).find("deleted") == Value(3));
        QCOMPARE(server.command({"DBSIZE"}).integer, bystanders.size());
    }
}

void TestCommandDeleteKey::deletesOneKeyAndOneFunction()
{
    const RedisServer server;
    const QList<QByteArray> keys{":1:users::app.get::user_id:1", "p:2:users::app.get::user_id:2",
                                 ":1:users::app.get_all::user_id:1", "app.get", "session"};
    for (const QByteArray &key : keys)
        (void)server.command({"SET", key, "1"});
    const ProgramRun one = runProgram({"delete", server.url(), "--key", "session", "--yes"});
    QVERIFY2(one.exitCode == 0, one.errors);
    QVERIFY2(one.output.contains("1 key"), one.output);
    const ProgramRun function
        = runProgram({"delete", server.url(), "--function", "app.get", "--yes", "--json"});
    QVERIFY2(function.exitCode == 0, function.errors);
    QVERIFY(*function.objects().at(0).find("deleted") == Value(2));
    QCOMPARE(server.command({"EXISTS", keys.at(2), keys.at(3)}).integer, 2);
    QCOMPARE(server.command({"DBSIZE"}).integer, 2);
    const ProgramRun none
        = runProgram({"delete", server.url(), "--function", "nobody.knows", "--yes"});
    QCOMPARE(none.exitCode, 0);
    QVERIFY2(none.output.contains("0 keys"), none.output);
}

void TestCommandDeleteKey::aFunctionIsFoundByItsNameInACatalog()
{
    const QTemporaryDir folder;
    const auto catalogOf = [&folder](const char *name, const QByteArray &function) {
        QFile file(folder.filePath(QString::fromLatin1(name)));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("the catalog cannot be written");
        file.write(R"({"catalog": 1, "functions": [)" + function + "]}");
        return QFile::encodeName(file.fileName());
    };
    const QByteArray other = catalogOf("other.json", R"({"id": "app.other"})");
    const QByteArray profile
        = catalogOf("profile.json", R"({"id": "app.profile", "params": [{"name": "user_id"}],
                            "key": {"namespace": "users", "key_identifier": "who"}})");

    const RedisServer server;
    for (const char *key : {":1:users::who::user_id:1", ":1:users::who::user_id:2",
                            ":1:users::app.profile::user_id:1", ":1:who::user_id:1"})
        (void)server.command({"SET", key, "1"});
    const QList<QByteArray> call{"delete", server.url(), "--function", "app.profile", "--yes"};
    const ProgramRun run = runProgram(
        call + QList<QByteArray>{"--catalog", other, "--catalog", profile, "--json", "--dry-run"});
    QVERIFY2(run.exitCode == 0, run.errors);
    const ProgramRun listed = runProgram({"keys", server.url(), "--function", "app.profile",
                                          "--catalog", other, "--catalog", profile});
    QVERIFY(*run.objects().at(0).find("keys") == Value(qint64(listed.lines().size())));

    const ProgramRun gone = runProgram(call + QList<QByteArray>{"--catalog", profile});
    QVERIFY2(gone.exitCode == 0, gone.errors);
    QCOMPARE(
        server.command({"EXISTS", ":1:users::who::user_id:1", ":1:users::who::user_id:2"}).integer,
        0);
    QCOMPARE(server.command({"EXISTS", ":1:who::user_id:1"}).integer, 1);

    const ProgramRun missing = runProgram(call + QList<QByteArray>{"--catalog", "/no/such/file"});
    QCOMPARE(missing.exitCode, 1);
    QVERIFY2(missing.errors.contains("/no/such/file"), missing.errors);
}

void TestCommandDeleteKey::aKeyIsDeletedAsItIsListed()
{
    const RedisServer server;
    const QByteArray key("a\\b\0c\xff", 6);
    const QList<QByteArray> bystanders{QByteArray("a\\b\0c", 5), QByteArray("a\\b\0c\xfe", 6),
                                       QByteArray("ab\0c\xff", 5), "a\\b"};
    for (const QByteArray &other : bystanders)
        (void)server.command({"SET", other, "1"});
    const QList<QByteArray> before = runProgram({"keys", server.url()}).lines();
    (void)server.command({"SET", key, "1"});
    QList<QByteArray> listed = runProgram({"keys", server.url()}).lines();
    for (const QByteArray &other : before)
        listed.removeOne(other);
    QCOMPARE(listed, QList<QByteArray>{"a\\\\b\\x00c\\xff"});

    const ProgramRun run
        = runProgram({"delete", server.url(), "--key", listed.constFirst(), "--yes", "--json"});
    QVERIFY2(run.exitCode == 0, run.errors);
    QVERIFY(*run.objects().at(0).find("deleted") == Value(1));
    QCOMPARE(server.command({"EXISTS", key}).integer, 0);
    QCOMPARE(server.command({"DBSIZE"}).integer, bystanders.size());

    // Bytes that are not UTF-8 are not a listed key: only themselves.
    (void)server.command({"SET", "\xef\xbf\xbd\\", "1"});
    QCOMPARE(runProgram({"delete", server.url(), "--key", "\xff\\\\", "--yes"}).exitCode, 0);
    QCOMPARE(server.command({"DBSIZE"}).integer, bystanders.size() + 1);
}

void TestCommandDeleteKey::aKeyThatCouldBeTwoIsNotDeleted()
{
    const RedisServer server;
    const QByteArray one = "a\\b"; // is listed as the bytes of the other
    const QByteArray two = "a\\\\b";
    (void)server.command({"SET", one, "1"});
    (void)server.command({"SET", two, "2"});
    for (const char *command : {"delete", "show"}) {
        const ProgramRun run
            = runProgram(QByteArray(command) == "delete"
                             ? QList<QByteArray>{"delete", server.url(), "--key", two, "--yes"}
                             : QList<QByteArray>{"show", server.url(), two});
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.errors.contains("a\\\\\\\\b"), run.errors);
    }
    QCOMPARE(server.command({"DBSIZE"}).integer, 2);
    // As it advises.
    QCOMPARE(runProgram({"delete", server.url(), "--key", "\\x61\\\\b", "--yes"}).exitCode, 0);
    QCOMPARE(server.command({"EXISTS", one}).integer, 0);
    (void)server.command({"SET", one, "1"});
    QCOMPARE(runProgram({"delete", server.url(), "--key", "a\\\\\\\\b", "--yes"}).exitCode, 0);
    QCOMPARE(server.command({"EXISTS", two}).integer, 0);
    QCOMPARE(server.command({"EXISTS", one}).integer, 1);
}

void TestCommandDeleteKey::aDryRunDeletesNothing()
{
    const RedisServer server;
    for (int i = 0; i < 30; ++i)
        (void)server.command({"SET", "p:" + QByteArray::number(i), "1"});
    const ProgramRun run = runProgram({"delete", server.url(), "--prefix", "p:", "--dry-run"});
    QCOMPARE(run.exitCode, 0);
    QVERIFY2(run.output.contains("30 keys") && run.output.contains("p:0"), run.output);
    QCOMPARE(server.command({"DBSIZE"}).integer, 30);
    const Value json = runProgram({"delete", server.url(), "--prefix", "p:", "--dry-run", "--json"})
                           .objects()
                           .at(0);
    QVERIFY(*json.find("keys") == Value(30));
    QVERIFY(*json.find("deleted") == Value(0));
}

void TestCommandDeleteKey::withNobodyToAskNothingIsDeleted()
{
    const RedisServer server;
    (void)server.command({"SET", "k", "1"});
    const ProgramRun run = runProgram({"delete", server.url(), "--key", "k"},
                                      {.standardInput = "y\n", .password = {}, .platform = {}});
    QCOMPARE(run.exitCode, 2);
    QVERIFY2(run.errors.contains("--yes"), run.errors);
    QCOMPARE(server.command({"DBSIZE"}).integer, 1);
}

void TestCommandDeleteKey::onATerminalItAsksAndShowsWhatWouldGo()
{
    const RedisServer server;
    for (const char *key : {"p:1", "p:2", "q:1"})
        (void)server.command({"SET", key, "1"});
    const auto answered = [&server](const char *answer) {
        QProcess terminal; // a pseudo-terminal of its own, by script(1)
        terminal.start(QStringLiteral("script"),
                       {QStringLiteral("-qec"),
                        QStringLiteral("'%1' delete '%2' --prefix p:")
                            .arg(programFile(), QString::fromUtf8(server.url())),
                        QStringLiteral("/dev/null")});
        terminal.write(answer);
        terminal.closeWriteChannel();
        if (!terminal.waitForFinished(30'000))
            terminal.kill();
        return std::pair(terminal.exitCode(), terminal.readAllStandardOutput());
    };
    const auto [refused, asked] = answered("n\n");
    QCOMPARE(refused, 1);
    QVERIFY2(asked.contains("2 keys") && asked.contains("p:1") && asked.contains("[y/N]"), asked);
    QCOMPARE(server.command({"DBSIZE"}).integer, 3);
    QCOMPARE(answered("y\n").first, 0);
    QCOMPARE(server.command({"DBSIZE"}).integer, 1);
}

void TestCommandDeleteKey::anInterruptStopsItWithAnAccount()
{
    RedisServer server;
    std::vector<RespCommand> commands;
    static constexpr int keys = 200'000;
    for (int i = 0; i < keys; ++i)
        commands.push_back({"SET", "k" + QByteArray::number(i), "1"});
    (void)server.pipeline(commands);
    QProcess program;
    program.start(programFile(),
                  {QStringLiteral("delete"), QString::fromUtf8(server.url()),
                   QStringLiteral("--prefix"), QStringLiteral("k"), QStringLiteral("--yes"),
                   QStringLiteral("--json")});
    QVERIFY(QTest::qWaitFor([&server] { return server.command({"DBSIZE"}).integer < keys; }));
    server.pause(); // it cannot be over before it is told to stop
    QCOMPARE(::kill(static_cast<pid_t>(program.processId()), SIGINT), 0);
    server.resume();
    QVERIFY(program.waitForFinished());
    QCOMPARE(program.exitStatus(), QProcess::NormalExit);
    QCOMPARE(program.exitCode(), 1);
    const auto report = valueFromJson(program.readAllStandardOutput(), "the report");
    QVERIFY2(report, report ? "" : report.error().message());
    const auto count = [&report](const char *name) { return report->find(name)->toInt(); };
    QVERIFY(count("not_tried") > 0);
    QCOMPARE(count("deleted") + count("not_tried") + count("unknown") + count("already_gone"),
             keys);
    QCOMPARE(server.command({"DBSIZE"}).integer, keys - count("deleted"));
}

void TestCommandDeleteKey::keysAreBuiltFromACatalog()
{
    const QList<QByteArray> call{
        "key",    "--catalog", catalogFile, "--function",   "shop.services.get_user_payload",
        "--args", "[42]",      "--kwargs",  "{\"page\": 3}"};
    const ProgramRun json = runProgram(call + QList<QByteArray>{"--json"});
    QCOMPARE(json.errors, QByteArray());
    const Value object = json.objects().at(0);
    QCOMPARE(textOf(object, "key"),
             QByteArray("users::shop.services.get_user_payload::user_id:42::page:3::v:1"));
    QCOMPARE(textOf(object, "partition"), QByteArray("user_id:42"));
    QCOMPARE(textOf(object, "suffix"), QByteArray("page:3::v:1"));
    QCOMPARE(textOf(object, "all_prefix"), QByteArray("users::shop.services.get_user_payload::"));
    QVERIFY(*object.find("version") == Value(2));
    const ProgramRun text = runProgram(call);
    QCOMPARE(text.exitCode, 0);
    QVERIFY2(text.output.contains(textOf(object, "key")), text.output);
}

void TestCommandDeleteKey::everyKeyVectorIsAnsweredInABatch()
{
    QFile file(QStringLiteral(CACHELENS_TEST_DATA "/key-vectors.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto document = valueFromJson(file.readAll(), "key-vectors.json");
    QVERIFY2(document, document ? "" : document.error().message().constData());
    const ValueList &vectors = document->find("vectors")->items();
    QVERIFY(vectors.size() > 400);
    QByteArray lines;
    for (const Value &vector : vectors) {
        ValueMap call;
        for (const char *name : {"function", "args", "kwargs", "partial"})
            call.emplace_back(Value::string(name), *vector.find(name));
        lines += valueToJson(Value::map(std::move(call))).json + '\n';
    }
    const ProgramRun run
        = runProgram({"key", "--batch"}, {.standardInput = lines, .password = {}, .platform = {}});
    QCOMPARE(run.exitCode, 0);
    const ValueList answers = run.objects();
    QCOMPARE(answers.size(), vectors.size());
    for (size_t i = 0; i < vectors.size(); ++i) {
        const Value *expect = vectors.at(i).find("expect");
        for (const auto &[name, value] : expect->entries()) {
            const Value *answered = answers.at(i).find(name.text());
            QVERIFY2(answered && *answered == value,
                     QByteArray::number(i) + ' ' + name.toByteArray() + ": "
                         + valueToJson(answers.at(i)).json + '\n'
                         + valueToJson(vectors.at(i)).json);
        }
    }
}

void TestCommandDeleteKey::aBadLineOfABatchIsAnsweredInItsPlace()
{
    const QByteArray good
        = R"({"function": {"id": "m.f", "params": [{"name": "a"}]}, "args": [1]})";
    const ProgramRun run = runProgram(
        {"key", "--batch"},
        {.standardInput = good + "\nnonsense\n" + R"({"args": []})" + "\n"
             + R"({"function": {"id": "m.f", "params": [{"name": "a"}]}})" + "\n" + good + '\n',
         .password = {},
         .platform = {}});
    QCOMPARE(run.exitCode, 1);
    const ValueList answers = run.objects();
    QCOMPARE(answers.size(), 5U);
    for (const size_t i : {0U, 4U})
        QCOMPARE(textOf(answers.at(i), "key"), QByteArray("m.f::a:1"));
    for (const size_t i : {1U, 2U, 3U})
        QVERIFY(!textOf(answers.at(i), "error").isEmpty());
    QVERIFY2(textOf(answers.at(2), "error").contains("function"), run.output);
}

QTEST_GUILESS_MAIN(TestCommandDeleteKey)
#include "tst_commanddeletekey.moc"
