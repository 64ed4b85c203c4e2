// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/payload/entrywriter.h"
#include "tests/bench/figures.h"

#include <QFile>
#include <QProcess>

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <stdexcept>

using namespace Cachelens;
using namespace Cachelens::Testing;

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

/// Python's own unpickler, which is written in C, in a process of its own: asked for a number of
/// times, it decodes the bytes as often and says how many microseconds one took.
class PythonUnpickler {
public:
    explicit PythonUnpickler(const QByteArray &pickled)
    {
        static const auto script = QStringLiteral(
            "import base64, pickle, sys, time\n"
            "data = base64.b64decode(sys.argv[1])\n"
            "for line in sys.stdin:\n"
            "    began = time.perf_counter()\n"
            "    for _ in range(int(line)): pickle.loads(data)\n"
            "    print((time.perf_counter() - began) * 1e6 / int(line), flush=True)\n");
        m_process.start(QStringLiteral("python3"),
                        {QStringLiteral("-c"), script, QString::fromLatin1(pickled.toBase64())});
        if (!m_process.waitForStarted())
            throw std::runtime_error("python3 does not start");
    }
    ~PythonUnpickler()
    {
        m_process.closeWriteChannel();
        m_process.waitForFinished();
    }
    double perEntry(int times)
    {
        m_process.write(QByteArray::number(times) + '\n');
        while (!m_process.canReadLine()) {
            if (!m_process.waitForReadyRead())
                throw std::runtime_error("python3 does not answer");
        }
        return m_process.readLine().trimmed().toDouble();
    }

private:
    QProcess m_process;
};

void besidePython()
{
    constexpr int Times = 1000;
    constexpr double Limit = 100; // bytes a microsecond
    const QByteArray stored = entryNamed("pickle5");
    PythonUnpickler python(stored);
    const auto [mine, pythons] = inTurns(
        [&] {
            return perCall(Times, [&](int) {
                const auto entry = decodeEntry(stored);
                if (!entry || !entry->restflow)
                    throw std::runtime_error("an entry is not decoded");
            });
        },
        [&] { return python.perEntry(Times); }, 60);
    tell({"a pickled entry of 1 kB, beside CPython", "us", mine, pythons, 0});
    tell({"  by the clock", "us", mine, 0, double(stored.size()) / Limit});
}

} // namespace

BENCHMARK_CAPTURE(decode, pickle5, "pickle5");
BENCHMARK_CAPTURE(decode, pickle2, "pickle2");
BENCHMARK_CAPTURE(decode, json, "json");
BENCHMARK_CAPTURE(decode, pickle5_zlib, "pickle5-zlib");
BENCHMARK_CAPTURE(encode, pickle, Serializer::Pickle);
BENCHMARK_CAPTURE(encode, json, Serializer::Json);
BENCHMARK_CAPTURE(encode, msgpack, Serializer::MessagePack);

int main(int argc, char **argv)
{
    benchmark::Initialize(&argc, argv);
    try {
        besidePython();
    } catch (const std::exception &exception) {
        std::fprintf(stderr, "bench_payload: %s\n", exception.what());
        return 1;
    }
    benchmark::RunSpecifiedBenchmarks();
}
