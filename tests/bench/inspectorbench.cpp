// SPDX-License-Identifier: GPL-3.0-or-later
// The inspector's whole jobs on a million keys, each beside the plain hiredis loop that does the
// same, measured in turns in one run. A table on standard error, one JSON line a figure on standard
// output.
#include "core/backend/redisbackend.h"
#include "core/keyspace/session.h"
#include "tests/support/redisserver.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFutureWatcher>
#include <QTimer>

#include <hiredis/hiredis.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

using namespace Cachelens;
using Cachelens::Testing::RedisServer;

namespace {

constexpr int unlinkBatch = 1000;
constexpr int bigUsers = 100'000; // partitions of one function
const QByteArray doomedPrefix = ":1:reports::app.reports.ReportView.daily_totals::";

struct ContextDeleter {
    void operator()(redisContext *context) const { redisFree(context); }
};
using Context = std::unique_ptr<redisContext, ContextDeleter>;

struct ReplyDeleter {
    void operator()(void *reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, ReplyDeleter>;

Reply checked(void *reply)
{
    Reply owned(static_cast<redisReply *>(reply));
    if (!owned || owned->type == REDIS_REPLY_ERROR)
        throw std::runtime_error(owned ? owned->str : "no reply");
    return owned;
}

double milliseconds(const QElapsedTimer &timer)
{
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values.at(values.size() / 2);
}

double residentBytes()
{
    std::ifstream statm("/proc/self/statm");
    double total = 0;
    double resident = 0;
    statm >> total >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// --- what is measured, and how it is told

struct Figure {
    QByteArray name;
    const char *unit;
    double value;
    double floor; // of the plain loop; 0: none
    double limit; // of value / floor where there is a floor, else of the value; 0: none
};

void tell(const Figure &figure)
{
    const double ratio = figure.floor > 0 ? figure.value / figure.floor : 0;
    const double judged = figure.floor > 0 ? ratio : figure.value;
    std::fprintf(stderr, "%-34s %10.1f %-10s floor %8.1f  ratio %5.2f  limit %7.2f  %s\n",
                 figure.name.constData(), figure.value, figure.unit, figure.floor, ratio,
                 figure.limit, figure.limit == 0 ? "" : (judged <= figure.limit ? "ok" : "MISSED"));
    std::printf("{\"figure\":\"%s\",\"unit\":\"%s\",\"value\":%.3f,\"floor\":%.3f,"
                "\"ratio\":%.3f,\"limit\":%.2f}\n",
                figure.name.constData(), figure.unit, figure.value, figure.floor, ratio,
                figure.limit);
    std::fflush(stdout);
}

/// Runs the event loop until it holds, and remembers the longest time between two turns.
class Loop {
public:
    Loop()
    {
        QObject::connect(&m_timer, &QTimer::timeout, [this] {
            m_longest = std::max(m_longest, milliseconds(m_since));
            m_since.start();
        });
    }

    template <typename Holds> void until(const Holds &holds)
    {
        m_since.start();
        m_timer.start(1);
        while (!holds())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        m_timer.stop();
    }

    [[nodiscard]] double longest() const { return m_longest; }

private:
    QTimer m_timer;
    QElapsedTimer m_since;
    double m_longest = 0;
};

// --- the keys

/// A million keys as drf-restflow writes them, 66 bytes on average: one function with a hundred
/// thousand partitions, one with few, and one, with a fifth of the keys, that is deleted.
std::vector<QByteArray> makeKeys(int count)
{
    std::vector<QByteArray> keys;
    keys.reserve(static_cast<size_t>(count));
    const int doomed = count / 5;
    for (int i = 0; i < doomed; ++i) {
        keys.push_back(doomedPrefix + "tenant:" + QByteArray::number(i / 10)
                       + "::v:1::" + QByteArray::number(i % 10));
    }
    for (int i = doomed; i < count; ++i) {
        const QByteArray page = QByteArray::number(i / bigUsers);
        const QByteArray user = QByteArray::number(100'000 + i % bigUsers);
        keys.push_back(i % 2 == 0 ? ":1:users::app.services.get_user_payload::user_id:" + user
                               + "::page:" + page + "||v:1"
                                  : ":1:catalog::app.views.ProductView.get::tenant:"
                               + QByteArray::number(i % 1000) + "::slug:item-" + user + page);
    }
    return keys;
}

Catalog benchCatalog()
{
    const auto catalog = Catalog::fromJson(R"({"catalog": 1, "functions": [
        {"id": "app.services.get_user_payload", "params": [{"name": "user_id"}, {"name": "page"}],
         "key": {"namespace": "users", "fields": [
            {"name": "a", "type": "args", "arguments": "user_id", "partition": true},
            {"name": "b", "type": "args", "arguments": "page"}]}},
        {"id": "app.reports.ReportView.daily_totals", "params": [{"name": "tenant"}],
         "key": {"namespace": "reports", "fields": [
            {"name": "a", "type": "args", "arguments": "tenant", "partition": true}]}},
        {"id": "app.views.ProductView.get", "params": [{"name": "tenant"}, {"name": "slug"}],
         "key": {"namespace": "catalog", "fields": [
            {"name": "a", "type": "args", "arguments": "tenant", "partition": true},
            {"name": "b", "type": "args", "arguments": "slug"}]}}]})",
                                           "bench");
    if (!catalog)
        throw std::runtime_error(catalog.error().message().constData());
    return *catalog;
}

class Bench {
public:
    Bench(int count, int rounds)
        : m_keys(makeKeys(count)), m_rounds(rounds),
          m_context(redisConnectUnix(m_server.socketPath().constData()))
    {
        if (!m_context || m_context->err)
            throw std::runtime_error("no connection to the server");
        fill(m_keys);
        double bytes = 0;
        for (const QByteArray &key : m_keys)
            bytes += static_cast<double>(key.size());
        std::fprintf(stderr, "%d keys of %.1f bytes\n\n", count, bytes / count);
    }

