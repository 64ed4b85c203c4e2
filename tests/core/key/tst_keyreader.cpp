// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bookkeeping.h"
#include "core/catalog/catalog.h"
#include "core/key/keyreader.h"
#include "core/value/valuejson.h"

#include <QFile>
#include <QTest>

using namespace Cachelens;

namespace {

using Source = KeyReading::Source;

struct LiveKey {
    QByteArray key;
    Value expected;
};

std::vector<LiveKey> liveKeys()
{
    std::vector<LiveKey> keys;
    QFile file(QStringLiteral(CACHELENS_TEST_DATA "/restflow-live.jsonl"));
    if (!file.open(QIODevice::ReadOnly))
        return keys;
    while (!file.atEnd()) {
        const Result<Value> line = valueFromJson(file.readLine(), "restflow-live.jsonl");
        if (line) {
            keys.push_back(
                {QByteArray::fromBase64(line->find("key")->toByteArray()), *line->find("expect")});
        }
    }
    return keys;
}

std::string_view view(const QByteArray &bytes)
{
    return {bytes.constData(), size_t(bytes.size())};
}

/// The catalog's function `f` of these fields, in JSON, in a reader of its own.
KeyReader readerOf(const QByteArray &params, const QByteArray &fields,
                   const QByteArray &keyMembers = {})
{
    const Result<Catalog> catalog
        = Catalog::fromJson(R"({"functions": [{"id": "m.f", "params": )" + params + R"(, "key": {)"
                                + keyMembers + R"("fields": )" + fields + "}}]}",
                            "test");
    if (!catalog)
        qFatal("%s", catalog.error().message().constData());
    return catalog->keyReader();
}

/// `[partition|suffix] field.argument=value ...`, which reads better in a test than many lines.
QByteArray summary(const KeyReading &reading)
{
    QByteArray text = '[' + reading.partition + '|' + reading.suffix + ']';
    for (const FieldReading &field : reading.fields) {
        text += ' ' + field.field + '.' + field.argument + '=' + field.value;
        if (field.partition)
            text += '*';
    }
    if (reading.suffixHashed)
        text += " hashed";
    return text;
}

const QByteArray digest(64, 'a');

} // namespace

class TestKeyReader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTheKeysOfALiveCacheWithItsCatalog();
    void guessesTheKeysOfALiveCacheWithoutItsCatalog();
    void readsFieldsWhoseValuesHoldSeparators_data();
    void readsFieldsWhoseValuesHoldSeparators();
    void leavesAPartOpenWhenTheFieldsAreNotInTheirPlaces();
    void tellsAHashedSuffixFromAPlainOne();
    void knowsAFunctionByItsKeyIdentifier();
    void takesTheFunctionWhoseFieldsFitWhenPrefixesOverlap();
    void findsTheVersionBehindAPrefixWithColons();
    void guessesWhatNoCatalogKnows_data();
    void guessesWhatNoCatalogKnows();
    void callsOtherKeysForeign_data();
    void callsOtherKeysForeign();
    void callsTheBookkeepingOfKnownFunctionsForeign();
    void givesOffsetsIntoTheRawKey();
    void readsManySeparators();
    void readsManyVersions();
};

void TestKeyReader::readsTheKeysOfALiveCacheWithItsCatalog()
{
    const Result<Catalog> catalog
        = Catalog::fromFile(CACHELENS_TEST_DATA "/restflow-live.catalog.json");
    QVERIFY2(catalog, catalog ? "" : catalog.error().message().constData());
    const KeyReader reader = catalog->keyReader();
    const std::vector<LiveKey> keys = liveKeys();
    QVERIFY(keys.size() > 200);
    for (const auto &[key, expected] : keys) {
        const KeyReading reading = reader.read(key);
        if (expected.find("foreign")) {
            QCOMPARE(reading.source, Source::Foreign);
            continue;
        }
        QVERIFY2(reading.source == Source::Catalog, key.constData());
        QCOMPARE(reading.clientPrefix, expected.find("prefix")->text());
        QCOMPARE(reading.version, expected.find("version")->toInt());
        QCOMPARE(reading.nameSpace, expected.find("namespace")->text());
        QCOMPARE(reading.function, expected.find("function")->text());
        QCOMPARE(reading.partition, expected.find("partition")->text());
        QCOMPARE(reading.suffix, expected.find("suffix")->text());
        QVERIFY2(!reading.fields.empty(), key.constData());
    }
}

