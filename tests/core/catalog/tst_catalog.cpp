// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/catalog.h"
#include "core/invalidation/ruleregistry.h"
#include "core/key/keybuilder.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <rapidcheck.h>

using namespace Cachelens;

namespace {

/// Every member that a catalog can have.
const QByteArray everything = R"({"catalog": 1, "functions": [
  {"id": "app.services.get_user_payload", "ttl": 300,
   "params": [{"name": "user_id"}, {"name": "page", "default": {"$date": "2025-07-24"}}],
   "key": {"namespace": "users", "version": 2, "key_identifier": "payload",
           "max_key_suffix_length": 100, "hash_suffix_on_overflow": true, "hash_algorithm": "md5",
           "unambiguous": true,
           "fields": [{"name": "user", "type": "args", "arguments": "user_id", "path": "owner.id",
                       "partition": true, "hash_value": true, "sort_lists": true},
                      {"name": "all", "type": "args", "arguments": "*"},
                      {"name": "some", "type": "view_kwargs", "arguments": ["page", "user_id"]},
                      {"name": "query", "type": "query_params", "params": ["q", "page"]},
                      {"name": "tenant", "type": "request_value", "path": "user.tenant"},
                      {"name": "version", "type": "constant", "key": "v", "value": [1, null]}]},
   "invalidates_on": [{"model": "auth.User", "field_mapping": {"user_id": "id"},
                       "require_args": ["user_id"], "trigger_on_create": true,
                       "watch_fields": ["email", "name"],
                       "invalidate_when": {"status": "active", "!archived": true}, "rewarm": true,
                       "dispatcher": "celery", "batch": true, "raise_exception": false},
                      {"id": "orders", "model": "shop.Order", "invalidator": "drop orders",
                       "require_args": false}]},
  {"id": "m.forever", "ttl": null},
  {"id": "m.plain"}
]})";

Catalog parsed(const QByteArray &json)
{
    Result<Catalog> catalog = Catalog::fromJson(json, "test.json");
    if (!catalog)
        qFatal("%s", catalog.error().message().constData());
    return std::move(*catalog);
}

} // namespace

class TestCatalog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsEveryMember();
    void fillsInWhatIsLeftOut();
    void readsBackWhatItWrites();
    void rulesKeepTheirIdsAndInvalidators();
    void namesTheMistakeItsPlaceAndItsLine_data();
    void namesTheMistakeItsPlaceAndItsLine();
    void tellsEveryMistakeWithItsLine();
    void impossibleRulesAreToldWithTheirLines();
    void readsOneFunction();
    void readsAFileAndNamesItInErrors();
    void mergesCatalogsAndNamesAFunctionThatIsInTwo();
    void hashesWithTheAlgorithmItNames();
    void refusesAnyBytesOrReadsThem();
};

