// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/payload/entrywriter.h"

#include <QFile>

#include <benchmark/benchmark.h>

#include <cstdlib>

using namespace Cachelens;

namespace {

/// Entries as a service stores them, from tests/data/pickles/bench.txt: one line each, a name, a
/// space, the bytes in base64.
QByteArray entryNamed(QByteArrayView wanted)
{
    QFile file(QStringLiteral(CACHELENS_TEST_DATA "/pickles/bench.txt"));
    if (!file.open(QIODevice::ReadOnly))
        std::abort();
    while (!file.atEnd()) {
        const QByteArray line = file.readLine().trimmed();
        const qsizetype space = line.indexOf(' ');
        if (QByteArrayView(line).first(space) == wanted)
            return QByteArray::fromBase64(line.sliced(space + 1));
    }
    std::abort();
}

void decode(benchmark::State &state, const char *name)
{
    const QByteArray stored = entryNamed(name);
    for (auto _ : state) {
        auto entry = decodeEntry(stored);
        if (!entry || !entry->restflow)
            std::abort();
        benchmark::DoNotOptimize(entry);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * stored.size());
    state.counters["bytes"] = static_cast<double>(stored.size());
}

/// The value of the entry in JSON, written anew.
void encode(benchmark::State &state, Serializer serializer)
{
    const Value result = decodeEntry(entryNamed("json"))->value;
    const EntryTimes times{WallTime(std::chrono::seconds(1'800'000'000))};
    qsizetype size = 0;
    for (auto _ : state) {
        auto bytes = encodeEntry(result, times, {.serializer = serializer});
        if (!bytes)
            std::abort();
        size = bytes->size();
        benchmark::DoNotOptimize(bytes);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * size);
    state.counters["bytes"] = static_cast<double>(size);
}

} // namespace

BENCHMARK_CAPTURE(decode, pickle5, "pickle5");
BENCHMARK_CAPTURE(decode, pickle2, "pickle2");
BENCHMARK_CAPTURE(decode, json, "json");
BENCHMARK_CAPTURE(decode, pickle5_zlib, "pickle5-zlib");
BENCHMARK_CAPTURE(encode, pickle, Serializer::Pickle);
BENCHMARK_CAPTURE(encode, json, Serializer::Json);
BENCHMARK_CAPTURE(encode, msgpack, Serializer::MessagePack);
BENCHMARK_MAIN();