    void run()
    {
        memory();
        scan();
        filter();
        deletion();
        tell({"longest turn of the event loop", "ms", m_loop.longest(), 0, 50});
    }

private:
    [[nodiscard]] std::unique_ptr<Session> open(qint64 undoBudget)
    {
        const auto clock = std::make_shared<SystemClock>();
        const auto url = BackendUrl::parse(m_server.url());
        if (!url)
            throw std::runtime_error(url.error().message().constData());
        return std::make_unique<Session>(
            std::make_shared<RedisBackend>(*url, clock), clock,
            SessionOptions{.catalog = benchCatalog(), .undoBudget = undoBudget});
    }

    void fill(const std::vector<QByteArray> &keys)
    {
        const QByteArray value(180, 'v');
        size_t waiting = 0;
        for (size_t i = 0; i < keys.size(); ++i) {
            const char *arguments[] = {"SET", keys[i].constData(), value.constData()};
            const size_t sizes[] = {3, size_t(keys[i].size()), size_t(value.size())};
            redisAppendCommandArgv(m_context.get(), 3, arguments, sizes);
            if (++waiting < 1000 && i + 1 < keys.size())
                continue;
            for (; waiting > 0; --waiting) {
                void *reply = nullptr;
                if (redisGetReply(m_context.get(), &reply) != REDIS_OK)
                    throw std::runtime_error("the server did not take the keys");
                checked(reply);
            }
        }
    }

    [[nodiscard]] double bareScan() const
    {
        QElapsedTimer timer;
        timer.start();
        QByteArray cursor = "0";
        size_t seen = 0;
        do {
            const Reply reply
                = checked(redisCommand(m_context.get(), "SCAN %s COUNT 1000", cursor.constData()));
            cursor = reply->element[0]->str;
            seen += reply->element[1]->elements;
        } while (cursor != "0");
        if (seen < m_keys.size())
            throw std::runtime_error("the plain loop missed keys");
        return milliseconds(timer);
    }

    double sessionScan(Session &session)
    {
        QElapsedTimer timer;
        timer.start();
        session.startScan();
        m_loop.until([&] { return session.scanProgress().phase != ScanProgress::Phase::Running; });
        const double took = milliseconds(timer);
        if (!session.scanProgress().complete()
            || session.index()->keyCount() != qsizetype(m_keys.size()))
            throw std::runtime_error("the session's scan is not complete");
        return took;
    }

    void memory()
    {
        const double before = residentBytes();
        const auto session = open(0);
        sessionScan(*session);
        const auto count = static_cast<double>(m_keys.size());
        tell({"memory of a scanned key", "bytes", (residentBytes() - before) / count, 0, 120});
        tell({"of it allocated by the index", "bytes",
              static_cast<double>(session->index()->allocatedBytes()) / count, 0, 105});
    }

    void scan()
    {
        std::vector<double> plain;
        std::vector<double> whole;
        for (int i = 0; i < m_rounds; ++i) {
            plain.push_back(bareScan());
            const auto session = open(0);
            whole.push_back(sessionScan(*session));
        }
        tell({"scan and index the keyspace", "ms", median(whole), median(plain), 1.2});
    }