void TestCatalog::readsEveryMember()
{
    const Catalog catalog = parsed(everything);
    QCOMPARE(catalog.functions().size(), size_t(3));
    const CatalogFunction *function = catalog.find("app.services.get_user_payload");
    QVERIFY(function);
    QCOMPARE(function->ttl, std::chrono::seconds(300));
    QVERIFY(!function->defaultKey);
    QCOMPARE(function->keyed.parameters.size(), size_t(2));
    QVERIFY(!function->keyed.parameters[0].defaultValue);
    QCOMPARE(function->keyed.parameters[1].defaultValue->date().day, 24);

    const KeySpec &key = function->keyed.key;
    QCOMPARE(key.nameSpace, QByteArray("users"));
    QCOMPARE(key.version, 2);
    QCOMPARE(key.keyIdentifier, QByteArray("payload"));
    QCOMPARE(key.maxKeySuffixLength, 100);
    QVERIFY(key.hashSuffixOnOverflow);
    QCOMPARE(key.hash, QCryptographicHash::Md5);
    QVERIFY(key.unambiguous);
    QCOMPARE(key.fields.size(), size_t(6));
    QCOMPARE(key.fields[0].type, KeyField::Type::Args);
    QCOMPARE(key.fields[0].names, std::vector<QByteArray>{"user_id"});
    QVERIFY(!key.fields[0].everything);
    QCOMPARE(key.fields[0].path, QByteArray("owner.id"));
    QVERIFY(key.fields[0].partition && key.fields[0].hashValue && key.fields[0].sortLists);
    QVERIFY(key.fields[1].everything);
    QVERIFY(!key.fields[1].partition && !key.fields[1].hashValue && !key.fields[1].sortLists);
    QCOMPARE(key.fields[2].type, KeyField::Type::ViewKwargs);
    QCOMPARE(key.fields[2].names, (std::vector<QByteArray>{"page", "user_id"}));
    QCOMPARE(key.fields[3].type, KeyField::Type::QueryParams);
    QCOMPARE(key.fields[4].type, KeyField::Type::RequestValue);
    QCOMPARE(key.fields[4].path, QByteArray("user.tenant"));
    QCOMPARE(key.fields[5].type, KeyField::Type::Constant);
    QCOMPARE(key.fields[5].constantKey, QByteArray("v"));
    QVERIFY(key.fields[5].constantValue == Value::list({Value(1), Value()}));

    QCOMPARE(function->rules.size(), size_t(2));
    const InvalidationRule &rule = function->rules[0];
    QCOMPARE(rule.model, QByteArray("auth.User"));
    QCOMPARE(rule.fieldMapping.size(), size_t(1));
    QCOMPARE(rule.fieldMapping[0].second, QByteArray("id"));
    QVERIFY(!rule.requireAllArgs);
    QCOMPARE(rule.requiredArgs, std::vector<QByteArray>{"user_id"});
    QVERIFY(rule.triggerOnCreate && rule.rewarm && rule.batch);
    QCOMPARE(rule.watchFields, (std::vector<QByteArray>{"email", "name"}));
    QCOMPARE(rule.invalidateWhen.size(), size_t(2));
    QCOMPARE(rule.invalidateWhen[0].attribute, QByteArray("status"));
    QVERIFY(!rule.invalidateWhen[0].negated);
    QCOMPARE(rule.invalidateWhen[1].attribute, QByteArray("archived"));
    QVERIFY(rule.invalidateWhen[1].negated);
    QVERIFY(rule.invalidateWhen[1].value == Value(true));
    QCOMPARE(rule.dispatcher, QByteArray("celery"));
    QCOMPARE(rule.raiseException, std::optional<bool>(false));
    QVERIFY(rule.id.isEmpty() && rule.invalidator.isEmpty());
    QCOMPARE(function->rules[1].id, QByteArray("orders"));
    QCOMPARE(function->rules[1].invalidator, QByteArray("drop orders"));
}

void TestCatalog::fillsInWhatIsLeftOut()
{
    const Catalog catalog = parsed(everything);
    QVERIFY(!catalog.find("m.forever")->ttl);
    const CatalogFunction *plain = catalog.find("m.plain");
    QVERIFY(plain);
    QCOMPARE(plain->ttl, std::chrono::seconds(3600));
    QVERIFY(plain->defaultKey);
    QCOMPARE(plain->keyed.key.fields.size(), size_t(1));
    QCOMPARE(plain->keyed.key.fields[0].type, KeyField::Type::Args);
    QVERIFY(plain->keyed.key.fields[0].everything);
    QVERIFY(!plain->keyed.key.fields[0].partition);
    QCOMPARE(plain->keyed.key.maxKeySuffixLength, 250);
    QVERIFY(!plain->keyed.key.unambiguous);
    QVERIFY(!catalog.find("m"));

    const InvalidationRule &rule = catalog.functions()[0].rules[1];
    QVERIFY(!rule.requireAllArgs);
    QVERIFY(rule.requiredArgs.empty());
    QVERIFY(!rule.triggerOnCreate && !rule.rewarm && !rule.batch && !rule.raiseException);
    QCOMPARE(rule.dispatcher, QByteArray("inline"));
    QVERIFY(parsed("{}").isEmpty());
}

