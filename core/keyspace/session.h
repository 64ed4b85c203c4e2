// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/cachebackend.h"
#include "core/catalog/catalog.h"
#include "core/keyspace/entry.h"
#include "core/keyspace/keyindex.h"
#include "core/keyspace/keyquery.h"
#include "core/keyspace/operation.h"

#include <QFuture>
#include <QObject>

#include <memory>

namespace Cachelens {

struct ScanOptions {
    qsizetype slice = 1000; ///< keys asked for at a time
    std::optional<int> keysPerSecond = {}; ///< none: as fast as the server answers
};

struct ScanProgress {
    enum class Phase : quint8 { Idle, Running, Paused, Complete, Canceled, Failed };
    Phase phase = Phase::Idle;
    qint64 looked = 0; ///< keys the server gave, repeats included
    qint64 expected = 0; ///< the server's own count when the scan began; 0: not known
    std::optional<Error> error; ///< when Failed
    std::chrono::milliseconds elapsed{0};
    std::optional<std::chrono::milliseconds> remaining; ///< an estimate, while it runs

    /// Counts of the index are the truth only after a whole pass.
    [[nodiscard]] bool complete() const { return phase == Phase::Complete; }
};

struct SessionOptions {
    ConnectionPolicy policy = {};
    Catalog catalog = {};
    DetailOptions details = {};
    DecodeLimits limits = {};
    qint64 undoBudget = 256 * 1024 * 1024; ///< bytes of snapshots held for all undos together
    qsizetype batch = 1000; ///< keys in one deletion round trip
    std::optional<int> searchThreads = {}; ///< none: one for each core
    std::chrono::milliseconds tick{50}; ///< how often growth and live changes are told
    std::chrono::milliseconds pingInterval{2000};
};

/// A cache being looked at: the one thing that a window needs. Lives on the thread it was made on
/// (the GUI thread); every function returns at once and the work is done on the session's own
/// workers. Answers are futures; cancel a future's head and its work stops. Signals come on the
/// session's thread. Destruction cancels all work and waits for it: no longer for the other side.
class Session final : public QObject {
    Q_OBJECT

public:
    Session(std::shared_ptr<CacheBackend> backend, std::shared_ptr<const Clock> clock,
            SessionOptions options, QObject *parent = nullptr);
    ~Session() override;

    [[nodiscard]] const ConnectionPolicy &policy() const;
    /// Turning read-only on takes effect at once, for running operations too.
    void setReadOnly(bool readOnly);
    [[nodiscard]] const Catalog &catalog() const;
    /// Reads all keys anew with this catalog, on a worker; indexReplaced() follows.
    void setCatalog(Catalog catalog);
    [[nodiscard]] BackendCapabilities capabilities() const;
    [[nodiscard]] QByteArray description() const;
    [[nodiscard]] bool usesPassword() const;
    [[nodiscard]] BackendState state() const;
    [[nodiscard]] WallTime now() const;
    /// Does not wait for the next attempt to reach a server that is away.
    void retryNow();

    // --- the keys
    /// Never null. Replaced as a whole (see indexReplaced) by startScan() and setCatalog().
    [[nodiscard]] std::shared_ptr<const KeyIndex> index() const;
    /// A new pass into a new index. A scan that failed goes on where it stopped, with resumeScan().
    void startScan(const ScanOptions &options = {});
    void pauseScan();
    void resumeScan();
    void cancelScan();
    [[nodiscard]] ScanProgress scanProgress() const;

    /// Answers in batches (QFuture::resultAt, QFutureWatcher::resultReadyAt): the first within
    /// milliseconds, the last has `last` set. A pattern that cannot be compiled is the only result.
    [[nodiscard]] QFuture<Result<SearchBatch>> search(const KeyQuery &query) const;

    // --- entries
    /// In the order of the keys. Values are read where they are small, for their metadata.
    [[nodiscard]] QFuture<Result<std::vector<EntrySummary>>>
    summaries(std::vector<QByteArray> keys) const;
    /// `whole`: fetch the value however large (up to DecodeLimits::decompressedBytes).
    [[nodiscard]] QFuture<Result<EntryDetails>> details(const QByteArray &key,
                                                        bool whole = false) const;

    // --- changing the cache; the policy is checked here, again when the work starts
    /// Its progress goes from 0 to 1000.
    [[nodiscard]] QFuture<Result<DeletionPlan>> planDeletion(DeletionTarget target) const;
    /// `typedName`: what the user typed where the plan needs the connection's name.
    Result<OperationId> startDeletion(const DeletionPlan &plan, const QByteArray &typedName = {});
    /// Value untouched. `ttl`: none removes the expiry. Undoable.
    Result<OperationId> changeTtl(const QByteArray &key,
                                  std::optional<std::chrono::milliseconds> ttl);
    void cancelOperation(OperationId id);
    Result<void> undoOperation(OperationId id);
    /// Drops an operation that is not active, and soon the memory held for its undo.
    void forgetOperation(OperationId id);
    [[nodiscard]] std::vector<OperationStatus> operations() const; ///< oldest first

Q_SIGNALS:
    void stateChanged(const Cachelens::BackendState &state);
    void scanProgressed(const Cachelens::ScanProgress &progress);
    /// The index has grown or shrunk; at most once a tick.
    void indexChanged();
    void indexReplaced();
    /// Keys that the backend told of (watch) or that an operation changed; at most once a tick.
    void keysChanged(const std::vector<Cachelens::KeyChange> &changes);
    void operationChanged(const Cachelens::OperationStatus &status);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Cachelens
