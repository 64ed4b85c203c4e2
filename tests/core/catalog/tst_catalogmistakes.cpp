// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/catalog.h"
#include "tests/core/catalog/catalogsample.h"

#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

/// Every mistake in a catalog, with its place and its line.
class TestCatalogMistakes : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesTheMistakeItsPlaceAndItsLine_data();
    void namesTheMistakeItsPlaceAndItsLine();
    void tellsEveryMistakeWithItsLine();
    void impossibleRulesAreToldWithTheirLines();
};

void TestCatalogMistakes::namesTheMistakeItsPlaceAndItsLine_data()
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

void TestCatalogMistakes::namesTheMistakeItsPlaceAndItsLine()
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

void TestCatalogMistakes::tellsEveryMistakeWithItsLine()
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

void TestCatalogMistakes::impossibleRulesAreToldWithTheirLines()
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

QTEST_APPLESS_MAIN(TestCatalogMistakes)
#include "tst_catalogmistakes.moc"
