// SPDX-License-Identifier: GPL-3.0-or-later
// Leases, and the removal of prefixes: what every backend that has them promises.
#include "core/backend/memorybackend.h"
#include "core/backend/redisbackend.h"
#include "tests/support/backendkeys.h"
#include "tests/support/redisserver.h"

#include <QDeadlineTimer>
#include <QTest>

#include <atomic>
#include <thread>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using Kind = Fetched::Kind;

namespace {

const QByteArray Function = ":1:users::app.payload::";

FillSlot slotOf(const QByteArray &rest, const QByteArray &function = Function)
{
    return {function + rest, function.size()};
}

const FillSlot Slot = slotOf("user_id:1::page:2");

} // namespace

class TestFills : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<RedisServer>(); }

    void init()
    {
        m_server->command({"FLUSHALL"});
        const auto clock = std::make_shared<SystemClock>();
        if (QByteArray(QTest::currentDataTag()).startsWith("redis"))
            m_backend = std::make_unique<RedisBackend>(*BackendUrl::parse(m_server->url()), clock);
        else
            m_backend = std::make_unique<MemoryBackend>(clock);
    }

    void cleanup() { m_backend.reset(); }
    void cleanupTestCase() { m_server.reset(); }

    void theBackendSaysThatItCan_data() { backends(); }
    void theBackendSaysThatItCan()
    {
        QVERIFY(m_backend->capabilities().leases);
        QVERIFY(m_backend->capabilities().removePrefix);
    }

    void aMissIsLeasedToOneWhoStores_data() { backends(); }
    void aMissIsLeasedToOneWhoStores()
    {
        QCOMPARE(fetch("a").kind, Kind::Leased);
        const Fetched second = fetch("b");
        QCOMPARE(second.kind, Kind::HeldElsewhere);
        QVERIFY(second.heldFor > 50s && second.heldFor <= 60s);
        QCOMPARE(fetch("a").kind, Kind::Leased); // it asks again: the answer may have been lost

        QCOMPARE(store("b", "of b"), false);
        QVERIFY(!value());
        const QByteArray bytes("\0\r\n\xff", 4);
        QCOMPARE(store("a", bytes), true);
        const Fetched found = fetch("b");
        QCOMPARE(found.kind, Kind::Found);
        QCOMPARE(found.value, bytes);
        QVERIFY(!m_backend->get(Slot.lease()).value());
        QCOMPARE(store("a", "again"), false);
        QCOMPARE(value(), bytes);
    }

    void anEntryLivesAsLongAsItWasSaidTo_data() { backends(); }
    void anEntryLivesAsLongAsItWasSaidTo()
    {
        const auto ttl = [&] { return m_backend->facts({&Slot.entry, 1}).value().front().ttl; };
        fetch("a");
        QCOMPARE(m_backend->storeLeased(Slot, "a", "1", 100s).value(), true);
        QVERIFY(ttl().value() > 90s && ttl().value() <= 100s);
        QVERIFY(m_backend->takeLease(Slot, {"a", 60s}, false).value());
        QCOMPARE(m_backend->storeLeased(Slot, "a", "2", std::nullopt).value(), true);
        QVERIFY(!ttl());
    }

    void whatBeganBeforeARemovalIsNotStoredAfterIt_data()
    {
        QTest::addColumn<int>("removal");
        for (const char *backend : {"memory", "redis"}) {
            for (int removal = 0; removal < Removals; ++removal)
                QTest::addRow("%s, removal %d", backend, removal) << removal;
        }
    }

    void whatBeganBeforeARemovalIsNotStoredAfterIt()
    {
        QFETCH(int, removal);
        // removed between lease and store
        QCOMPARE(fetch("a").kind, Kind::Leased);
        QCOMPARE(remove(removal), 0);
        QCOMPARE(store("a", "stale"), false);
        QVERIFY(!value());
        // the same, and another one has begun since
        QCOMPARE(fetch("a").kind, Kind::Leased);
        remove(removal);
        QCOMPARE(fetch("b").kind, Kind::Leased);
        QCOMPARE(store("a", "stale"), false);
        QCOMPARE(store("b", "fresh"), true);
        QCOMPARE(value(), QByteArray("fresh"));
        // removed while it is filled again
        QCOMPARE(m_backend->takeLease(Slot, {"c", 60s}, false).value(), true);
        QCOMPARE(remove(removal), 1);
        QCOMPARE(store("c", "stale"), false);
        QVERIFY(!value());
        // removed behind the store, and before the lease
        QCOMPARE(fetch("d").kind, Kind::Leased);
        QCOMPARE(store("d", "fresh"), true);
        QCOMPARE(remove(removal), 1);
        QVERIFY(!value());
        QCOMPARE(fetch("e").kind, Kind::Leased);
        QCOMPARE(store("e", "fresh"), true);
        QCOMPARE(value(), QByteArray("fresh"));
    }

    void aLeaseEndsByItself_data() { backends(); }
    void aLeaseEndsByItself()
    {
        QCOMPARE(m_backend->fetchOrLease(Slot, {"a", 20ms}).value().kind, Kind::Leased);
        QTRY_COMPARE(fetch("b").kind, Kind::Leased);
        QCOMPARE(store("a", "late"), false);
        QCOMPARE(store("b", "in time"), true);
        QCOMPARE(value(), QByteArray("in time"));
    }

    void aLeaseIsTakenOver_data() { backends(); }
    void aLeaseIsTakenOver()
    {
        QCOMPARE(fetch("a").kind, Kind::Leased);
        QCOMPARE(m_backend->takeLease(Slot, {"b", 60s}, false).value(), false);
        QCOMPARE(m_backend->takeLease(Slot, {"b", 60s}, true).value(), true);
        QCOMPARE(m_backend->renewLease(Slot, {"a", 60s}).value(), false);
        QVERIFY(m_backend->releaseLease(Slot, "a"));
        QCOMPARE(store("a", "of a"), false);
        QCOMPARE(store("b", "of b"), true);
        QCOMPARE(value(), QByteArray("of b"));
    }

    void anEntryIsFilledAgainWhileItIsThere_data() { backends(); }
    void anEntryIsFilledAgainWhileItIsThere()
    {
        fetch("a");
        QCOMPARE(store("a", "old"), true);
        QCOMPARE(m_backend->takeLease(Slot, {"b", 60s}, false).value(), true);
        QCOMPARE(m_backend->takeLease(Slot, {"c", 60s}, false).value(), false);
        QCOMPARE(fetch("d").value, QByteArray("old"));
        QCOMPARE(store("b", "new"), true);
        QCOMPARE(value(), QByteArray("new"));
    }

    void aRefreshThatCameToNothingLeavesTheEntry_data() { backends(); }
    void aRefreshThatCameToNothingLeavesTheEntry()
    {
        fetch("a");
        QCOMPARE(store("a", "old"), true);
        QCOMPARE(m_backend->takeLease(Slot, {"b", 60s}, false).value(), true);
        QVERIFY(m_backend->releaseLease(Slot, "b"));
        QCOMPARE(value(), QByteArray("old"));
        QCOMPARE(remove(WholeFunction), 1); // it is still found by its function
        QVERIFY(!value());
    }

    void aLeaseThatIsReleasedIsFree_data() { backends(); }
    void aLeaseThatIsReleasedIsFree()
    {
        QCOMPARE(fetch("a").kind, Kind::Leased);
        QVERIFY(m_backend->releaseLease(Slot, "b"));
        QCOMPARE(fetch("b").kind, Kind::HeldElsewhere);
        QVERIFY(m_backend->releaseLease(Slot, "a"));
        QCOMPARE(m_backend->keyCount().value(), 0);
        QCOMPARE(fetch("b").kind, Kind::Leased);
    }

    void aLeaseIsRenewed_data() { backends(); }
    void aLeaseIsRenewed()
    {
        QCOMPARE(fetch("a").kind, Kind::Leased);
        QCOMPARE(m_backend->renewLease(Slot, {"b", 1000s}).value(), false);
        QCOMPARE(m_backend->renewLease(Slot, {"a", 1000s}).value(), true);
        const Fetched held = fetch("b");
        QCOMPARE(held.kind, Kind::HeldElsewhere);
        QVERIFY(held.heldFor > 900s && held.heldFor <= 1000s);
    }

    void whatIsNoSlotIsRefused_data() { backends(); }
    void whatIsNoSlotIsRefused()
    {
        const FillSlot wrong[]
            = {{"f::x", 0}, {"f::x", -1}, {"f::x", 5}, {"f::x~lease", 3}, {"~index:f::x", 3}};
        const auto code = Error::Code::InvalidInput;
        for (const FillSlot &slot : wrong) {
            QCOMPARE(m_backend->fetchOrLease(slot, {"a", 60s}).error().code, code);
            QCOMPARE(m_backend->takeLease(slot, {"a", 60s}, true).error().code, code);
            QCOMPARE(m_backend->storeLeased(slot, "a", "v", 60s).error().code, code);
            QCOMPARE(m_backend->renewLease(slot, {"a", 60s}).error().code, code);
            QCOMPARE(m_backend->releaseLease(slot, "a").error().code, code);
        }
        QCOMPARE(m_backend->fetchOrLease(Slot, {"", 60s}).error().code, code);
        QCOMPARE(m_backend->fetchOrLease(Slot, {"a", 0ms}).error().code, code);
        QCOMPARE(m_backend->storeLeased(Slot, "a", "v", 0ms).error().code, code);
        const auto reach = PrefixReach::AllEntries;
        QCOMPARE(m_backend->removePrefix("", 0, reach).error().code, code);
        QCOMPARE(m_backend->removePrefix("f::", 4, reach).error().code, code);
        QCOMPARE(m_backend->removePrefix("f::", -1, reach).error().code, code);
        QCOMPARE(m_backend->keyCount().value(), 0);
    }

    void prefixesAreLiteral_data()
    {
        QTest::addColumn<int>("reach");
        for (const char *backend : {"memory", "redis"}) {
            QTest::addRow("%s, own", backend) << int(PrefixReach::OwnEntries);
            QTest::addRow("%s, all", backend) << int(PrefixReach::AllEntries);
        }
    }

    void prefixesAreLiteral()
    {
        QFETCH(int, reach);
        const QByteArray function = QByteArray("f*\xff\xff");
        auto rests = nastyKeys();
        for (const char *more : {"\xff", "\xff\xff", "\xff\xff!", "a\xff", "a\xff\xff", "b"})
            rests.emplace_back(more);
        const QByteArray bystanders[] = {"f", "f*", "f*\xff", "f*\xff\xfe::a", "g", "fxx::a"};
        for (const QByteArray &prefix :
             {QByteArray(), QByteArray("\xff"), QByteArray("a\xff"), QByteArray("key:*"),
              QByteArray("key:["), QByteArray("h"), QByteArray("\\"), QByteArray("?"),
              QByteArray("key:\\*"), QByteArray("nothing"), QByteArray(1, '\0')}) {
            for (const QByteArray &bystander : bystanders)
                QVERIFY(m_backend->set(bystander, "v", std::nullopt));
            qint64 expected = 0;
            for (const QByteArray &rest : rests) {
                const FillSlot slot = slotOf(rest, function);
                (void)m_backend->fetchOrLease(slot, {"a", 60s});
                (void)m_backend->storeLeased(slot, "a", rest, 60s);
                expected += rest.startsWith(prefix);
            }
            const auto removed
                = m_backend->removePrefix(function + prefix, function.size(), PrefixReach(reach));
            QCOMPARE(removed.value(), expected);
            for (const QByteArray &rest : rests) {
                QCOMPARE(m_backend->get(function + rest).value().has_value(),
                         !rest.startsWith(prefix));
            }
            for (const QByteArray &bystander : bystanders)
                QVERIFY(m_backend->get(bystander).value());
        }
    }

    void manyGoAndOnlyEntriesCount_data() { prefixesAreLiteral_data(); }
    void manyGoAndOnlyEntriesCount()
    {
        QFETCH(int, reach);
        constexpr int Stored = 2345;
        constexpr int Filling = 1100;
        for (int i = 0; i < Stored + Filling; ++i) {
            const FillSlot slot = slotOf(QByteArray::number(i));
            (void)m_backend->fetchOrLease(slot, {"a", 60s});
            if (i < Stored)
                (void)m_backend->storeLeased(slot, "a", "v", 60s);
        }
        QVERIFY(m_backend->set(":1:other", "v", std::nullopt));
        const auto removed = m_backend->removePrefix(Function, Function.size(), PrefixReach(reach));
        QCOMPARE(removed.value(), Stored);
        QCOMPARE(m_backend->keyCount().value(), 1); // no lease, and no index either
    }

    void aPrefixOfManyFunctionsTakesTheirLeasesToo_data() { backends(); }
    void aPrefixOfManyFunctionsTakesTheirLeasesToo()
    {
        const FillSlot other = slotOf("x", ":1:users::app.other::");
        QCOMPARE(fetch("a").kind, Kind::Leased);
        QCOMPARE(m_backend->fetchOrLease(other, {"a", 60s}).value().kind, Kind::Leased);
        QCOMPARE(m_backend->storeLeased(other, "a", "v", 60s).value(), true);
        QVERIFY(m_backend->set(":1:usersapp", "v", std::nullopt));
        QCOMPARE(m_backend->removePrefix(":1:users::", 0, PrefixReach::OwnEntries).value(), 1);
        QCOMPARE(store("a", "stale"), false);
        QVERIFY(!m_backend->get(other.entry).value());
        QVERIFY(m_backend->get(":1:usersapp").value());
    }

    /// Several fill, one changes what they fill from and removes: behind the removal nothing is
    /// read that is older than it.
    void racesStoreNothingStale_data() { prefixesAreLiteral_data(); }
    void racesStoreNothingStale()
    {
        QFETCH(int, reach);
        constexpr int Changes = 150;
        constexpr int Slots = 5;
        std::atomic<int> source = 0;
        std::atomic<int> stores = 0;
        std::atomic<bool> over = false;
        int stale = 0;
        std::vector<std::jthread> threads;
        for (int t = 0; t < 3; ++t) {
            threads.emplace_back([&, t] {
                for (int i = 0; !over; ++i) {
                    const FillSlot slot = slotOf(QByteArray::number(i % Slots));
                    const QByteArray token = QByteArray::number(t) + '-' + QByteArray::number(i);
                    const auto fetched = m_backend->fetchOrLease(slot, {token, 60s});
                    if (!fetched || fetched->kind != Kind::Leased)
                        continue;
                    const QByteArray read = QByteArray::number(source);
                    const auto stored = m_backend->storeLeased(slot, token, read, 60s);
                    stores += stored && *stored;
                }
            });
        }
        for (int change = 1; change <= Changes; ++change) {
            const int before = stores;
            source = change;
            const auto removed
                = m_backend->removePrefix(Function, Function.size(), PrefixReach(reach));
            if (!removed)
                break;
            for (int i = 0; i < Slots; ++i) {
                const auto entry = m_backend->get(slotOf(QByteArray::number(i)).entry);
                stale += entry && *entry && (*entry)->toInt() < change;
            }
            const QDeadlineTimer patience(20'000);
            while (stores == before && !patience.hasExpired())
                std::this_thread::yield();
        }
        over = true;
        threads.clear();
        QCOMPARE(source, Changes);
        QVERIFY(stores >= Changes);
        QCOMPARE(stale, 0);
    }

private:
    enum { WholeFunction, Partition, Everybodys, ManyFunctions, Exactly, Removals };

    static void backends()
    {
        QTest::addColumn<QByteArray>("backend");
        QTest::newRow("memory") << QByteArray();
        QTest::newRow("redis") << QByteArray();
    }

    Fetched fetch(const QByteArray &token)
    {
        return m_backend->fetchOrLease(Slot, {token, 60s}).value();
    }

    bool store(const QByteArray &token, const QByteArray &bytes)
    {
        return m_backend->storeLeased(Slot, token, bytes, 60s).value();
    }

    std::optional<QByteArray> value() { return m_backend->get(Slot.entry).value(); }

    /// How many entries went.
    qint64 remove(int how)
    {
        const QByteArray keys[] = {Slot.entry, Slot.lease()};
        switch (how) {
        case WholeFunction:
            return m_backend->removePrefix(Function, Function.size(), PrefixReach::OwnEntries)
                .value();
        case Partition:
            return m_backend
                ->removePrefix(Function + "user_id:1::", Function.size(), PrefixReach::OwnEntries)
                .value();
        case Everybodys:
            return m_backend->removePrefix(Function, Function.size(), PrefixReach::AllEntries)
                .value();
        case ManyFunctions:
            return m_backend->removePrefix(":1:users::", 0, PrefixReach::AllEntries).value();
        default: {
            const bool there = value().has_value();
            (void)m_backend->remove(keys);
            return there && !value();
        }
        }
    }

    std::unique_ptr<RedisServer> m_server;
    std::unique_ptr<CacheBackend> m_backend;
};

QTEST_GUILESS_MAIN(TestFills)
#include "tst_fills.moc"
