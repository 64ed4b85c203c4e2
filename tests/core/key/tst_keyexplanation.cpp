// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/catalog.h"
#include "core/key/keyexplanation.h"
#include "core/value/valuejson.h"

#include <QFile>
#include <QTest>

#include <algorithm>

using namespace Cachelens;

namespace {

Call callOf(const Value &args, const Value &kwargs)
{
    Call call;
    call.args = args.items();
    for (const auto &[name, value] : kwargs.entries())
        call.kwargs.emplace_back(name.toByteArray(), value);
    return call;
}

KeyBuilder builderOf(QByteArrayView json)
{
    const auto function = Catalog::functionFromJson(json, "test");
    if (!function)
        qFatal("%s", function.error().message().constData());
    return KeyBuilder(function->keyed);
}

Call named(QByteArrayView json)
{
    return callOf(Value::list({}), *valueFromJson(json, "test"));
}

KeyExplanation explained(const KeyBuilder &builder, const Call &call)
{
    auto explanation = explainKey(builder, call);
    if (!explanation)
        qFatal("%s", explanation.error().message().constData());
    return *explanation;
}

/// "Kind field argument detail" of each.
QByteArrayList texts(const std::vector<KeyWarning> &warnings)
{
    static const QByteArrayList kinds{"separator", "varies", "shared", "ignored", "missing", "all"};
    QByteArrayList all;
    for (const KeyWarning &warning : warnings) {
        QByteArrayList words{kinds.at(int(warning.kind))};
        for (const QByteArray &word : {warning.field, warning.argument, warning.detail}) {
            if (!word.isEmpty())
                words.append(word);
        }
        all.append(words.join(' '));
    }
    return all;
}

constexpr char report[] = R"({"id": "shop.report", "params": [{"name": "region"}, {"name": "day"}],
    "key": {"namespace": "reports", "hash_suffix_on_overflow": true, "max_key_suffix_length": 12,
            "fields": [{"name": "region", "type": "args", "arguments": "region", "partition": true},
                       {"name": "day", "type": "args", "arguments": "day", "hash_value": false},
                       {"name": "v", "type": "constant", "key": "v", "value": "1"}]}})";

} // namespace

class TestKeyExplanation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyVectorIsPutTogetherFromItsFields_data();
    void everyVectorIsPutTogetherFromItsFields();
    void tellsWhatWasHashedAndWhy();
    void tellsWhichArgumentsAFieldTakes();
    void locatesAKeyThatAReaderWouldReadOtherwise();
    void failsAsTheBuilderDoes();
    void warns_data();
    void warns();
    void warnsOfAnotherCallWithTheSameKey();
    void anUnambiguousKeyIsNobodyElses();
};

