// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/key/keybuilder.h"
#include "core/key/keyreader.h"
#include "core/value/keytext.h"
#include "core/value/unambiguoustext.h"
#include "tests/core/payload/randomvalue.h"

#include <rapidcheck.h>

#include <QTest>

using namespace Cachelens;

namespace {

QByteArray textOf(const Value &value)
{
    QByteArray text;
    appendUnambiguousText(text, value);
    return text;
}

/// Reads a value's text back from left to right: that this can be done is why no two values share
/// one.
class TextReader {
public:
    explicit TextReader(QByteArray text) : m_text(std::move(text)) { }

    std::optional<Value> run()
    {
        std::optional<Value> value = read();
        return value && m_position == m_text.size() ? value : std::nullopt;
    }

private:
    bool skip(const char *what)
    {
        if (!QByteArrayView(m_text).sliced(m_position).startsWith(what))
            return false;
        m_position += qsizetype(strlen(what));
        return true;
    }

    std::optional<QByteArray> quoted()
    {
        if (!skip("\""))
            return std::nullopt;
        const qsizetype end = m_text.indexOf('"', m_position);
        if (end < 0)
            return std::nullopt;
        const QByteArray text = m_text.sliced(m_position, end - m_position);
        m_position = end + 1;
        return QByteArray::fromPercentEncoding(text);
    }

    std::optional<ValueList> items(const char *close)
    {
        ValueList list;
        while (!skip(close)) {
            if (!list.empty() && !skip(","))
                return std::nullopt;
            std::optional<Value> item = read();
            if (!item)
                return std::nullopt;
            list.push_back(std::move(*item));
        }
        return list;
    }

    std::optional<ValueMap> entries()
    {
        ValueMap map;
        if (!skip("{"))
            return std::nullopt;
        while (!skip("}")) {
            if (!map.empty() && !skip(","))
                return std::nullopt;
            std::optional<Value> key = read();
            std::optional<Value> value = key && skip("=") ? read() : std::nullopt;
            if (!value)
                return std::nullopt;
            map.emplace_back(std::move(*key), std::move(*value));
        }
        return map;
    }

    static std::optional<Value> timeDelta(const QByteArray &text)
    {
        const QList<QByteArray> parts = text.split(',');
        return parts.size() == 3
            ? std::optional(Value(TimeDelta{parts[0].toInt(), parts[1].toInt(), parts[2].toInt()}))
            : std::nullopt;
    }

    std::optional<Value> number()
    {
        qsizetype end = m_position;
        while (end < m_text.size() && !QByteArrayView(",=])}").contains(m_text[end]))
            ++end;
        const QByteArray text = m_text.sliced(m_position, end - m_position);
        m_position = end;
        if (text.contains('.') || text.contains('e') || text.contains('n'))
            return Value(text.toDouble());
        return Value::integer(text);
    }

    std::optional<Value> read()
    {
        const auto text = [this](Value (*make)(const TextBytes &)) -> std::optional<Value> {
            std::optional<QByteArray> found = quoted();
            return found ? std::optional(make(*found)) : std::nullopt;
        };
        const auto list = [this](Value (*make)(ValueList), const char *close) {
            std::optional<ValueList> found = items(close);
            return found ? std::optional(make(*found)) : std::nullopt;
        };
        const auto object = [this](Value (*make)(Object)) -> std::optional<Value> {
            const std::optional<QByteArray> name = quoted();
            std::optional<ValueMap> attributes = name ? entries() : std::nullopt;
            return attributes ? std::optional(make({*name, *attributes})) : std::nullopt;
        };
        if (skip("None"))
            return Value();
        if (skip("True"))
            return Value(true);
        if (skip("False"))
            return Value(false);
        if (skip("cycle"))
            return Value::cycle();
        if (skip("bytearray"))
            return text(Value::byteArray);
        if (skip("b"))
            return text(Value::bytes);
        if (skip("decimal"))
            return text(Value::decimal);
        if (skip("uuid"))
            return text(Value::uuid);
        if (skip("class"))
            return text(Value::classNamed);
        if (skip("datetime"))
            return Value(*dateTimeFromIso(*quoted()));
        if (skip("date"))
            return Value(*dateFromIso(*quoted()));
        if (skip("timedelta"))
            return timeDelta(*quoted());
        if (skip("time"))
            return Value(*timeFromIso(*quoted()));
        if (skip("["))
            return list(Value::list, "]");
        if (skip("("))
            return list(Value::tuple, ")");
        if (skip("set{"))
            return list(Value::set, "}");
        if (skip("frozenset{"))
            return list(Value::frozenSet, "}");
        if (skip("object"))
            return object(Value::object);
        if (skip("request"))
            return object(Value::request);
        if (m_text.at(m_position) == '{') {
            std::optional<ValueMap> map = entries();
            return map ? std::optional(Value::map(*map)) : std::nullopt;
        }
        if (m_text.at(m_position) == '"')
            return text(Value::string);
        return number();
    }

