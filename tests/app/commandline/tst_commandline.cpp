// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/value/valuejson.h"
#include "tests/app/program.h"
#include "tests/app/restflowfixture.h"
#include "tests/support/redisserver.h"
#include "widgets/key/displaykey.h"

#include <QFile>
#include <QProcess>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include <array>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

const QByteArray catalogFile = CACHELENS_TEST_DATA "/restflow-live.catalog.json";

const std::array commandNameList{"keys",    "show", "decode",   "delete",
                                 "refresh", "key",  "simulate", "worker"};

// What an expected value leaves out beside an object's class need not be there.
bool agrees(const Value &expected, const Value &actual)
{
    if (expected.type() != actual.type())
        return false;
    if (expected.type() == Value::Type::Object)
        return expected.object().className == actual.object().className;
    if (expected.isMap()) {
        const ValueMap &entries = expected.entries();
        return entries.size() == actual.entries().size()
            && std::ranges::all_of(entries, [&actual](const auto &entry) {
                   return std::ranges::any_of(actual.entries(), [&entry](const auto &other) {
                       return entry.first == other.first && agrees(entry.second, other.second);
                   });
               });
    }
    if (expected.type() == Value::Type::List || expected.type() == Value::Type::Tuple)
        return std::ranges::equal(expected.items(), actual.items(), agrees);
    return expected == actual;
}

} // namespace

class TestCommandLine : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void helpIsEverywhere_data();
    void helpIsEverywhere();
    void theWindowsHelpNamesEveryCommand();
    void saysItsVersion();
    void whatMakesNoSenseIsNamedAndEndsWithTwo_data();
    void whatMakesNoSenseIsNamedAndEndsWithTwo();
    void aServerThatIsAwayEndsWithOneAndNoPassword();
    void aWrongPasswordEndsWithOneAndIsNotShown();
    void thePasswordMayComeFromTheEnvironment();

    void keysAreListed();
    void keysAreListedByWhatTheyAre_data();
    void keysAreListedByWhatTheyAre();
    void keysThatAreNotTextStayExact();
    void aReaderWhoHasHadEnoughIsNoFailure();

    void everyEntryOfALiveCacheIsShown();
    void withoutACatalogPartitionsAreNotToldApart();
    void otherKindsAreShownWithTheirElements();
    void whatCannotBeDecodedIsShownAsBytes();
    void aKeyThatIsNotThereEndsWithOne();
    void entriesAreDecodedFromFilesAndPipes();
};

void TestCommandLine::helpIsEverywhere_data()
{
    QTest::addColumn<QList<QByteArray>>("arguments");
    QTest::addColumn<QByteArray>("usage");
    QTest::newRow("window") << QList<QByteArray>{"--help"} << QByteArray("Usage: cachelens [opt");
    for (const char *command : commandNameList)
        QTest::newRow(command) << QList<QByteArray>{command, "--help"}
                               << "Usage: cachelens " + QByteArray(command) + " [options]";
}

void TestCommandLine::helpIsEverywhere()
{
    QFETCH(const QList<QByteArray>, arguments);
    QFETCH(const QByteArray, usage);
    const ProgramRun run = runProgram(arguments);
    QCOMPARE(run.exitCode, 0);
    QVERIFY2(run.output.startsWith(usage), run.output);
    QVERIFY2(run.output.contains("--help"), run.output);
    QCOMPARE(run.errors, QByteArray());
}

void TestCommandLine::theWindowsHelpNamesEveryCommand()
{
    const QByteArray help = runProgram({"--help"}).output;
    const QByteArray intro = "Commands that need no window: ";
    const qsizetype from = help.indexOf(intro) + intro.size();
    QList<QByteArray> named = help.sliced(from, help.indexOf(';', from) - from)
                                  .simplified()
                                  .replace(", ", ",")
                                  .split(',');
    QList<QByteArray> expected(commandNameList.begin(), commandNameList.end());
    std::ranges::sort(named);
    std::ranges::sort(expected);
    QCOMPARE(named, expected);
}

