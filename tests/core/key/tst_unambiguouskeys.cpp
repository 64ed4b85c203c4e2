// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/key/keybuilder.h"
#include "core/key/keyreader.h"
#include "tests/core/value/nastyvalue.h"
#include "tests/core/value/unambiguousreader.h"

#include <rapidcheck.h>

#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

KeyField argsField(const char *name, std::vector<QByteArray> names, bool partition = false)
{
    KeyField field;
    field.name = name;
    field.everything = names.empty();
    field.names = std::move(names);
    field.partition = partition;
    return field;
}

KeyedFunction threeParameters()
{
    KeyedFunction function;
    function.id = "shop.list";
    function.parameters = {{"a", std::nullopt}, {"b", Value()}, {"c", Value(1)}};
    function.key.unambiguous = true;
    return function;
}

/// Fields that take all three arguments, in some arrangement.
KeyedFunction anyFunction()
{
    KeyedFunction function = threeParameters();
    const auto flag = [] { return *rc::gen::arbitrary<bool>(); };
    switch (*rc::gen::inRange(0, 3)) {
    case 0:
        function.key.fields = {argsField("one", {}, flag())};
        break;
    case 1:
        function.key.fields
            = {argsField("one", {"c", "a"}, flag()), argsField("two", {"b"}, flag())};
        break;
    default:
        function.key.fields = {argsField("one", {"a"}, flag()), argsField("two", {"b"}, flag()),
                               argsField("three", {"c"}, flag())};
        break;
    }
    if (flag()) {
        KeyField constant;
        constant.name = *rc::gen::element<QByteArray>("a", "p", "z");
        constant.type = KeyField::Type::Constant;
        constant.constantKey = *rc::gen::element<QByteArray>("v", "", "::", "a:b||");
        constant.constantValue = nastyValue(1);
        constant.partition = flag();
        function.key.fields.push_back(std::move(constant));
    }
    function.key.nameSpace = *rc::gen::element<QByteArray>("", "n");
    function.key.maxKeySuffixLength = *rc::gen::inRange(0, 80);
    function.key.hashSuffixOnOverflow = flag();
    return function;
}

Call anyCall()
{
    Call call;
    const int count = *rc::gen::inRange(1, 4);
    for (int i = 0; i < count; ++i)
        call.args.push_back(nastyValue());
    return call;
}

ValueList bound(const KeyedFunction &function, const Call &call)
{
    ValueList all = call.args;
    for (size_t i = all.size(); i < function.parameters.size(); ++i)
        all.push_back(*function.parameters[i].defaultValue);
    return all;
}

QByteArray keyOf(const KeyedFunction &function, const Call &call)
{
    return KeyBuilder(function).build(call).value().key;
}

Value requestWith(ValueMap attributes, ValueList query = {})
{
    attributes.emplace_back(Value::string("query_params"), Value::list(std::move(query)));
    return Value::request({{}, std::move(attributes)});
}

} // namespace

