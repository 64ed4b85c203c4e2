// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidation/ruleregistry.h"
#include "core/key/keybuilder.h"
#include "core/keyspace/coveragecount.h"

#include <QTest>

using namespace Cachelens;

namespace {

constexpr char s_catalog[] = R"({"catalog": 1, "functions": [
  {"id": "app.page", "params": [{"name": "user_id"}, {"name": "team", "default": 0}, {"name": "n", "default": 1}],
   "key": {"fields": [{"name": "a", "type": "args", "arguments": "user_id", "partition": true},
                      {"name": "b", "type": "args", "arguments": "team", "partition": true},
                      {"name": "c", "type": "args", "arguments": "n"}]},
   "invalidates_on": [{"model": "auth.User", "field_mapping": {"user_id": "id"}},
                      {"model": "auth.Team", "field_mapping": {"team": "id", "user_id": "owner"}},
                      {"model": "auth.Page", "field_mapping": {"n": "id"}, "require_args": false}]},
  {"id": "app.hashed", "params": [{"name": "x"}, {"name": "y"}],
   "key": {"fields": [{"name": "x", "type": "args", "arguments": "x", "partition": true, "hash_value": true},
                      {"name": "y", "type": "args", "arguments": "y", "partition": true}]},
   "invalidates_on": [{"model": "m.X", "field_mapping": {"x": "id"}},
                      {"model": "m.XY", "field_mapping": {"x": "id", "y": "id"}}]},
  {"id": "app.alone", "params": [{"name": "x"}]},
  {"id": "app.other", "params": [{"name": "x"}],
   "invalidates_on": [{"model": "m.X", "field_mapping": {"x": "id"}}]}]})";

Catalog catalog()
{
    auto catalog = Catalog::fromJson(s_catalog, "the test");
    if (!catalog)
        qFatal("%s", catalog.error().message().constData());
    return std::move(*catalog);
}

/// Of one function, app.f.
Catalog catalogOf(const QByteArray &members)
{
    auto catalog
        = Catalog::fromJson(R"({"functions": [{"id": "app.f", )" + members + "}]}", "the test");
    if (!catalog)
        qFatal("%s", catalog.error().message().constData());
    return std::move(*catalog);
}

QByteArray keyOf(const Catalog &catalog, const char *function,
                 std::vector<std::pair<QByteArray, Value>> arguments)
{
    const auto key = KeyBuilder(catalog.find(function)->keyed).build({{}, std::move(arguments)});
    if (!key)
        qFatal("%s", key.error().message().constData());
    return key->key;
}

bool reaches(const RuleReach &rule, const QByteArray &key)
{
    return rule.reaches({key.constData(), static_cast<std::size_t>(key.size())});
}

} // namespace

