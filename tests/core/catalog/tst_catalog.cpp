// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/catalog.h"
#include "core/invalidation/ruleregistry.h"
#include "core/key/keybuilder.h"
#include "tests/core/catalog/catalogsample.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <rapidcheck.h>

using namespace Cachelens;
using namespace Cachelens::Testing;

/// What is read of a catalog, and what is written.
class TestCatalog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsEveryMember();
    void fillsInWhatIsLeftOut();
    void readsBackWhatItWrites();
    void rulesKeepTheirIdsAndInvalidators();
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