void TestKeyExplanation::everyVectorIsPutTogetherFromItsFields_data()
{
    QTest::addColumn<QByteArray>("vector");
    QFile file(QStringLiteral(CACHELENS_TEST_DATA "/key-vectors.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const Result<Value> all = valueFromJson(file.readAll(), "key-vectors.json");
    QVERIFY(all);
    const ValueList &vectors = all->find("vectors")->items();
    for (size_t i = 0; i < vectors.size(); ++i)
        QTest::addRow("%zu", i) << valueToJson(vectors[i]).json;
}

void TestKeyExplanation::everyVectorIsPutTogetherFromItsFields()
{
    QFETCH(QByteArray, vector);
    const Value data = *valueFromJson(vector, "vector");
    const KeyBuilder builder = builderOf(valueToJson(*data.find("function")).json);
    const KeyExplanation explanation
        = explained(builder, callOf(*data.find("args"), *data.find("kwargs")));
    const Value &expected = *data.find("expect");
    const QByteArray &key = explanation.built.key;
    QCOMPARE(key, expected.find("key")->text());
    QCOMPARE(key.first(explanation.functionEnd), expected.find("all_prefix")->text());

    const KeySpec &spec = builder.function().key;
    QCOMPARE(explanation.suffixHashed,
             spec.hashSuffixOnOverflow && explanation.suffixLength > spec.maxKeySuffixLength);
    if (!explanation.suffixHashed)
        QCOMPARE(explanation.unhashedSuffix, expected.find("suffix")->text());
    else
        QCOMPARE(QCryptographicHash::hash(explanation.unhashedSuffix, spec.hash).toHex(),
                 expected.find("suffix")->text());
    qsizetype end = explanation.functionEnd;
    for (const ExplainedField &field : explanation.fields) {
        const QByteArray shown = key.sliced(field.begin, field.end - field.begin);
        // What is stripped at the end of a part is all that may be missing.
        QVERIFY2(field.contribution.text.startsWith(shown), shown);
        const bool part = !field.contribution.partition && explanation.suffixHashed;
        QVERIFY2(part
                     || field.contribution.text.sliced(shown.size()).count(':')
                         == field.contribution.text.size() - shown.size(),
                 shown);
        QVERIFY(field.begin >= end);
        end = field.end;
        QCOMPARE(field.contribution.text != field.contribution.unhashed, field.hashed);
    }
}

void TestKeyExplanation::tellsWhatWasHashedAndWhy()
{
    const KeyBuilder builder = builderOf(report);
    const KeyExplanation fits = explained(builder, named(R"({"region": "eu", "day": "mo"})"));
    QCOMPARE(fits.built.key, "reports::shop.report::region:eu::day:mo::v:1");
    QVERIFY(!fits.suffixHashed);
    QCOMPARE(fits.suffixLength, 11);
    QCOMPARE(fits.built.key.sliced(fits.fields[1].begin), "day:mo::v:1");
    QCOMPARE(fits.built.key.first(fits.namespaceEnd), "reports::");

    const KeyExplanation over = explained(builder, named(R"({"region": "eu", "day": "monday"})"));
    QVERIFY(over.suffixHashed);
    QCOMPARE(over.unhashedSuffix, "day:monday::v:1");
    QCOMPARE(over.suffixLength, 15);
    QCOMPARE(over.built.suffix.size(), 64);
    QCOMPARE(over.fields[1].begin, over.fields[1].end);
    QVERIFY(over.fields[0].end > over.fields[0].begin);
}

void TestKeyExplanation::tellsWhichArgumentsAFieldTakes()
{
    const KeyBuilder builder = builderOf(
        R"({"id": "f", "params": [{"name": "self"}, {"name": "b"}, {"name": "a"}],
            "key": {"fields": [{"name": "all", "type": "args"},
                               {"name": "kw", "type": "view_kwargs", "hash_value": true},
                               {"name": "v", "type": "constant", "key": "v", "value": 1}]}})");
    const KeyExplanation explanation
        = explained(builder, named(R"({"self": 0, "a": "x", "b": "y"})"));
    QCOMPARE(explanation.fields[0].arguments, (std::vector<QByteArray>{"a", "b", "self"}));
    QCOMPARE(explanation.fields[1].arguments, (std::vector<QByteArray>{"a", "b"}));
    QVERIFY(explanation.fields[1].hashed);
    QCOMPARE(explanation.fields[1].contribution.unhashed, "a:x||b:y");
    QVERIFY(explanation.fields[2].arguments.empty());
}

void TestKeyExplanation::locatesAKeyThatAReaderWouldReadOtherwise()
{
    const KeyBuilder builder = builderOf(
        R"({"id": "shop.f", "params": [{"name": "a"}, {"name": "b"}],
            "key": {"fields": [{"name": "a", "type": "args", "arguments": "a"},
                               {"name": "b", "type": "args", "arguments": "b"}]}})");
    const KeyExplanation explanation = explained(builder, named(R"({"a": "1", "b": "2::b:3"})"));
    const LocatedKey located = locateKey(explanation, "shop", 4);
    QCOMPARE(located.rawKey, "shop:4:shop.f::a:1::b:2::b:3");
    QCOMPARE(located.rawKey.first(located.levels.functionEnd), "shop:4:shop.f::");
    QCOMPARE(located.levels.partitionEnd, located.levels.functionEnd);
    QCOMPARE(located.reading.fields.size(), size_t(2));
    QCOMPARE(located.reading.fields[1].value, "b:2::b:3");
    QCOMPARE(located.reading.fields[1].end, located.rawKey.size());
    QVERIFY(KeyReader({builder.function()}).read(located.rawKey).fields.back().value != "2::b:3");
}

void TestKeyExplanation::failsAsTheBuilderDoes()
{
    const KeyBuilder builder = builderOf(report);
    const auto explanation = explainKey(builder, named(R"({"region": "eu"})"));
    QVERIFY(!explanation);
    QCOMPARE(explanation.error(), builder.build(named(R"({"region": "eu"})")).error());
}