void TestCatalog::readsBackWhatItWrites()
{
    QFile live(QStringLiteral(CACHELENS_TEST_DATA "/restflow-live.catalog.json"));
    QVERIFY(live.open(QIODevice::ReadOnly));
    for (const QByteArray &json : {everything, live.readAll(), QByteArray("{}")}) {
        const Catalog first = parsed(json);
        const Catalog second = parsed(first.toJson());
        QCOMPARE(second.toJson(), first.toJson());
        QCOMPARE(second.functions().size(), first.functions().size());
        for (const CatalogFunction &function : first.functions()) {
            const CatalogFunction *other = second.find(function.keyed.id);
            QVERIFY(other);
            QCOMPARE(other->ttl, function.ttl);
            QCOMPARE(other->defaultKey, function.defaultKey);
            QCOMPARE(other->rules.size(), function.rules.size());
            QCOMPARE(other->keyed.key.fields.size(), function.keyed.key.fields.size());
        }
    }
    // The members of the original are all there.
    const QByteArray written = parsed(everything).toJson();
    for (const char *member :
         {R"("!archived": true)", R"("hash_algorithm": "md5")", R"("dispatcher": "celery")",
          R"("default": {"$date": "2025-07-24"})", R"("path": "owner.id")", R"("ttl": null)",
          R"("raise_exception": false)", R"("version": 2)", R"("unambiguous": true)",
          R"("id": "orders")", R"("invalidator": "drop orders")"}) {
        QVERIFY2(written.contains(member), member);
    }
}

void TestCatalog::rulesKeepTheirIdsAndInvalidators()
{
    CatalogFunction function;
    function.keyed.id = "m.f";
    InvalidationRule plain;
    plain.model = "m.M";
    InvalidationRule own = plain;
    own.invalidate = [](const RuleRun &) {};
    InvalidationRule ownNamed = own;
    ownNamed.id = "mine";
    InvalidationRule registered = plain;
    registered.invalidator = "drop it";
    function.rules = {plain, own, ownNamed, registered};
    const QByteArray json = Catalog({function}).toJson();
    QCOMPARE(json.count("\"id\": "), 2); // of the function and of the rule that has one
    const Catalog read = parsed(json);
    QCOMPARE(read.toJson(), json);
    QVERIFY(Catalog::mistakes(json).empty());

    RuleRegistry registry;
    registry.add(read.functions().front().keyed, read.functions().front().rules);
    Signal signal;
    signal.model = "m.M";
    std::vector<std::pair<QByteArray, bool>> told;
    std::vector<QByteArray> invalidators;
    for (const RuleVerdict &verdict : registry.explain(signal))
        told.emplace_back(verdict.rule, verdict.action == RuleVerdict::Action::Custom);
    for (const auto &rule : registry.rulesOf("m.M"))
        invalidators.push_back(rule->rule().invalidator);
    QCOMPARE(told,
             (std::vector<std::pair<QByteArray, bool>>{
                 {"m.f/m.M", false}, {"m.f/m.M#2", true}, {"mine", true}, {"m.f/m.M#4", true}}));
    QCOMPARE(invalidators, (std::vector<QByteArray>{"", "m.f/m.M#2", "mine", "drop it"}));
}

