// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cached/leasekeeper.h"
#include "tests/core/cached/cachedworld.h"
#include "tests/support/gate.h"
#include "tests/support/redisserver.h"

#include <QScopeGuard>
#include <QSemaphore>
#include <QTest>

#include <atomic>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

/// Counts the renewals of leases. They end by a clock that stands still, so that only the renewals
/// themselves are real time.
struct World {
    [[nodiscard]] bool isRenewed(int times) { return renewals.tryAcquire(times, 10s); }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    std::shared_ptr<MemoryBackend> backend = std::make_shared<MemoryBackend>(clock);
    QSemaphore renewals;
    Subscription watching = backend->watch([this](const KeyChange &change) {
        if (FillSlot::isLease(change.key) && change.cause == KeyChange::Cause::TtlChanged)
            renewals.release();
    });
};

} // namespace

/// House-keeping goes on whatever users' functions do.
class TestLeaseKeeper : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aKeptLeaseIsRenewedUntilItIsDropped()
    {
        World world;
        const FillSlot slot{"f:1", 2};
        QVERIFY(*world.backend->takeLease(slot, {"token", 5s}, false));
        LeaseKeeper keeper(world.backend, 3ms);
        keeper.keep(slot, "token");
        QVERIFY(world.isRenewed(2));
        keeper.drop("token");
        keeper.stop();
        QVERIFY(*world.backend->storeLeased(slot, "token", "value", 1s));
    }

    void longRunsKeepTheirLeasesThoughTheyTakeAllWorkers()
    {
        World world;
        Cache cache(world.backend, {.leaseTime = 3ms, .threads = 1}, {.clock = world.clock});
        const CachedFunction get(cache, "app.long", parameters("n"_p),
                                 [&](int) { return world.isRenewed(3); },
                                 {.ttl = 1s, .staleFor = 1h, .hardLimit = 1h});
        const auto first = get.getWithMetadata(1);
        QVERIFY(first.value);
        QVERIFY(first.metadata.stored);
        world.clock->advance(2s);
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Stale);
        QTRY_COMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Hit);
        QVERIFY(get(1));
    }

    void aServerThatIsBackIsFoundThoughAllWorkersAreBusy()
    {
        RedisServer server;
        Gate gate;
        std::atomic<bool> stops = false;
        const auto cache = Cache::open(server.url(), {.threads = 1}).value();
        const CachedFunction stale(*cache, "app.stale", parameters("n"_p),
                                   [&](int n) {
                                       if (stops)
                                           gate.pass();
                                       return n;
                                   },
                                   {.ttl = 1ms, .staleFor = 1h});
        const auto opened = qScopeGuard([&] { gate.open(); });
        QCOMPARE(stale(1), 1);
        stops = true;
        QTRY_COMPARE(stale.getWithMetadata(1).metadata.status, CacheStatus::Stale);
        gate.waitUntilEntered();
        const CachedFunction get(*cache, "app.f", parameters("n"_p), [](int n) { return n; });
        server.stop();
        QCOMPARE(get.getWithMetadata(1).metadata.status, CacheStatus::Bypass);
        QVERIFY(cache->isBypassed());
        server.start();
        QTRY_VERIFY(!cache->isBypassed());
    }
};

QTEST_GUILESS_MAIN(TestLeaseKeeper)
#include "tst_leasekeeper.moc"
