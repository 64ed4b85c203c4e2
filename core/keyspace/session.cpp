// SPDX-License-Identifier: MIT
#include "core/keyspace/session.h"

#include "core/keyspace/connectionwatch.h"
#include "core/keyspace/deletionjob.h"
#include "core/keyspace/deletionplanner.h"
#include "core/keyspace/entryreader.h"
#include "core/keyspace/indexwriter.h"
#include "core/keyspace/operationlist.h"
#include "core/keyspace/rewarmjob.h"
#include "core/keyspace/scanjob.h"
#include "core/keyspace/searchjob.h"
#include "core/keyspace/ttljob.h"

#include <QPromise>
#include <QTimer>

#include <algorithm>

namespace Cachelens {

namespace {

constexpr int answerThreads = 6;
constexpr int glance = 20; // ms that the end waits before it interrupts what runs once more

std::shared_ptr<const KeyReader> readerOf(const Catalog &catalog)
{
    return std::make_shared<const KeyReader>(catalog.keyReader());
}

} // namespace

struct Session::Private {
    Private(Session *session, std::shared_ptr<CacheBackend> cache,
            std::shared_ptr<const Clock> time, SessionOptions given);
    ~Private();

    /// From any thread: something is to be told at the next tick.
    void wake();
    void tell();
    void tellIndex();
    void tellScan();
    /// From any thread.
    void record(std::vector<KeyChange> changes);
    void startScan(const ScanOptions &scanOptions);
    void replaceIndex(std::shared_ptr<KeyIndex> replacement);

    [[nodiscard]] EntryReader entries() const
    {
        return {backend, clock, reader, options.details, options.limits};
    }
    [[nodiscard]] OperationContext operationContext();
    template <typename Job, typename... Arguments> OperationId launch(Arguments &&...arguments)
    {
        wake();
        return operations.launch(std::make_shared<Job>(operationContext(), operations.nextId(),
                                                       std::forward<Arguments>(arguments)...));
    }
    [[nodiscard]] Result<void> mayChange(const char *attempt, const QByteArray &subject) const;

    /// Runs `asked(unwanted)` on a worker, or `asked(unwanted, progress)`. An answer nobody wants
    /// any more finishes canceled.
    template <typename T, typename Work> [[nodiscard]] QFuture<T> answer(Work asked)
    {
        const auto promise = std::make_shared<QPromise<T>>();
        promise->start();
        answers.start([promise, asked = std::move(asked), token = stop.get_token()] {
            const Unwanted unwanted
                = [&] { return token.stop_requested() || promise->isCanceled(); };
            if (unwanted())
                return;
            if constexpr (std::is_invocable_v<Work, Unwanted, PlanProgress>) {
                promise->setProgressRange(0, planPermille);
                promise->addResult(
                    asked(unwanted, [&](int permille) { promise->setProgressValue(permille); }));
            } else {
                promise->addResult(asked(unwanted));
            }
            promise->finish();
        });
        return promise->future();
    }

    Session *const q;
    const std::shared_ptr<CacheBackend> backend;
    const std::shared_ptr<const Clock> clock;
    SessionOptions options;
    const std::shared_ptr<std::atomic<bool>> readOnly;
    const std::shared_ptr<UndoBudget> budget;
    std::stop_source stop;
    std::shared_ptr<const KeyReader> reader;

    QTimer tick;
    std::atomic<bool> awake = false;
    std::mutex changesMutex;
    std::vector<KeyChange> changes; // under changesMutex

    std::shared_ptr<KeyIndex> index;
    quint64 indexTold = 0; // revision
    IndexWriter writer;
    std::shared_ptr<ScanJob> scan;
    ScanProgress scanTold;

