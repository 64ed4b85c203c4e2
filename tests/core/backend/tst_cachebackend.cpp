// SPDX-License-Identifier: GPL-3.0-or-later
// What every backend promises, asked of each of them.
#include "core/backend/memorybackend.h"
#include "core/backend/redisbackend.h"
#include "tests/support/backendkeys.h"
#include "tests/support/redisserver.h"

#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

class TestCacheBackend : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<RedisServer>(); }

    void init()
    {
        m_server->command({"FLUSHALL"});
        if (qstrcmp(QTest::currentDataTag(), "redis") == 0) {
            m_backend = std::make_unique<RedisBackend>(*BackendUrl::parse(m_server->url()),
                                                       std::make_shared<SystemClock>());
        } else {
            m_backend = std::make_unique<MemoryBackend>(std::make_shared<SystemClock>());
        }
    }

    void cleanup() { m_backend.reset(); }
    void cleanupTestCase() { m_server.reset(); }

    void whatIsStoredIsRead_data() { backends(); }
    void whatIsStoredIsRead()
    {
        QVERIFY(!m_backend->get("a").value());
        QVERIFY(m_backend->set("a", "1", std::nullopt));
        QCOMPARE(m_backend->get("a").value(), QByteArray("1"));
        QVERIFY(m_backend->set("a", QByteArray("\0\r\n\xff", 4), 10s));
        QCOMPARE(m_backend->get("a").value(), QByteArray("\0\r\n\xff", 4));
        QVERIFY(m_backend->set("empty", "", std::nullopt));
        QCOMPARE(m_backend->get("empty").value(), QByteArray(""));
        QCOMPARE(m_backend->keyCount().value(), 2);
    }

    void manyAreReadInTheirOrder_data() { backends(); }
    void manyAreReadInTheirOrder()
    {
        QVERIFY(m_backend->set("a", "1", std::nullopt));
        QVERIFY(m_backend->set("c", "3", std::nullopt));
        const std::vector<QByteArray> keys{"c", "b", "a", "c"};
        const std::vector<std::optional<QByteArray>> expected{"3", std::nullopt, "1", "3"};
        QVERIFY(m_backend->getMany(keys).value() == expected);
        QVERIFY(m_backend->getMany({}).value().empty());
    }

    void factsTellWhatIsThere_data() { backends(); }
    void factsTellWhatIsThere()
    {
        QVERIFY(m_backend->set("a", "12345", std::nullopt));
        QVERIFY(m_backend->set("b", "1", 100s));
        const std::vector<QByteArray> keys{"a", "none", "b"};
        const auto facts = m_backend->facts(keys).value();
        QCOMPARE(facts.size(), size_t(3));
        QCOMPARE(facts[0].type, KeyType::String);
        QCOMPARE(facts[0].size, 5);
        QVERIFY(!facts[0].ttl);
        QCOMPARE(facts[1].type, KeyType::None);
        QVERIFY(!facts[1].ttl);
        QVERIFY(facts[2].ttl.value() > 90s);
        QVERIFY(facts[2].ttl.value() <= 100s);
        QVERIFY(m_backend->facts({}).value().empty());
    }

    void theBeginningOfAValueIsAsLongAsAskedFor_data() { backends(); }
    void theBeginningOfAValueIsAsLongAsAskedFor()
    {
        QVERIFY(m_backend->set("a", "0123456789", std::nullopt));
        for (const qint64 bytes : {-1, 0, 1, 9, 10, 11}) {
            const ValueHead head = m_backend->head("a", bytes, 5).value();
            QCOMPARE(head.type, KeyType::String);
            QCOMPARE(head.size, 10);
            QCOMPARE(head.bytes, QByteArray("0123456789").first(qBound(0, int(bytes), 10)));
            QVERIFY(head.elements.empty());
        }
        QCOMPARE(m_backend->head("none", 10, 10).value().type, KeyType::None);
    }

    void aTtlIsChangedAndRemovedAndTheValueStays_data() { backends(); }
    void aTtlIsChangedAndRemovedAndTheValueStays()
    {
        const QByteArray key = "a";
        const auto ttl = [&] { return m_backend->facts({&key, 1}).value().front().ttl; };
        QVERIFY(m_backend->set(key, QByteArray("\0v", 2), std::nullopt));
        QCOMPARE(m_backend->setTtl(key, 50s).value(), true);
        QVERIFY(ttl().value() > 40s && ttl().value() <= 50s);
        QCOMPARE(m_backend->setTtl(key, std::nullopt).value(), true);
        QVERIFY(!ttl());
        QCOMPARE(m_backend->setTtl(key, std::nullopt).value(), true); // there was none to remove
        QCOMPARE(m_backend->get(key).value(), QByteArray("\0v", 2));
        QCOMPARE(m_backend->setTtl("none", 50s).value(), false);
        QCOMPARE(m_backend->setTtl("none", std::nullopt).value(), false);
    }

    void aTtlThatCannotBeKeptIsRefusedAndChangesNothing_data() { backends(); }
    void aTtlThatCannotBeKeptIsRefusedAndChangesNothing()
    {
        QVERIFY(m_backend->set("a", "1", std::nullopt));
        for (const auto ttl : {0ms, -1ms, std::chrono::milliseconds::max()}) {
            const auto stored = m_backend->set("a", "2", ttl);
            QVERIFY(!stored);
            QCOMPARE(stored.error().code, Error::Code::InvalidInput);
            const auto changed = m_backend->setTtl("a", ttl);
            QVERIFY(!changed);
            QCOMPARE(changed.error().code, Error::Code::InvalidInput);
            QCOMPARE(changed.error().subject, QByteArray("a"));
        }
        QCOMPARE(m_backend->get("a").value(), QByteArray("1"));
    }

    void removingCountsWhatWasThere_data() { backends(); }
    void removingCountsWhatWasThere()
    {
        QVERIFY(m_backend->set("a", "1", std::nullopt));
        QVERIFY(m_backend->set("b", "1", 10s));
        QVERIFY(m_backend->set("c", "1", std::nullopt));
        const std::vector<QByteArray> keys{"a", "none", "b", "a"};
        QCOMPARE(m_backend->remove(keys).value(), 2);
        QCOMPARE(m_backend->remove({}).value(), 0);
        QCOMPARE(m_backend->keyCount().value(), 1);
        QVERIFY(m_backend->get("c").value());
    }

    void whatIsStillTheSameCanBeRemoved_data() { backends(); }
    void whatIsStillTheSameCanBeRemoved()
    {
        const QByteArray value("\0\x80pickle", 8);
        QVERIFY(m_backend->set("a", value, 1000s));
        QVERIFY(m_backend->set("empty", "", std::nullopt));
        QCOMPARE(m_backend->removeIfSame("a", value + 'x').value(), false);
        QCOMPARE(m_backend->removeIfSame("a", "").value(), false);
        QCOMPARE(m_backend->removeIfSame("none", "").value(), false);
        QCOMPARE(m_backend->get("a").value(), value);
        QCOMPARE(m_backend->removeIfSame("a", value).value(), true);
        QVERIFY(!m_backend->get("a").value());
        QCOMPARE(m_backend->removeIfSame("a", value).value(), false);
        QCOMPARE(m_backend->removeIfSame("empty", "").value(), true);
        QCOMPARE(m_backend->keyCount().value(), 0);
    }

    void whatWasTakenIsPutBackAsItWas_data() { backends(); }
    void whatWasTakenIsPutBackAsItWas()
    {
        const QByteArray value("\0\x80pickle", 8);
        QVERIFY(m_backend->set("a", value, std::nullopt));
        QVERIFY(m_backend->set("b", "2", 1000s));
        const std::vector<QByteArray> keys{"a", "none", "b"};
        const auto before = m_backend->facts(keys).value();
        const auto taken = m_backend->take(keys).value();
        QCOMPARE(taken.size(), size_t(2));
        QCOMPARE(taken[0].key, QByteArray("a"));
        QVERIFY(!taken[0].expiresAt);
        QCOMPARE(taken[1].key, QByteArray("b"));
        const auto left = taken[1].expiresAt.value() - SystemClock().now();
        QVERIFY(left > 990s && left <= 1001s);
        QCOMPARE(m_backend->keyCount().value(), 0);

        const auto outcomes = m_backend->restore(taken).value();
        QCOMPARE(outcomes, std::vector(2, RestoreOutcome::Restored));
        QCOMPARE(m_backend->get("a").value(), value);
        const auto after = m_backend->facts(keys).value();
        QVERIFY(!after[0].ttl);
        QVERIFY(after[2].ttl.value() <= before[2].ttl.value());
        QVERIFY(after[2].ttl.value() > 990s);
        QCOMPARE(m_backend->take(keys).value()[1].expiresAt, taken[1].expiresAt);
        QVERIFY(m_backend->take({}).value().empty());
        QVERIFY(m_backend->restore({}).value().empty());
    }

    void puttingBackNeverOverwritesAndNeverRevivesTheDead_data() { backends(); }
    void puttingBackNeverOverwritesAndNeverRevivesTheDead()
    {
        QVERIFY(m_backend->set("a", "old", std::nullopt));
        QVERIFY(m_backend->set("b", "old", 1000s));
        QVERIFY(m_backend->set("c", "old", std::nullopt));
        const std::vector<QByteArray> keys{"a", "b", "c"};
        auto taken = m_backend->take(keys).value();
        QVERIFY(m_backend->set("a", "new", std::nullopt));
        taken[1].expiresAt = SystemClock().now() - 1s;
        const auto outcomes = m_backend->restore(taken).value();
        QCOMPARE(outcomes,
                 (std::vector{RestoreOutcome::KeptNewer, RestoreOutcome::Expired,
                              RestoreOutcome::Restored}));
        QCOMPARE(m_backend->get("a").value(), QByteArray("new"));
        QVERIFY(!m_backend->get("b").value());
        QCOMPARE(m_backend->get("c").value(), QByteArray("old"));
    }

    void aSnapshotsSizeIsToldBeforehand_data() { backends(); }
    void aSnapshotsSizeIsToldBeforehand()
    {
        QVERIFY(m_backend->set("a", QByteArray(10'000, 'x'), std::nullopt));
        QVERIFY(m_backend->set("b", QByteArray(20'000, 'x'), std::nullopt));
        const std::vector<QByteArray> keys{"a", "b", "none"};
        const qint64 bytes = m_backend->snapshotBytes(keys).value();
        QVERIFY2(bytes >= 30'000 && bytes < 60'000, QByteArray::number(bytes).constData());
        QCOMPARE(m_backend->snapshotBytes({}).value(), 0);
        QCOMPARE(m_backend->keyCount().value(), 2);
    }

    void aPassGivesEveryKeyOfThePrefix_data() { backends(); }
    void aPassGivesEveryKeyOfThePrefix()
    {
        std::set<QByteArray> wanted;
        for (int i = 0; i < 2500; ++i) {
            const QByteArray key = (i % 5 ? ":1:f::" : ":1:g::") + QByteArray::number(i);
            QVERIFY(m_backend->set(key, "v", std::nullopt));
            if (i % 5)
                wanted.insert(key);
        }
        QCOMPARE(listKeys(*m_backend, ":1:f::", 100), wanted);
        QCOMPARE(listKeys(*m_backend, "", 1000).size(), size_t(2500));
        QVERIFY(listKeys(*m_backend, ":1:h", 100).empty());
    }

    void aPassThatIsOverStaysOver_data() { backends(); }
    void aPassThatIsOverStaysOver()
    {
        QVERIFY(m_backend->set("a", "1", std::nullopt));
        const auto cursor = m_backend->scan({});
        QVERIFY(!cursor->next([](auto) {}).value());
        bool called = false;
        QVERIFY(!cursor->next([&](auto) { called = true; }).value());
        QVERIFY(!called);
    }

    void aPassMayBeLeftInTheMiddle_data() { backends(); }
    void aPassMayBeLeftInTheMiddle()
    {
        for (int i = 0; i < 100; ++i)
            QVERIFY(m_backend->set("k" + QByteArray::number(i), "v", std::nullopt));
        for (int i = 0; i < 20; ++i) {
            const auto cursor = m_backend->scan({.slice = 10});
            QVERIFY(cursor->next([](auto) {}).value());
        }
        QCOMPARE(m_backend->get("k7").value(), QByteArray("v"));
        QCOMPARE(listKeys(*m_backend, "", 10).size(), size_t(100));
    }

    void nastyPrefixesAreLiteral_data() { backends(); }
    void nastyPrefixesAreLiteral()
    {
        const auto keys = nastyKeys();
        for (const QByteArray &key : keys)
            QVERIFY(m_backend->set(key, key, std::nullopt));
        for (const QByteArray &prefix : keys) {
            std::set<QByteArray> expected;
            for (const QByteArray &key : keys) {
                if (key.startsWith(prefix))
                    expected.insert(key);
            }
            QCOMPARE(listKeys(*m_backend, prefix, 7), expected);
        }
        for (const QByteArray &key : keys)
            QCOMPARE(m_backend->get(key).value(), key);
        const auto taken = m_backend->take(keys).value();
        QCOMPARE(taken.size(), keys.size());
        QCOMPARE(m_backend->keyCount().value(), 0);
        QCOMPARE(m_backend->restore(taken).value(),
                 std::vector(keys.size(), RestoreOutcome::Restored));
        QCOMPARE(m_backend->remove(keys).value(), qint64(keys.size()));
    }

    void aBackendThatWorksSaysThatItIsReady_data() { backends(); }
    void aBackendThatWorksSaysThatItIsReady()
    {
        QVERIFY(m_backend->ping());
        QCOMPARE(m_backend->state().phase, BackendState::Phase::Ready);
        QVERIFY(!m_backend->state().error);
        QVERIFY(!m_backend->description().isEmpty());
    }

private:
    static void backends()
    {
        QTest::addColumn<QByteArray>("backend");
        QTest::newRow("memory") << QByteArray();
        QTest::newRow("redis") << QByteArray();
    }

    std::unique_ptr<RedisServer> m_server;
    std::unique_ptr<CacheBackend> m_backend;
};

QTEST_GUILESS_MAIN(TestCacheBackend)
#include "tst_cachebackend.moc"
