// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/key/keybuilder.h"
#include "core/key/keypieces.h"
#include "core/key/keyreader.h"

#include <rapidcheck.h>

#include <QTest>

#include <set>

using namespace Cachelens;

namespace {

using Source = KeyReading::Source;

QByteArray fromString(const std::string &text)
{
    return QByteArray::fromStdString(text);
}

rc::Gen<QByteArray> textOf(const std::string &characters, int shortest, int longest)
{
    return rc::gen::mapcat(rc::gen::inRange(shortest, longest + 1), [characters](int length) {
        return rc::gen::map(
            rc::gen::container<std::string>(size_t(length), rc::gen::elementOf(characters)),
            fromString);
    });
}

rc::Gen<QByteArray> identifier()
{
    return rc::gen::map(
        rc::gen::pair(textOf("abcxyz_", 1, 1), textOf("abc_019", 0, 3)),
        [](const std::pair<QByteArray, QByteArray> &parts) { return parts.first + parts.second; });
}

/// Text that cannot be taken for a separator.
rc::Gen<QByteArray> plainText()
{
    return textOf("ab1 .,*?[]\\^{}/\"'\n\xc3\xa9", 0, 8);
}

rc::Gen<QByteArray> nastyText()
{
    return rc::gen::oneOf(textOf(std::string(":|a1\0\xff\xfe", 7), 0, 12),
                          rc::gen::map(rc::gen::arbitrary<std::string>(), fromString));
}

rc::Gen<Value> valueOf(const rc::Gen<QByteArray> &text)
{
    return rc::gen::oneOf(
        rc::gen::map(text, Value::string),
        rc::gen::map(rc::gen::arbitrary<int>(), [](int i) { return Value(i); }),
        rc::gen::map(rc::gen::arbitrary<bool>(), [](bool b) { return Value(b); }),
        rc::gen::map(rc::gen::arbitrary<double>(), [](double d) { return Value(d); }),
        rc::gen::just(Value()),
        rc::gen::map(rc::gen::container<std::vector<QByteArray>>(text),
                     [](const std::vector<QByteArray> &texts) {
                         ValueList items;
                         for (const QByteArray &t : texts)
                             items.push_back(Value::string(t));
                         return Value::list(std::move(items));
                     }));
}

std::vector<QByteArray> someOf(const std::vector<Parameter> &parameters)
{
    std::vector<QByteArray> names;
    for (const Parameter &parameter : parameters) {
        if (*rc::gen::arbitrary<bool>())
            names.push_back(parameter.name);
    }
    return names;
}

KeyField anyField(const std::vector<Parameter> &parameters, const rc::Gen<QByteArray> &text)
{
    KeyField field;
    field.name = *identifier();
    field.partition = *rc::gen::arbitrary<bool>();
    field.hashValue = *rc::gen::weightedElement<bool>({{5, false}, {1, true}});
    field.sortLists = *rc::gen::arbitrary<bool>();
    if (*rc::gen::inRange(0, 4) == 0) {
        field.type = KeyField::Type::Constant;
        field.constantKey = *identifier();
        field.constantValue = Value::string(*text);
        return field;
    }
    field.everything = *rc::gen::inRange(0, 4) == 0;
    if (!field.everything)
        field.names = someOf(parameters);
    return field;
}

KeyedFunction anyFunction(const rc::Gen<QByteArray> &text)
{
    KeyedFunction function;
    function.id = *identifier() + '.' + *identifier();
    for (const QByteArray &name : *rc::gen::container<std::set<QByteArray>>(identifier()))
        function.parameters.push_back({name, std::nullopt});
    KeySpec &key = function.key;
    key.nameSpace = *textOf("abc1.- ", 0, 5);
    key.version = *rc::gen::inRange(0, 100000);
    if (*rc::gen::arbitrary<bool>())
        key.keyIdentifier = *identifier();
    key.hashSuffixOnOverflow = *rc::gen::arbitrary<bool>();
    key.maxKeySuffixLength = *rc::gen::inRange(0, 60);
    key.fields.clear();
    const int fields = *rc::gen::inRange(0, 5);
    for (int i = 0; i < fields; ++i)
        key.fields.push_back(anyField(function.parameters, text));
    return function;
}

Call anyCall(const KeyedFunction &function, const rc::Gen<QByteArray> &text)
{
    Call call;
    for (size_t i = 0; i < function.parameters.size(); ++i)
        call.args.push_back(*valueOf(text));
    return call;
}

QByteArray anyClientPrefix()
{
    const QByteArray prefix = *textOf("ab1", 0, 4);
    return *rc::gen::arbitrary<bool>() && !prefix.isEmpty() ? prefix + ':' + *textOf("ab1", 1, 3)
                                                            : prefix;
}

/// What levels() and read() say of a key must agree, and stand in the key.
void assertConsistent(const KeyReader &reader, const QByteArray &key)
{
    const KeyReading reading = reader.read(key);
    const KeyLevels levels = reader.levels({key.constData(), size_t(key.size())});
    RC_ASSERT(reading.source == levels.source);
    if (reading.source == Source::Foreign) {
        RC_ASSERT(levels.partitionEnd == 0);
        RC_ASSERT(reading.fields.empty());
        return;
    }
    QByteArray head = redisKey(reading.clientPrefix, reading.version, {});
    RC_ASSERT(key.first(levels.cacheEnd) == head);
    if (!reading.nameSpace.isEmpty())
        head += reading.nameSpace + "::";
    RC_ASSERT(key.first(levels.namespaceEnd) == head);
    RC_ASSERT((levels.functionIndex >= 0) == (reading.source == Source::Catalog));
    if (levels.functionIndex >= 0) {
        RC_ASSERT(reader.functions()[size_t(levels.functionIndex)].id == reading.function);
    } else {
        RC_ASSERT(key.first(levels.functionEnd) == head + reading.function + "::");
    }
    head = key.first(levels.functionEnd);
    if (!reading.partition.isEmpty())
        head += reading.partition + "::";
    RC_ASSERT(key.first(levels.partitionEnd) == head);
    RC_ASSERT(key == head + reading.suffix);

    qsizetype position = levels.functionEnd;
    for (const FieldReading &field : reading.fields) {
        RC_ASSERT(field.begin >= position);
        RC_ASSERT(field.end >= field.begin);
        RC_ASSERT(field.end <= key.size());
        RC_ASSERT(field.partition == (field.begin < levels.partitionEnd));
        const QByteArray text = key.sliced(field.begin, field.end - field.begin);
        RC_ASSERT(text == field.value || text == field.argument + ':' + field.value);
        position = field.end;
    }
}

} // namespace