void TestCatalog::namesTheMistakeItsPlaceAndItsLine_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char *message, const QByteArray &json) {
        QTest::newRow(message) << json << QByteArray(message);
    };
    const auto function = [](const QByteArray &members) {
        return "{\"functions\":\n[{\"id\": \"m.a\"},\n{\"id\": \"m.f\",\n" + members + "}]}";
    };
    const auto field = [&function](const QByteArray &members) {
        return function("\"key\": {\"fields\": [\n{" + members + "}]}");
    };
    const auto rule = [&function](const QByteArray &members) {
        return function("\"invalidates_on\": [{\"model\": \"m.M\",\n" + members + "}]");
    };
    row("line 5, functions[1].key.fields[0].type: unknown field type 'argz'; known are constant, "
        "args, request_value, query_params, view_kwargs",
        field(R"("name": "x", "type": "argz")"));
    row("line 5, functions[1].key.fields[0].key: unknown member 'key'; known are name, type, "
        "partition, hash_value, sort_lists, arguments, path",
        field(R"("name": "x", "key": "v")"));
    row("line 5, functions[1].key.fields[0].partition: must be true or false, not an integer",
        field(R"("partition": 1)"));
    row("line 5, functions[1].key.fields[0].arguments: must be \"*\", a name or a list of names, "
        "not true",
        field(R"("arguments": true)"));
    row("line 5, functions[1].key.fields[0].arguments[1]: must be a string, not null",
        field(R"("arguments": ["a", null])"));
    row("line 5, functions[1].key.fields[0]: member 'path' is missing",
        field(R"("type": "request_value")"));
    row("line 5, functions[1].key.fields[0].value: unknown kind of value $x",
        field(R"("type": "constant", "value": {"$x": 1})"));
    row("line 5, functions[1].key.fields[1]: field 'a' stands twice",
        field(R"("name": "a"}, {"name": "a")"));
    row("line 4, functions[1].key.namespace: must be a string, not null",
        function(R"("key": {"namespace": null})"));
    row("line 4, functions[1].key.version: must be from 0 to 2147483647, not -1",
        function(R"("key": {"version": -1})"));
    row("line 4, functions[1].key.max_key_suffix_length: must be an integer, not a number",
        function(R"("key": {"max_key_suffix_length": 2.5})"));
    row("line 4, functions[1].key.hash_algorithm: unknown hash algorithm 'crc32'",
        function(R"("key": {"hash_algorithm": "crc32"})"));
    row("line 4, functions[1].key: must be an object, not a list", function(R"("key": [])"));
    row("line 4, functions[1].ttl: must be an integer, not a string", function(R"("ttl": "300")"));
    row("line 4, functions[1].ttl: must be from 0 to 1099511627776, not -5",
        function(R"("ttl": -5)"));
    row("line 4, functions[1].tll: unknown member 'tll'; known are id, ttl, params, key, "
        "invalidates_on",
        function(R"("tll": 5)"));
    row("line 5, functions[1].ttl: member 'ttl' stands twice", function("\"ttl\": 5,\n\"ttl\": 6"));
    row("line 4, functions[1].params[0]: member 'name' is missing",
        function(R"("params": [{"default": 1}])"));
    row("line 4, functions[1].params[1]: parameter 'a' stands twice",
        function(R"("params": [{"name": "a"}, {"name": "a"}])"));
    row("line 5, functions[1].invalidates_on[0].require_args: must be true, false or a list of "
        "names, not a string",
        rule(R"("require_args": "id")"));
    row("line 5, functions[1].invalidates_on[0].field_mapping.a: must be a string, not an integer",
        rule(R"("field_mapping": {"a": 1})"));
    row("line 5, functions[1].invalidates_on[0].raise_exception: must be true or false, not a "
        "string",
        rule(R"("raise_exception": "no")"));
    row("line 5, functions[1].invalidates_on[0].invalidate_when.!: an attribute's name must not be "
        "empty",
        rule(R"("invalidate_when": {"!": 1})"));
    row("line 6, functions[1].invalidates_on[0].invalidate_when.a: member 'a' stands twice",
        rule("\"invalidate_when\": {\"a\": 1,\n\"a\": 2}"));
    row("line 5, functions[1].invalidates_on[0].field_mapping.a: member 'a' stands twice",
        rule(R"("field_mapping": {"a": "b", "a": "c"})"));
    row("line 4, functions[1].invalidates_on[0]: member 'model' is missing",
        function(R"("invalidates_on": [{}])"));
    row("line 1, functions[0]: member 'id' is missing", R"({"functions": [{}]})");
    row("line 1, functions[0].id: must not be empty", R"({"functions": [{"id": ""}]})");
    row("line 2, functions[1]: function 'a' is already functions[0]",
        "{\"functions\": [{\"id\": \"a\"},\n{\"id\": \"a\"}]}");
    row("line 1, catalog: must be 1, not 2", R"({"catalog": 2})");
    row("line 1, functions: must be a list, not an object", R"({"functions": {}})");
    row("line 1: must be an object, not a list", "[]");
    row("not JSON: line 2", "{\"functions\":\n[,]}");
}

void TestCatalog::namesTheMistakeItsPlaceAndItsLine()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, message);
    const Result<Catalog> catalog = Catalog::fromJson(json, "shop.json");
    QVERIFY(!catalog);
    QCOMPARE(catalog.error().code, Error::Code::InvalidInput);
    const QByteArray text = catalog.error().message();
    QVERIFY2(text.startsWith("Could not read shop.json"), text.constData());
    QVERIFY2(text.contains(message), text.constData());
}

