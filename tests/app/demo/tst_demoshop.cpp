// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demoshop.h"
#include "core/key/keyreader.h"
#include "core/keyspace/entry.h"
#include "tests/support/manualclock.h"

#include <QTest>

#include <map>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

std::map<QByteArray, QByteArray> contentOf(CacheBackend &backend)
{
    std::map<QByteArray, QByteArray> content;
    const auto cursor = backend.scan({});
    Result<bool> more = true;
    while (more && *more)
        more = cursor->next([&](std::span<const std::string_view> keys) {
            for (const std::string_view key : keys)
                content.emplace(QByteArray(key.data(), static_cast<qsizetype>(key.size())),
                                QByteArray());
        });
    for (auto &[key, value] : content) {
        const auto got = backend.get(key);
        if (got && *got)
            value = **got;
    }
    return content;
}

} // namespace

class TestDemoShop : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void opensWithHundredsOfEntriesOfEveryFunction();
    void theSameSeedGivesTheSameShop();
    void everyEntryReadsBackByTheCatalog();
    void entriesComeAreRewrittenGrowStaleAndExpire();
    void aBeatIsCheap();
};

void TestDemoShop::opensWithHundredsOfEntriesOfEveryFunction()
{
    const DemoShop shop(std::make_shared<ManualClock>());
    const Catalog catalog = demoCatalog();
    const KeyReader reader = catalog.keyReader();
    std::map<QByteArray, int> found;
    int foreign = 0;
    for (const auto &[key, value] : contentOf(*shop.backend())) {
        const KeyReading reading = reader.read(key);
        if (reading.source == KeyReading::Source::Catalog)
            ++found[reading.function];
        else
            ++foreign;
    }
    for (const CatalogFunction &function : catalog.functions())
        QVERIFY2(found[function.keyed.id] > 0, function.keyed.id);
    QVERIFY(foreign > 0);
    int entries = 0;
    for (const auto &[function, count] : found)
        entries += count;
    QVERIFY2(entries >= 500, QByteArray::number(entries));
}

void TestDemoShop::theSameSeedGivesTheSameShop()
{
    const auto clock = std::make_shared<ManualClock>();
    const DemoShop one(clock, 7);
    const DemoShop other(clock, 7);
    const DemoShop third(clock, 8);
    QVERIFY(contentOf(*one.backend()) == contentOf(*other.backend()));
    QVERIFY(contentOf(*one.backend()) != contentOf(*third.backend()));
}

void TestDemoShop::everyEntryReadsBackByTheCatalog()
{
    const DemoShop shop(std::make_shared<ManualClock>());
    const KeyReader reader = demoCatalog().keyReader();
    for (const auto &[key, value] : contentOf(*shop.backend())) {
        if (reader.read(key).source != KeyReading::Source::Catalog)
            continue;
        const auto entry = decodeEntry(value);
        QVERIFY2(entry, key);
        QVERIFY2(entry->restflow && entry->metadata, key);
        QVERIFY(entry->metadata->cachedAtMs);
    }
}

void TestDemoShop::entriesComeAreRewrittenGrowStaleAndExpire()
{
    const auto clock = std::make_shared<ManualClock>();
    DemoShop shop(clock);
    std::map<KeyChange::Cause, int> causes;
    const Subscription watching
        = shop.backend()->watch([&causes](const KeyChange &change) { ++causes[change.cause]; });
    bool stale = false;
    bool refreshed = false;
    for (int i = 0; i < 600; ++i) {
        clock->advance(400ms);
        shop.beat();
    }
    for (const auto &[key, value] : contentOf(*shop.backend())) {
        const auto entry = decodeEntry(value);
        const auto facts = shop.backend()->facts({&key, 1});
        if (!entry || !entry->metadata || !facts)
            continue;
        stale |= nextCall(facts->front(), entry->metadata, clock->now()) == NextCall::Stale;
        refreshed |= entry->metadata->cacheStatus == "REFRESH";
    }
    QVERIFY(causes[KeyChange::Cause::Stored] > 0);
    QVERIFY(causes[KeyChange::Cause::Replaced] + causes[KeyChange::Cause::Stored] >= 600);
    QVERIFY(causes[KeyChange::Cause::Expired] > 0);
    QVERIFY(stale);
    QVERIFY(refreshed);
    // It goes on like this: neither does it empty nor grow without bound.
    const auto count = shop.backend()->keyCount();
    QVERIFY(count && *count > 300 && *count < 5000);
}

void TestDemoShop::aBeatIsCheap()
{
    DemoShop shop(std::make_shared<ManualClock>());
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 100; ++i)
        shop.beat();
    QVERIFY2(timer.elapsed() < 1000, QByteArray::number(timer.elapsed()));
}

QTEST_GUILESS_MAIN(TestDemoShop)
#include "tst_demoshop.moc"
