// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/memorybackend.h"
#include "tests/support/gate.h"
#include "tests/support/manualclock.h"

#include <QTest>

#include <atomic>
#include <set>
#include <thread>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using Cause = KeyChange::Cause;

namespace {

using Heard = std::vector<std::pair<QByteArray, Cause>>;

struct Fixture {
    explicit Fixture(qint64 maxBytes = 256 * 1024 * 1024)
        : backend(clock, {.maxBytes = maxBytes, .name = "memory:test"})
    {
        subscription = backend.watch(
            [this](const KeyChange &change) { heard.emplace_back(change.key, change.cause); });
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    MemoryBackend backend;
    Heard heard;
    Subscription subscription;
};

qint64 costOf(const QByteArray &key, const QByteArray &value)
{
    MemoryBackend backend(std::make_shared<ManualClock>());
    (void)backend.set(key, value, std::nullopt);
    return backend.usedBytes();
}

std::vector<QByteArray> list(CacheBackend &backend, const QByteArray &prefix, qsizetype slice = 10)
{
    std::vector<QByteArray> keys;
    const auto cursor = backend.scan({.prefix = prefix, .slice = slice});
    while (cursor
               ->next([&](std::span<const std::string_view> found) {
                   for (const std::string_view key : found)
                       keys.emplace_back(key.data(), qsizetype(key.size()));
               })
               .value()) { }
    return keys;
}

} // namespace

class TestMemoryBackend : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyChangeIsToldWithItsCauseInOrder()
    {
        Fixture f;
        QVERIFY(f.backend.set("a", "1", 10s));
        QVERIFY(f.backend.set("a", "2", 10s));
        QVERIFY(f.backend.setTtl("a", 1s).value());
        QVERIFY(f.backend.set("b", "3", std::nullopt));
        const QByteArray b = "b";
        QCOMPARE(f.backend.remove({&b, 1}).value(), 1);
        f.clock->advance(1s);
        QCOMPARE(f.backend.expire(), 1);
        f.backend.clear();
        QCOMPARE(f.heard,
                 (Heard{{"a", Cause::Stored},
                        {"a", Cause::Replaced},
                        {"a", Cause::TtlChanged},
                        {"b", Cause::Stored},
                        {"b", Cause::Deleted},
                        {"a", Cause::Expired},
                        {"", Cause::Cleared}}));
    }

    void whoLetsGoHearsNothingMore()
    {
        Fixture f;
        QVERIFY(f.backend.set("a", "1", std::nullopt));
        f.subscription.cancel();
        QVERIFY(f.backend.set("b", "1", std::nullopt));
        QCOMPARE(f.heard.size(), size_t(1));
    }

    void aWatcherMayUseTheBackendAndLetGo()
    {
        Fixture f;
        Subscription own;
        Heard heard;
        own = f.backend.watch([&](const KeyChange &change) {
            heard.emplace_back(change.key, change.cause);
            if (change.key == "a")
                QVERIFY(f.backend.set("b", "2", std::nullopt));
            else
                own.cancel();
        });
        QVERIFY(f.backend.set("a", "1", std::nullopt));
        QVERIFY(f.backend.set("c", "3", std::nullopt));
        QCOMPARE(heard, (Heard{{"a", Cause::Stored}, {"b", Cause::Stored}}));
        QCOMPARE(f.heard.size(), size_t(3));
    }

    void lettingGoWaitsForARunningCallback()
    {
        const auto clock = std::make_shared<ManualClock>();
        MemoryBackend backend(clock);
        Gate gate;
        std::atomic<bool> left = false;
        Subscription subscription = backend.watch([&](const KeyChange &) {
            gate.pass();
            left = true;
        });
        std::thread writer([&] { (void)backend.set("a", "1", std::nullopt); });
        gate.waitUntilEntered();
        std::thread opener([&] { gate.open(); });
        subscription.cancel();
        QVERIFY(left);
        writer.join();
        opener.join();
    }

    void whatACallbackOwnsMayUnsubscribeAsItGoes()
    {
        MemoryBackend backend(std::make_shared<ManualClock>());
        int heard = 0;
        auto owned
            = std::make_shared<Subscription>(backend.watch([&](const KeyChange &) { ++heard; }));
        Subscription own;
        own = backend.watch([&own, held = owned](const KeyChange &) { own.cancel(); });
        const std::weak_ptr<Subscription> watched = owned;
        owned.reset();
        QVERIFY(backend.set("a", "1", std::nullopt));
        QVERIFY(watched.expired());
        QVERIFY(backend.set("b", "1", std::nullopt));
        QCOMPARE(heard, 1);
    }

    void aSubscriptionMayOutliveTheBackend()
    {
        Subscription subscription;
        {
            MemoryBackend backend(std::make_shared<ManualClock>());
            subscription = backend.watch([](const KeyChange &) {});
        }
        subscription.cancel();
    }

    void theLeastRecentlyUsedGoFirst()
    {
        Fixture f(3 * costOf("a", "1"));
        for (const char *key : {"a", "b", "c"})
            QVERIFY(f.backend.set(key, "1", std::nullopt));
        QVERIFY(f.backend.get("a").value());
        f.heard.clear();
        QVERIFY(f.backend.set("d", "1", std::nullopt));
        QCOMPARE(f.heard, (Heard{{"d", Cause::Stored}, {"b", Cause::Evicted}}));
        QVERIFY(f.backend.get("a").value());
        QVERIFY(!f.backend.get("b").value());
        QVERIFY(f.backend.usedBytes() <= 3 * costOf("a", "1"));
    }