    // What runs threads comes last, to end before what the threads use.
    QThreadPool scans;
    QThreadPool answers;
    QThreadPool searches; // apart from the answers, which would wait for a long search to end
    OperationList operations;
    ConnectionWatch connection;
    Subscription watching;
};

Session::Private::Private(Session *session, std::shared_ptr<CacheBackend> cache,
                          std::shared_ptr<const Clock> time, SessionOptions given)
    : q(session), backend(std::move(cache)), clock(std::move(time)), options(std::move(given)),
      readOnly(std::make_shared<std::atomic<bool>>(options.policy.readOnly)),
      budget(std::make_shared<UndoBudget>(options.undoBudget)), reader(readerOf(options.catalog)),
      index(std::make_shared<KeyIndex>(reader)), writer(index, [this] { wake(); }),
      connection(backend, clock, options.pingInterval)
{
    // A guard without a name to type would be none.
    if (options.policy.name.isEmpty())
        options.policy.name = backend->description();
    scans.setMaxThreadCount(1);
    answers.setMaxThreadCount(answerThreads);
    searches.setMaxThreadCount(
        std::max(1, options.searchThreads.value_or(QThread::idealThreadCount())));
    tick.setSingleShot(true);
    connect(&tick, &QTimer::timeout, q, [this] { tell(); });
    connect(&connection, &ConnectionWatch::stateChanged, q, &Session::stateChanged);
    watching = backend->watch([this](const KeyChange &change) { record({change}); });
}

Session::Private::~Private()
{
    stop.request_stop();
    watching.cancel();
    if (scan)
        scan->cancel();
    answers.clear();
    searches.clear();
    const auto ended = [this] {
        return scans.waitForDone(glance) && answers.waitForDone(glance)
            && searches.waitForDone(glance) && operations.waitForDone(glance);
    };
    do {
        backend->interrupt(); // again, for calls that have only begun since
    } while (!ended());
}

void Session::Private::wake()
{
    if (!awake.exchange(true))
        QMetaObject::invokeMethod(
            q, [this] { tick.start(options.tick); }, Qt::QueuedConnection);
}

void Session::Private::record(std::vector<KeyChange> changed)
{
    {
        const std::lock_guard lock(changesMutex);
        changes.insert(changes.end(), std::make_move_iterator(changed.begin()),
                       std::make_move_iterator(changed.end()));
    }
    wake();
}

void Session::Private::tell()
{
    awake = false;
    tellIndex();
    tellScan();

    // Statuses first: what they count is then among the changes, and in the index when told.
    const std::vector<OperationStatus> statuses = operations.takeChanged();
    std::vector<KeyChange> told;
    {
        const std::lock_guard lock(changesMutex);
        told.swap(changes);
    }
    if (statuses.empty() && told.empty())
        return;
    writer.apply(std::move(told), [this, statuses](std::vector<KeyChange> applied) {
        QMetaObject::invokeMethod(
            q,
            [this, statuses, applied = std::move(applied)] {
                tellIndex();
                if (!applied.empty())
                    Q_EMIT q->keysChanged(applied);
                for (const OperationStatus &status : statuses)
                    Q_EMIT q->operationChanged(status);
            },
            Qt::QueuedConnection);
    });
}

void Session::Private::tellIndex()
{
    const quint64 revision = index->revision();
    if (std::exchange(indexTold, revision) != revision)
        Q_EMIT q->indexChanged();
}

void Session::Private::tellScan()
{
    if (!scan)
        return;
    const ScanProgress progress = scan->progress();
    if (progress.phase == scanTold.phase && progress.looked == scanTold.looked
        && progress.expected == scanTold.expected)
        return;
    scanTold = progress;
    Q_EMIT q->scanProgressed(progress);
}

void Session::Private::replaceIndex(std::shared_ptr<KeyIndex> replacement)
{
    // Freeing a million keys takes a while; whoever holds the old one last should not be this
    // thread.
    answers.start([old = std::exchange(index, std::move(replacement))]() mutable { old.reset(); });
    indexTold = index->revision();
    Q_EMIT q->indexReplaced();
}

void Session::Private::startScan(const ScanOptions &scanOptions)
{
    if (scan)
        scan->cancel();
    auto fresh = std::make_shared<KeyIndex>(reader);
    writer.startOver(fresh);
    scan = std::make_shared<ScanJob>(scans, stop.get_token(), backend, clock, writer, scanOptions,
                                     [this] { wake(); });
    scanTold = {};
    replaceIndex(std::move(fresh));
    scan->resume();
}

OperationContext Session::Private::operationContext()
{
    return {.backend = backend,
            .clock = clock,
            .budget = budget,
            .readOnly = readOnly,
            .stop = stop.get_token(),
            .batch = static_cast<size_t>(std::max<qsizetype>(1, options.batch)),
            .changed = [this](std::vector<KeyChange> changed) { record(std::move(changed)); },
            .progressed = [this] { wake(); }};
}

Result<void> Session::Private::mayChange(const char *attempt, const QByteArray &subject) const
{
    if (!*readOnly)
        return {};
    return failure({.code = Error::Code::Forbidden,
                    .attempt = attempt,
                    .subject = subject,
                    .reason = "the connection is read-only"});
}

Session::Session(std::shared_ptr<CacheBackend> backend, std::shared_ptr<const Clock> clock,
                 SessionOptions options, QObject *parent)
    : QObject(parent),
      d(std::make_unique<Private>(this, std::move(backend), std::move(clock), std::move(options)))
{
}

Session::~Session() = default;

const ConnectionPolicy &Session::policy() const
{
    return d->options.policy;
}

void Session::setReadOnly(bool readOnly)
{
    d->options.policy.readOnly = readOnly;
    *d->readOnly = readOnly;
}

const Catalog &Session::catalog() const
{
    return d->options.catalog;
}

void Session::setCatalog(Catalog catalog)
{
    d->options.catalog = std::move(catalog);
    d->reader = readerOf(d->options.catalog);
    d->writer.rebuild(d->reader, [this](std::shared_ptr<KeyIndex> rebuilt) {
        QMetaObject::invokeMethod(
            this,
            [this, rebuilt] {
                if (rebuilt == d->writer.index()) // not replaced by a new scan meanwhile
                    d->replaceIndex(rebuilt);
            },
            Qt::QueuedConnection);
    });
}

BackendCapabilities Session::capabilities() const
{
    return d->backend->capabilities();
}

QByteArray Session::description() const
{
    return d->backend->description();
}

bool Session::usesPassword() const
{
    return d->backend->usesPassword();
}

BackendState Session::state() const
{
    return d->connection.state();
}

WallTime Session::now() const
{
    return d->clock->now();
}

void Session::retryNow()
{
    d->connection.retryNow();
}

std::shared_ptr<const KeyIndex> Session::index() const
{
    return d->index;
}

void Session::startScan(const ScanOptions &options)
{
    d->startScan(options);
}

void Session::pauseScan()
{
    if (d->scan)
        d->scan->pause();
}

void Session::resumeScan()
{
    if (d->scan)
        d->scan->resume();
}

void Session::cancelScan()
{
    if (d->scan)
        d->scan->cancel();
}

ScanProgress Session::scanProgress() const
{
    return d->scan ? d->scan->progress() : ScanProgress();
}

QFuture<Result<SearchBatch>> Session::search(const KeyQuery &query) const
{
    return startSearch(d->searches, d->stop.get_token(), d->index, d->entries(), query);
}

QFuture<Result<std::vector<EntrySummary>>> Session::summaries(std::vector<QByteArray> keys) const
{
    return d->answer<Result<std::vector<EntrySummary>>>(
        [entries = d->entries(), keys = std::move(keys)](const Unwanted &unwanted) {
            return entries.summaries(keys, unwanted);
        });
}

QFuture<Result<EntryDetails>> Session::details(const QByteArray &key, bool whole) const
{
    return d->answer<Result<EntryDetails>>([entries = d->entries(), key, whole](const Unwanted &) {
        return entries.details(key, whole);
    });
}

QFuture<Result<DeletionPlan>> Session::planDeletion(DeletionTarget target) const
{
    return d->answer<Result<DeletionPlan>>(
        [backend = d->backend, reader = d->reader, budget = d->budget, policy = d->options.policy,
         may = d->mayChange("plan the deletion of", target.title), target = std::move(target)](
            const Unwanted &unwanted, const PlanProgress &progress) -> Result<DeletionPlan> {
            if (!may)
                return failure(may.error());
            return Cachelens::planDeletion(*backend, *reader, *budget, policy, target, unwanted,
                                           progress);
        });
}

Result<OperationId> Session::startDeletion(const DeletionPlan &plan, const QByteArray &typedName)
{
    const QByteArray &title = plan.target.title;
    if (auto may = d->mayChange("delete", title); !may)
        return failure(may.error());
    const auto refused = [&](Error::Code code, QByteArray reason) {
        return failure(
            {.code = code, .attempt = "delete", .subject = title, .reason = std::move(reason)});
    };
    if (policy().production && plan.count() > 1 && typedName != policy().name) {
        return refused(Error::Code::Forbidden,
                       "in production the name of the connection, " + policy().name
                           + ", must be typed to delete more than one key");
    }
    if (plan.undoable && !d->budget->fits(plan.bytes + plan.count() * UndoBudget::overhead)) {
        return refused(Error::Code::LimitExceeded,
                       "the memory for undo has been taken by other operations since");
    }
    return plan.target.rewarms.empty() ? d->launch<DeletionJob>(plan) : d->launch<RewarmJob>(plan);
}

Result<OperationId> Session::changeTtl(const QByteArray &key,
                                       std::optional<std::chrono::milliseconds> ttl)
{
    if (auto may = d->mayChange("change the expiry of", key); !may)
        return failure(may.error());
    if (ttl && ttl->count() <= 0) {
        return failure({.code = Error::Code::InvalidInput,
                        .attempt = "change the expiry of",
                        .subject = key,
                        .reason = "a time to live must be more than nothing"});
    }
    return d->launch<TtlJob>(key, ttl);
}

void Session::cancelOperation(OperationId id)
{
    d->operations.cancel(id);
}

Result<void> Session::undoOperation(OperationId id)
{
    if (auto may = d->mayChange("undo", {}); !may)
        return may;
    d->wake();
    return d->operations.undo(id);
}

void Session::forgetOperation(OperationId id)
{
    // Letting go of a million snapshots takes longer than this thread has.
    if (auto job = d->operations.forget(id))
        d->answers.start([job = std::move(job)]() mutable { job.reset(); });
}

std::vector<OperationStatus> Session::operations() const
{
    return d->operations.statuses();
}

} // namespace Cachelens
