// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demoshop.h"
#include "app/demo/functioncatalog.h"
#include "core/cached/functiondescription.h"
#include "core/key/keyreader.h"
#include "core/keyspace/entry.h"
#include "tests/support/manualclock.h"
#include "tests/widgets/tickwatch.h"

#include <QTest>

#include <map>
#include <mutex>

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

/// How many calls and removals were told of.
class Counting final : public CacheObserver {
public:
    void called(const CallEvent &call) override
    {
        const std::lock_guard lock(m_mutex);
        ++m_calls[call.metadata.status];
        m_failed += call.failed;
    }
    void removed(const RemovalEvent &) override
    {
        const std::lock_guard lock(m_mutex);
        ++m_removals;
    }
    void errorOccurred(const Error &error) override
    {
        const std::lock_guard lock(m_mutex);
        m_trouble = error.message();
    }
    [[nodiscard]] int of(CacheStatus status)
    {
        const std::lock_guard lock(m_mutex);
        return m_calls[status];
    }
    [[nodiscard]] int removals() const { return m_removals; }
    [[nodiscard]] int failed() const { return m_failed; }
    [[nodiscard]] const QByteArray &trouble() const { return m_trouble; }

private:
    std::mutex m_mutex;
    std::map<CacheStatus, int> m_calls;
    int m_removals = 0;
    int m_failed = 0;
    QByteArray m_trouble;
};

} // namespace

class TestDemoShop : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void opensWithHundredsOfEntriesOfEveryFunction();
    void theSameSeedGivesTheSameShop();
    void everyEntryReadsBackByTheCatalog();
    void entriesComeAreRewrittenGrowStaleAndExpire();
    void theFunctionsAreThoseOfTheCatalog();
    void customersAreAnsweredInEveryWay();
    void aFunctionAnswersAlikeAtOneTimeAndAnewLater();
    void aRunningShopLeavesTheEventLoopAlone();
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
    DemoShop shop(std::make_shared<ManualClock>());
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
    std::mutex mutex; // the shop's own threads tell too
    std::map<KeyChange::Cause, int> causes;
    const Subscription watching = shop.backend()->watch([&](const KeyChange &change) {
        const std::lock_guard lock(mutex);
        ++causes[change.cause];
    });
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
    QVERIFY(causes[KeyChange::Cause::Stored] > 300);
    QVERIFY(causes[KeyChange::Cause::Replaced] > 50);
    QVERIFY(causes[KeyChange::Cause::Deleted] > 0);
    QVERIFY(causes[KeyChange::Cause::Expired] > 100);
    QVERIFY(stale);
    QVERIFY(refreshed);
    // It goes on like this: neither does it empty nor grow without bound.
    const auto count = shop.backend()->keyCount();
    QVERIFY(count && *count > 300 && *count < 5000);
}

void TestDemoShop::theFunctionsAreThoseOfTheCatalog()
{
    DemoShop shop(std::make_shared<ManualClock>());
    QCOMPARE(catalogOf(shop.cache()).toJson(), demoCatalog().toJson());
}

void TestDemoShop::customersAreAnsweredInEveryWay()
{
    const auto clock = std::make_shared<ManualClock>();
    DemoShop shop(clock);
    const auto counting = std::make_shared<Counting>();
    const Subscription observing = shop.functions().observe(counting);
    for (int i = 0; i < 400; ++i) {
        clock->advance(400ms);
        shop.beat();
    }
    QVERIFY(counting->of(CacheStatus::Hit) > counting->of(CacheStatus::Miss));
    for (const CacheStatus status :
         {CacheStatus::Miss, CacheStatus::Stale, CacheStatus::Bypass, CacheStatus::Refresh})
        QVERIFY2(counting->of(status) > 0, name(status));
    QVERIFY(counting->removals() > 0);
    QCOMPARE(counting->failed(), 0);
    QCOMPARE(counting->trouble(), "");
    qint64 total = 0;
    for (const FunctionCounts &counts : shop.functions().counts()) {
        QVERIFY2(counts.total() > 0, counts.function);
        total += counts.total();
    }
    QVERIFY(total > 2000);
}

void TestDemoShop::aFunctionAnswersAlikeAtOneTimeAndAnewLater()
{
    const auto clock = std::make_shared<ManualClock>();
    DemoShop shop(clock);
    const ArgumentTexts arguments{{"sku", "SKU-1007"}, {"currency", "EUR"}};
    const auto refreshed = [&] {
        auto answer = shop.functions().call("shop.catalog.products.get_product", arguments,
                                            CallMode::Refresh);
        answer.waitForFinished();
        return answer.result().value();
    };
    const LinkedAnswer first = refreshed();
    QCOMPARE(first.metadata.status, CacheStatus::Refresh);
    QVERIFY(first.metadata.stored);
    QVERIFY(refreshed().value == first.value);
    clock->advance(1s);
    const Value later = refreshed().value;
    QVERIFY(!(later == first.value));
    QVERIFY(*later.find("title") == *first.value.find("title")); // the same product
}

void TestDemoShop::aRunningShopLeavesTheEventLoopAlone()
{
    DemoShop shop(std::make_shared<SystemClock>());
    const auto counting = std::make_shared<Counting>();
    const Subscription observing = shop.functions().observe(counting);
    shop.start();
    const TickWatch ticks;
    QTRY_VERIFY(counting->of(CacheStatus::Hit) > 0);
    shop.stop();
    QVERIFY(ticks.ticks() > 0);
    QVERIFY(ticks.longest() <= TickWatch::allowed);
}

QTEST_GUILESS_MAIN(TestDemoShop)
#include "tst_demoshop.moc"
