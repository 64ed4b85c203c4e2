// SPDX-License-Identifier: GPL-3.0-or-later
// Changes that others make arrive, and it is told when they may not.
#include "core/backend/memorybackend.h"
#include "core/backend/redisbackend.h"
#include "tests/support/redisserver.h"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

/// What was told, in its order: "linked", "lost", or a key.
class Events {
public:
    FollowCallbacks callbacks()
    {
        return {.linked = [this] { add("linked"); },
                .changed = [this](const QByteArray &key) { add(key); },
                .lost = [this] { add("lost"); }};
    }

    /// Waits until `event` has been told `times` times since the last forget().
    bool wait(const QByteArray &event, qsizetype times = 1)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, 20s, [&] {
            return std::count(m_events.begin(), m_events.end(), event) >= times;
        });
    }

    std::vector<QByteArray> all()
    {
        const std::lock_guard lock(m_mutex);
        return m_events;
    }

    void forget()
    {
        const std::lock_guard lock(m_mutex);
        m_events.clear();
    }

private:
    void add(const QByteArray &event)
    {
        const std::lock_guard lock(m_mutex);
        m_events.push_back(event);
        m_changed.notify_all();
    }

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<QByteArray> m_events;
};

RedisOptions quick()
{
    RedisOptions options;
    options.commandTimeout = 400ms;
    options.firstBackoff = 5ms;
    options.longestBackoff = 20ms;
    return options;
}

/// Would wait for the network for longer than a test does.
RedisOptions patient()
{
    RedisOptions options;
    options.connectTimeout = 100s;
    options.commandTimeout = 100s;
    return options;
}

RedisBackend connectTo(const QByteArray &url, RedisOptions options = quick())
{
    return RedisBackend(*BackendUrl::parse(url), std::make_shared<SystemClock>(), options);
}

/// The numbers of the two clients: who tracks, and to whom it redirects.
std::pair<QByteArray, QByteArray> clients(const RedisServer &server)
{
    for (const QByteArray &line : server.command({"CLIENT", "LIST"}).bytes.split('\n')) {
        const auto field = [&](const QByteArray &name) {
            const qsizetype from = line.indexOf(name) + name.size();
            return line.sliced(from, line.indexOf(' ', from) - from);
        };
        if (line.contains(" redir=") && field(" redir=").toLongLong() > 0)
            return {field("id="), field(" redir=")};
    }
    throw std::runtime_error("nobody tracks");
}

} // namespace