void TestKeyReader::guessesTheKeysOfALiveCacheWithoutItsCatalog()
{
    const KeyReader reader;
    for (const auto &[key, expected] : liveKeys()) {
        const KeyReading reading = reader.read(key);
        if (expected.find("foreign")) {
            QCOMPARE(reading.source, Source::Foreign);
            continue;
        }
        QCOMPARE(reading.source, Source::Guess);
        QCOMPARE(reading.clientPrefix, expected.find("prefix")->text());
        QCOMPARE(reading.version, expected.find("version")->toInt());
        QCOMPARE(reading.nameSpace, expected.find("namespace")->text());
        QCOMPARE(reading.function, expected.find("function")->text());
        // Of a partition of several fields a guess knows the first.
        const QByteArray partition = expected.find("partition")->toByteArray();
        QVERIFY(partition == reading.partition || partition.startsWith(reading.partition + "::"));
        QVERIFY(!reading.partition.isEmpty());
    }
}

void TestKeyReader::readsFieldsWhoseValuesHoldSeparators_data()
{
    QTest::addColumn<QByteArray>("params");
    QTest::addColumn<QByteArray>("fields");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");

    const QByteArray twoParams = R"([{"name": "a"}, {"name": "b"}])";
    const QByteArray partitioned
        = R"([{"name": "1", "arguments": "a", "partition": true}, {"name": "2", "arguments": "b"}])";
    const auto row = [&](const char *name, const QByteArray &params, const QByteArray &fields,
                         const QByteArray &text, const QByteArray &expected) {
        QTest::newRow(name) << params << fields << text << expected;
    };
    row("plain", twoParams, partitioned, "a:1::b:2", "[a:1|b:2] 1.a=1* 2.b=2");
    row("in the partition", twoParams, partitioned, "a:x::y::b:2", "[a:x::y|b:2] 1.a=x::y* 2.b=2");
    row("in the suffix", twoParams, partitioned, "a:1::b:x::y", "[a:1|b:x::y] 1.a=1* 2.b=x::y");
    row("the last of two boundaries", twoParams, partitioned, "a:1::b:2::b:3",
        "[a:1::b:2|b:3] 1.a=1::b:2* 2.b=3");
    row("a colon in front of the separator", twoParams, partitioned, "a:x:::b:2",
        "[a:x:|b:2] 1.a=x:* 2.b=2");
    row("empty values", twoParams, partitioned, "a:::b:", "[a:|b:] 1.a=* 2.b=");
    row("several arguments in a field", R"([{"name": "b"}, {"name": "a"}])",
        R"([{"name": "all", "arguments": "*"}])", "a:1||b:2||3",
        "[|a:1||b:2||3] all.a=1 all.b=2||3");
    row("a bar in front of the bars", twoParams, R"([{"name": "all"}])", "a:x|||b:2",
        "[|a:x|||b:2] all.a=x| all.b=2");
    row("several arguments and a partition", R"([{"name": "a"}, {"name": "b"}, {"name": "c"}])",
        R"([{"name": "1", "arguments": ["b", "a"], "partition": true},
            {"name": "2", "arguments": "c"}])",
        "a:1||b:2::c:3::c:4", "[a:1||b:2::c:3|c:4] 1.a=1* 1.b=2::c:3* 2.c=4");
    row("a constant anchors", twoParams,
        R"([{"name": "1", "arguments": "a", "partition": true},
            {"name": "2", "type": "constant", "key": "v", "value": "1"},
            {"name": "3", "arguments": "b"}])",
        "a:1::b:0::v:1::b:2::b:3", "[a:1::b:0|v:1::b:2::b:3] 1.a=1::b:0* 2.v=1 3.b=2::b:3");
    row("no partition", twoParams,
        R"([{"name": "1", "arguments": "a"}, {"name": "2", "arguments": "b"}])", "a:1::x::b:2",
        "[|a:1::x::b:2] 1.a=1::x 2.b=2");
    row("an empty suffix", R"([{"name": "a"}])",
        R"([{"name": "1", "arguments": "a", "partition": true}])", "a:1::", "[a:1|] 1.a=1*");
    row("a field that wrote nothing", twoParams,
        R"([{"name": "1", "type": "request_value", "path": "user.id", "partition": true},
            {"name": "2", "arguments": "b"}])",
        "b:2", "[|b:2] 2.b=2");
    row("a request value", twoParams,
        R"([{"name": "1", "type": "request_value", "path": "user.id", "partition": true},
            {"name": "2", "arguments": "b"}])",
        "user_id:a::b::b:2", "[user_id:a::b|b:2] 1.user_id=a::b* 2.b=2");
    row("nothing in front of the last field", twoParams,
        R"([{"name": "1", "arguments": "a", "partition": true},
            {"name": "2", "type": "query_params", "params": ["q"]},
            {"name": "3", "arguments": "b"}])",
        "a:1::::b:2", "[a:1|::b:2] 1.a=1* 3.b=2");
    row("query parameters", twoParams,
        R"([{"name": "1", "arguments": "a", "partition": true},
            {"name": "2", "type": "query_params"},
            {"name": "3", "arguments": "b"}])",
        "a:1::page:2||tag:x,y::b:2", "[a:1|page:2||tag:x,y::b:2] 1.a=1* 2.page=2 2.tag=x,y 3.b=2");
    row("a hashed field", twoParams,
        R"([{"name": "1", "arguments": "a", "partition": true, "hash_value": true},
            {"name": "2", "arguments": "b"}])",
        digest + "::b:2", '[' + digest + "|b:2] 1.=" + digest + "* 2.b=2");
    row("unknown parameters", "[]",
        R"([{"name": "1", "arguments": "a", "partition": true}, {"name": "2", "arguments": "*"}])",
        "a:1::x:2||y:3", "[a:1|x:2||y:3] 1.a=1* 2.x=2 2.y=3");
}