void TestCatalog::tellsEveryMistakeWithItsLine()
{
    const auto mistakes = Catalog::mistakes(R"({"catalog": 1, "functions": [
  {"id": "m.a", "tll": 3,
   "ttl": "soon",
   "params": [{"name": "user_id", "default": {"$date": "soon"}}]},
  {"id": "m.a",
   "key": {"fields": [{"name": "u", "type": "argz"},
                      {"name": "v", "hash_value": 1}]},
   "invalidates_on": [{"watch_fields": ["email", 7]},
                      {}]},
  {"id": "m.a"}, {"id": "m.a"}
]})");
    std::vector<std::pair<int, QByteArray>> told;
    for (const JsonMistake &mistake : mistakes)
        told.emplace_back(mistake.line, mistake.text.left(mistake.text.indexOf(": ")));
    const std::vector<std::pair<int, QByteArray>> expected{
        {2, "functions[0].tll"},
        {3, "functions[0].ttl"},
        {4, "functions[0].params[0].default.$date"},
        {6, "functions[1].key.fields[0].type"},
        {7, "functions[1].key.fields[1].hash_value"},
        {8, "functions[1].invalidates_on[0].watch_fields[1]"},
        {9, "functions[1].invalidates_on[1]"},
        {10, "functions[3]"}, // m.a again: the ones before are none
    };
    QCOMPARE(told, expected);
    QCOMPARE(mistakes.at(5).text,
             "functions[1].invalidates_on[0].watch_fields[1]: must be a string, not an integer");

    const auto broken = Catalog::mistakes("{\"catalog\": 1,\n\n \"functions\": [}");
    QCOMPARE(broken.size(), size_t(1));
    QCOMPARE(broken.front().line, 3);
    QVERIFY2(broken.front().text.startsWith("not JSON: column"), broken.front().text);
    QCOMPARE(Catalog::mistakes("[]").front().text, QByteArray("must be an object, not a list"));
    QVERIFY(Catalog::mistakes(everything).empty());
}

void TestCatalog::impossibleRulesAreToldWithTheirLines()
{
    const QByteArray json = R"({"functions": [
  {"id": "m.f",
   "invalidates_on": [{"model": "auth.User", "field_mapping": {"user_id": "id"}},
                      {"model": "auth.User", "field_mapping": {"usr": "id"}},
                      {"model": "m.M", "field_mapping": {"user_id": "id"},
                       "require_args": ["page"]},
                      {"model": "m.N"},
                      {"model": 7}],
   "params": [{"name": "user_id"}, {"name": "page"}]},
  {"id": "m.g", "params": [{"name": 3}],
   "invalidates_on": [{"model": "m.M", "field_mapping": {"a": "id"}}]}
]})";
    std::vector<std::pair<int, QByteArray>> told;
    for (const JsonMistake &mistake : Catalog::mistakes(json))
        told.emplace_back(mistake.line, mistake.text);
    const QByteArray rules = "functions[0].invalidates_on";
    const std::vector<std::pair<int, QByteArray>> expected{
        {4,
         rules
             + "[1]: rule 'm.f/auth.User#2' is impossible: it maps to 'usr', which is no "
               "parameter of the function"},
        {5, rules + "[2]: rule 'm.f/m.M' is impossible: it requires 'page', which it does not map"},
        {7,
         rules
             + "[3]: rule 'm.f/m.N' is impossible: it has neither a field mapping nor an "
               "invalidator, so that nothing fills the function's parameters"},
        {8, rules + "[4].model: must be a string, not an integer"},
        // What is a parameter of m.g is not known.
        {10, "functions[1].params[0].name: must be a string, not an integer"},
    };
    QCOMPARE(told, expected);

    const auto others = Catalog::mistakes(R"({"functions": [
  {"id": "m.f", "invalidates_on": [{"id": "mine", "model": "m.M"}]},
  {"id": "m.g", "params": [{"name": "a"}], "invalidates_on": [
    {"id": "mine", "model": "m.M", "field_mapping": {"a": "id"}},
    {"model": "m.M", "field_mapping": {"a": "id"}, "invalidator": "drop it"}]}]})");
    QCOMPARE(others.size(), size_t(2));
    QVERIFY2(others[0].line == 4 && others[0].text.contains("rule 'mine' is impossible: there is"),
             others[0].text);
    QVERIFY2(others[1].line == 5 && others[1].text.contains("one of them must go"), others[1].text);

    // The keys of such a function can be read nevertheless.
    const Catalog catalog = parsed("{\"functions\":\n[{\"id\": \"m.f\", \"invalidates_on\":\n"
                                   "[{\"model\": \"m.M\", \"field_mapping\": {\"a\": \"id\"}}]}]}");
    const std::vector<Error> &impossible = catalog.functions().front().impossibleRules;
    QCOMPARE(impossible.size(), size_t(1));
    QVERIFY2(impossible.front().message().startsWith(
                 "Could not read test.json, line 3, functions[0].invalidates_on[0]: rule "
                 "'m.f/m.M' is impossible"),
             impossible.front().message().constData());
}

