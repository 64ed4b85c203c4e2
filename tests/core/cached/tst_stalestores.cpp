// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/backendurl.h"
#include "core/backend/redisbackend.h"
#include "core/cached/cachedfunction.h"
#include "tests/support/redisserver.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTest>

#include <random>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int rows = 40;
constexpr int tenants = 5;

/// How much is done; the environment can ask for more than a test takes time for.
int operations()
{
    bool isNumber = false;
    const int asked = qEnvironmentVariableIntValue("CACHELENS_STRESS_OPERATIONS", &isNumber);
    return isNumber ? asked : 12'000;
}

struct RowKey : KeyConstructor {
    RowKey()
    {
        field("tenant", ArgsKeyField("tenant").partition());
        field("row", ArgsKeyField("row"));
    }
};

QByteArray number(qint64 n)
{
    return QByteArray::number(n);
}

/// The rows of a "database" and their versions, in the same Redis but under names of its own.
class Source {
public:
    explicit Source(const QByteArray &socket) : m_client(socket, 0) { }

    /// Reads it, and then takes its time.
    qint64 version(int tenant, int row, unsigned slowness)
    {
        const qint64 version = read("source:" + name(tenant, row));
        for (unsigned i = 0; i < slowness; ++i)
            m_client.command({"PING"});
        return version;
    }
    qint64 write(int tenant, int row)
    {
        return m_client.command({"INCR", "source:" + name(tenant, row)}).integer;
    }
    /// Below it no entry may be from now on: its removal is over.
    void raiseFloor(int tenant, int row, qint64 version)
    {
        m_client.command({"EVAL",
                          "if tonumber(redis.call('GET', KEYS[1]) or '0') < tonumber(ARGV[1]) "
                          "then redis.call('SET', KEYS[1], ARGV[1]) end",
                          "1", "floor:" + name(tenant, row), number(version)});
    }
    qint64 floor(int tenant, int row) { return read("floor:" + name(tenant, row)); }
    /// When somebody else's pass over the keys, which raised the floor, was over.
    void notePass(int tenant, int row, WallTime end)
    {
        m_client.command(
            {"SET", "pass:" + name(tenant, row), number(end.time_since_epoch().count())});
    }
    WallTime endOfPass(int tenant, int row)
    {
        return WallTime(std::chrono::milliseconds(read("pass:" + name(tenant, row))));
    }
    void count(const QByteArray &what) { m_client.command({"INCR", what}); }

private:
    static QByteArray name(int tenant, int row) { return number(tenant) + ':' + number(row); }
    qint64 read(const QByteArray &key) { return m_client.command({"GET", key}).bytes.toLongLong(); }

    RespClient m_client;
};

/// What drf-restflow's delete_pattern does.
void deletePattern(RespClient &client, const QByteArray &pattern)
{
    QByteArray cursor = "0";
    do {
        const Resp page = client.command({"SCAN", cursor, "MATCH", pattern, "COUNT", "10"});
        cursor = page.elements[0].bytes;
        for (const Resp &key : page.elements[1].elements)
            client.command({"DEL", key.bytes});
    } while (cursor != "0");
}

int work(const QByteArray &socket, unsigned seed)
{
    std::mt19937 random(seed);
    Source source(socket);
    RespClient django(socket, 0);
    auto clock = std::make_shared<SystemClock>();
    Cache cache(std::make_shared<RedisBackend>(*BackendUrl::parse("unix://" + socket), clock),
                {.removals = PrefixReach::OwnEntries, .leaseTime = 300ms});
    const CachedFunction get(cache, "stress.row", parameters("tenant"_p, "row"_p),
                             [&](int tenant, int row) {
                                 const bool slow = random() % 4 == 0;
                                 return source.version(tenant, row,
                                                       slow ? unsigned(random() % 50) : 0);
                             },
                             {.key = RowKey(), .ttl = 2s});
    for (;;) {
        const int tenant = int(random() % tenants);
        const int row = int(random() % rows);
        const auto dice = unsigned(random() % 100);
        if (dice < 70) {
            (void)get(tenant, row);
        } else if (dice < 85) {
            const qint64 floor = source.floor(tenant, row);
            const auto entry = get.getCacheOnly(tenant, row);
            if (entry && *entry < floor) {
                // What a pass of somebody else's can miss, see FillSlot, was computed before it
                // was over.
                const auto metadata = get.getCachedMetadata(tenant, row);
                const bool missed = metadata && metadata->cachedAt
                    && *metadata->cachedAt <= source.endOfPass(tenant, row);
                source.count(missed ? "missed by a pass" : "stale");
            }
            if (entry)
                source.count("checked");
        } else {
            const qint64 version = source.write(tenant, row);
            std::optional<Result<Removal>> removed;
            if (dice < 92) {
                removed = get.deleteCache(tenant, row);
            } else if (dice < 97) {
                removed = get.deleteByPrefix("tenant"_p = tenant);
            } else if (dice < 99) {
                deletePattern(django, ":1:stress.row::tenant:" + number(tenant) + "::*");
                source.notePass(tenant, row, clock->now());
            } else {
                removed = get.invalidateAll();
            }
            // One that is kept to be delivered later holds for others only then.
            if (!removed || (*removed && (*removed)->delivered))
                source.raiseFloor(tenant, row, version);
            else
                source.count("undelivered");
        }
        source.count("operations");
    }
}