    QByteArray m_text;
    qsizetype m_position = 0;
};

/// Texts that look like structure.
QByteArray nastyText()
{
    const auto pieces = *rc::gen::container<std::vector<QByteArray>>(rc::gen::element<QByteArray>(
        ":", "::", "|", "||", ",", "\"", "%", "%3A", "-", "a:", "||b:", "1", "None", "null", "[",
        "]", "{", "}", "=", QByteArray("\0\n", 2), "\xff", "\xc3\xa9"));
    QByteArray text;
    for (const QByteArray &piece : pieces)
        text += piece;
    return text;
}

/// From few values, so that two of them are often alike.
Value nastyValue(int depth = 2)
{
    const auto items = [depth] {
        ValueList list;
        const int count = *rc::gen::inRange(0, 3);
        for (int i = 0; i < count; ++i)
            list.push_back(nastyValue(depth - 1));
        return list;
    };
    switch (*rc::gen::inRange(0, depth > 0 ? 12 : 6)) {
    case 0:
        return Value(*rc::gen::inRange(0, 2));
    case 1:
        return Value(*rc::gen::arbitrary<bool>());
    case 2:
        return *rc::gen::element(Value(), Value(1.0), Value(0.0), Value(-0.0), Value::decimal("1"),
                                 Value(Date{2024, 2, 29}), Value::uuid("1"), Value::classNamed("1"),
                                 Value(TimeDelta{0, 1, 0}), Value(TimeDelta{-1, 1, 0}),
                                 Value(Time{1, 2, 3, 0, std::nullopt}), Value(Time{1, 2, 3, 0, 0}),
                                 Value(DateTime{{2024, 2, 29}, {0, 0, 0, 1, -5400}}));
    case 3:
        return *rc::gen::element(Value::string("1"), Value::string("None"), Value::string("null"),
                                 Value::string(""), Value::bytes("1"), Value::byteArray("1"));
    case 4:
        return Value::string(nastyText());
    case 5:
        return Value::bytes(nastyText());
    case 6:
        return Value::list(items());
    case 7:
        return Value::tuple(items());
    case 8:
        return Value::set(items());
    case 9:
        return Value::frozenSet(items());
    case 10:
        return Value::object({*rc::gen::element<QByteArray>("", "a.B"),
                              {{Value::string("x"), nastyValue(depth - 1)}}});
    default:
        return Value::map({{nastyValue(0), nastyValue(depth - 1)}});
    }
}

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
    void textsTellTypesApart_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *expected, const Value &value) {
            QTest::newRow(expected) << textOf(value) << QByteArray(expected);
        };
        row("1", Value(1));
        row("1.0", Value(1.0));
        row("\"1\"", Value::string("1"));
        row("True", Value(true));
        row("None", Value());
        row("\"null\"", Value::string("null"));
        row("b\"1\"", Value::bytes("1"));
        row("b\"%FF%22\"", Value::bytes("\xff\""));
        row("\"http://x/a:%3Ab|%7C\"", Value::string("http://x/a::b||"));
        row("123456789012345678901", Value::integer("123456789012345678901"));
        row("datetime\"2024-02-29T07:08:09+00:00\"",
            Value(DateTime{{2024, 2, 29}, {7, 8, 9, 0, 0}}));
        row("[1,(2),set{}]", Value::list({Value(1), Value::tuple({Value(2)}), Value::set({})}));
        row("set{1,2}", Value::set({Value(2), Value(1)}));
        row("{\"a\"=1,\"b\"={}}",
            Value::map({{Value::string("b"), Value::map({})}, {Value::string("a"), Value(1)}}));
        row("object\"shop.Order\"{\"id\"=1}",
            Value::object({"shop.Order", {{Value::string("id"), Value(1)}}}));
    }

    void textsTellTypesApart()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        QCOMPARE(text, expected);
    }

    void everyTextReadsBackAsItsValue()
    {
        const auto readsBack = [](const Value &value) {
            const QByteArray text = textOf(value);
            RC_LOG() << text.constData() << '\n';
            RC_ASSERT(!text.contains("::") && !text.contains("||"));
            RC_ASSERT(!text.startsWith(':') && !text.endsWith(':'));
            RC_ASSERT(!text.startsWith('|') && !text.endsWith('|'));
            const std::optional<Value> back = TextReader(text).run();
            RC_ASSERT(back.has_value());
            RC_ASSERT(*back == value);
        };
        QVERIFY(rc::check("nasty values", [&] { readsBack(nastyValue(3)); }));
        QVERIFY(rc::check("any values",
                          [&] { readsBack(*Testing::arbitraryValue(Testing::Format::Pickle)); }));
    }

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
                    RC_ASSERT(TextReader(field.value).run() == std::optional(values[i]));
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
