// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/backendurl.h"
#include "core/backend/redisbackend.h"
#include "tests/core/cached/cachedworld.h"
#include "tests/support/gate.h"
#include "tests/support/redisserver.h"

#include <QTest>

#include <barrier>
#include <future>
#include <thread>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

struct TenantKey : KeyConstructor {
    TenantKey()
    {
        field("tenant", ArgsKeyField("tenant").partition());
        field("n", ArgsKeyField("n"));
    }
};

} // namespace

/// What threads and processes do to each other, over memory and over Redis.
class TestCachedConcurrency : public QObject {
    Q_OBJECT

    std::unique_ptr<RedisServer> m_server;

    struct World {
        std::shared_ptr<CacheBackend> backend;
        std::unique_ptr<Cache> cache;
        std::unique_ptr<Cache> other; ///< as another process has it
        std::shared_ptr<std::atomic<int>> asked; ///< how often the other began to ask for a lease
    };
    World world() const
    {
        QFETCH_GLOBAL(const bool, redis);
        World world;
        const auto clock = std::make_shared<SystemClock>();
        const auto backend = [&]() -> std::shared_ptr<CacheBackend> {
            if (!redis)
                return std::make_shared<MemoryBackend>(clock);
            m_server->command({"FLUSHALL"});
            return std::make_shared<RedisBackend>(*BackendUrl::parse(m_server->url()), clock);
        };
        world.backend = backend();
        world.cache = std::make_unique<Cache>(world.backend);
        world.asked = std::make_shared<std::atomic<int>>(0);
        const auto counted = [asked = world.asked] { // each takes a token
            return "other-" + QByteArray::number(++*asked);
        };
        world.other = std::make_unique<Cache>(redis ? backend() : world.backend, CacheOptions(),
                                              CacheEnvironment{.tokens = counted});
        return world;
    }

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<bool>("redis");
        QTest::newRow("memory") << false;
        QTest::newRow("redis") << true;
    }
    void initTestCase() { m_server = std::make_unique<RedisServer>(); }

    void manyThreadsThatMissOneKeyRunTheFunctionOnce()
    {
        const World w = world();
        std::atomic<int> runs = 0;
        const CachedFunction get(*w.cache, "app.once", parameters("n"_p), [&](int n) {
            ++runs;
            return n;
        });
        constexpr int threads = 64;
        std::barrier together(threads);
        std::vector<std::jthread> all;
        std::atomic<int> right = 0;
        for (int i = 0; i < threads; ++i) {
            all.emplace_back([&] {
                together.arrive_and_wait();
                right += get(7) == 7;
            });
        }
        all.clear();
        QCOMPARE(right.load(), threads);
        QCOMPARE(runs.load(), 1);
        QCOMPARE(get.counts().total(), threads);
    }

    void waitersGetTheExceptionOfTheRunTheyWaitFor()
    {
        const World w = world();
        Gate gate;
        std::atomic<int> runs = 0;
        const CachedFunction get(*w.cache, "app.throws", parameters("n"_p), [&](int) -> int {
            if (++runs > 1)
                throw std::runtime_error("it ran again");
            gate.pass();
            throw std::out_of_range("no such row");
        });
        const auto call = [&] {
            try {
                (void)get(1);
                return false;
            } catch (const std::out_of_range &) {
                return true;
            } catch (const std::runtime_error &) {
                return false;
            }
        };
        auto first = std::async(std::launch::async, call);
        gate.waitUntilEntered();
        const auto flight
            = w.cache->runtime()->flights.join(get.getCacheKey(1), cellType<int>()).flight;
        const auto aboard = flight.use_count();
        auto second = std::async(std::launch::async, call);
        QTRY_VERIFY(flight.use_count() > aboard); // it has joined, too
        gate.open();
        QVERIFY(first.get());
        QVERIFY(second.get());
        QCOMPARE(runs.load(), 1);
    }

    void aFunctionMayCallItselfWithTheSameArguments()
    {
        const World w = world();
        std::function<int(int)> again;
        std::atomic<int> runs = 0;
        const CachedFunction get(*w.cache, "app.recursive", parameters("n"_p),
                                 [&](int n) { return ++runs == 1 ? again(n) : n; });
        again = [&](int n) { return get(n); };
        QCOMPARE(get(3), 3);
        QCOMPARE(runs.load(), 2);
    }

    void anotherProcessWaitsForTheLease()
    {
        const World w = world();
        Gate gate;
        std::atomic<int> runs = 0;
        const auto function = [&](int n) {
            ++runs;
            gate.pass();
            return n;
        };
        const CachedFunction mine(*w.cache, "app.shared", parameters("n"_p), function);
        const CachedFunction theirs(*w.other, "app.shared", parameters("n"_p), function);
        auto first = std::async(std::launch::async, [&] { return mine(5); });
        gate.waitUntilEntered();
        auto second = std::async(std::launch::async, [&] { return theirs.getWithMetadata(5); });
        QTRY_VERIFY(*w.asked > 1); // the first time it was told that the lease is held
        gate.open();
        QCOMPARE(first.get(), 5);
        const auto waited = second.get();
        QCOMPARE(waited.value, 5);
        QCOMPARE(waited.metadata.status, CacheStatus::Hit);
        QCOMPARE(runs.load(), 1);
    }

    void removals_data()
    {
        QTest::addColumn<QString>("removal");
        QTest::addColumn<bool>("elsewhere");
        for (const char *removal : {"entry", "partition", "function", "refresh"}) {
            QTest::addRow("%s, same process", removal) << QString::fromLatin1(removal) << false;
            QTest::addRow("%s, another process", removal) << QString::fromLatin1(removal) << true;
        }
    }
    /// Whoever began before the removal does not store after it.
    void removals()
    {
        QFETCH(const QString, removal);
        QFETCH(const bool, elsewhere);
        const World w = world();
        Gate gate;
        std::atomic<int> version = 1;
        std::atomic<bool> waits = true;
        const auto function = [&](int, int) {
            const int read = version;
            if (waits.exchange(false))
                gate.pass();
            return read;
        };
        const auto declared = parameters("tenant"_p, "n"_p);
        const CachedFunction mine(*w.cache, "app.versioned", declared, function,
                                  {.key = TenantKey()});
        const CachedFunction theirs(*w.other, "app.versioned", declared, function,
                                    {.key = TenantKey()});
        auto filling = std::async(std::launch::async, [&] { return mine.getWithMetadata(1, 1); });
        gate.waitUntilEntered();
        version = 2;
        const auto &remover = elsewhere ? theirs : mine;
        if (removal == u"entry")
            QVERIFY(remover.deleteCache(1, 1).has_value());
        else if (removal == u"partition")
            QVERIFY(remover.deleteByPrefix("tenant"_p = 1).has_value());
        else if (removal == u"function")
            QVERIFY(remover.invalidateAll().has_value());
        else
            QCOMPARE(remover.refresh(1, 1), 2);
        gate.open();
        const auto filled = filling.get();
        QCOMPARE(filled.value, 1);
        QVERIFY(!filled.metadata.stored);
        QCOMPARE(mine.counts().refused, 1);
        if (removal == u"refresh")
            QCOMPARE(theirs.getCacheOnly(1, 1), std::optional(2));
        else
            QVERIFY(!theirs.getCacheOnly(1, 1));
        QCOMPARE(mine(1, 1), 2);
    }

    void aCallThatBeginsAfterARemovalDoesNotJoinARunFromBefore()
    {
        const World w = world();
        Gate gate;
        std::atomic<int> version = 1;
        std::atomic<bool> waits = true;
        const CachedFunction get(*w.cache, "app.after", parameters("n"_p), [&](int) {
            const int read = version;
            if (waits.exchange(false))
                gate.pass();
            return read;
        });
        auto before = std::async(std::launch::async, [&] { return get(1); });
        gate.waitUntilEntered();
        version = 2;
        QVERIFY(get.deleteCache(1).has_value());
        QCOMPARE(get(1), 2);
        gate.open();
        QCOMPARE(before.get(), 1);
        QCOMPARE(get.getCacheOnly(1), std::optional(2));
    }
};

QTEST_GUILESS_MAIN(TestCachedConcurrency)
#include "tst_cachedconcurrency.moc"