int meet(const QByteArray &socket, int calls)
{
    RespClient runs(socket, 0);
    Cache cache(std::make_shared<RedisBackend>(*BackendUrl::parse("unix://" + socket),
                                               std::make_shared<SystemClock>()));
    const CachedFunction get(cache, "stress.once", parameters("n"_p), [&](int n) {
        runs.command({"INCR", "runs:" + number(n)});
        for (int i = 0; i < 50; ++i) // so that the others come while it runs
            runs.command({"PING"});
        return n;
    });
    for (int n = 0; n < calls; ++n)
        (void)get(n);
    return 0;
}

} // namespace

/// Several processes fill and remove the same entries, and some of them are killed.
class TestStaleStores : public QObject {
    Q_OBJECT

    std::unique_ptr<QProcess> worker(const QStringList &arguments)
    {
        auto process = std::make_unique<QProcess>();
        process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process->start(QCoreApplication::applicationFilePath(), arguments);
        return process;
    }

private Q_SLOTS:
    void noResultIsStoredThatARemovalHasOvertaken()
    {
        RedisServer server;
        const QString socket = QString::fromUtf8(server.socketPath());
        unsigned seed = 1;
        const auto startWorker = [&] {
            return worker({u"work"_s, socket, QString::number(seed++)});
        };
        std::vector<std::unique_ptr<QProcess>> workers;
        for (int i = 0; i < 4; ++i)
            workers.push_back(startWorker());
        RespClient counters(server.socketPath(), 0);
        const auto counter = [&](const QByteArray &name) {
            return counters.command({"GET", name}).bytes.toLongLong();
        };
        std::mt19937 random(7);
        int kills = 0;
        qint64 nextKill = 500;
        while (counter("operations") < operations()) {
            if (counter("operations") > nextKill) {
                nextKill = counter("operations") + 500 + qint64(random() % 1000);
                auto &victim = workers[random() % workers.size()];
                victim->kill();
                QVERIFY(victim->waitForFinished());
                victim = startWorker();
                ++kills;
            }
            for (const auto &process : workers)
                QVERIFY2(process->state() != QProcess::NotRunning, "a worker ended by itself");
        }
        for (const auto &process : workers) {
            process->kill();
            process->waitForFinished();
        }
        qInfo("%lld operations, %lld entries checked, %d workers killed, %lld stale stores, %lld "
              "looks at what a delete_pattern had missed, %lld removals undelivered",
              counter("operations"), counter("checked"), kills, counter("stale"),
              counter("missed by a pass"), counter("undelivered"));
        QCOMPARE(counter("stale"), 0);
        QVERIFY(counter("checked") > operations() / 100);
        QVERIFY(kills > 0);
        QVERIFY(counter("undelivered") * 100 < operations());
    }

    void theFunctionRunsOnceForAllProcesses()
    {
        RedisServer server;
        const int calls = 60;
        std::vector<std::unique_ptr<QProcess>> workers;
        for (int i = 0; i < 4; ++i)
            workers.push_back(worker(
                {u"meet"_s, QString::fromUtf8(server.socketPath()), QString::number(calls)}));
        for (const auto &process : workers) {
            QVERIFY(process->waitForFinished(60'000));
            QCOMPARE(process->exitCode(), 0);
        }
        RespClient counters(server.socketPath(), 0);
        for (int n = 0; n < calls; ++n)
            QCOMPARE(counters.command({"GET", "runs:" + number(n)}).bytes, QByteArray("1"));
    }
};

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 4 && arguments[1] == u"work")
        return work(arguments[2].toUtf8(), arguments[3].toUInt());
    if (arguments.size() == 4 && arguments[1] == u"meet")
        return meet(arguments[2].toUtf8(), arguments[3].toInt());
    TestStaleStores test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_stalestores.moc"
