// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/key/keybuilder.h"
#include "core/key/keyreader.h"

#include <benchmark/benchmark.h>

using namespace Cachelens;

namespace {

KeyField argsField(const char *name, const char *argument, bool partition)
{
    KeyField field;
    field.name = name;
    field.everything = false;
    field.names = {argument};
    field.partition = partition;
    return field;
}

/// Three fields: a partition, an argument and a constant.
KeyedFunction userPayload()
{
    KeyField constant;
    constant.name = "version";
    constant.type = KeyField::Type::Constant;
    constant.constantKey = "v";
    constant.constantValue = Value::string("1");

    KeyedFunction function;
    function.id = "shop.services.get_user_payload";
    function.parameters = {{"user_id", std::nullopt}, {"page", Value(1)}};
    function.key.nameSpace = "users";
    function.key.fields
        = {argsField("user", "user_id", true), argsField("page", "page", false), constant};
    return function;
}

/// A catalog as a service has it: the function that the keys are of, among others.
std::vector<KeyedFunction> functions()
{
    std::vector<KeyedFunction> result;
    for (int i = 0; i < 40; ++i) {
        KeyedFunction other = userPayload();
        other.id = "shop.services.other" + QByteArray::number(i);
        result.push_back(std::move(other));
    }
    result.push_back(userPayload());
    return result;
}

/// A thousand keys of about 66 bytes.
std::vector<QByteArray> rawKeys()
{
    const KeyBuilder builder(userPayload());
    std::vector<QByteArray> keys;
    for (int i = 0; i < 1000; ++i) {
        const Result<BuiltKey> built = builder.build({{Value(100000 + i), Value(i % 7)}, {}});
        keys.push_back(redisKey("", 1, built->key));
    }
    return keys;
}

std::string_view view(const QByteArray &bytes)
{
    return {bytes.constData(), size_t(bytes.size())};
}

void buildKeyOfThreeFields(benchmark::State &state)
{
    const KeyBuilder builder(userPayload());
    Call call;
    call.args = {Value(123456)};
    call.kwargs = {{"page", Value(7)}};
    for (auto _ : state)
        benchmark::DoNotOptimize(builder.build(call));
}
BENCHMARK(buildKeyOfThreeFields);

void buildKeyOfText(benchmark::State &state)
{
    const KeyBuilder builder(userPayload());
    Call call;
    call.args = {Value::string("d94f8b1e-5c7a"), Value::list({Value(1), Value(2), Value(3.5)})};
    for (auto _ : state)
        benchmark::DoNotOptimize(builder.build(call));
}
BENCHMARK(buildKeyOfText);

void readLevels(benchmark::State &state, const KeyReader &reader)
{
    const std::vector<QByteArray> keys = rawKeys();
    for (auto _ : state) {
        for (const QByteArray &key : keys)
            benchmark::DoNotOptimize(reader.levels(view(key)));
    }
    state.SetItemsProcessed(state.iterations() * int64_t(keys.size()));
    state.counters["per_key"]
        = benchmark::Counter(double(state.iterations()) * double(keys.size()),
                             benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void levelsWithCatalog(benchmark::State &state)
{
    readLevels(state, KeyReader(functions()));
}
BENCHMARK(levelsWithCatalog);

void levelsGuessed(benchmark::State &state)
{
    readLevels(state, KeyReader());
}
BENCHMARK(levelsGuessed);

void readKey(benchmark::State &state, const KeyReader &reader)
{
    const std::vector<QByteArray> keys = rawKeys();
    for (auto _ : state) {
        for (const QByteArray &key : keys)
            benchmark::DoNotOptimize(reader.read(key));
    }
    state.counters["per_key"]
        = benchmark::Counter(double(state.iterations()) * double(keys.size()),
                             benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void readWithCatalog(benchmark::State &state)
{
    readKey(state, KeyReader(functions()));
}
BENCHMARK(readWithCatalog);

void readGuessed(benchmark::State &state)
{
    readKey(state, KeyReader());
}
BENCHMARK(readGuessed);

} // namespace

BENCHMARK_MAIN();