void TestCommandLine::saysItsVersion()
{
    const ProgramRun run = runProgram({"--version"});
    QCOMPARE(run.exitCode, 0);
    QVERIFY2(run.output.startsWith("cachelens "), run.output);
}

void TestCommandLine::whatMakesNoSenseIsNamedAndEndsWithTwo_data()
{
    QTest::addColumn<QList<QByteArray>>("arguments");
    QTest::addColumn<QByteArray>("named");
    const auto add = [](const QList<QByteArray> &arguments, const char *named) {
        QTest::newRow(arguments.join(' ')) << arguments << QByteArray(named);
    };
    add({"simulate"}, "simulate");
    add({"wroker", "redis://localhost"}, "wroker");
    add({"--nonsense"}, "nonsense");
    add({"redis://a", "redis://b"}, "redis://b");
    add({"--theme", "green"}, "green");
    add({"--size", "10"}, "10");
    add({"--scale", "huge"}, "huge");
    add({"--dock", "cellar"}, "cellar");
    add({"keys"}, "URL");
    add({"keys", "redis://a", "--nonsense"}, "nonsense");
    add({"keys", "redis://a", "more"}, "more");
    add({"keys", "http://a"}, "http");
    add({"keys", "redis://a", "--match"}, "match");
    add({"keys", "redis://a", "--prefix", "a", "--prefix", "b"}, "prefix");
    add({"show", "redis://a"}, "KEY");
    add({"show", "redis://a", "k", "l"}, "'l'");
    add({"decode", "a", "b"}, "'b'");
    add({"delete", "redis://a"}, "--key");
    add({"delete", "redis://a", "--key", "k", "--prefix", "p", "--yes"}, "--prefix");
    add({"delete", "redis://a", "--prefix", "", "--yes"}, "--prefix");
    add({"key"}, "--catalog");
    add({"key", "--catalog", catalogFile}, "--function");
    add({"key", "--catalog", catalogFile, "--function", "nobody.knows"}, "nobody.knows");
    add({"key", "--catalog", catalogFile, "--function", "shop.services.forever", "--args", "[1"},
        "--args");
    add({"key", "--catalog", catalogFile, "--function", "shop.services.forever"}, "name");
    add({"key", "--batch", "--function", "f"}, "--function");
}

void TestCommandLine::whatMakesNoSenseIsNamedAndEndsWithTwo()
{
    QFETCH(const QList<QByteArray>, arguments);
    QFETCH(const QByteArray, named);
    const ProgramRun run = runProgram(arguments);
    QCOMPARE(run.exitCode, 2);
    QVERIFY2(run.errors.contains(named), run.errors);
    QCOMPARE(run.output, QByteArray());
}

void TestCommandLine::aServerThatIsAwayEndsWithOneAndNoPassword()
{
    QByteArray url;
    {
        RedisServer server({.tcp = true, .arguments = {}});
        url = server.tcpUrl();
    }
    url.replace("redis://", "redis://shop:s3cret-word@");
    for (const QList<QByteArray> &arguments :
         {QList<QByteArray>{"keys", url}, QList<QByteArray>{"show", url, "k"},
          QList<QByteArray>{"delete", url, "--prefix", "p", "--yes"}}) {
        const ProgramRun run = runProgram(arguments);
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.errors.contains("127.0.0.1"), run.errors);
        QVERIFY2(!run.errors.contains("s3cret-word"), run.errors);
        QCOMPARE(run.output, QByteArray());
    }
}

void TestCommandLine::aWrongPasswordEndsWithOneAndIsNotShown()
{
    const RedisServer server({.tcp = true, .arguments = {"--requirepass", "right-word"}});
    QByteArray url = server.tcpUrl();
    url.replace("redis://", "redis://default:wr0ng-word@");
    const ProgramRun run = runProgram({"keys", url});
    QCOMPARE(run.exitCode, 1);
    QVERIFY2(run.errors.contains("WRONGPASS"), run.errors);
    QVERIFY2(!run.errors.contains("wr0ng-word"), run.errors);
}

