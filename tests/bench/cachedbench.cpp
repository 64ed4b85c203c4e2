// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/backendurl.h"
#include "core/backend/memorybackend.h"
#include "core/backend/redisbackend.h"
#include "core/cached/cachedfunction.h"
#include "tests/bench/benchcache.h"
#include "tests/bench/figures.h"

#include <hiredis/hiredis.h>

#include <QDeadlineTimer>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <thread>

// What a cached function costs beside the bare operation, in the same run and in turns with it.

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

constexpr int Rounds = 9;
/// Of hits over a socket, whose speed drifts within milliseconds by more than they differ: a round
/// is one call.
constexpr int SingleCalls = 20'000;
/// Of what is compared over a socket, whose speed drifts with the machine's other work: short
/// rounds in turns drift alike.
constexpr int ShortRounds = 200;

struct PayloadKey : KeyConstructor {
    PayloadKey()
    {
        nameSpace("users");
        field("user", ArgsKeyField("user_id").partition());
        field("page", ArgsKeyField("page"));
        field("version", ConstantKeyField("v", "1"));
    }
};

/// A result of about a kilobyte, as services cache them.
using Payload = std::map<std::string, std::string>;
Payload payload(int userId, int page)
{
    Payload result;
    for (int i = 0; i < 12; ++i)
        result["attribute " + std::to_string(i)]
            = std::to_string(userId) + '/' + std::to_string(page) + std::string(48, 'x');
    return result;
}

struct ContextDeleter {
    void operator()(redisContext *context) const { redisFree(context); }
};
using Context = std::unique_ptr<redisContext, ContextDeleter>;

Context bareConnection(const RedisServer &server)
{
    Context context(redisConnectUnix(server.socketPath().constData()));
    if (!context || context->err != 0)
        throw std::runtime_error("the bare connection failed");
    return context;
}

QByteArray bareGet(const Context &context, const QByteArray &key)
{
    auto *reply = static_cast<redisReply *>(
        redisCommand(context.get(), "GET %b", key.constData(), size_t(key.size())));
    if (!reply || reply->type != REDIS_REPLY_STRING)
        throw std::runtime_error("the bare GET failed");
    const QByteArray value(reply->str, qsizetype(reply->len));
    freeReplyObject(reply);
    return value;
}

void bareSet(const Context &context, const QByteArray &key, const QByteArray &value)
{
    auto *reply = static_cast<redisReply *>(redisCommand(context.get(), "SET %b %b PX 300000",
                                                         key.constData(), size_t(key.size()),
                                                         value.constData(), size_t(value.size())));
    if (!reply || reply->type != REDIS_REPLY_STATUS)
        throw std::runtime_error("the bare SET failed");
    freeReplyObject(reply);
}

/// How often the server has read from a connection: once a round trip.
qint64 readEvents(const RedisServer &server)
{
    const QByteArray stats = server.command({"INFO", "stats"}).bytes;
    const QByteArray name = "total_reads_processed:";
    const qsizetype from = stats.indexOf(name) + name.size();
    return stats.sliced(from, stats.indexOf('\r', from) - from).toLongLong();
}

auto payloadFunction(Cache &cache)
{
    return CachedFunction(cache, "shop.services.get_user_payload",
                          parameters("user_id"_p, "page"_p = 1), payload,
                          {.key = PayloadKey(), .ttl = 300s});
}