class TestUnambiguousKeys : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void differentCallsHaveDifferentKeys()
    {
        QVERIFY(rc::check("keys are equal when the bound arguments are, and only then", [] {
            const KeyedFunction function = anyFunction();
            const Call one = anyCall();
            const Call other
                = *rc::gen::arbitrary<bool>() ? anyCall() : Call{bound(function, one), {}};
            const QByteArray oneKey = keyOf(function, one);
            const QByteArray otherKey = keyOf(function, other);
            RC_LOG() << oneKey.constData() << '\n' << otherKey.constData() << '\n';
            RC_CLASSIFY(oneKey == otherKey);
            RC_ASSERT((oneKey == otherKey) == (bound(function, one) == bound(function, other)));
        }));
    }

    void theReaderFindsEveryValue()
    {
        QVERIFY(rc::check("fields are read back", [] {
            const KeyedFunction function = anyFunction();
            const Call call = anyCall();
            const BuiltKey built = KeyBuilder(function).build(call).value();
            const QByteArray key = redisKey("p", 1, built.key);
            RC_LOG() << key.constData() << '\n';
            const KeyReader reader({function});
            const KeyReading reading = reader.read(key);
            RC_ASSERT(reading.source == KeyReading::Source::Catalog);
            RC_ASSERT(reading.partition == built.partition);
            RC_ASSERT(reading.suffix == built.suffix);
            RC_ASSERT(reader.levels({key.constData(), size_t(key.size())}).partitionEnd
                      == key.size() - built.suffix.size());
            const ValueList values = bound(function, call);
            size_t read = 0;
            for (const FieldReading &field : reading.fields) {
                RC_ASSERT(key.sliced(field.begin, field.end - field.begin)
                          == field.argument + ':' + field.value);
                for (size_t i = 0; i < values.size(); ++i) {
                    if (field.argument != function.parameters[i].name)
                        continue;
                    ++read;
                    RC_ASSERT(UnambiguousReader(field.value).run() == std::optional(values[i]));
                }
            }
            RC_ASSERT(reading.suffixHashed || read == values.size());
        }));
    }

    void whatIsNotThereDiffersFromNone()
    {
        KeyedFunction function = threeParameters();
        function.key.fields = {argsField("one", {"a"})};
        function.key.fields[0].path = "x";
        const auto withX = [](const Value &x) {
            return Call{{Value::map({{Value::string("x"), x}})}, {}};
        };
        QCOMPARE(keyOf(function, {{Value::map({})}, {}}), "shop.list::a:missing");
        QCOMPARE(keyOf(function, withX(Value())), "shop.list::a:None");
        QCOMPARE(keyOf(function, withX(Value::string("missing"))), "shop.list::a:\"missing\"");

        KeyField query;
        query.name = "query";
        query.type = KeyField::Type::QueryParams;
        KeyField user;
        user.name = "user";
        user.type = KeyField::Type::RequestValue;
        user.path = "user.id";
        function.key.fields = {query, user};
        const auto pair = [](const char *name, const char *text) {
            return Value::tuple({Value::string(name), Value::string(text)});
        };
        QCOMPARE(keyOf(function, {{Value(1)}, {}}), "shop.list::-::-");
        QCOMPARE(keyOf(function, {{requestWith({})}, {}}), "shop.list::-::user_id:missing");
        const Value id = Value::map({{Value::string("id"), Value(1)}});
        QCOMPARE(
            keyOf(function, {{requestWith({{Value::string("user"), id}}, {pair("", "x")})}, {}}),
            "shop.list::%:\"x\"::user_id:1");
        QCOMPARE(keyOf(function, {{requestWith({}, {pair("a:b", "y"), pair("a:b", "x")})}, {}}),
                 "shop.list::a%3Ab:[\"x\",\"y\"]::user_id:missing");
    }

    void aPrefixForSomeArgumentsIsOneOfTheKey()
    {
        KeyedFunction function = threeParameters();
        function.parameters = {{"a", std::nullopt}, {"b", std::nullopt}, {"c", std::nullopt}};
        function.key.fields
            = {argsField("1", {"a"}, true), argsField("2", {"b"}, true), argsField("3", {"c"})};
        const KeyBuilder builder(function);
        QCOMPARE(builder.partialPrefix({{Value(1)}, {}}).value(), "shop.list::a:1::");
        QCOMPARE(builder.partialPrefix({{Value(1), Value(2)}, {}}).value(),
                 "shop.list::a:1::b:2::");
        QCOMPARE(builder.partialPrefix({}).value(), "shop.list::");
        QCOMPARE(keyOf(function, {{Value(1), Value(2), Value(3)}, {}}), "shop.list::a:1::b:2::c:3");
    }

    void whatIsHashedIsADigest()
    {
        KeyedFunction function = threeParameters();
        function.key.fields = {argsField("one", {"a"}), argsField("two", {"b"})};
        function.key.fields[0].hashValue = true;
        const QByteArray digest
            = QCryptographicHash::hash("a:\"x\"", QCryptographicHash::Sha256).toHex();
        QCOMPARE(keyOf(function, {{Value::string("x")}, {}}), "shop.list::" + digest + "::b:None");
        function.key.hashSuffixOnOverflow = true;
        function.key.maxKeySuffixLength = 20;
        const QByteArray suffix = digest + "::b:None";
        QCOMPARE(keyOf(function, {{Value::string("x")}, {}}),
                 "shop.list::"
                     + QCryptographicHash::hash(suffix, QCryptographicHash::Sha256).toHex());
    }

    void aKeyWrittenBeforeTheOptionWasOnIsNotTakenApartWrongly()
    {
        KeyedFunction function = threeParameters();
        function.key.fields = {argsField("1", {"a"}, true), argsField("2", {"b"})};
        const KeyReader reader({function});
        const KeyReading reading = reader.read(":1:shop.list::a:x::y::b:1");
        QCOMPARE(reading.source, KeyReading::Source::Catalog);
        QCOMPARE(reading.partition, "a:x");
        QCOMPARE(reading.suffix, "y::b:1");
        QVERIFY(!reading.suffixHashed);
    }
};

QTEST_APPLESS_MAIN(TestUnambiguousKeys)
#include "tst_unambiguouskeys.moc"