void TestCatalog::readsOneFunction()
{
    const Result<CatalogFunction> function
        = Catalog::functionFromJson(R"({"id": "m.f", "params": [{"name": "a"}]})", "line 1");
    QVERIFY(function);
    QCOMPARE(KeyBuilder(function->keyed).build({{Value(1)}, {}})->key, QByteArray("m.f::a:1"));
    const Result<CatalogFunction> wrong = Catalog::functionFromJson(R"({"id": 1})", "input");
    QVERIFY(!wrong);
    QCOMPARE(wrong.error().message(),
             QByteArray("Could not read input, line 1, id: must be a string, not an integer"));
}

void TestCatalog::readsAFileAndNamesItInErrors()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("c.json"));
    const QByteArray name = QFile::encodeName(path);
    const Result<Catalog> absent = Catalog::fromFile(name);
    QVERIFY(!absent);
    QCOMPARE(absent.error().code, Error::Code::NotFound);
    QCOMPARE(absent.error().subject, name);

    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\"functions\": [{\"id\": 3}]}");
    file.close();
    const Result<Catalog> wrong = Catalog::fromFile(name);
    QVERIFY(!wrong);
    QVERIFY(wrong.error().subject.startsWith(name + ", line 1"));
    QVERIFY(!Catalog::fromFile(QFile::encodeName(folder.path())).has_value());
    QVERIFY(Catalog::fromFile(CACHELENS_TEST_DATA "/restflow-live.catalog.json").has_value());
}

void TestCatalog::mergesCatalogsAndNamesAFunctionThatIsInTwo()
{
    const Catalog one = parsed(R"({"functions": [{"id": "a"}, {"id": "b"}]})");
    const Catalog two = parsed(R"({"functions": [{"id": "c"}]})");
    const Result<Catalog> both = Catalog::merged({one, two});
    QVERIFY(both);
    QCOMPARE(both->functions().size(), size_t(3));
    QCOMPARE(both->functions()[2].keyed.id, QByteArray("c"));
    QCOMPARE(both->find("c"), &both->functions()[2]);
    QCOMPARE(both->keyReader().functions().size(), size_t(3));
    QCOMPARE(both->keyReader().functions()[2].id, QByteArray("c"));

    const Result<Catalog> clash = Catalog::merged({one, two, one});
    QVERIFY(!clash);
    QCOMPARE(clash.error().subject, QByteArray("a"));
    QVERIFY(Catalog::merged({})->isEmpty());
}

void TestCatalog::hashesWithTheAlgorithmItNames()
{
    const auto suffixLength = [](const QByteArray &algorithm) {
        const Result<CatalogFunction> function = Catalog::functionFromJson(
            R"({"id": "m.f", "params": [{"name": "a"}], "key": {"hash_suffix_on_overflow": true,
                "max_key_suffix_length": 0, "hash_algorithm": ")"
                + algorithm + "\"}}",
            "test");
        return function ? KeyBuilder(function->keyed).build({{Value(1)}, {}})->suffix.size() : -1;
    };
    QCOMPARE(suffixLength("sha256"), 64);
    QCOMPARE(suffixLength("md5"), 32);
    QCOMPARE(suffixLength("sha1"), 40);
    QCOMPARE(suffixLength("sha3_512"), 128);
    QCOMPARE(suffixLength("blake2s"), 64);
    QCOMPARE(suffixLength("SHA256"), -1);
}

void TestCatalog::refusesAnyBytesOrReadsThem()
{
    for (qsizetype length = 0; length < everything.size(); ++length) {
        const Result<Catalog> cut = Catalog::fromJson(everything.first(length), "test.json");
        QVERIFY(!cut);
        QVERIFY(cut.error().message().contains("test.json"));
    }
    QVERIFY(rc::check("a damaged catalog is refused or read", [] {
        QByteArray json = everything;
        const int changes = *rc::gen::inRange(1, 4);
        for (int i = 0; i < changes; ++i)
            json[*rc::gen::inRange<qsizetype>(0, json.size())] = *rc::gen::arbitrary<char>();
        const Result<Catalog> catalog = Catalog::fromJson(json, "test.json");
        RC_ASSERT(catalog || !catalog.error().reason.isEmpty());
        if (catalog)
            RC_ASSERT(parsed(catalog->toJson()).toJson() == catalog->toJson());
    }));
}

QTEST_APPLESS_MAIN(TestCatalog)
#include "tst_catalog.moc"
