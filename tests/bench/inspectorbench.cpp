// SPDX-License-Identifier: GPL-3.0-or-later
// The inspector's whole jobs on a million keys, each beside the plain hiredis loop that does the
// same, measured in turns in one run. A table on standard error, one JSON line a figure on standard
// output.
#include "core/backend/redisbackend.h"
#include "core/keyspace/session.h"
#include "tests/bench/benchcache.h"
#include "tests/bench/figures.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFutureWatcher>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

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

class Bench {
public:
    Bench(int count, int rounds) : m_cache(count), m_rounds(rounds) { }

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
        const auto url = BackendUrl::parse(m_cache.url());
        if (!url)
            throw std::runtime_error(url.error().message().constData());
        return std::make_unique<Session>(
            std::make_shared<RedisBackend>(*url, clock), clock,
            SessionOptions{.catalog = BenchCache::catalog(), .undoBudget = undoBudget});
    }

    double sessionScan(Session &session)
    {
        QElapsedTimer timer;
        timer.start();
        session.startScan();
        m_loop.until([&] { return session.scanProgress().phase != ScanProgress::Phase::Running; });
        const double took = milliseconds(timer);
        if (!session.scanProgress().complete()
            || session.index()->keyCount() != qsizetype(m_cache.keys().size()))
            throw std::runtime_error("the session's scan is not complete");
        return took;
    }

    void memory()
    {
        const double before = residentBytes();
        const auto session = open(0);
        sessionScan(*session);
        const auto count = static_cast<double>(m_cache.keys().size());
        tell({"memory of a scanned key", "bytes", (residentBytes() - before) / count, 0, 120});
        tell({"of it allocated by the index", "bytes",
              static_cast<double>(session->index()->allocatedBytes()) / count, 0, 105});
    }

    void scan()
    {
        std::vector<double> plain;
        std::vector<double> whole;
        for (int i = 0; i < m_rounds; ++i) {
            plain.push_back(m_cache.bareScan());
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
                    const Result<SearchBatch> batch = watcher.resultAt(index);
                    if (first == 0 && batch && (!batch->keys.empty() || batch->last))
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

    [[nodiscard]] DeletionPlan plan(Session &session, std::vector<double> &took)
    {
        QElapsedTimer timer;
        timer.start();
        auto future
            = session.planDeletion({.title = "reports", .prefixes = {BenchCache::doomedPrefix()}});
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
        const std::vector<QByteArray> doomed = m_cache.doomed();
        std::vector<double> plain;
        std::vector<double> freeze;
        std::vector<double> removal;
        std::vector<double> withUndo;
        std::vector<double> undo;
        for (int i = 0; i < m_rounds; ++i) {
            plain.push_back(m_cache.bareUnlink(doomed));
            m_cache.fill(doomed);
            {
                const auto session = open(0);
                sessionScan(*session);
                const DeletionPlan frozen = plan(*session, freeze);
                removal.push_back(
                    carryOut(*session, [&] { return session->startDeletion(frozen); }));
                m_cache.fill(doomed);
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

    const BenchCache m_cache;
    const int m_rounds;
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