void TestKeyReader::readsFieldsWhoseValuesHoldSeparators()
{
    QFETCH(QByteArray, params);
    QFETCH(QByteArray, fields);
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, expected);
    const KeyReading reading = readerOf(params, fields).read(":1:m.f::" + text);
    QCOMPARE(reading.source, Source::Catalog);
    QCOMPARE(summary(reading), expected);
}

void TestKeyReader::leavesAPartOpenWhenTheFieldsAreNotInTheirPlaces()
{
    const KeyReader reader = readerOf(
        R"([{"name": "a"}, {"name": "b"}])",
        R"([{"name": "1", "arguments": "a", "partition": true}, {"name": "2", "arguments": "b"}])");
    // Written before the suffix was what the catalog says.
    QCOMPARE(summary(reader.read(":1:m.f::a:1::c:2::d")), QByteArray("[a:1|c:2::d] 1.a=1*"));
    QCOMPARE(summary(reader.read(":1:m.f::z:1::b:2")), QByteArray("[|z:1::b:2]"));
    QCOMPARE(reader.read(":1:m.f::z:1::b:2").source, Source::Catalog);
}

void TestKeyReader::tellsAHashedSuffixFromAPlainOne()
{
    const KeyReader reader = readerOf(
        R"([{"name": "a"}, {"name": "b"}])",
        R"([{"name": "1", "arguments": "a", "partition": true}, {"name": "2", "arguments": "b"}])",
        R"("hash_suffix_on_overflow": true, "max_key_suffix_length": 5, )");
    QCOMPARE(summary(reader.read(":1:m.f::a:1::b:2")), QByteArray("[a:1|b:2] 1.a=1* 2.b=2"));
    QCOMPARE(summary(reader.read(":1:m.f::a:1::2::" + digest)),
             "[a:1::2|" + digest + "] 1.a=1::2* hashed");
    // Five code points, more bytes.
    QCOMPARE(summary(reader.read(":1:m.f::a:1::b:\u540d\u540d\u540d")),
             QByteArray("[a:1|b:\u540d\u540d\u540d] 1.a=1* 2.b=\u540d\u540d\u540d"));
    // Longer than five and yet plain: not what this function writes.
    QCOMPARE(summary(reader.read(":1:m.f::a:1::b:23456")), QByteArray("[a:1|b:23456] 1.a=1*"));

    const KeyReader wholly = readerOf(R"([{"name": "a"}])", R"([{"name": "1"}])",
                                      R"("hash_suffix_on_overflow": true, )");
    QCOMPARE(summary(wholly.read(":1:m.f::" + digest)), "[|" + digest + "] hashed");
}

void TestKeyReader::knowsAFunctionByItsKeyIdentifier()
{
    const KeyReader reader = readerOf(R"([{"name": "a"}])", R"([{"name": "1"}])",
                                      R"("namespace": "n", "key_identifier": "short", )");
    const KeyReading reading = reader.read("p:3:n::short::a:1");
    QCOMPARE(reading.source, Source::Catalog);
    QCOMPARE(reading.function, QByteArray("m.f"));
    QCOMPARE(reading.nameSpace, QByteArray("n"));
    QCOMPARE(reading.clientPrefix, QByteArray("p"));
    QCOMPARE(reading.version, 3);
}

