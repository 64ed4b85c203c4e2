// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/catalog.h"
#include "core/key/keybuilder.h"
#include "core/value/valuejson.h"

#include <QFile>
#include <QTest>

using namespace Cachelens;

namespace {

KeyField argsField(const char *name, std::vector<QByteArray> names, bool partition = false)
{
    KeyField field;
    field.name = name;
    field.everything = false;
    field.names = std::move(names);
    field.partition = partition;
    return field;
}

KeyedFunction userPayload()
{
    KeyedFunction function;
    function.id = "shop.services.get_user_payload";
    function.parameters = {{"user_id", std::nullopt}, {"page", Value(1)}};
    function.key.nameSpace = "users";
    function.key.fields = {argsField("user", {"user_id"}, true), argsField("page", {"page"})};
    return function;
}

Call callOf(const Value &args, const Value &kwargs)
{
    Call call;
    call.args = args.items();
    for (const auto &[name, value] : kwargs.entries())
        call.kwargs.emplace_back(name.toByteArray(), value);
    return call;
}

} // namespace

class TestKeyBuilder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void buildsEveryVectorByteForByte_data();
    void buildsEveryVectorByteForByte();
    void namesTheArgumentThatDoesNotFit_data();
    void namesTheArgumentThatDoesNotFit();
    void leavesOutWhatAPartialCallDoesNotGive();
    void tellsWhatEachFieldContributed();
    void keepsTheValueWhenANormalizerFails();
    void putsPrefixAndVersionInFrontOfARedisKey();
};