void TestCommandLine::thePasswordMayComeFromTheEnvironment()
{
    const RedisServer server({.tcp = true, .arguments = {"--requirepass", "right-word"}});
    const ProgramRun run = runProgram(
        {"keys", server.tcpUrl()}, {.standardInput = {}, .password = "right-word", .platform = {}});
    QCOMPARE(run.errors, QByteArray());
    QCOMPARE(run.exitCode, 0);
}

void TestCommandLine::keysAreListed()
{
    const RedisServer server;
    const auto fixture = restflowFixture();
    loadRestflowFixture(server, fixture);
    const ProgramRun run = runProgram({"keys", server.url(), "--catalog", catalogFile, "--json"});
    QCOMPARE(run.errors, QByteArray());
    QCOMPARE(run.exitCode, 0);
    QHash<QByteArray, Value> listed;
    for (const Value &object : run.objects())
        listed.insert(QByteArray::fromBase64(textOf(object, "key_base64")), object);
    QCOMPARE(listed.size(), static_cast<qsizetype>(fixture.size()));
    for (const FixtureKey &key : fixture) {
        QVERIFY2(listed.contains(key.key), key.key);
        const Value object = listed.value(key.key);
        if (key.isForeign()) {
            QVERIFY2(object.find("function")->isNone(), key.key);
            continue;
        }
        for (const char *name : {"namespace", "function", "partition", "suffix"})
            QCOMPARE(textOf(object, name), textOf(key.expect, name));
        QCOMPARE(textOf(*object.find("cache"), "prefix"), textOf(key.expect, "prefix"));
    }
}

void TestCommandLine::keysAreListedByWhatTheyAre_data()
{
    QTest::addColumn<QList<QByteArray>>("arguments");
    QTest::addColumn<QList<QByteArray>>("expected");
    const QByteArray ann = ":1:users::app.services.profile::user_id:1::page:1";
    const QByteArray ben = ":1:users::app.services.profile::user_id:2::page:1";
    const QByteArray report = ":1:reports::app.services.report::region:eu::day:1";
    const QByteArray star = ":1:reports::app.services.report::region:*::day:1";
    const QByteArray other = "session:1";
    const auto add = [](const QList<QByteArray> &arguments, QList<QByteArray> expected) {
        std::ranges::sort(expected);
        QTest::newRow(arguments.join(' ')) << arguments << expected;
    };
    add({}, {ann, ben, report, star, other});
    add({"--namespace", "users"}, {ann, ben});
    add({"--function", "app.services.report"}, {report, star});
    add({"--prefix", ":1:reports::app.services.report::region:*"}, {star});
    add({"--match", "*user_id:[12]::*"}, {ann, ben});
    add({"--match", "*region:\\**"}, {star});
    add({"--match", "session"}, {});
    add({"--namespace", "users", "--match", "*user_id:2*"}, {ben});
}

void TestCommandLine::keysAreListedByWhatTheyAre()
{
    QFETCH(const QList<QByteArray>, arguments);
    QFETCH(const QList<QByteArray>, expected);
    const RedisServer server;
    for (const char *key : {":1:users::app.services.profile::user_id:1::page:1",
                            ":1:users::app.services.profile::user_id:2::page:1",
                            ":1:reports::app.services.report::region:eu::day:1",
                            ":1:reports::app.services.report::region:*::day:1", "session:1"})
        (void)server.command({"SET", key, "1"});
    const ProgramRun run = runProgram(QList<QByteArray>{"keys", server.url()} + arguments);
    QCOMPARE(run.errors, QByteArray());
    QCOMPARE(run.exitCode, 0);
    QList<QByteArray> lines = run.lines();
    std::ranges::sort(lines);
    QCOMPARE(lines, expected);
}

