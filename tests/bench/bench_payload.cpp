// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/payload/entrycodec.h"

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

} // namespace

BENCHMARK_CAPTURE(decode, pickle5, "pickle5");
BENCHMARK_CAPTURE(decode, pickle2, "pickle2");
BENCHMARK_CAPTURE(decode, json, "json");
BENCHMARK_CAPTURE(decode, pickle5_zlib, "pickle5-zlib");
BENCHMARK_MAIN();