void TestKeyBuilder::buildsEveryVectorByteForByte_data()
{
    QTest::addColumn<QByteArray>("function");
    QTest::addColumn<QByteArray>("vector");
    QFile file(QStringLiteral(CACHELENS_TEST_DATA "/key-vectors.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const Result<Value> all = valueFromJson(file.readAll(), "key-vectors.json");
    QVERIFY2(all, all ? "" : all.error().message().constData());
    const ValueList &vectors = all->find("vectors")->items();
    QCOMPARE(vectors.size(), size_t(500));
    for (size_t i = 0; i < vectors.size(); ++i) {
        const QByteArray function = valueToJson(*vectors[i].find("function")).json;
        QTest::addRow("%zu", i) << function << valueToJson(vectors[i]).json;
    }
}

void TestKeyBuilder::buildsEveryVectorByteForByte()
{
    QFETCH(QByteArray, function);
    QFETCH(QByteArray, vector);
    const Result<CatalogFunction> parsed = Catalog::functionFromJson(function, "vector");
    QVERIFY2(parsed, parsed ? "" : parsed.error().message().constData());
    const KeyBuilder builder(parsed->keyed);
    const Value data = *valueFromJson(vector, "vector");
    const Value &expected = *data.find("expect");

    const Result<BuiltKey> built = builder.build(callOf(*data.find("args"), *data.find("kwargs")));
    QVERIFY2(built, built ? "" : built.error().message().constData());
    QCOMPARE(built->key, expected.find("key")->text());
    QCOMPARE(built->prefix, expected.find("prefix")->text());
    QCOMPARE(built->partition, expected.find("partition")->text());
    QCOMPARE(built->suffix, expected.find("suffix")->text());
    QCOMPARE(builder.functionPrefix(), expected.find("all_prefix")->text());
    QCOMPARE(builder.function().key.version, expected.find("version")->toInt());
    const Result<QByteArray> partial
        = builder.partialPrefix(callOf(Value::list({}), *data.find("partial")));
    QVERIFY2(partial, partial ? "" : partial.error().message().constData());
    QCOMPARE(*partial, expected.find("partial_prefix")->text());
}

void TestKeyBuilder::namesTheArgumentThatDoesNotFit_data()
{
    QTest::addColumn<int>("positional");
    QTest::addColumn<QByteArrayList>("keywords");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("missing") << 0 << QByteArrayList{"page"}
                             << QByteArray("argument 'user_id' is missing");
    QTest::newRow("unknown") << 1 << QByteArrayList{"colour"}
                             << QByteArray("there is no argument 'colour'");
    QTest::newRow("positional and keyword")
        << 1 << QByteArrayList{"user_id"} << QByteArray("argument 'user_id' is given twice");
    QTest::newRow("keyword twice")
        << 1 << QByteArrayList{"page", "page"} << QByteArray("argument 'page' is given twice");
    QTest::newRow("too many") << 3 << QByteArrayList()
                              << QByteArray("takes 2 arguments, 3 were given");
}

void TestKeyBuilder::namesTheArgumentThatDoesNotFit()
{
    QFETCH(int, positional);
    QFETCH(QByteArrayList, keywords);
    QFETCH(QByteArray, reason);
    Call call;
    for (int i = 0; i < positional; ++i)
        call.args.emplace_back(i);
    for (const QByteArray &keyword : keywords)
        call.kwargs.emplace_back(keyword, Value(1));
    const Result<BuiltKey> built = KeyBuilder(userPayload()).build(call);
    QVERIFY(!built);
    QCOMPARE(built.error().code, Error::Code::InvalidInput);
    QCOMPARE(built.error().subject, QByteArray("shop.services.get_user_payload"));
    QCOMPARE(built.error().reason, reason);
}

void TestKeyBuilder::leavesOutWhatAPartialCallDoesNotGive()
{
    const KeyBuilder builder(userPayload());
    const QByteArray function = "users::shop.services.get_user_payload::";
    QCOMPARE(builder.functionPrefix(), function);
    QCOMPARE(*builder.partialPrefix({}), function);
    QCOMPARE(*builder.partialPrefix({{Value(42)}, {}}), function + "user_id:42::");
    QVERIFY(!builder.partialPrefix({{}, {{"colour", Value(1)}}}));
}

void TestKeyBuilder::tellsWhatEachFieldContributed()
{
    KeyedFunction function = userPayload();
    function.key.fields[1].hashValue = true;
    const Result<std::vector<FieldContribution>> given
        = KeyBuilder(function).contributions({{Value(42)}, {}});
    QVERIFY(given);
    QCOMPARE(given->size(), size_t(2));
    QCOMPARE(given->at(0).field, QByteArray("user"));
    QCOMPARE(given->at(0).text, QByteArray("user_id:42"));
    QCOMPARE(given->at(0).unhashed, QByteArray("user_id:42"));
    QVERIFY(given->at(0).partition);
    QCOMPARE(given->at(1).field, QByteArray("page"));
    QCOMPARE(given->at(1).text.size(), 64);
    QCOMPARE(given->at(1).unhashed, QByteArray("page:1"));
    QVERIFY(!given->at(1).partition);
}

void TestKeyBuilder::keepsTheValueWhenANormalizerFails()
{
    KeyedFunction function = userPayload();
    KeyField &field = function.key.fields[0];
    const auto keyOf = [&function](int user) {
        return KeyBuilder(function).build({{Value(user)}, {}})->partition;
    };
    field.normalizer = [](const Value &v) { return Value(v.toInt() * 2); };
    QCOMPARE(keyOf(4), QByteArray("user_id:8"));
    field.normalizer = [](const Value &) { return std::optional<Value>(); };
    QCOMPARE(keyOf(4), QByteArray("user_id:4"));
    field.normalizer
        = [](const Value &v) -> std::optional<Value> { return Value::list(v.items()); };
    QCOMPARE(keyOf(4), QByteArray("user_id:4"));
}

void TestKeyBuilder::putsPrefixAndVersionInFrontOfARedisKey()
{
    QCOMPARE(redisKey("", 1, "f::"), QByteArray(":1:f::"));
    QCOMPARE(redisKey("json", 12, "f::a:1"), QByteArray("json:12:f::a:1"));
}

QTEST_APPLESS_MAIN(TestKeyBuilder)
#include "tst_keybuilder.moc"