    void filter()
    {
        const auto session = open(0);
        sessionScan(*session);
        const auto measure = [&](const QByteArray &name, const KeyQuery &query) {
            std::vector<double> firsts;
            std::vector<double> wholes;
            for (int i = 0; i < m_rounds; ++i) {
                double first = 0;
                QElapsedTimer timer;
                QFutureWatcher<Result<SearchBatch>> watcher;
                QObject::connect(&watcher, &QFutureWatcherBase::resultReadyAt, [&](int index) {
                    const auto &batch = *watcher.future().resultAt(index);
                    if (first == 0 && (!batch.keys.empty() || batch.last))
                        first = milliseconds(timer);
                });
                timer.start();
                watcher.setFuture(session->search(query));
                m_loop.until([&] { return watcher.isFinished() && first > 0; });
                firsts.push_back(first);
                wholes.push_back(milliseconds(timer));
            }
            tell({name + ", first rows", "ms", median(firsts), 0, 100});
            tell({name + ", whole answer", "ms", median(wholes), 0, 500});
        };
        using Syntax = KeyQuery::Syntax;
        measure("filter by text", {.pattern = "USER_id:1234", .syntax = Syntax::Text});
        measure("filter by glob", {.pattern = "*user_id:*34::page:?||*", .syntax = Syntax::Glob});
        measure("filter by regex", {.pattern = "user_id:\\d+34::", .syntax = Syntax::Regex});
    }

    [[nodiscard]] double bareUnlink(const std::vector<QByteArray> &keys) const
    {
        QElapsedTimer timer;
        timer.start();
        for (size_t from = 0; from < keys.size(); from += unlinkBatch) {
            const size_t to = std::min(keys.size(), from + unlinkBatch);
            std::vector<const char *> arguments{"UNLINK"};
            std::vector<size_t> sizes{6};
            for (size_t i = from; i < to; ++i) {
                arguments.push_back(keys[i].constData());
                sizes.push_back(static_cast<size_t>(keys[i].size()));
            }
            checked(redisCommandArgv(m_context.get(), static_cast<int>(arguments.size()),
                                     arguments.data(), sizes.data()));
        }
        return milliseconds(timer);
    }

    [[nodiscard]] DeletionPlan plan(Session &session, std::vector<double> &took)
    {
        QElapsedTimer timer;
        timer.start();
        auto future = session.planDeletion({.title = "reports", .prefix = doomedPrefix});
        m_loop.until([&] { return future.isFinished(); });
        took.push_back(milliseconds(timer));
        auto plan = future.result();
        if (!plan)
            throw std::runtime_error(plan.error().message().constData());
        return *plan;
    }

    double carryOut(Session &session, const std::function<Result<OperationId>()> &start)
    {
        QElapsedTimer timer;
        timer.start();
        const auto id = start();
        if (!id)
            throw std::runtime_error(id.error().message().constData());
        m_loop.until([&] { return !session.operations().back().isActive(); });
        const double took = milliseconds(timer);
        if (session.operations().back().error)
            throw std::runtime_error(session.operations().back().error->message().constData());
        return took;
    }

    void deletion()
    {
        const std::vector<QByteArray> doomed(m_keys.begin(),
                                             m_keys.begin() + qsizetype(m_keys.size() / 5));
        std::vector<double> plain;
        std::vector<double> freeze;
        std::vector<double> removal;
        std::vector<double> withUndo;
        std::vector<double> undo;
        for (int i = 0; i < m_rounds; ++i) {
            plain.push_back(bareUnlink(doomed));
            fill(doomed);
            {
                const auto session = open(0);
                sessionScan(*session);
                const DeletionPlan frozen = plan(*session, freeze);
                removal.push_back(
                    carryOut(*session, [&] { return session->startDeletion(frozen); }));
                fill(doomed);
            }
            const auto session = open(qint64(1) << 30);
            sessionScan(*session);
            std::vector<double> ignored;
            const DeletionPlan frozen = plan(*session, ignored);
            withUndo.push_back(carryOut(*session, [&] { return session->startDeletion(frozen); }));
            undo.push_back(carryOut(*session, [&]() -> Result<OperationId> {
                const OperationId id = session->operations().back().id;
                if (auto begun = session->undoOperation(id); !begun)
                    return tl::unexpected(begun.error());
                return id;
            }));
        }
        tell({"delete a fifth of the keys", "ms", median(removal), median(plain), 1.2});
        tell({"  freeze them first", "ms", median(freeze), 0, 0});
        tell({"  with a snapshot for undo", "ms", median(withUndo), 0, 0});
        tell({"  undo", "ms", median(undo), 0, 0});
    }

    RedisServer m_server;
    const std::vector<QByteArray> m_keys;
    const int m_rounds;
    const Context m_context;
    Loop m_loop;
};

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({{QStringLiteral("keys"), QStringLiteral("How many keys."),
                        QStringLiteral("N"), QStringLiteral("1000000")},
                       {QStringLiteral("rounds"), QStringLiteral("How often each is measured."),
                        QStringLiteral("N"), QStringLiteral("5")}});
    parser.process(app);
    try {
        Bench(parser.value(QStringLiteral("keys")).toInt(),
              parser.value(QStringLiteral("rounds")).toInt())
            .run();
    } catch (const std::exception &e) {
        std::fprintf(stderr, "inspectorbench: %s\n", e.what());
        return 1;
    }
    return 0;
}
