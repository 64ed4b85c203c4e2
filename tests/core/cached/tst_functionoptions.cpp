// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cached/asynccachedfunction.h"
#include "tests/core/cached/cachedworld.h"

#include <QTest>

#include <cmath>
#include <stdexcept>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

/// Options that no function can have.
class TestFunctionOptions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bothPredicatesAreRefusedByName()
    {
        CachedWorld world;
        const auto always = [](const int &) { return true; };
        try {
            const CachedFunction both(world.cache, "app.both", parameters("n"_p),
                                      [](int n) { return n; },
                                      {.cacheIf = always, .cacheUnless = always});
            QFAIL("was accepted");
        } catch (const std::invalid_argument &error) {
            QVERIFY(std::string(error.what()).find("app.both") != std::string::npos);
        }
    }

    void anOptionOutOfItsRangeIsRefused_data()
    {
        QTest::addColumn<FunctionOptions<int>>("options");
        QTest::addColumn<QByteArray>("said");
        const auto row = [](const char *name, FunctionOptions<int> options, const char *said) {
            QTest::newRow(name) << std::move(options) << QByteArray(said);
        };
        row("no time", {.ttl = 0s}, "ttl = 0 ms");
        row("negative time", {.ttl = -1s}, "ttl = -1000 ms");
        row("stale", {.staleFor = -1ms}, "staleFor = -1 ms");
        row("stale on error", {.staleOnErrorFor = -1ms}, "staleOnErrorFor = -1 ms");
        row("soft limit", {.softLimit = 0ms}, "softLimit = 0 ms");
        row("hard limit", {.hardLimit = -1ms}, "hardLimit = -1 ms");
        row("soft beyond hard", {.softLimit = 2s, .hardLimit = 1s}, "softLimit = 2000 ms");
        row("much jitter", {.ttlJitter = 2}, "ttlJitter = 2");
        row("negative jitter", {.ttlJitter = -0.5}, "ttlJitter = -0.5");
        row("jitter that is no number", {.ttlJitter = std::nan("")}, "ttlJitter = nan");
        row("early", {.earlyRefresh = -1}, "earlyRefresh = -1");
        row("endlessly early", {.earlyRefresh = INFINITY}, "earlyRefresh = inf");
        row("for ever", {.ttl = std::chrono::milliseconds::max()}, "ttl = 9223372036854775807 ms");
        row("stale for ever", {.staleFor = 877'000h}, "staleFor = 3157200000000 ms");
        row("unlimited", {.hardLimit = 877'000h}, "hardLimit = 3157200000000 ms");
        row("compression", {.compressAbove = -1}, "compressAbove = -1");
    }
    void anOptionOutOfItsRangeIsRefused()
    {
        QFETCH(const FunctionOptions<int>, options);
        QFETCH(const QByteArray, said);
        CachedWorld world;
        try {
            const CachedFunction get(
                world.cache, "app.range", parameters("n"_p), [](int n) { return n; }, options);
            QFAIL("it was accepted");
        } catch (const std::invalid_argument &refused) {
            QVERIFY2(QByteArray(refused.what()).contains("'app.range'"), refused.what());
            QVERIFY2(QByteArray(refused.what()).contains(said), refused.what());
        }
        QVERIFY(world.cache.functions().empty());
    }

    void anAsynchronousFunctionsOptionOutOfItsRangeIsRefused()
    {
        CachedWorld world;
        const auto construct = [&] {
            (void)AsyncCachedFunction(world.cache, "app.async", parameters("n"_p),
                                      [](int n) { return QtFuture::makeReadyFuture(n); },
                                      {.ttl = 0s});
        };
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, construct());
    }
};

QTEST_GUILESS_MAIN(TestFunctionOptions)
#include "tst_functionoptions.moc"