void TestKeyExplanation::warns_data()
{
    QTest::addColumn<QByteArray>("fields");
    QTest::addColumn<QByteArray>("arguments");
    QTest::addColumn<QByteArrayList>("expected");
    const QByteArray a = R"({"name": "a", "type": "args", "arguments": "a", "partition": true})";
    const QByteArray b = R"({"name": "b", "type": "args", "arguments": "b"})";
    const QByteArray both = a + ',' + b;
    const QByteArray hashed
        = a + R"(, {"name": "b", "type": "args", "arguments": "b", "hash_value": true})";
    const auto row = [](const char *name, const QByteArray &fields, const QByteArray &arguments,
                        const QByteArrayList &expected) {
        QTest::newRow(name) << fields << arguments << expected;
    };
    row("nothing", both, R"({"a": 42, "b": "x"})", {});
    row("separator", both, R"({"a": 42, "b": "x::y"})", {"separator b b ::"});
    row("colon at the end", both, R"({"a": 42, "b": "x:"})", {"separator b b :"});
    row("bars", both, R"({"a": 42, "b": "x||y"})", {"separator b b ||"});
    row("comma in an item", both, R"({"a": 42, "b": ["x,y"]})", {"separator b b ,"});
    row("comma in a text", both, R"({"a": 42, "b": "x,y"})", {});
    row("hashed separator", hashed, R"({"a": 42, "b": "x::y"})", {});
    row("moment", both, R"({"a": 42, "b": {"$datetime": "2026-07-24T10:00:01.5"}})",
        {"varies b b 2026-07-24T10:00:01.500000"});
    row("moment as a text", both, R"({"a": 42, "b": "2026-07-24T10:00:01.5"})",
        {"varies b b 2026-07-24T10:00:01.5"});
    row("whole hour", both, R"({"a": 42, "b": {"$datetime": "2026-07-24T10:00:00"}})", {});
    row("time.time()", both, R"({"a": 42, "b": 1753351201.25})", {"varies b b 1753351201.25"});
    row("milliseconds", both, R"({"a": 42, "b": 1753351201250})", {"varies b b 1753351201250"});
    row("an id that is a big number", both, R"({"a": 42, "b": 1753351201})", {});
    row("an object's address", both, R"({"a": 42, "b": "<User at 0x7f01>"})",
        {"varies b b <User at 0x7f01>"});
    row("ignored", a, R"({"a": 42, "b": "x"})", {"ignored b"});
    row("missing step", a + R"(, {"name": "b", "type": "args", "arguments": "b", "path": "id.x"})",
        R"({"a": 42, "b": {"id": 1}})", {"missing b b id.x"});
    row("number as a text", both, R"({"a": "42", "b": "x"})", {"shared a"});
    row("boolean as a text", both, R"({"a": 42, "b": "True"})", {"shared b"});
    const auto request = [](const QByteArray &params, const QByteArray &user) {
        return R"({"a": 42, "b": {"$request": {"query_params": )" + params
            + R"(, "user": {"$object": {"id": )" + user + "}}}}}";
    };
    const QByteArray ofUser = a + R"(, {"name": "u", "type": "request_value", "path": "user.id"})";
    row("request", ofUser, request("[]", "7"), {});
    row("missing step in a request",
        a + R"(, {"name": "u", "type": "request_value", "path": "user.team"})", request("[]", "7"),
        {"missing u b user.team"});
    row("separator in a request", ofUser, request("[]", R"("x::y")"), {"separator u user.id ::"});
    const QByteArray params = a + R"(, {"name": "q", "type": "query_params"})";
    row("query", params, request(R"([["page", "1"], ["tag", "x"]])", "7"), {});
    row("separator in a query", params, request(R"([["page", "1"], ["tag", "x||y"]])", "7"),
        {"separator q tag ||"});
    row("moment in a query", params, request(R"([["now", "1"]])", "7"), {"varies q now 1"});
    row("empty partition",
        R"({"name": "q", "type": "query_params", "partition": true}, )" + both.mid(a.size() + 1)
            + R"(, {"name": "c", "type": "args", "arguments": "a"})",
        R"({"a": 42, "b": "x"})", {"all"});
}

void TestKeyExplanation::warns()
{
    QFETCH(QByteArray, fields);
    QFETCH(QByteArray, arguments);
    QFETCH(QByteArrayList, expected);
    const KeyBuilder builder
        = builderOf(R"({"id": "shop.f", "params": [{"name": "a"}, {"name": "b"}],
                        "key": {"fields": [)"
                    + fields + "]}}");
    QCOMPARE(texts(explained(builder, named(arguments)).warnings), expected);
}

void TestKeyExplanation::warnsOfAnotherCallWithTheSameKey()
{
    const KeyBuilder builder = builderOf(
        R"({"id": "shop.f", "params": [{"name": "a"}, {"name": "b"}],
            "key": {"fields": [{"name": "a", "type": "args", "arguments": "a"},
                               {"name": "b", "type": "args", "arguments": "b"}]}})");
    const Call call = named(R"({"a": "1", "b": "x::b:y"})");
    const KeyExplanation explanation = explained(builder, call);
    const auto shared = std::find_if(
        explanation.warnings.begin(), explanation.warnings.end(), [](const KeyWarning &warning) {
            return warning.kind == KeyWarning::Kind::SharedKey && warning.argument.isEmpty();
        });
    QVERIFY(shared != explanation.warnings.end());
    QVERIFY(shared->other.kwargs != call.kwargs);
    QCOMPARE(builder.build(shared->other)->key, explanation.built.key);
    QCOMPARE(shared->other.kwargs[0].second.text(), "1::b:x");
    QCOMPARE(shared->other.kwargs[1].second.text(), "y");
}

void TestKeyExplanation::anUnambiguousKeyIsNobodyElses()
{
    const KeyBuilder builder = builderOf(
        R"({"id": "shop.f", "params": [{"name": "a"}, {"name": "b"}],
            "key": {"unambiguous": true,
                    "fields": [{"name": "a", "type": "args", "arguments": "a", "partition": true},
                               {"name": "b", "type": "args", "arguments": "b"}]}})");
    const KeyExplanation explanation = explained(builder, named(R"({"a": "1", "b": "x::b:y"})"));
    QCOMPARE(texts(explanation.warnings), QByteArrayList());
    QCOMPARE(explanation.unhashedSuffix, explanation.built.suffix);
    QCOMPARE(explanation.built.key.sliced(explanation.fields[1].begin),
             explanation.fields[1].contribution.text);
}

QTEST_APPLESS_MAIN(TestKeyExplanation)
#include "tst_keyexplanation.moc"