class TestRuleCoverage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eachRuleSaysHowMuchItDrops()
    {
        using Extent = RuleReach::Extent;
        const RuleCoverage coverage(catalog());
        const auto &page = coverage.functions()[0].rules;
        QCOMPARE(page.size(), 3U);
        QCOMPARE(page[0].rule(), QByteArray("app.page/auth.User"));
        QVERIFY(page[0].extent() == Extent::Partition);
        QVERIFY(page[1].extent() == Extent::Partition);
        QVERIFY(page[2].extent() == Extent::Nothing); // team:0 stands where user_id would
        const auto &hashed = coverage.functions()[1].rules;
        QVERIFY(hashed[0].extent() == Extent::SeveralPartitions);
        QVERIFY(hashed[1].extent() == Extent::Partition);
        QVERIFY(coverage.functions()[2].rules.empty());
        QVERIFY(coverage.functions()[3].rules.at(0).extent() == Extent::WholeFunction);
    }

    void aDefaultThatTheRuleDoesNotMapKeepsOthersOutOfReach()
    {
        const Catalog known = catalog();
        const RuleCoverage coverage(known);
        const QByteArray ofNoTeam = keyOf(known, "app.page", {{"user_id", Value(7)}});
        const QByteArray ofATeam
            = keyOf(known, "app.page", {{"user_id", Value(7)}, {"team", Value(3)}});
        const auto &page = coverage.functions()[0].rules;
        QVERIFY(reaches(page[0], ofNoTeam) && !reaches(page[0], ofATeam));
        QVERIFY(reaches(page[1], ofNoTeam) && reaches(page[1], ofATeam));
        // The value may hold what separates.
        QVERIFY(reaches(page[0],
                        keyOf(known, "app.page", {{"user_id", Value::string("a::b:0::team")}})));
        QVERIFY(!reaches(page[0], "app.alone::x:1"));
    }

    void coverageAndRegistryAgreeOnAWholeFunction()
    {
        using Extent = RuleReach::Extent;
        const auto extentWith = [](const QByteArray &fields) {
            const Catalog known = catalogOf(
                R"("params": [{"name": "x"}, {"name": "y"}], "key": {"fields": [)" + fields
                + R"(]}, "invalidates_on": [{"model": "m.Y", "field_mapping": {"y": "id"}}])");
            RuleRegistry registry;
            const CatalogFunction &function = known.functions().front();
            const auto notes = registry.add(function.keyed, function.rules);
            const RuleReach reach = RuleCoverage(known).functions().front().rules.front();
            if ((reach.extent() == Extent::WholeFunction) != (notes.size() == 1))
                qFatal("they do not agree");
            return reach.extent();
        };
        const QByteArray version
            = R"({"name": "v", "type": "constant", "value": 1, "partition": true})";
        QCOMPARE(extentWith(version), Extent::WholeFunction);
        QCOMPARE(extentWith(R"({"name": "x", "arguments": "x", "partition": true})"),
                 Extent::WholeFunction);
        // It takes no parameter of the function.
        QCOMPARE(extentWith(R"({"name": "z", "arguments": "z", "partition": true})"),
                 Extent::WholeFunction);
        QCOMPARE(extentWith(version + R"(, {"name": "y", "arguments": "y", "partition": true})"),
                 Extent::Partition);
        // What it writes there is the hash of no text, which no key has.
        QCOMPARE(extentWith(R"({"name": "x", "arguments": "x", "partition": true,
                                "hash_value": true})"),
                 Extent::Nothing);
    }

    void whatAHashHidesIsCountedAsReached()
    {
        const Catalog known = catalog();
        const RuleCoverage coverage(known);
        const QByteArray key
            = keyOf(known, "app.hashed", {{"x", Value(1)}, {"y", Value::string("z")}});
        QVERIFY(reaches(coverage.functions()[1].rules[0], key));
        QVERIFY(reaches(coverage.functions()[1].rules[1], key));
    }

    void anUnambiguousKeyIsReachedByValuesOfAnyType()
    {
        const Catalog known
            = catalogOf(R"("params": [{"name": "user_id"}, {"name": "team", "default": 0}],
            "key": {"unambiguous": true,
                    "fields": [{"name": "a", "arguments": "user_id", "partition": true},
                               {"name": "b", "arguments": "team", "partition": true}]},
            "invalidates_on": [{"model": "m.M", "field_mapping": {"user_id": "id"}}])");
        const RuleReach rule = RuleCoverage(known).functions().front().rules.front();
        const std::vector<Value> users{Value(42), Value(), Value::string("42"),
                                       Value::string("a::b:0::team"), Value::list({Value(1.5)})};
        for (const Value &user : users) {
            QVERIFY(reaches(rule, keyOf(known, "app.f", {{"user_id", user}})));
            QVERIFY(!reaches(rule, keyOf(known, "app.f", {{"user_id", user}, {"team", Value(3)}})));
        }
    }

    void whatAFieldHidesEndsWhatIsKnown()
    {
        // Of a step into the value, or its hash, any text may stand in the key.
        for (const char *hiding : {R"("path": "owner.id")", R"("hash_value": true)",
                                   R"("path": "owner.id", "hash_value": true)"}) {
            for (const char *unambiguous : {"true", "false"}) {
                const Catalog known = catalogOf(
                    QByteArray(
                        R"("params": [{"name": "x"}, {"name": "y"}, {"name": "z", "default": 0}],
                        "key": {"unambiguous": )")
                    + unambiguous + R"(,
                        "fields": [{"name": "a", "arguments": "x", "partition": true},
                                   {"name": "b", "arguments": "y", "partition": true, )"
                    + hiding + R"(},
                                   {"name": "c", "arguments": "z", "partition": true}]},
                        "invalidates_on": [{"model": "m.M", "field_mapping": {"x": "x", "y": "y"}}])");
                const RuleReach rule = RuleCoverage(known).functions().front().rules.front();
                QCOMPARE(rule.extent(), RuleReach::Extent::Partition);
                for (int id = 0; id < 20; ++id) {
                    const Value owner = Value::map(
                        {{Value::string("owner"), Value::map({{Value::string("id"), Value(id)}})}});
                    QVERIFY(reaches(rule, keyOf(known, "app.f", {{"x", Value(id)}, {"y", owner}})));
                    QVERIFY(
                        reaches(rule, keyOf(known, "app.f", {{"x", Value(1)}, {"y", Value(id)}})));
                }
            }
        }
    }

    void aHashedFieldThatIsNotMappedIsOutOfReach()
    {
        const QByteArray members = R"("params": [{"name": "x"}, {"name": "y"}],
                 "key": {"fields": [{"name": "a", "arguments": "x", "partition": true},
                                    {"name": "b", "arguments": "y", "partition": true,
                                     "hash_value": true}]},
                 "invalidates_on": [{"model": "m.M", "field_mapping": {"x": "id"}}])";
        const Catalog known = catalogOf(members);
        const RuleReach rule = RuleCoverage(known).functions().front().rules.front();
        QCOMPARE(rule.extent(), RuleReach::Extent::Nothing);
        QVERIFY(!reaches(rule, keyOf(known, "app.f", {{"x", Value(1)}, {"y", Value(2)}})));

        // An unambiguous prefix leaves out the last fields that have nothing to say.
        const Catalog other = catalogOf(
            QByteArray(members).replace("\"fields\"", "\"unambiguous\": true, \"fields\""));
        const RuleReach front = RuleCoverage(other).functions().front().rules.front();
        QCOMPARE(front.extent(), RuleReach::Extent::SeveralPartitions);
        QVERIFY(reaches(front, keyOf(other, "app.f", {{"x", Value(1)}, {"y", Value(2)}})));
    }

    void whatARuleDropsIsWhatItReaches()
    {
        const Catalog known = catalog();
        const RuleCoverage coverage(known);
        RuleRegistry registry;
        for (const CatalogFunction &function : known.functions())
            registry.add(function.keyed, function.rules);
        std::vector<QByteArray> keys;
        for (int user = 0; user < 4; ++user) {
            for (int team = 0; team < 3; ++team)
                keys.push_back(
                    keyOf(known, "app.page", {{"user_id", Value(user)}, {"team", Value(team)}}));
            keys.push_back(keyOf(known, "app.other", {{"x", Value(user)}}));
        }
        int dropped = 0;
        for (const QByteArray &model : registry.models()) {
            for (int id = 0; id < 4; ++id) {
                Signal signal;
                signal.model = model;
                signal.instance = Value::map(
                    {{Value::string("id"), Value(id)}, {Value::string("owner"), Value(id % 2)}});
                for (const RuleVerdict &verdict : registry.explain(signal)) {
                    for (const auto &function : coverage.functions()) {
                        for (const RuleReach &rule : function.rules) {
                            if (rule.rule() != verdict.rule)
                                continue;
                            for (const QByteArray &key : keys) {
                                if (!key.startsWith(verdict.prefixes.at(0)))
                                    continue;
                                QVERIFY2(reaches(rule, key), verdict.rule + ' ' + key);
                                ++dropped;
                            }
                        }
                    }
                }
            }
        }
        QVERIFY(dropped > 20);
    }

    void anIndexIsCounted()
    {
        const Catalog known = catalog();
        KeyIndex index(std::make_shared<const KeyReader>(known.keyReader()));
        const std::vector<QByteArray> keys{
            ":1:" + keyOf(known, "app.page", {{"user_id", Value(7)}}),
            "shop:1:" + keyOf(known, "app.page", {{"user_id", Value(8)}}),
            ":1:" + keyOf(known, "app.alone", {{"x", Value(1)}}),
            ":1:" + keyOf(known, "app.alone", {{"x", Value(2)}}),
            ":1:app.nobody.knows::x:1",
            "session"};
        std::vector<std::string_view> views;
        for (const QByteArray &key : keys)
            views.emplace_back(key.constData(), static_cast<std::size_t>(key.size()));
        index.add(views);
        const CoverageCount count = countCoverage(index, RuleCoverage(known), [] { return false; });
        QCOMPARE(count.functions.size(), 4U);
        QCOMPARE(count.functions[0].entries, 2);
        QCOMPARE(count.functions[0].unreached, 0);
        QCOMPARE(count.functions[0].rules[0].entries, 2);
        QCOMPARE(count.functions[1].rules[0].entries, 0); // a rule that reaches nothing
        QCOMPARE(count.functions[2].entries, 2);
        QCOMPARE(count.functions[2].unreached, 2);
        QCOMPARE(count.functions[2].sample, (std::vector<QByteArray>{keys[2], keys[3]}));
        QCOMPARE(count.unknown, 1);

        const CoverageCount nothing
            = countCoverage(index, RuleCoverage(known), [] { return true; });
        QCOMPARE(nothing.functions[0].entries, 0);
    }
};

QTEST_GUILESS_MAIN(TestRuleCoverage)
#include "tst_rulecoverage.moc"
