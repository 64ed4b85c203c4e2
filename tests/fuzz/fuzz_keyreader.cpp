// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/key/keybuilder.h"
#include "core/key/keyreader.h"

#include <cstdlib>
#include <string_view>

namespace {

using namespace Cachelens;

/// Takes what a catalog would say off the front of the input; what remains is a key.
class Input {
public:
    explicit Input(std::string_view bytes) : m_bytes(bytes) { }

    unsigned number(unsigned below)
    {
        if (m_bytes.empty())
            return 0;
        const auto byte = static_cast<unsigned char>(m_bytes.front());
        m_bytes.remove_prefix(1);
        return byte % below;
    }
    bool flag() { return number(2) == 1; }
    QByteArray name()
    {
        // Few names, so that they meet.
        static const char *const names[] = {"", "a", "b", "a.b", "user_id", ":", "::", "n::m"};
        return names[number(8)];
    }
    QByteArray rest() const { return {m_bytes.data(), qsizetype(m_bytes.size())}; }

private:
    std::string_view m_bytes;
};

KeyField fieldOf(Input &input)
{
    KeyField field;
    field.name = input.name();
    field.type = static_cast<KeyField::Type>(input.number(5));
    field.everything = input.flag();
    for (unsigned i = input.number(3); i > 0; --i)
        field.names.push_back(input.name());
    field.path = input.name();
    field.constantKey = input.name();
    field.constantValue = Value::string(input.name());
    field.partition = input.flag();
    field.hashValue = input.number(8) == 1;
    return field;
}

KeyedFunction functionOf(Input &input)
{
    KeyedFunction function;
    function.id = "f" + input.name();
    for (unsigned i = input.number(3); i > 0; --i)
        function.parameters.push_back({input.name(), Value::string(input.name())});
    function.key.nameSpace = input.name();
    function.key.hashSuffixOnOverflow = input.flag();
    function.key.maxKeySuffixLength = qsizetype(input.number(100));
    function.key.fields.clear();
    for (unsigned i = input.number(5); i > 0; --i)
        function.key.fields.push_back(fieldOf(input));
    return function;
}

void require(bool condition)
{
    if (!condition)
        std::abort();
}

void check(const KeyReader &reader, const QByteArray &key)
{
    const KeyReading reading = reader.read(key);
    const KeyLevels levels = reader.levels({key.constData(), size_t(key.size())});
    require(reading.source == levels.source);
    require(0 <= levels.cacheEnd && levels.cacheEnd <= levels.namespaceEnd
            && levels.namespaceEnd <= levels.functionEnd
            && levels.functionEnd <= levels.partitionEnd && levels.partitionEnd <= key.size());
    if (reading.source == KeyReading::Source::Foreign)
        return;
    QByteArray whole = key.first(levels.functionEnd);
    if (levels.partitionEnd > levels.functionEnd)
        whole += reading.partition + "::";
    require(whole + reading.suffix == key);
    qsizetype position = levels.functionEnd;
    for (const FieldReading &field : reading.fields) {
        require(field.begin >= position && field.end >= field.begin && field.end <= key.size());
        require(key.first(field.end).endsWith(field.value));
        position = field.end;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input input({reinterpret_cast<const char *>(data), size});
    std::vector<KeyedFunction> functions;
    for (unsigned i = 1 + input.number(3); i > 0; --i)
        functions.push_back(functionOf(input));
    const KeyBuilder builder(functions.front());
    const QByteArray rest = input.rest();

    const KeyReader knowing(functions);
    const KeyReader guessing;
    for (const QByteArray &key : {rest, redisKey({}, 1, builder.functionPrefix() + rest)}) {
        check(knowing, key);
        check(guessing, key);
    }
    Call call;
    if (!functions.front().parameters.empty())
        call.args.push_back(Value::string(rest));
    if (const Result<BuiltKey> built = builder.build(call))
        check(knowing, redisKey("p", 1, built->key));
    return 0;
}