class TestKeyRoundTrip : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsBackWhatTheBuilderWrote();
    void neverMistakesTheFunctionWhateverTheValues();
    void readsAnyBytesConsistently();
    void findsEverySeparator();
};

void TestKeyRoundTrip::readsBackWhatTheBuilderWrote()
{
    QVERIFY(rc::check("partition, suffix and fields come back", [] {
        const KeyedFunction function = anyFunction(plainText());
        const Call call = anyCall(function, plainText());
        const KeyBuilder builder(function);
        const Result<BuiltKey> built = builder.build(call);
        RC_ASSERT(built.has_value());
        const QByteArray prefix = anyClientPrefix();
        const QByteArray key = redisKey(prefix, function.key.version, built->key);
        RC_LOG() << key.constData() << '\n';

        const KeyReader reader({function});
        assertConsistent(reader, key);
        const KeyReading reading = reader.read(key);
        RC_ASSERT(reading.source == Source::Catalog);
        RC_ASSERT(reading.clientPrefix == prefix);
        RC_ASSERT(reading.version == function.key.version);
        RC_ASSERT(reading.nameSpace == function.key.nameSpace);
        RC_ASSERT(reading.function == function.id);
        RC_ASSERT(reading.partition == built->partition);
        RC_ASSERT(reading.suffix == built->suffix);

        // The contributions that can be seen in the key, and what was read of them.
        std::vector<QByteArray> wrote;
        const Result<std::vector<FieldContribution>> given = builder.contributions(call);
        RC_ASSERT(given.has_value());
        for (const FieldContribution &contribution : *given) {
            const bool visible = contribution.partition || !reading.suffixHashed;
            if (!contribution.text.isEmpty() && visible)
                wrote.push_back(contribution.text);
        }
        size_t next = 0;
        QByteArray text;
        for (const FieldReading &field : reading.fields) {
            if (!text.isEmpty())
                text += "||";
            text += key.sliced(field.begin, field.end - field.begin);
            RC_ASSERT(next < wrote.size());
            RC_ASSERT(wrote[next].startsWith(text));
            if (text == wrote[next]) {
                ++next;
                text.clear();
            }
        }
        RC_ASSERT(next == wrote.size());
    }));
}

void TestKeyRoundTrip::neverMistakesTheFunctionWhateverTheValues()
{
    QVERIFY(rc::check("the function and its namespace come back", [] {
        const KeyedFunction function = anyFunction(nastyText());
        const Result<BuiltKey> built = KeyBuilder(function).build(anyCall(function, nastyText()));
        RC_ASSERT(built.has_value());
        const QByteArray key = redisKey(anyClientPrefix(), function.key.version, built->key);
        const KeyReader reader({function});
        assertConsistent(reader, key);
        assertConsistent(KeyReader(), key);
        const KeyReading reading = reader.read(key);
        RC_ASSERT(reading.source == Source::Catalog);
        RC_ASSERT(reading.version == function.key.version);
        RC_ASSERT(reading.nameSpace == function.key.nameSpace);
        RC_ASSERT(reading.function == function.id);
    }));
}

void TestKeyRoundTrip::readsAnyBytesConsistently()
{
    QVERIFY(rc::check("levels and reading agree on any bytes", [] {
        const KeyedFunction function = anyFunction(nastyText());
        QByteArray key = *nastyText();
        if (*rc::gen::arbitrary<bool>())
            key.prepend(":1:" + KeyBuilder(function).functionPrefix());
        else if (*rc::gen::arbitrary<bool>())
            key.prepend(":1:a.b::");
        assertConsistent(KeyReader({function}), key);
        assertConsistent(KeyReader(), key);
    }));
}

void TestKeyRoundTrip::findsEverySeparator()
{
    QVERIFY(rc::check("separators are found where they stand", [] {
        const QByteArray text = *textOf("::ab;\xba\xff", 0, 40);
        const std::string_view key(text.constData(), size_t(text.size()));
        for (size_t from = 0; from <= key.size() + 1; ++from)
            RC_ASSERT(findSeparator(key, from) == key.find("::", from));
    }));
}

QTEST_APPLESS_MAIN(TestKeyRoundTrip)
#include "tst_keyroundtrip.moc"