void TestCommandLine::keysThatAreNotTextStayExact()
{
    const RedisServer server;
    const QByteArray key("a\xff\nb", 4);
    (void)server.command({"SET", key, "41"});
    const ProgramRun text = runProgram({"keys", server.url()});
    QCOMPARE(text.lines(), QList<QByteArray>{"a\\xff\\x0ab"});
    const ProgramRun json = runProgram({"keys", server.url(), "--json"});
    QCOMPARE(QByteArray::fromBase64(textOf(json.objects().at(0), "key_base64")), key);
    // The bytes themselves are what show and delete take.
    const ProgramRun shown = runProgram({"show", server.url(), key, "--json"});
    QCOMPARE(shown.exitCode, 0);
    QVERIFY(*shown.objects().at(0).find("value") == Value(41));
    const ProgramRun gone = runProgram({"delete", server.url(), "--key", key, "--yes"});
    QCOMPARE(gone.exitCode, 0);
    QCOMPARE(server.command({"DBSIZE"}).integer, 0);
}

void TestCommandLine::aReaderWhoHasHadEnoughIsNoFailure()
{
    const RedisServer server;
    std::vector<RespCommand> commands;
    for (int i = 0; i < 20'000; ++i)
        commands.push_back(
            {"SET", "a-key-that-is-long-enough-to-fill-a-pipe:" + QByteArray::number(i), "1"});
    (void)server.pipeline(commands);
    QProcess shell;
    shell.start(QStringLiteral("/bin/bash"),
                {QStringLiteral("-c"),
                 QStringLiteral("set -o pipefail; '%1' keys '%2' | head -n 1")
                     .arg(programFile(), QString::fromUtf8(server.url()))});
    QVERIFY(shell.waitForFinished(30'000));
    QCOMPARE(shell.readAllStandardOutput().count('\n'), 1);
    QCOMPARE(shell.readAllStandardError(), QByteArray());
    QCOMPARE(shell.exitCode(), 0);
}

void TestCommandLine::everyEntryOfALiveCacheIsShown()
{
    const RedisServer server;
    const auto fixture = restflowFixture();
    loadRestflowFixture(server, fixture);
    for (const FixtureKey &key : fixture) {
        // No argument can hold a NUL: such a key is given as it is listed.
        QByteArray given = key.key;
        if (given.contains('\0'))
            given = displayKey(given).toUtf8();
        const ProgramRun run
            = runProgram({"show", server.url(), given, "--catalog", catalogFile, "--json"});
        QVERIFY2(run.exitCode == 0, key.key + run.errors);
        const Value object = run.objects().at(0);
        QCOMPARE(QByteArray::fromBase64(textOf(object, "key_base64")), key.key);
        QCOMPARE(textOf(object, "type"), key.type);
        if (key.isForeign()) {
            QVERIFY(*object.find("restflow") == Value(false));
            continue;
        }
        QVERIFY(*object.find("restflow") == Value(true));
        for (const char *name : {"namespace", "function", "partition", "suffix"})
            QCOMPARE(textOf(object, name), textOf(key.expect, name));
        const Value *cache = object.find("cache");
        QCOMPARE(textOf(*cache, "prefix"), textOf(key.expect, "prefix"));
        QVERIFY(*cache->find("version") == *key.expect.find("version"));
        QVERIFY(*object.find("metadata") == *key.expect.find("metadata"));
        QVERIFY(*object.find("bytes") == Value(static_cast<qint64>(key.value.size())));
        QVERIFY(object.find("ttl_ms")->isNone() == key.expect.find("ttl")->isNone());
        QVERIFY2(agrees(*key.expect.find("value"), *object.find("value")), run.output);
        QVERIFY(!object.find("undecodable"));
    }
}

void TestCommandLine::withoutACatalogPartitionsAreNotToldApart()
{
    const RedisServer server;
    const auto fixture = restflowFixture();
    loadRestflowFixture(server, fixture);
    const auto key = std::ranges::find_if(
        fixture, [](const FixtureKey &k) { return !textOf(k.expect, "partition").isEmpty(); });
    const ProgramRun run = runProgram({"show", server.url(), key->key, "--json"});
    QCOMPARE(run.exitCode, 0);
    const Value object = run.objects().at(0);
    QCOMPARE(textOf(object, "function"), textOf(key->expect, "function"));
    QVERIFY(!object.find("partition"));
    QVERIFY(!object.find("suffix"));
}

void TestCommandLine::otherKindsAreShownWithTheirElements()
{
    const RedisServer server;
    (void)server.command({"RPUSH", "queue", "a", "\xff"});
    (void)server.command({"HSET", "hash", "field", "value"});
    const Value list = runProgram({"show", server.url(), "queue", "--json"}).objects().at(0);
    QCOMPARE(textOf(list, "type"), QByteArray("list"));
    QVERIFY(*list.find("value") == Value::list({Value::string("a"), Value::bytes("\xff")}));
    const Value hash = runProgram({"show", server.url(), "hash", "--json"}).objects().at(0);
    QVERIFY(*hash.find("value")
            == Value::list({Value::list({Value::string("field"), Value::string("value")})}));
    const ProgramRun text = runProgram({"show", server.url(), "queue"});
    QVERIFY2(text.output.contains("list"), text.output);
}

void TestCommandLine::whatCannotBeDecodedIsShownAsBytes()
{
    const RedisServer server;
    const QByteArray bytes("\x80\x04\x95 this is no pickle");
    (void)server.command({"SET", "broken", bytes});
    const ProgramRun run = runProgram({"show", server.url(), "broken", "--json"});
    QCOMPARE(run.exitCode, 0);
    const Value object = run.objects().at(0);
    QVERIFY(!textOf(object, "undecodable").isEmpty());
    QVERIFY(*object.find("value") == Value::bytes(bytes));
    QCOMPARE(runProgram({"show", server.url(), "broken"}).exitCode, 0);
}

void TestCommandLine::aKeyThatIsNotThereEndsWithOne()
{
    const RedisServer server;
    const ProgramRun run = runProgram({"show", server.url(), "nobody"});
    QCOMPARE(run.exitCode, 1);
    QVERIFY2(run.errors.contains("nobody"), run.errors);
    QCOMPARE(run.output, QByteArray());
}

void TestCommandLine::entriesAreDecodedFromFilesAndPipes()
{
    const auto fixture = restflowFixture();
    const auto key
        = std::ranges::find_if(fixture, [](const FixtureKey &k) { return !k.isForeign(); });
    const ProgramRun piped = runProgram(
        {"decode", "-"}, {.standardInput = key->value, .password = {}, .platform = {}});
    QCOMPARE(piped.exitCode, 0);
    const auto object = valueFromJson(piped.output, "the output");
    QVERIFY(object);
    QVERIFY(agrees(*key->expect.find("value"), *object->find("value")));
    QVERIFY(*object->find("metadata") == *key->expect.find("metadata"));

    const QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("entry")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(key->value) == key->value.size());
    file.close();
    const ProgramRun read = runProgram({"decode", QFile::encodeName(file.fileName()), "--json"});
    QCOMPARE(read.exitCode, 0);
    QVERIFY(read.objects().at(0) == *object);

    // As redis-cli --raw prints it.
    const ProgramRun printed = runProgram(
        {"decode", "--json"}, {.standardInput = key->value + '\n', .password = {}, .platform = {}});
    QCOMPARE(printed.exitCode, 0);
    QVERIFY(*printed.objects().at(0).find("value") == *object->find("value"));

    const ProgramRun missing = runProgram({"decode", "/no/such/file"});
    QCOMPARE(missing.exitCode, 1);
    QVERIFY2(missing.errors.contains("/no/such/file"), missing.errors);
    const ProgramRun broken = runProgram(
        {"decode"}, {.standardInput = "\x80\x04\x95 no", .password = {}, .platform = {}});
    QCOMPARE(broken.exitCode, 1);
    QVERIFY2(broken.errors.contains("standard input"), broken.errors);
    QCOMPARE(broken.output, QByteArray());
}

QTEST_GUILESS_MAIN(TestCommandLine)
#include "tst_commandline.moc"