    void whatHasExpiredGoesBeforeWhatHasNot()
    {
        Fixture f(3 * costOf("a", "1"));
        QVERIFY(f.backend.set("o", "", std::nullopt));
        QVERIFY(f.backend.set("b", "1", 1s));
        QVERIFY(f.backend.set("c", "1", std::nullopt));
        f.clock->advance(2s);
        QVERIFY(f.backend.set("d", "1", std::nullopt));
        QVERIFY(f.backend.get("o").value());
        QCOMPARE(f.heard.back(), (std::pair<QByteArray, Cause>("b", Cause::Expired)));
    }

    void whatIsLargerThanEverythingIsRefusedAndChangesNothing()
    {
        Fixture f(costOf("a", "1"));
        QVERIFY(f.backend.set("a", "1", std::nullopt));
        const auto set = f.backend.set("a", "12", std::nullopt);
        QVERIFY(!set);
        QCOMPARE(set.error().code, Error::Code::OutOfMemory);
        QCOMPARE(set.error().subject, QByteArray("a"));
        const KeySnapshot snapshot{"b", "12", std::nullopt};
        QVERIFY(!f.backend.restore({&snapshot, 1}));
        QCOMPARE(f.backend.get("a").value(), QByteArray("1"));
    }

    void theBytesInUseReturnToZero()
    {
        Fixture f;
        for (int i = 0; i < 100; ++i)
            QVERIFY(f.backend.set("k" + QByteArray::number(i % 50), QByteArray(i, 'x'), 1s));
        f.clock->advance(1s);
        QCOMPARE(f.backend.expire(), 50);
        QCOMPARE(f.backend.usedBytes(), 0);
        QVERIFY(f.backend.set("k", "v", std::nullopt));
        f.backend.clear();
        QCOMPARE(f.backend.usedBytes(), 0);
    }

    void whatIsStoredIsIndependentOfTheCallersBuffers()
    {
        Fixture f;
        char buffer[] = "key-value";
        QVERIFY(f.backend.set(QByteArray::fromRawData(buffer, 3),
                              QByteArray::fromRawData(buffer + 4, 5), std::nullopt));
        std::fill(std::begin(buffer), std::end(buffer), '#');
        QCOMPARE(f.backend.get("key").value(), QByteArray("value"));
        QCOMPARE(list(f.backend, ""), std::vector<QByteArray>{"key"});
    }

    void aListingIsInOrderAndSurvivesWrites()
    {
        Fixture f;
        for (int i = 0; i < 100; ++i)
            QVERIFY(f.backend.set("k" + QByteArray::number(100 + i), "v", std::nullopt));
        QVERIFY(f.backend.set("j", "v", std::nullopt));
        QVERIFY(f.backend.set("l", "v", std::nullopt));
        const auto cursor = f.backend.scan({.prefix = "k", .slice = 10});
        std::vector<QByteArray> keys;
        const auto sink = [&](std::span<const std::string_view> found) {
            for (const std::string_view key : found)
                keys.emplace_back(key.data(), qsizetype(key.size()));
            // The key on which the cursor stands goes away, and so does the one behind it.
            const int last = keys.back().sliced(1).toInt();
            const std::vector<QByteArray> gone{keys.back(), "k" + QByteArray::number(last + 1)};
            QVERIFY(f.backend.remove(gone).value() >= 1);
        };
        while (cursor->next(sink).value()) { }
        QVERIFY(std::is_sorted(keys.begin(), keys.end()));
        QCOMPARE(std::set<QByteArray>(keys.begin(), keys.end()).size(), keys.size());
        QCOMPARE(keys.size(), size_t(91));
    }

    void aCursorMayOutliveTheBackend()
    {
        std::unique_ptr<KeyCursor> cursor;
        {
            MemoryBackend backend(std::make_shared<ManualClock>());
            QVERIFY(backend.set("a", "1", std::nullopt));
            cursor = backend.scan({});
        }
        qsizetype found = 0;
        QVERIFY(!cursor->next([&](auto keys) { found += qsizetype(keys.size()); }).value());
        QCOMPARE(found, 1);
    }

    void manyThreadsMayDoEverythingAtOnce()
    {
        Fixture f(2000 * costOf("thread:0:key:000", "value"));
        std::atomic<qint64> wrong = 0;
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&f, &wrong, t] {
                const QByteArray own = "thread:" + QByteArray::number(t) + ":key:";
                for (int i = 0; i < 3000; ++i) {
                    const QByteArray key = own + QByteArray::number(i % 300);
                    if (!f.backend.set(key, key, i % 3 ? std::optional(5s) : std::nullopt))
                        ++wrong;
                    const auto value = f.backend.get(key).value();
                    if (value && *value != key)
                        ++wrong;
                    if (i % 7 == 0)
                        f.clock->advance(1ms);
                    if (i % 11 == 0) {
                        const auto taken = f.backend.take({&key, 1}).value();
                        const auto outcomes = f.backend.restore(taken).value();
                        for (const RestoreOutcome outcome : outcomes)
                            wrong += outcome == RestoreOutcome::KeptNewer;
                    }
                    if (i % 500 == 0) {
                        for (const QByteArray &listed : list(f.backend, own, 100))
                            wrong += !listed.startsWith(own);
                    }
                    if (i % 100 == 0)
                        f.backend.expire();
                }
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(wrong, 0);
        // What was told adds up to what is there.
        std::set<QByteArray> there;
        for (const auto &[key, cause] : f.heard) {
            if (cause == Cause::Stored)
                QVERIFY(there.insert(key).second);
            else if (cause == Cause::Replaced || cause == Cause::TtlChanged)
                QVERIFY(there.contains(key));
            else
                QCOMPARE(there.erase(key), size_t(1));
        }
        QCOMPARE(qint64(there.size()), f.backend.keyCount().value());
    }
};

QTEST_GUILESS_MAIN(TestMemoryBackend)
#include "tst_memorybackend.moc"
