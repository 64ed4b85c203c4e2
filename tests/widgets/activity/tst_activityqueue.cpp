// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/activity/activityqueue.h"

#include "core/backend/memorybackend.h"
#include "core/cached/cachedfunction.h"
#include "tests/support/manualclock.h"

#include <QTest>

#include <map>
#include <stdexcept>
#include <thread>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

CallEvent callOf(const QByteArray &key)
{
    return {"shop.f", key, {}, false};
}

std::vector<QByteArray> keysOf(const ActivityQueue::Batch &batch)
{
    std::vector<QByteArray> keys;
    for (const ActivityEvent &event : batch.events)
        keys.push_back(keyOf(event));
    return keys;
}

} // namespace

class TestActivityQueue : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesEverythingOnceInItsOrderAndWithItsTime();
    void tellsOfARuleThatFails();
    void dropsTheOldestBeyondItsBoundAndCountsThem();
    void losesNothingUnnoticedBetweenThreads();
};

void TestActivityQueue::givesEverythingOnceInItsOrderAndWithItsTime()
{
    const auto clock = std::make_shared<ManualClock>();
    ActivityQueue queue(clock);
    queue.called(callOf("a"));
    clock->advance(5s);
    queue.removed({"shop.f", "b", RemovalCause::Prefix, {3, true}});
    queue.errorOccurred({Error::Code::Timeout, "read", "c", "too late", true});

    const ActivityQueue::Batch batch = queue.take();
    QCOMPARE(batch.events.size(), 3U);
    QCOMPARE(batch.dropped, 0);
    QCOMPARE(std::get<CallEvent>(batch.events[0].what).key, "a");
    QCOMPARE(std::get<RemovalEvent>(batch.events[1].what).removal.entries, 3);
    QCOMPARE(std::get<Error>(batch.events[2].what).reason, "too late");
    QCOMPARE((batch.events[1].at - batch.events[0].at).count(), 5000);
    QVERIFY(queue.take().events.empty());
}

void TestActivityQueue::tellsOfARuleThatFails()
{
    const auto clock = std::make_shared<ManualClock>();
    Cache cache(std::make_shared<MemoryBackend>(clock));
    const auto queue = std::make_shared<ActivityQueue>(clock);
    const Subscription observing = cache.observe(queue);
    InvalidationRule rule;
    rule.model = "shop.Order";
    rule.invalidate = [](const RuleRun &) { throw std::runtime_error("no disk"); };
    const CachedFunction get(cache, "shop.f", parameters("n"_p), [](int n) { return n; },
                             {.rules = {rule}});
    cache.saved("shop.Order", Value::map({{Value::string("id"), Value(1)}}));

    const ActivityQueue::Batch batch = queue->take();
    QCOMPARE(batch.events.size(), 1U);
    QCOMPARE(activityKind(batch.events[0]), ActivityKind::Problem);
    QCOMPARE(functionOf(batch.events[0]), "shop.f");
    QCOMPARE(problemOf(batch.events[0])->reason, "it threw: no disk");
}

void TestActivityQueue::dropsTheOldestBeyondItsBoundAndCountsThem()
{
    ActivityQueue queue(std::make_shared<ManualClock>(), 3);
    for (const char *key : {"a", "b", "c", "d", "e"})
        queue.called(callOf(key));
    const ActivityQueue::Batch batch = queue.take();
    QCOMPARE(batch.dropped, 2);
    QCOMPARE(keysOf(batch), (std::vector<QByteArray>{"c", "d", "e"}));

    queue.called(callOf("f"));
    const ActivityQueue::Batch next = queue.take();
    QCOMPARE(next.dropped, 0);
    QCOMPARE(keysOf(next), (std::vector<QByteArray>{"f"}));
}

void TestActivityQueue::losesNothingUnnoticedBetweenThreads()
{
    constexpr int threads = 4;
    constexpr int each = 5000;
    ActivityQueue queue(std::make_shared<ManualClock>(), 1000);
    std::atomic<int> running = threads;
    std::vector<std::jthread> callers;
    for (int thread = 0; thread < threads; ++thread) {
        callers.emplace_back([&queue, &running, thread] {
            for (int i = 0; i < each; ++i)
                queue.called(callOf(QByteArray::number(thread) + ':' + QByteArray::number(i)));
            --running;
        });
    }
    qint64 got = 0;
    qint64 dropped = 0;
    std::map<QByteArray, int> last; // of each thread: its events keep their order
    bool more = true;
    while (more) {
        more = running > 0;
        const ActivityQueue::Batch batch = queue.take();
        got += static_cast<qint64>(batch.events.size());
        dropped += batch.dropped;
        for (const QByteArray &key : keysOf(batch)) {
            const auto parts = key.split(':');
            const auto [before, first] = last.try_emplace(parts[0], -1);
            QVERIFY(parts[1].toInt() > before->second);
            before->second = parts[1].toInt();
        }
    }
    QCOMPARE(got + dropped, threads * each);
    QVERIFY(got > 0);
}

QTEST_GUILESS_MAIN(TestActivityQueue)
#include "tst_activityqueue.moc"
