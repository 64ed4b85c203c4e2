// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/arguments.h"
#include "app/commandline/commandline.h"
#include "app/commandline/entryreport.h"
#include "app/commandline/interrupt.h"
#include "app/connections/cacheaccess.h"
#include "core/keyspace/session.h"
#include "widgets/key/keytext.h"

#include <QCoreApplication>
#include <QFutureWatcher>

#include <set>

namespace Cachelens {

namespace {

QByteArray readable(const QByteArray &bytes)
{
    return displayKey(bytes).toUtf8();
}

QByteArray counted(qint64 keys)
{
    return QByteArray::number(keys) + (keys == 1 ? " key" : " keys");
}

// The keys that read back as a function's, each once.
Result<std::vector<QByteArray>> keysOf(CacheBackend &backend, const QByteArray &function)
{
    const KeyReader reader;
    std::set<QByteArray> found;
    const auto listed = listKeys(backend, {}, [&](std::span<const std::string_view> keys) {
        for (const std::string_view key : keys) {
            const QByteArray bytes(key.data(), static_cast<qsizetype>(key.size()));
            const KeyReading reading = reader.read(bytes);
            if (reading.source != KeyReading::Source::Foreign && reading.function == function)
                found.insert(bytes);
        }
        return true;
    });
    if (!listed)
        return failure(listed.error());
    return std::vector<QByteArray>(found.begin(), found.end());
}

/// One deletion, from its plan to its end.
class Deleter : public QObject {
public:
    Deleter(Session &session, bool dryRun, bool yes, bool json, Console &console)
        : m_session(session), m_dryRun(dryRun), m_yes(yes), m_json(json), m_console(console)
    {
        connect(&m_session, &Session::operationChanged, this, &Deleter::follow);
        connect(&m_planned, &QFutureWatcherBase::finished, this, &Deleter::confirm);
    }

    void start(DeletionTarget target)
    {
        m_planned.setFuture(m_session.planDeletion(std::move(target)));
    }

    int nothingToDelete()
    {
        DeletionPlan plan;
        plan.keys = std::make_shared<std::vector<QByteArray>>();
        report(plan, nullptr);
        return m_console.finish();
    }

private:
    void confirm()
    {
        const auto future = m_planned.future();
        if (future.resultCount() == 0) {
            fail("The list of keys could not be made.");
            return;
        }
        const Result<DeletionPlan> plan = future.result();
        if (!plan) {
            fail(plan.error().message());
            return;
        }
        if (m_dryRun || plan->count() == 0) {
            report(*plan, nullptr);
            QCoreApplication::exit(m_console.finish());
            return;
        }
        if (!m_yes && !agrees(*plan)) {
            m_console.note("Nothing was deleted.\n");
            QCoreApplication::exit(Failed);
            return;
        }
        m_plan = *plan;
        const auto started = m_session.startDeletion(*plan);
        if (!started) {
            fail(started.error().message());
            return;
        }
        m_operation = *started;
        connect(new Interrupt(this), &Interrupt::asked, this,
                [this] { m_session.cancelOperation(m_operation); });
    }

    bool agrees(const DeletionPlan &plan)
    {
        QByteArray question = "This deletes " + counted(plan.count()) + " (about "
            + QByteArray::number(plan.bytes) + " bytes) of " + m_session.description() + ":\n";
        for (const QByteArray &key : plan.sample)
            question += "  " + readable(key) + '\n';
        if (static_cast<qsizetype>(plan.sample.size()) < plan.count())
            question += "  ...\n";
        m_console.note(question + "There is no way back. Delete? [y/N] ");
        const QByteArray answer = m_console.readLine().value_or(QByteArray()).trimmed().toLower();
        return answer == "y" || answer == "yes";
    }

    void follow(const OperationStatus &status)
    {
        if (status.id != m_operation || status.isActive())
            return;
        report(m_plan, &status);
        const int end = m_console.finish();
        if (status.phase == OperationStatus::Phase::Done) {
            QCoreApplication::exit(end);
            return;
        }
        fail(status.error ? status.error->message() : QByteArray("The deletion was stopped."));
    }

    void report(const DeletionPlan &plan, const OperationStatus *status)
    {
        if (m_json)
            reportJson(plan, status);
        else
            reportText(plan, status);
    }