void overRedis()
{
    const RedisServer server;
    const Context bare = bareConnection(server);
    Cache cache(std::make_shared<RedisBackend>(*BackendUrl::parse(server.url()),
                                               std::make_shared<SystemClock>()));
    const auto get = payloadFunction(cache);
    get(42);
    const QByteArray key = get.getCacheKey(42);
    const auto bareHit = [&] {
        return perCall(1, [&](int) {
            const auto entry = decodeEntry(bareGet(bare, key));
            if (!entry || !ResultCodec<Payload>::fromValue(entry->value))
                throw std::runtime_error("the bare hit failed");
        });
    };
    const auto hit = [&] { return perCall(1, [&](int) { (void)get(42); }); };
    const auto [mine, floor] = inTurns(hit, bareHit, SingleCalls);
    tell({"hit over redis", "us", mine, floor, 1.05});
    tell({"  what the library adds to it", "us", mine - floor, 0, 3});

    const Subscription observing = cache.observe(std::make_shared<CacheObserver>());
    Cache quiet(cache.runtime()->backend);
    const auto unobservedGet = payloadFunction(quiet);
    const auto [observed, unobserved] = inTurns(
        hit, [&] { return perCall(1, [&](int) { (void)unobservedGet(42); }); }, SingleCalls);
    tell({"hit over redis, observed", "us", observed, unobserved, 1.03});

    const auto miss
        = [&] { return perCall(30, [&, base = std::rand()](int i) { (void)get(base, i); }); };
    const auto bareMiss = [&] {
        return perCall(30, [&, base = std::rand()](int i) {
            const auto value = payload(base, i);
            const auto entry = encodeEntry(ResultCodec<Payload>::toValue(value),
                                           {WallTime(0ms), WallTime(300s)});
            bareSet(bare, get.getCacheKey(base, i), *entry);
        });
    };
    const auto [missed, stored] = inTurns(miss, bareMiss, ShortRounds);
    tell({"miss over redis, against function and SET", "us", missed, stored, 0});
    // What asks for the count is read as well.
    const qint64 first = readEvents(server);
    const qint64 before = readEvents(server);
    for (int i = 0; i < 100; ++i)
        (void)get(-1, i);
    const qint64 read = readEvents(server) - before - (before - first);
    tell({"  round trips of a miss", "", double(read) / 100, 0, 2});
}

/// What a program without a library has: a map behind a lock, and keys put together in place.
class MapByHand {
public:
    int operator()(int user, int page = 1)
    {
        const QByteArray key = ":1:users::shop.services.count::user_id:" + QByteArray::number(user)
            + "::page:" + QByteArray::number(page) + "::v:1";
        const std::lock_guard lock(m_mutex);
        auto &result = m_results[key];
        if (!result)
            result = std::make_shared<int>(user + page);
        return *result;
    }

private:
    std::mutex m_mutex;
    QHash<QByteArray, std::shared_ptr<int>> m_results;
};

