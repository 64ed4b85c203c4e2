// SPDX-License-Identifier: GPL-3.0-or-later
// The backends by themselves; of Redis, against the same work done by bare hiredis.
#include "core/backend/memorybackend.h"
#include "core/backend/redisbackend.h"
#include "tests/support/redisserver.h"

#include <benchmark/benchmark.h>
#include <hiredis/hiredis.h>

#include <cstdio>
#include <cstring>
#include <stdexcept>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

constexpr int MemoryKeys = 100'000;
constexpr int RedisKeys = 1'000'000;
constexpr int RemovedKeys = 200'000;
constexpr int Slice = 1000;

/// About 66 bytes, as drf-restflow makes them.
QByteArray keyOf(int i)
{
    char key[96];
    std::snprintf(key, sizeof key, ":1:users::app.services.get_user_payload::user_id:%07d::page:%d",
                  i / 3, i % 3);
    return key;
}

std::vector<QByteArray> keysFrom(int first, int count)
{
    std::vector<QByteArray> keys;
    for (int i = first; i < first + count; ++i)
        keys.push_back(keyOf(i));
    return keys;
}

MemoryBackend &filledMemory()
{
    static MemoryBackend backend(std::make_shared<SystemClock>());
    static const bool filled = [] {
        for (int i = 0; i < MemoryKeys; ++i)
            (void)backend.set(keyOf(i), QByteArray(200, 'v'), std::chrono::hours(1));
        return true;
    }();
    benchmark::DoNotOptimize(filled);
    return backend;
}

/// Of so many keys, one after the other: few are in the processor's cache, many are not.
void memoryGet(benchmark::State &state)
{
    MemoryBackend &backend = filledMemory();
    const auto keys = keysFrom(0, int(state.range(0)));
    size_t i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(backend.get(keys[i]));
        i = (i + 7919) % keys.size();
    }
}
BENCHMARK(memoryGet)->Arg(100)->Arg(MemoryKeys);

void memoryReplace(benchmark::State &state)
{
    MemoryBackend &backend = filledMemory();
    const auto keys = keysFrom(0, MemoryKeys);
    const QByteArray value(200, 'w');
    size_t i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(backend.set(keys[i], value, std::chrono::hours(1)));
        i = (i + 7919) % keys.size();
    }
}
BENCHMARK(memoryReplace);

qsizetype pass(CacheBackend &backend)
{
    qsizetype found = 0;
    const auto cursor = backend.scan({.slice = Slice});
    while (cursor->next([&](auto keys) { found += qsizetype(keys.size()); }).value()) { }
    return found;
}

void memoryPass(benchmark::State &state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(pass(filledMemory()));
}
BENCHMARK(memoryPass)->Unit(benchmark::kMillisecond);

RedisServer &filledRedis()
{
    static RedisServer server;
    static const bool filled = [] {
        constexpr int AtOnce = 50'000;
        for (int first = 0; first < RedisKeys; first += AtOnce) {
            std::vector<RespCommand> commands;
            for (QByteArray &key : keysFrom(first, AtOnce))
                commands.push_back({"SET", std::move(key), "v"});
            server.pipeline(commands);
        }
        return true;
    }();
    benchmark::DoNotOptimize(filled);
    return server;
}

struct Bare {
    explicit Bare(const QByteArray &path) : context(redisConnectUnix(path.constData()))
    {
        if (!context || context->err != 0)
            throw std::runtime_error("cannot connect");
    }
    ~Bare() { redisFree(context); }
    Bare(const Bare &) = delete;
    Bare &operator=(const Bare &) = delete;

    redisContext *context;
};

void redisPassBare(benchmark::State &state)
{
    const Bare bare(filledRedis().socketPath());
    for (auto _ : state) {
        size_t found = 0;
        std::string cursor = "0";
        do {
            auto *reply = static_cast<redisReply *>(
                redisCommand(bare.context, "SCAN %s COUNT %d", cursor.c_str(), Slice));
            cursor = reply->element[0]->str;
            found += reply->element[1]->elements;
            freeReplyObject(reply);
        } while (cursor != "0");
        benchmark::DoNotOptimize(found);
    }
}
BENCHMARK(redisPassBare)->Unit(benchmark::kMillisecond)->UseRealTime();

