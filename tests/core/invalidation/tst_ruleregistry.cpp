// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidation/ruleregistry.h"

#include "tests/core/invalidation/ruleworld.h"

#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

class TestRuleRegistry : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rulesHaveIdsThatLast()
    {
        RuleRegistry registry;
        InvalidationRule named = byUser();
        named.id = "the one with a name";
        InvalidationRule ofPosts = byUser();
        ofPosts.model = "blog.Post";
        registry.add(pageFunction(), {byUser(), named, ofPosts, byUser()});
        std::vector<QByteArray> ids;
        for (const auto &rule : registry.rulesOf("auth.User"))
            ids.push_back(rule->rule().id);
        QCOMPARE(ids,
                 (std::vector<QByteArray>{"app.get_page/auth.User", "the one with a name",
                                          "app.get_page/auth.User#3"}));
        QCOMPARE(registry.models(), (std::vector<QByteArray>{"auth.User", "blog.Post"}));
        registry.remove("app.get_page");
        QVERIFY(registry.isEmpty() && registry.rulesOf("auth.User").empty());
    }

    void impossibleRulesAreRefusedByName_data()
    {
        QTest::addColumn<InvalidationRule>("rule");
        QTest::addColumn<QByteArray>("told");
        InvalidationRule rule = byUser();
        rule.model.clear();
        QTest::newRow("no model") << rule << QByteArray("no model");
        rule = byUser();
        rule.fieldMapping.clear();
        QTest::newRow("neither") << rule << QByteArray("neither a field mapping nor");
        rule = byUser();
        rule.invalidator = "drop it";
        QTest::newRow("both") << rule << QByteArray("one of them must go");
        rule = byUser();
        rule.fieldMapping.emplace_back("usr", "id");
        QTest::newRow("no parameter") << rule << QByteArray("'usr'");
        rule = byUser();
        rule.requireAllArgs = false;
        rule.requiredArgs = {"page"};
        QTest::newRow("requires what it does not map") << rule << QByteArray("'page'");
        rule = byUser();
        rule.fieldMapping = {{"user_id", ""}};
        QTest::newRow("no attribute") << rule << QByteArray("without a name");
    }

    void impossibleRulesAreRefusedByName()
    {
        QFETCH(InvalidationRule, rule);
        QFETCH(QByteArray, told);
        RuleRegistry registry;
        try {
            registry.add(pageFunction(), {byUser(), rule});
            QFAIL("it was accepted");
        } catch (const std::invalid_argument &refused) {
            const QByteArray message = refused.what();
            QVERIFY2(message.contains(told), message.constData());
            QVERIFY2(message.contains("app.get_page"), message.constData());
        }
        QVERIFY(registry.isEmpty()); // all of a function's rules, or none
    }

    void anIdIsTakenOnce()
    {
        RuleRegistry registry;
        InvalidationRule named = byUser();
        named.id = "mine";
        registry.add(pageFunction(), {named});
        KeyedFunction other = pageFunction();
        other.id = "app.other";
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, registry.add(other, {named}));
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, registry.add(other, {byUser(), named}));
        QCOMPARE(registry.rulesOf("auth.User").size(), 1U);
    }

    void aFunctionWithoutParametersNeedsNoMapping()
    {
        RuleRegistry registry;
        InvalidationRule rule;
        rule.model = "auth.User";
        registry.add({"app.count_users", {}, {}}, {rule});
        const auto verdicts = registry.explain(savedUser(attributes({{"id", Value(1)}})));
        QCOMPARE(verdicts.size(), 1U);
        QVERIFY(verdicts[0].runs());
        QCOMPARE(verdicts[0].prefixes, (std::vector<QByteArray>{"app.count_users::"}));
    }

    void aRuleThatDropsTheWholeFunctionSaysSo()
    {
        RuleRegistry registry;
        InvalidationRule byPage = byUser();
        byPage.fieldMapping = {{"page", "id"}};
        const auto notes = registry.add(pageFunction(), {byUser(), byPage});
        QCOMPARE(notes.size(), 1U);
        QCOMPARE(notes[0].function, QByteArray("app.get_page"));
        QCOMPARE(notes[0].rule, QByteArray("app.get_page/auth.User#2"));
        QVERIFY(notes[0].text.contains("every entry"));
        const auto verdicts = registry.explain(savedUser(attributes({{"id", Value(5)}})));
        QVERIFY(!verdicts[0].wholeFunction && verdicts[1].wholeFunction);
        QCOMPARE(verdicts[0].prefixes, (std::vector<QByteArray>{"app.get_page::user_id:5::"}));
        QCOMPARE(verdicts[1].prefixes, (std::vector<QByteArray>{"app.get_page::"}));
    }

    void aPartitionOfConstantsHidesNothing()
    {
        KeyedFunction function = pageFunction();
        KeyField &constant = function.key.fields[0];
        constant.type = KeyField::Type::Constant;
        constant.constantKey = "v";
        constant.constantValue = Value(1);
        RuleRegistry registry;
        const auto notes = registry.add(function, {byUser()});
        QCOMPARE(notes.size(), 1U);
        QCOMPARE(notes[0].rule, QByteArray("app.get_page/auth.User"));
        const auto verdict = registry.explain(savedUser(attributes({{"id", Value(5)}}))).at(0);
        QCOMPARE(verdict.prefixes, (std::vector<QByteArray>{"app.get_page::v:1::"}));
        QVERIFY(verdict.wholeFunction);
    }

    void eachGateTellsWhatItCompared()
    {
        RuleRegistry registry;
        InvalidationRule rule = byUser();
        rule.watchFields = {"email", "name"};
        rule.invalidateWhen
            = {{"status", false, Value::string("active")}, {"archived", true, Value(true)}};
        registry.add(pageFunction(), {rule});
        const auto verdict = [&](const Signal &signal) { return registry.explain(signal).at(0); };
        const auto active = attributes({{"id", Value(1)}, {"status", Value::string("active")}});

        Signal created = savedUser(active);
        created.created = true;
        QCOMPARE(verdict(created).stoppedBy, std::optional(RuleGate::TriggerOnCreate));

        Signal written = savedUser(active);
        written.updateFields = {"last_login"};
        const RuleVerdict unwatched = verdict(written);
        QCOMPARE(unwatched.stoppedBy, std::optional(RuleGate::WatchFields));
        QCOMPARE(unwatched.compared->wanted,
                 Value::list({Value::string("email"), Value::string("name")}));
        QCOMPARE(*unwatched.compared->found, Value::list({Value::string("last_login")}));

        const RuleVerdict other
            = verdict(savedUser(attributes({{"status", Value::string("gone")}})));
        QCOMPARE(other.stoppedBy, std::optional(RuleGate::InvalidateWhen));
        QCOMPARE(other.compared->attribute, QByteArray("status"));
        QCOMPARE(*other.compared->found, Value::string("gone"));
        QCOMPARE(other.compared->wanted, Value::string("active"));
        const RuleVerdict missing = verdict(savedUser(attributes({})));
        QVERIFY(missing.compared->attribute == "status" && !missing.compared->found);
        const RuleVerdict archived = verdict(
            savedUser(attributes({{"status", Value::string("active")}, {"archived", Value(1)}})));
        QVERIFY(archived.compared->negated);
        QCOMPARE(archived.compared->attribute, QByteArray("archived"));

        const RuleVerdict nobody = verdict(
            savedUser(attributes({{"status", Value::string("active")}, {"id", Value()}})));
        QCOMPARE(nobody.stoppedBy, std::optional(RuleGate::RequireArgs));
        QCOMPARE(nobody.compared->parameter, QByteArray("user_id"));
        QCOMPARE(nobody.compared->attribute, QByteArray("id"));

        Signal deleted = savedUser(active);
        deleted.type = Signal::Type::Deleted;
        deleted.updateFields = {"last_login"};
        QVERIFY(verdict(deleted).runs());
    }

    void numbersAreEqualAsInPython()
    {
        QVERIFY(equalInPython(Value(1), Value(1.0)));
        QVERIFY(equalInPython(Value(true), Value(1)));
        QVERIFY(equalInPython(Value(false), Value(0.0)));
        QVERIFY(!equalInPython(Value(true), Value(2)));
        QVERIFY(!equalInPython(Value(1), Value::string("1")));
        QVERIFY(!equalInPython(Value(), Value(false)));
        QVERIFY(!equalInPython(Value((qint64(1) << 53) + 1), Value(9007199254740992.0)));
        QVERIFY(!equalInPython(Value(qint64(0)), Value(qQNaN())));
        QVERIFY(!equalInPython(Value(qQNaN()), Value(qQNaN())));
    }

    void entriesOfTheOldValueGoToo()
    {
        RuleRegistry registry;
        InvalidationRule rule;
        rule.model = "blog.Post";
        rule.fieldMapping = {{"user_id", "author.id"}};
        registry.add(pageFunction(), {rule});
        Signal signal;
        signal.model = "blog.Post";
        signal.instance
            = attributes({{"id", Value(1)}, {"author", attributes({{"id", Value(7)}})}});
        const auto prefixes = [&] { return registry.explain(signal).at(0).prefixes; };
        QCOMPARE(prefixes(), (std::vector<QByteArray>{"app.get_page::user_id:7::"}));
        signal.oldValues = attributes({{"author", attributes({{"id", Value(6)}})}});
        QCOMPARE(
            prefixes(),
            (std::vector<QByteArray>{"app.get_page::user_id:7::", "app.get_page::user_id:6::"}));
        signal.oldValues = attributes({{"author.id", Value(5)}});
        QCOMPARE(prefixes().back(), QByteArray("app.get_page::user_id:5::"));
        signal.oldValues = attributes({{"title", Value::string("was another")}});
        QCOMPARE(prefixes().size(), 1U);
    }

    void entriesOfAValueThatWasLostGo()
    {
        RuleRegistry registry;
        InvalidationRule rule;
        rule.model = "blog.Post";
        rule.fieldMapping = {{"user_id", "author_id"}};
        rule.rewarm = true;
        registry.add(pageFunction(), {rule});
        Signal signal;
        signal.model = "blog.Post";
        signal.instance = attributes({{"id", Value(1)}, {"author_id", Value()}});
        const auto verdict = [&] { return registry.explain(signal).at(0); };
        QCOMPARE(verdict().stoppedBy, RuleGate::RequireArgs);
        signal.oldValues = attributes({{"title", Value::string("was another")}});
        QCOMPARE(verdict().stoppedBy, RuleGate::RequireArgs);
        signal.oldValues = attributes({{"author_id", Value(6)}});
        QVERIFY(verdict().runs());
        QCOMPARE(verdict().prefixes, (std::vector<QByteArray>{"app.get_page::user_id:6::"}));
        QCOMPARE(verdict().action,
                 RuleVerdict::Action::DeleteByPrefix); // for nobody, nothing to run
        QCOMPARE(verdict().arguments.at(0).second, Value(6));
        QVERIFY(verdict().ofOldValues);
        // And the other way round: of nobody there are no entries.
        signal.instance = attributes({{"id", Value(1)}, {"author_id", Value(6)}});
        signal.oldValues = attributes({{"author_id", Value()}});
        QCOMPARE(verdict().prefixes, (std::vector<QByteArray>{"app.get_page::user_id:6::"}));
        QCOMPARE(verdict().action, RuleVerdict::Action::Refresh);
        QVERIFY(!verdict().ofOldValues);
    }

    void aRewarmSaysWhatItStores()
    {
        RuleRegistry registry;
        InvalidationRule rule = byUser();
        rule.rewarm = true;
        registry.add(pageFunction(), {rule});
        const RuleVerdict verdict
            = registry.explain(savedUser(attributes({{"id", Value(5)}}))).at(0);
        QVERIFY(verdict.action == RuleVerdict::Action::Refresh);
        QCOMPARE(verdict.key, QByteArray("app.get_page::user_id:5::page:1"));
        QCOMPARE(verdict.prefixes, (std::vector<QByteArray>{"app.get_page::user_id:5::"}));
    }
};

QTEST_GUILESS_MAIN(TestRuleRegistry)
#include "tst_ruleregistry.moc"