void TestKeyReader::takesTheFunctionWhoseFieldsFitWhenPrefixesOverlap()
{
    const Result<Catalog> catalog = Catalog::fromJson(
        R"({"functions": [
            {"id": "users", "params": [{"name": "a"}], "key": {"fields": [{"name": "1"}]}},
            {"id": "m.f", "params": [{"name": "b"}],
             "key": {"namespace": "users", "fields": [{"name": "1"}]}},
            {"id": "one", "params": [{"name": "c"}],
             "key": {"key_identifier": "same", "fields": [{"name": "1"}]}},
            {"id": "two", "params": [{"name": "d"}],
             "key": {"key_identifier": "same", "fields": [{"name": "1"}]}}]})",
        "test");
    QVERIFY2(catalog, catalog ? "" : catalog.error().message().constData());
    const KeyReader reader = catalog->keyReader();
    QCOMPARE(reader.read(":1:users::a:1").function, QByteArray("users"));
    QCOMPARE(reader.read(":1:users::m.f::b:1").function, QByteArray("m.f"));
    QCOMPARE(reader.read(":1:same::c:1").function, QByteArray("one"));
    QCOMPARE(reader.read(":1:same::d:1").function, QByteArray("two"));
    QCOMPARE(reader.levels(":1:same::d:1").functionIndex, 3);
}

void TestKeyReader::findsTheVersionBehindAPrefixWithColons()
{
    const KeyReader guessing;
    const KeyReader knowing = readerOf(R"([{"name": "a"}])", R"([{"name": "1"}])");
    for (const KeyReader *reader : {&guessing, &knowing}) {
        const KeyReading reading = reader->read("app:eu:2:m.f::a:1");
        QCOMPARE(reading.clientPrefix, QByteArray("app:eu"));
        QCOMPARE(reading.version, 2);
    }
    // Only a catalog can tell that the number belongs to the prefix.
    QCOMPARE(knowing.read("app:7:2:m.f::a:1").clientPrefix, QByteArray("app:7"));
    QCOMPARE(knowing.read("app:7:2:m.f::a:1").version, 2);
}

void TestKeyReader::guessesWhatNoCatalogKnows_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("function");
    QTest::addColumn<QByteArray>("expected");
    const auto row
        = [](const char *name, const char *key, const char *function, const QByteArray &expected) {
              QTest::newRow(name) << QByteArray(key) << QByteArray(function) << expected;
          };
    row("partition and suffix", ":1:ns::a.b::user_id:42::page:1", "ns/a.b",
        "[user_id:42|page:1] user_id.user_id=42* page.page=1");
    row("one segment is no partition", ":1:a.b::page:1", "/a.b", "[|page:1] page.page=1");
    row("an empty suffix", ":1:a.b::page:1::", "/a.b", "[page:1|] page.page=1*");
    row("no arguments", ":1:a.b::", "/a.b", "[|]");
    row("a namespace with dots", ":1:v1.users::a.b::x:1", "v1.users/a.b", "[|x:1] x.x=1");
    row("an unnamed segment goes with the one before", ":1:a.b::x:1::y:2::3::z:4", "/a.b",
        "[x:1|y:2::3::z:4] x.x=1* y.y=2::3 z.z=4");
    row("several arguments", ":1:a.b::x:1||y:2", "/a.b", "[|x:1||y:2] x.x=1 y.y=2");
    row("a local function", ":1:a.<locals>.b::x:1", "/a.<locals>.b", "[|x:1] x.x=1");
    const QByteArray hashed = ":1:a.b::x:1::" + digest;
    row("a digest", hashed.constData(), "/a.b", "[x:1|" + digest + "] x.x=1* hashed");
}

void TestKeyReader::guessesWhatNoCatalogKnows()
{
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, function);
    QFETCH(QByteArray, expected);
    const KeyReading reading = KeyReader().read(key);
    QCOMPARE(reading.source, Source::Guess);
    QCOMPARE(reading.nameSpace + '/' + reading.function, function);
    QCOMPARE(summary(reading), expected);
}