void overMemory()
{
    Cache cache(std::make_shared<MemoryBackend>(std::make_shared<SystemClock>()));
    const CachedFunction get(cache, "shop.services.count", parameters("user_id"_p, "page"_p = 1),
                             [](int user, int page) { return user + page; }, {.key = PayloadKey()});
    MapByHand byHand;
    const auto [hit, floor] = inTurns(
        [&] { return perCall(20'000, [&](int) { (void)get(42); }) * 1000; },
        [&] { return perCall(20'000, [&](int) { (void)byHand(42); }) * 1000; }, ShortRounds);
    tell({"hit in memory", "ns", hit, 0, 500});
    tell({"  against a map used by hand", "ns", hit, floor, 0});
}

void nearHits()
{
    const RedisServer server;
    Cache cache(std::make_shared<RedisBackend>(*BackendUrl::parse(server.url()),
                                               std::make_shared<SystemClock>()),
                {.nearCacheBytes = 64 * 1024 * 1024});
    for (const QDeadlineTimer deadline(5000); !cache.hasNearCache();) {
        if (deadline.hasExpired())
            throw std::runtime_error("the near cache is not linked");
        std::this_thread::yield();
    }
    const CachedFunction get(cache, "shop.services.count", parameters("user_id"_p, "page"_p = 1),
                             [](int user, int page) { return user + page; }, {.key = PayloadKey()});
    const auto warm = [&](int user) {
        for (const QDeadlineTimer deadline(5000);
             !get.getWithMetadata(user).metadata.fromNearCache;) {
            if (deadline.hasExpired())
                throw std::runtime_error("the near cache does not fill");
        }
    };
    constexpr int users = 64; // of a thread
    for (int user = 0; user < 2 * users; ++user)
        warm(user);
    MapByHand byHand;
    const auto nearHit = [&](int i) { (void)get(i % users); };
    const auto handHit = [&](int i) { (void)byHand(i % users); };
    const auto [hit, floor] = inTurns([&] { return perCall(20'000, nearHit) * 1000; },
                                      [&] { return perCall(20'000, handHit) * 1000; }, ShortRounds);
    tell({"near hit", "ns", hit, 0, 300});
    tell({"  against a map used by hand", "ns", hit, floor, 0});
    const auto rate = [&](int threads, bool ofTheirOwn = true) {
        constexpr int calls = 200'000;
        QElapsedTimer timer;
        timer.start();
        std::vector<std::jthread> all;
        for (int thread = 0; thread < threads; ++thread)
            all.emplace_back([&, first = ofTheirOwn ? thread * users : 0, step = 2 * thread + 1] {
                for (int i = 0; i < calls; ++i)
                    (void)get(first + (i * step) % users);
            });
        all.clear();
        return double(threads) * calls / milliseconds(timer); // calls a millisecond
    };
    const auto [one, two] = inTurns([&] { return rate(1); }, [&] { return rate(2); }, 2 * Rounds);
    tell({"  calls of two threads, against one", "/ms", two, one, 0});
    const auto [single, same]
        = inTurns([&] { return rate(1); }, [&] { return rate(2, false); }, 2 * Rounds);
    tell({"  of two threads for the same keys", "/ms", same, single, 0});
}

/// All miss one key at the same moment.
void herd()
{
    constexpr int threads = 64;
    const RedisServer server;
    const auto cache = Cache::open(server.url());
    if (!cache)
        throw std::runtime_error(cache.error().message().toStdString());
    std::atomic<int> runs = 0;
    const CachedFunction get(**cache, "shop.reports.slow", parameters("n"_p), [&runs](int n) {
        ++runs;
        std::this_thread::sleep_for(1ms);
        return n;
    });
    std::barrier together(threads);
    std::vector<double> runsOfAMiss;
    for (int round = 0; round < Rounds; ++round) {
        runs = 0;
        std::vector<std::jthread> callers;
        for (int i = 0; i < threads; ++i)
            callers.emplace_back([&] {
                together.arrive_and_wait();
                (void)get(round);
            });
        callers.clear();
        runsOfAMiss.push_back(runs);
    }
    tell({"64 threads that miss one key", "runs", std::ranges::max(runsOfAMiss), 0, 1});
}

void removals(int count)
{
    BenchCache world(count);
    world.fill(world.keys());
    const auto backend = std::make_shared<RedisBackend>(*BackendUrl::parse(world.url()),
                                                        std::make_shared<SystemClock>());
    Cache cache(backend, {.removals = PrefixReach::OwnEntries});
    const auto get = payloadFunction(cache);
    std::vector<double> partition;
    std::vector<double> function;
    for (int round = 0; round < Rounds; ++round) {
        for (auto *times : {&partition, &function}) {
            for (int page = 0; page < 100; ++page)
                (void)get(7, page);
            QElapsedTimer timer;
            timer.start();
            const auto removed
                = times == &partition ? get.deleteByPrefix("user_id"_p = 7) : get.invalidateAll();
            times->push_back(milliseconds(timer));
            if (!removed || removed->entries != 100)
                throw std::runtime_error("the removal failed");
        }
    }
    const double bare = world.barePatternDelete(":1:users::shop.services.get_user_payload::*");
    tell({"delete by prefix, 100 of all keys", "ms", median(partition), bare, 0});
    tell({"  by the clock", "ms", median(partition), 0, 10});
    tell({"invalidate all, 100 of all keys", "ms", median(function), bare, 0});
    tell({"  by the clock", "ms", median(function), 0, 10});
}

} // namespace

int main(int argc, char **argv)
{
    try {
        overMemory();
        nearHits();
        overRedis();
        herd();
        removals(argc > 1 ? std::atoi(argv[1]) : 1'000'000);
    } catch (const std::exception &exception) {
        std::fprintf(stderr, "cachedbench: %s\n", exception.what());
        return 1;
    }
}