    void reportJson(const DeletionPlan &plan, const OperationStatus *status)
    {
        ValueList sample;
        for (const QByteArray &key : plan.sample) {
            ValueMap object;
            appendKey(object, key);
            sample.push_back(Value::map(std::move(object)));
        }
        ValueMap object;
        append(object, "dry_run", Value(m_dryRun));
        append(object, "keys", Value(static_cast<qint64>(plan.count())));
        append(object, "bytes", Value(plan.bytes));
        append(object, "sample", Value::list(std::move(sample)));
        append(object, "deleted", Value(status ? status->done : 0));
        append(object, "already_gone", Value(status ? status->alreadyGone : 0));
        append(object, "not_tried",
               Value(status ? status->notTried : static_cast<qint64>(plan.count())));
        append(object, "unknown", Value(status ? status->unknown : 0));
        m_console.writeLine(toJsonLine(std::move(object)));
    }

    void reportText(const DeletionPlan &plan, const OperationStatus *status)
    {
        if (!status) {
            m_console.writeLine((m_dryRun ? "Would delete " : "Nothing to delete: ")
                                + counted(plan.count()) + " (about "
                                + QByteArray::number(plan.bytes) + " bytes).");
            for (const QByteArray &key : plan.sample)
                m_console.writeLine("  " + readable(key));
            if (static_cast<qsizetype>(plan.sample.size()) < plan.count())
                m_console.writeLine("  ...");
            return;
        }
        QByteArray text = "Deleted " + counted(status->done);
        if (status->alreadyGone > 0)
            text += ", " + counted(status->alreadyGone) + " already gone";
        if (status->notTried > 0)
            text += ", " + counted(status->notTried) + " not tried";
        if (status->unknown > 0)
            text += ", " + counted(status->unknown) + " unknown: the connection broke";
        m_console.writeLine(text + '.');
    }

    void fail(const QByteArray &message)
    {
        m_console.flush();
        m_console.error(message);
        QCoreApplication::exit(Failed);
    }

    Session &m_session;
    const bool m_dryRun;
    const bool m_yes;
    const bool m_json;
    Console &m_console;
    QFutureWatcher<Result<DeletionPlan>> m_planned;
    DeletionPlan m_plan;
    OperationId m_operation = 0;
};

Result<DeletionTarget> targetOf(const Arguments &arguments, CacheBackend &backend)
{
    DeletionTarget target;
    if (const auto key = arguments.value("key")) {
        target.keys = {*key};
        target.title = "key " + *key;
    } else if (const auto prefix = arguments.value("prefix")) {
        target.prefix = *prefix;
        target.title = "prefix " + *prefix;
    } else {
        const QByteArray function = *arguments.value("function");
        auto keys = keysOf(backend, function);
        if (!keys)
            return failure(keys.error());
        target.keys = std::move(*keys);
        target.title = "function " + function;
    }
    return target;
}

} // namespace

int runDelete(const QList<QByteArray> &given, Console &console)
{
    Arguments arguments("delete",
                        "Deletes one key, the keys that begin with a prefix, or those "
                        "of a function. Asks unless --yes is given.");
    arguments.positional("URL", "Where the cache is, as for 'cachelens keys'.");
    arguments.option("key", "K", "The key as the server has it.");
    arguments.option("prefix", "P", "Keys that begin with exactly this; * is a star.");
    arguments.option("function", "F", "Keys of this function, as 'cachelens keys' reads them.");
    arguments.flag("dry-run", "Shows what would be deleted, and ends.");
    arguments.flag("yes", "Does not ask.");
    arguments.flag("json", "One JSON object in a line.");
    if (const auto end = arguments.parse(given, console))
        return *end;

    const int targets
        = arguments.isSet("key") + arguments.isSet("prefix") + arguments.isSet("function");
    if (targets != 1)
        return arguments.wrong("One of --key, --prefix and --function is needed.", console);
    if (arguments.value("prefix") == QByteArray())
        return arguments.wrong("--prefix must not be empty: that would be every key.", console);
    const auto url = BackendUrl::parse(*arguments.at(0));
    if (!url)
        return arguments.wrong(url.error().message(), console);
    const bool dryRun = arguments.isSet("dry-run");
    const bool yes = arguments.isSet("yes");
    if (!dryRun && !yes && !console.isInteractive())
        return arguments.wrong("Nobody can be asked here: say --yes or --dry-run.", console);

    const auto clock = std::make_shared<SystemClock>();
    const OpenedCache cache = openCache(withPasswordFromEnvironment(*url), clock);
    auto target = targetOf(arguments, *cache.backend);
    if (!target) {
        console.error(target.error().message());
        return Failed;
    }
    SessionOptions options;
    options.undoBudget = 0; // the program ends with the deletion: nothing could be undone
    Session session(cache.backend, clock, options);
    Deleter deleter(session, dryRun, yes, arguments.isSet("json"), console);
    if (target->prefix.isEmpty() && target->keys.empty())
        return deleter.nothingToDelete();
    deleter.start(std::move(*target));
    return QCoreApplication::exec();
}

} // namespace Cachelens