std::unique_ptr<RedisBackend> connected()
{
    return std::make_unique<RedisBackend>(*BackendUrl::parse(filledRedis().url()),
                                          std::make_shared<SystemClock>());
}

void redisPass(benchmark::State &state)
{
    const auto backend = connected();
    for (auto _ : state)
        benchmark::DoNotOptimize(pass(*backend));
}
BENCHMARK(redisPass)->Unit(benchmark::kMillisecond)->UseRealTime();

/// Removes RemovedKeys keys in slices by `remove`, and stores them again outside the measurement.
template <typename Remove> void removal(benchmark::State &state, const Remove &remove)
{
    const auto keys = keysFrom(0, RemovedKeys);
    for (auto _ : state) {
        for (int first = 0; first < RemovedKeys; first += Slice)
            remove(std::span(keys).subspan(size_t(first), Slice));
        state.PauseTiming();
        std::vector<RespCommand> commands;
        for (const QByteArray &key : keys)
            commands.push_back({"SET", key, "v"});
        filledRedis().pipeline(commands);
        state.ResumeTiming();
    }
}

void redisRemoveBare(benchmark::State &state)
{
    const Bare bare(filledRedis().socketPath());
    removal(state, [&](std::span<const QByteArray> keys) {
        std::vector<const char *> words{"UNLINK"};
        std::vector<size_t> lengths{std::strlen("UNLINK")};
        for (const QByteArray &key : keys) {
            words.push_back(key.constData());
            lengths.push_back(size_t(key.size()));
        }
        freeReplyObject(
            redisCommandArgv(bare.context, int(words.size()), words.data(), lengths.data()));
    });
}
BENCHMARK(redisRemoveBare)->Unit(benchmark::kMillisecond)->UseRealTime();

void redisRemove(benchmark::State &state)
{
    const auto backend = connected();
    removal(state, [&](std::span<const QByteArray> keys) { (void)backend->remove(keys); });
}
BENCHMARK(redisRemove)->Unit(benchmark::kMillisecond)->UseRealTime();

void redisTake(benchmark::State &state)
{
    const auto backend = connected();
    removal(state, [&](std::span<const QByteArray> keys) { (void)backend->take(keys); });
}
BENCHMARK(redisTake)->Unit(benchmark::kMillisecond)->UseRealTime();

void redisFacts(benchmark::State &state)
{
    const auto backend = connected();
    const auto keys = keysFrom(0, Slice);
    for (auto _ : state)
        benchmark::DoNotOptimize(backend->facts(keys));
}
BENCHMARK(redisFacts)->Unit(benchmark::kMillisecond)->UseRealTime();

constexpr int PartitionSize = 100;
const QByteArray BenchFunction = ":1:users::app.services.get_orders::";
const QByteArray BenchPartition = BenchFunction + "user_id:7::";

/// A partition of PartitionSize entries among RedisKeys others, removed by `remove` and stored
/// again outside the measurement.
template <typename Remove> void removalOfPartition(benchmark::State &state, const Remove &remove)
{
    const auto backend = connected();
    for (auto _ : state) {
        state.PauseTiming();
        for (int i = 0; i < PartitionSize; ++i) {
            const FillSlot slot{BenchPartition + "page:" + QByteArray::number(i),
                                BenchFunction.size()};
            (void)backend->fetchOrLease(slot, {"token", std::chrono::minutes(1)});
            (void)backend->storeLeased(slot, "token", "v", std::chrono::hours(1));
        }
        state.ResumeTiming();
        if (remove() != PartitionSize)
            state.SkipWithError("not all of the partition went");
    }
}