void TestKeyReader::callsOtherKeysForeign_data()
{
    QTest::addColumn<QByteArray>("key");
    for (const char *key : {"",
                            ":",
                            "::",
                            ":::",
                            ":1:",
                            ":1:counter",
                            ":1::",
                            ":1:a::b::c",
                            "1:a.b::",
                            ":x:a.b::c:1",
                            ":-1:a.b::c:1",
                            ":01:a.b::c:1",
                            "a.b::c:1",
                            ":1:a.b",
                            ":1:.a::b:1",
                            ":1:a.::b:1",
                            ":1:a b.c::d:1",
                            ":99999999999:a.b::c:1",
                            ":1:a.b::c:1~lease",
                            ":1:ns::a.b::c:1::d:2~lease",
                            "~index::1:a.b::",
                            "~index:app:1:ns::a.b::",
                            "session:1",
                            "not::really::restflow"}) {
        QTest::newRow(*key ? key : "empty") << QByteArray(key);
    }
}

void TestKeyReader::callsOtherKeysForeign()
{
    QFETCH(QByteArray, key);
    const KeyReader reader;
    QCOMPARE(reader.read(key).source, Source::Foreign);
    QCOMPARE(reader.levels(view(key)).source, Source::Foreign);
}

void TestKeyReader::callsTheBookkeepingOfKnownFunctionsForeign()
{
    const KeyReader reader
        = readerOf(R"([{"name": "a"}])", R"([{"name": "f", "type": "args", "arguments": "a"}])");
    QCOMPARE(reader.read(":1:m.f::a:1").source, Source::Catalog);
    for (const QByteArray key : {":1:m.f::a:1~lease", "~index::1:m.f::"}) {
        QVERIFY(isBookkeeping(view(key)));
        QCOMPARE(reader.read(key).source, Source::Foreign);
        QCOMPARE(reader.levels(view(key)).source, Source::Foreign);
    }
    QVERIFY(!isBookkeeping(":1:m.f::a:~lease:1"));
    QVERIFY(!isBookkeeping(":1:~index:"));
}

void TestKeyReader::givesOffsetsIntoTheRawKey()
{
    const KeyReader reader = readerOf(
        R"([{"name": "a"}, {"name": "b"}])",
        R"([{"name": "1", "arguments": "a", "partition": true}, {"name": "2", "arguments": "b"}])",
        R"("namespace": "n", )");
    const QByteArray key = "p:1:n::m.f::a:x::y::b:2";
    const KeyLevels levels = reader.levels(view(key));
    QCOMPARE(key.first(levels.cacheEnd), QByteArray("p:1:"));
    QCOMPARE(key.first(levels.namespaceEnd), QByteArray("p:1:n::"));
    QCOMPARE(key.first(levels.functionEnd), QByteArray("p:1:n::m.f::"));
    QCOMPARE(key.first(levels.partitionEnd), QByteArray("p:1:n::m.f::a:x::y::"));
    const KeyReading reading = reader.read(key);
    QCOMPARE(reading.fields.size(), size_t(2));
    for (const FieldReading &field : reading.fields) {
        QCOMPARE(key.sliced(field.begin, field.end - field.begin),
                 field.argument + ':' + field.value);
    }
}

void TestKeyReader::readsManySeparators()
{
    const KeyReader reader = readerOf(
        R"([{"name": "a"}, {"name": "b"}])",
        R"([{"name": "1", "arguments": "a", "partition": true}, {"name": "2", "arguments": "b"}])");
    const QByteArray value = QByteArray("x::").repeated(5000) + 'y';
    const KeyReading reading = reader.read(":1:m.f::a:" + value + "::b:2");
    QCOMPARE(reading.partition, "a:" + value);
    QCOMPARE(reading.suffix, QByteArray("b:2"));
    QCOMPARE(reader.read(":1:m.f::" + QByteArray(100000, ':')).source, Source::Catalog);
}

void TestKeyReader::readsManyVersions()
{
    // Every `:1:` may be where the key begins; each of them was once read to the end.
    const QByteArray heads = QByteArray(":1").repeated(500000);
    const KeyReader known = readerOf(R"([{"name": "a"}])", R"([{"name": "1"}])");
    const KeyReader guessing;
    for (const KeyReader *reader : {&known, &guessing}) {
        QCOMPARE(reader->read(heads + "::x").source, Source::Foreign);
        QCOMPARE(reader->read(heads + "::" + QByteArray(500000, 'x') + ".").source,
                 Source::Foreign);
        const KeyReading reading = reader->read(heads + ":m.f::a:1");
        QVERIFY(reading.source != Source::Foreign);
        QCOMPARE(reading.clientPrefix + ":1:m.f::a:1", heads + ":m.f::a:1");
    }
}

QTEST_APPLESS_MAIN(TestKeyReader)
#include "tst_keyreader.moc"
