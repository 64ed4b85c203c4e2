// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/arguments.h"
#include "app/commandline/commandline.h"
#include "app/commandline/deletionrun.h"
#include "app/commandline/entryreport.h"
#include "app/commandline/interrupt.h"
#include "app/connections/cacheaccess.h"
#include "core/invalidation/rulejobjson.h"
#include "core/jobs/deletingtarget.h"
#include "core/jobs/queuedispatcher.h"

#include <QCoreApplication>

#include <thread>

namespace Cachelens {

namespace {

/// Tells what becomes of jobs, on the worker's thread alone while it runs.
class Teller {
public:
    Teller(bool json, Console &console) : m_json(json), m_console(console) { }

    void removed(const RuleRun &run, const QByteArray &prefix, qint64 entries)
    {
        m_entries += entries;
        if (!m_json) {
            line("deleted  " + countedKeys(entries) + " under " + readableKey(prefix) + "*  ("
                 + run.rule + ')');
            return;
        }
        ValueMap object;
        append(object, "event", Value::string("deleted"));
        append(object, "function", bytesValue(run.function));
        append(object, "rule", bytesValue(run.rule));
        append(object, "prefix", bytesValue(prefix));
        append(object, "keys", Value(entries));
        line(toJsonLine(std::move(object)));
    }

    void reported(const JobReport &report)
    {
        using Outcome = JobReport::Outcome;
        if (!m_json) {
            if (report.outcome == Outcome::Retried)
                line("failed   job " + report.job.id + ", tried again in "
                     + QByteArray::number(qint64(report.backoff.count()))
                     + " ms: " + report.error->message());
            else if (report.outcome == Outcome::Passed)
                line("passed   job " + report.job.id + ": " + report.error->message());
            else if (report.outcome == Outcome::Dead)
                line("dead     job " + report.job.id + ": " + report.error->message());
            return;
        }
        ValueMap object;
        append(object, "event",
               Value::string(report.outcome == Outcome::Done         ? "done"
                                 : report.outcome == Outcome::Dead   ? "dead"
                                 : report.outcome == Outcome::Passed ? "passed"
                                                                     : "failed"));
        append(object, "job", bytesValue(report.job.id));
        if (report.error)
            append(object, "error", bytesValue(report.error->message()));
        if (report.outcome == Outcome::Retried || report.outcome == Outcome::Passed)
            append(object, "again_in_ms", Value(qint64(report.backoff.count())));
        line(toJsonLine(std::move(object)));
    }

    void account(const JobWorkerAccount &account)
    {
        if (!m_json) {
            line("Jobs: " + QByteArray::number(account.done) + " done, "
                 + QByteArray::number(account.retried) + " put off, "
                 + QByteArray::number(account.passed) + " left to others, "
                 + QByteArray::number(account.dead) + " given up, "
                 + QByteArray::number(account.claimed) + " of them from workers that died. Deleted "
                 + countedKeys(m_entries) + '.');
            return;
        }
        ValueMap object;
        append(object, "event", Value::string("ended"));
        append(object, "done", Value(account.done));
        append(object, "failed", Value(account.retried));
        append(object, "passed", Value(account.passed));
        append(object, "dead", Value(account.dead));
        append(object, "claimed", Value(account.claimed));
        append(object, "keys", Value(m_entries));
        line(toJsonLine(std::move(object)));
    }

private:
    void line(const QByteArray &text)
    {
        m_console.writeLine(text);
        m_console.flush();
    }

    const bool m_json;
    Console &m_console;
    qint64 m_entries = 0;
};

/// Leaves jobs of functions that the catalog does not know to other workers.
JobWorker::Handler onlyOf(Catalog catalog, JobWorker::Handler handler)
{
    return [catalog = std::move(catalog), handler = std::move(handler)](const Job &job) {
        if (const auto runs = ruleJobFromJson(job.payload)) {
            for (const RuleRun &run : *runs) {
                if (!catalog.find(run.function))
                    return Result<void>(failure(
                        {Error::Code::NotFound, "run", run.rule,
                         "no catalog of this worker has the function " + run.function, true}));
            }
        }
        return handler(job);
    };
}

/// Until Ctrl+C.
int work(JobWorker &worker, Teller &teller, Console &console)
{
    Interrupt interrupt;
    QObject::connect(&interrupt, &Interrupt::asked, &interrupt, [&] { worker.stop(); });
    std::jthread thread([&] {
        teller.account(worker.run());
        QMetaObject::invokeMethod(QCoreApplication::instance(), &QCoreApplication::quit,
                                  Qt::QueuedConnection);
    });
    QCoreApplication::exec();
    thread.join();
    return console.finish();
}

} // namespace

int runWorker(const QList<QByteArray> &given, Console &console)
{
    Arguments arguments("worker",
                        "Takes the jobs of the dispatcher 'queue' and deletes what their rules "
                        "say, until Ctrl+C. A refresh is a deletion here.");
    arguments.positional("URL", "The Redis with the queue and the cache.");
    arguments.listOption("catalog", "FILE", "Does only the jobs of functions in these catalogs.");
    arguments.option("key-prefix", "P", "The client's prefix, in front of every key.");
    arguments.option("queue", "NAME", "The name of the queue; cachelens:jobs.");
    arguments.option("group", "NAME", "The consumer group; workers.");
    arguments.flag("own-entries",
                   "Only this library writes the cache: deletes what it has written, without a "
                   "look through all keys.");
    arguments.flag("read-only", "Nothing can be changed: refuses.");
    arguments.flag("json", "One JSON object in a line.");
    if (const auto end = arguments.parse(given, console))
        return *end;

    if (arguments.isSet("read-only"))
        return arguments.wrong("A worker deletes, which --read-only forbids.", console);
    auto url = BackendUrl::parse(*arguments.at(0));
    if (!url)
        return arguments.wrong(url.error().message(), console);
    if (url->scheme == BackendUrl::Scheme::Memory)
        return arguments.wrong("A queue is in a Redis, not in memory:.", console);
    *url = withPasswordFromEnvironment(*url);
    const auto catalog = loadCatalogs(arguments.values("catalog"), *url);
    if (!catalog) {
        console.error(catalog.error().message());
        return Failed;
    }

    Teller teller(arguments.isSet("json"), console);
    const OpenedCache cache = openCache(*url, std::make_shared<SystemClock>());
    const auto target = std::make_shared<DeletingTarget>(
        cache.backend, arguments.value("key-prefix").value_or(""),
        [&](const RuleRun &run, const QByteArray &prefix, qint64 entries) {
            teller.removed(run, prefix, entries);
        },
        arguments.isSet("own-entries") ? PrefixReach::OwnEntries : PrefixReach::AllEntries);
    JobWorker::Handler handler
        = ruleJobHandler(std::make_shared<RuleRunner>(target, std::make_shared<Invalidators>()));
    if (arguments.isSet("catalog"))
        handler = onlyOf(*catalog, std::move(handler));

    JobQueueOptions queue;
    queue.name = arguments.value("queue").value_or(queue.name);
    queue.group = arguments.value("group").value_or(queue.group);
    JobWorker worker(*url, std::move(handler), {}, queue, {},
                     {.reported = [&](const JobReport &report) { teller.reported(report); },
                      .lost = [&](const Error &error) { console.error(error.message()); },
                      .back = [&] { console.error("It goes on."); }});
    if (const auto joined = worker.join(); !joined) {
        console.error(joined.error().message());
        return Failed;
    }
    console.note("Works on " + queue.name + " of " + url->description() + ". Ctrl+C ends it.\n");
    return work(worker, teller, console);
}

} // namespace Cachelens