/// As drf-restflow does it: SCAN with COUNT 10, and a DEL for each key.
void redisRemovePartitionByScan(benchmark::State &state)
{
    const Bare bare(filledRedis().socketPath());
    removalOfPartition(state, [&] {
        int removed = 0;
        std::string cursor = "0";
        do {
            auto *page = static_cast<redisReply *>(
                redisCommand(bare.context, "SCAN %s MATCH %s* COUNT 10", cursor.c_str(),
                             BenchPartition.constData()));
            cursor = page->element[0]->str;
            for (size_t i = 0; i < page->element[1]->elements; ++i) {
                freeReplyObject(
                    redisCommand(bare.context, "DEL %s", page->element[1]->element[i]->str));
                ++removed;
            }
            freeReplyObject(page);
        } while (cursor != "0");
        return removed;
    });
}
BENCHMARK(redisRemovePartitionByScan)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);

void removePartition(benchmark::State &state, PrefixReach reach)
{
    const auto backend = connected();
    removalOfPartition(state, [&] {
        return backend->removePrefix(BenchPartition, BenchFunction.size(), reach).value_or(-1);
    });
}

void redisRemovePartition(benchmark::State &state)
{
    removePartition(state, PrefixReach::OwnEntries);
}
BENCHMARK(redisRemovePartition)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(50);

void redisRemovePartitionOfAll(benchmark::State &state)
{
    removePartition(state, PrefixReach::AllEntries);
}
BENCHMARK(redisRemovePartitionOfAll)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(10);

/// A miss that is filled: two round trips, against the two of GET and SET.
void redisFillBare(benchmark::State &state)
{
    const Bare bare(filledRedis().socketPath());
    const std::string value(200, 'v');
    for (auto _ : state) {
        state.PauseTiming();
        freeReplyObject(redisCommand(bare.context, "DEL filled"));
        state.ResumeTiming();
        freeReplyObject(redisCommand(bare.context, "GET filled"));
        freeReplyObject(redisCommand(bare.context, "SET filled %s PX 3600000", value.c_str()));
    }
}
BENCHMARK(redisFillBare)->Unit(benchmark::kMicrosecond)->UseRealTime();

void redisFill(benchmark::State &state)
{
    const auto backend = connected();
    const FillSlot slot{BenchPartition + "page:1", BenchFunction.size()};
    const QByteArray value(200, 'v');
    for (auto _ : state) {
        state.PauseTiming();
        (void)backend->remove({&slot.entry, 1});
        state.ResumeTiming();
        (void)backend->fetchOrLease(slot, {"token", std::chrono::minutes(1)});
        (void)backend->storeLeased(slot, "token", value, std::chrono::hours(1));
    }
    (void)backend->remove({&slot.entry, 1});
}
BENCHMARK(redisFill)->Unit(benchmark::kMicrosecond)->UseRealTime();

void redisFound(benchmark::State &state)
{
    const auto backend = connected();
    const FillSlot slot{BenchPartition + "page:1", BenchFunction.size()};
    (void)backend->set(slot.entry, QByteArray(200, 'v'), std::nullopt);
    const bool leases = state.range(0) != 0;
    for (auto _ : state) {
        if (leases)
            benchmark::DoNotOptimize(
                backend->fetchOrLease(slot, {"token", std::chrono::minutes(1)}));
        else
            benchmark::DoNotOptimize(backend->get(slot.entry));
    }
    (void)backend->remove({&slot.entry, 1});
}
BENCHMARK(redisFound)
    ->ArgName("fetchOrLease")
    ->Arg(0)
    ->Arg(1)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

void memoryFound(benchmark::State &state)
{
    MemoryBackend &backend = filledMemory();
    const FillSlot slot{keyOf(1), 10};
    const Lease lease{"token", std::chrono::minutes(1)};
    for (auto _ : state)
        benchmark::DoNotOptimize(backend.fetchOrLease(slot, lease));
}
BENCHMARK(memoryFound);

} // namespace

BENCHMARK_MAIN();