class TestFollow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void memoryTellsOfItsChanges()
    {
        MemoryBackend backend(std::make_shared<SystemClock>());
        QVERIFY(backend.capabilities().follow);
        Events events;
        auto subscription = backend.follow("a:", events.callbacks());
        QVERIFY(backend.set("a:1", "v", std::nullopt));
        QVERIFY(backend.set("b:1", "v", std::nullopt));
        QVERIFY(backend.removePrefix("a:", 2, PrefixReach::AllEntries));
        backend.clear();
        const std::vector<QByteArray> expected{"linked", "a:1", "a:1", "lost", "linked"};
        QCOMPARE(events.all(), expected);
        subscription.cancel();
        QVERIFY(backend.set("a:1", "v", std::nullopt));
        QCOMPARE(events.all(), expected);
    }

    void aChangeOfAnothersArrives()
    {
        RedisServer server;
        RedisBackend backend = connectTo(server.url());
        QVERIFY(backend.capabilities().follow);
        Events events;
        const auto subscription = backend.follow("a[*:", events.callbacks());
        QVERIFY(events.wait("linked"));
        server.command({"SET", "b:1", "v"});
        server.command({"SET", "ax:1", "v"});
        server.command({"SET", "a[*:1", "v", "PX", "20"});
        QVERIFY(events.wait("a[*:1", 2)); // it also expired
        server.command({"MSET", "a[*:2", "v", "a[*:3", "v"});
        server.command({"UNLINK", "a[*:2"});
        QVERIFY(events.wait("a[*:2", 2));
        QVERIFY(events.wait("a[*:3"));
        QVERIFY(backend.set("a[*:\xff", "v", std::nullopt));
        QVERIFY(events.wait("a[*:\xff"));
        const auto all = events.all();
        QCOMPARE(std::count(all.begin(), all.end(), QByteArray("b:1")), 0);
        QCOMPARE(std::count(all.begin(), all.end(), QByteArray("ax:1")), 0);
        QCOMPARE(std::count(all.begin(), all.end(), QByteArray("lost")), 0);
    }

    void everythingIsFollowedWithoutAPrefix()
    {
        RedisServer server;
        RedisBackend backend = connectTo(server.url());
        Events events;
        const auto subscription = backend.follow("", events.callbacks());
        QVERIFY(events.wait("linked"));
        server.command({"SET", "x", "v"});
        QVERIFY(events.wait("x"));
    }

    void aFlushIsALossThatIsOverAtOnce_data()
    {
        QTest::addColumn<QByteArray>("command");
        QTest::newRow("all") << QByteArray("FLUSHALL");
        QTest::newRow("database") << QByteArray("FLUSHDB");
    }

    void aFlushIsALossThatIsOverAtOnce()
    {
        QFETCH(QByteArray, command);
        RedisServer server;
        RedisBackend backend = connectTo(server.url());
        Events events;
        const auto subscription = backend.follow("a:", events.callbacks());
        QVERIFY(events.wait("linked"));
        const auto before = clients(server);
        server.command({"SET", "a:1", "v"});
        server.command({command});
        QVERIFY(events.wait("linked", 2));
        QCOMPARE(events.all(), (std::vector<QByteArray>{"linked", "a:1", "lost", "linked"}));
        QCOMPARE(clients(server), before);
    }

    void aConnectionThatIsClosedIsALossAndComesBack_data()
    {
        QTest::addColumn<bool>("tracker");
        QTest::newRow("who tracks") << true;
        QTest::newRow("who listens") << false;
    }

    void aConnectionThatIsClosedIsALossAndComesBack()
    {
        QFETCH(bool, tracker);
        RedisServer server;
        RedisBackend backend = connectTo(server.url());
        Events events;
        const auto subscription = backend.follow("a:", events.callbacks());
        QVERIFY(events.wait("linked"));
        const auto before = clients(server);
        server.command({"CLIENT", "KILL", "ID", tracker ? before.first : before.second});
        QVERIFY(events.wait("linked", 2));
        QCOMPARE(events.all(), (std::vector<QByteArray>{"linked", "lost", "linked"}));
        server.command({"SET", "a:1", "v"});
        QVERIFY(events.wait("a:1"));
    }

    void aServerThatGoesIsALossAndComesBack()
    {
        RedisServer server;
        RedisBackend backend = connectTo(server.url());
        Events events;
        const auto subscription = backend.follow("a:", events.callbacks());
        QVERIFY(events.wait("linked"));
        server.stop();
        QVERIFY(events.wait("lost"));
        server.start();
        QVERIFY(events.wait("linked", 2));
        server.command({"SET", "a:1", "v"});
        QVERIFY(events.wait("a:1"));
        QCOMPARE(events.all(), (std::vector<QByteArray>{"linked", "lost", "linked", "a:1"}));
    }

    void aServerThatHangsIsALossAndComesBack()
    {
        RedisServer server;
        RedisBackend backend = connectTo(server.url());
        Events events;
        const auto subscription = backend.follow("a:", events.callbacks());
        QVERIFY(events.wait("linked"));
        server.pause();
        QVERIFY(events.wait("lost"));
        server.resume();
        QVERIFY(events.wait("linked", 2));
        server.command({"SET", "a:1", "v"});
        QVERIFY(events.wait("a:1"));
    }

    void aQuietLinkStaysUp()
    {
        RedisServer server;
        RedisOptions options = quick();
        options.commandTimeout = 100ms;
        RedisBackend backend = connectTo(server.url(), options);
        Events events;
        const auto subscription = backend.follow("a:", events.callbacks());
        QVERIFY(events.wait("linked"));
        // Several pings on both, which is more than the timeout's time without a change.
        const qint64 before = server.calls("ping");
        QTRY_VERIFY_WITH_TIMEOUT(server.calls("ping") >= before + 12, 20'000);
        server.command({"SET", "a:1", "v"});
        QVERIFY(events.wait("a:1"));
    }

    void lettingGoDoesNotWaitForAServerThatHangs()
    {
        RedisServer server;
        RedisBackend backend = connectTo(server.url(), patient());
        Events linked;
        auto subscription = backend.follow("a:", linked.callbacks());
        QVERIFY(linked.wait("linked"));
        server.pause();
        Events none;
        auto linking = backend.follow("a:", none.callbacks());
        const auto lettingGo = std::async(std::launch::async, [&] {
            linking.cancel();
            subscription.cancel();
        });
        QCOMPARE(lettingGo.wait_for(20s), std::future_status::ready); // or in 100 s, see patient()
        server.resume();
        QCOMPARE(linked.all(), (std::vector<QByteArray>{"linked"}));
        QVERIFY(none.all().empty());
    }

    void lettingGoDoesNotWaitOutABackoff()
    {
        RedisServer server;
        RedisOptions options;
        options.firstBackoff = 100s;
        options.longestBackoff = 100s;
        RedisBackend backend = connectTo(server.url(), options);
        server.stop();
        Events events;
        auto subscription = backend.follow("a:", events.callbacks());
        QVERIFY(events.wait("lost"));
        const auto lettingGo = std::async(std::launch::async, [&] { subscription.cancel(); });
        QCOMPARE(lettingGo.wait_for(20s), std::future_status::ready); // or after the backoff
    }

    void lettingGoWaitsForACallbackThatRuns()
    {
        RedisServer server;
        RedisBackend backend = connectTo(server.url());
        std::mutex mutex;
        std::condition_variable changed;
        bool inside = false;
        bool released = false;
        std::atomic<bool> returned = false;
        auto subscription
            = backend.follow("a:", {.linked = [&] {
                                 std::unique_lock lock(mutex);
                                 inside = true;
                                 changed.notify_all();
                                 changed.wait_for(lock, 20s, [&] { return released; });
                                 returned = true;
                             }});
        {
            std::unique_lock lock(mutex);
            QVERIFY(changed.wait_for(lock, 20s, [&] { return inside; }));
        }
        std::jthread release([&] {
            const std::lock_guard lock(mutex);
            released = true;
            changed.notify_all();
        });
        subscription.cancel();
        QVERIFY(returned);
    }

    void aCallbackMayLetGo()
    {
        RedisServer server;
        RedisBackend backend = connectTo(server.url());
        std::mutex mutex;
        std::condition_variable changed;
        std::optional<Subscription> subscription;
        bool gone = false;
        {
            const std::lock_guard lock(mutex);
            subscription = backend.follow("a:", {.linked = [&] {
                                              const std::lock_guard inner(mutex);
                                              subscription.reset();
                                              gone = true;
                                              changed.notify_all();
                                          }});
        }
        std::unique_lock lock(mutex);
        QVERIFY(changed.wait_for(lock, 20s, [&] { return gone; }));
        lock.unlock();
        // The thread ends by itself: nobody tracks any more.
        QTRY_VERIFY(!server.command({"CLIENT", "LIST"}).bytes.contains("sub=1"));
    }

    void aUserWhoMayNotTrackIsToldSoAndMayLater()
    {
        RedisServer server(RedisServer::Options{true});
        server.command({"ACL", "SETUSER", "shop", "on", ">secret", "~*", "&*", "+@all", "-client"});
        RedisBackend backend
            = connectTo("redis://shop:secret@" + server.tcpUrl().sliced(int(strlen("redis://"))));
        Events events;
        const auto subscription = backend.follow("a:", events.callbacks());
        QVERIFY(events.wait("lost"));
        server.command({"ACL", "SETUSER", "shop", "+client"});
        QVERIFY(events.wait("linked"));
        QCOMPARE(events.all(), (std::vector<QByteArray>{"lost", "linked"}));
        server.command({"SET", "a:1", "v"});
        QVERIFY(events.wait("a:1"));
    }

    void theSubscriptionMayOutliveTheBackend()
    {
        RedisServer server;
        Events events;
        Subscription subscription;
        {
            RedisBackend backend = connectTo(server.url());
            subscription = backend.follow("a:", events.callbacks());
        }
        QVERIFY(events.wait("linked"));
        server.command({"SET", "a:1", "v"});
        QVERIFY(events.wait("a:1"));
    }
};

QTEST_GUILESS_MAIN(TestFollow)
#include "tst_follow.moc"
