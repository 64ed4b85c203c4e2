// SPDX-License-Identifier: MIT
#pragma once

#include "core/keyspace/keyindex.h"
#include "core/result.h"

#include <QFuture>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace Cachelens {

/// What may be done over a connection. Enforced where keys are changed, not in the window.
struct ConnectionPolicy {
    QByteArray name = {}; ///< of the connection: what must be typed in production; empty: its URL
    bool readOnly = false;
    bool production = false; ///< deleting more than one key needs the name typed
};

/// A call of a function, to be run and stored anew when the entries of a deletion, its own among
/// them, are gone. Both functions are called on a worker.
struct Rewarm {
    QByteArray title; ///< for people: the function and its arguments
    /// The key that it would store, as the backend has it.
    std::function<Result<QByteArray>()> key;
    /// Begins to run it. False: it has run, and nothing was stored. It is never given up: whoever
    /// stops waiting for it undoes what it stores, once it is through.
    std::function<QFuture<Result<bool>>()> run;
};

/// What to delete: exact keys, or all keys under literal prefixes.
struct DeletionTarget {
    QByteArray title = {}; ///< for people: "partition user_id:42 of app.services.get_user_payload"
    std::vector<QByteArray> keys = {}; ///< used when there are no prefixes
    std::vector<QByteArray> prefixes = {}; ///< literal bytes; `*` means a star
    /// With a prefix, only the keys that read back as beneath this node's function and partition;
    /// others under the prefix are left alone and counted.
    std::optional<NodeInfo> node = {};
    std::vector<Rewarm> rewarms = {}; ///< one after the other, when all keys are gone
};

/// What would be deleted: a frozen list, so that what is shown is what goes.
struct DeletionPlan {
    DeletionTarget target;
    std::shared_ptr<const std::vector<QByteArray>> keys; ///< never null, each key once
    qint64 bytes = 0; ///< of keys and values, as near as the server tells
    bool bytesSampled = false; ///< extrapolated from a sample instead of asked for each key
    std::vector<QByteArray> sample; ///< the first keys in byte order
    qsizetype leftAlone = 0; ///< under the prefix, but of another node
    bool undoable = false;
    QByteArray whyNoUndo; ///< when not
    bool needsName = false; ///< production, and more than one key

    [[nodiscard]] qsizetype count() const { return static_cast<qsizetype>(keys->size()); }
};

using OperationId = quint64;

/// A job that changes the cache, as it stands. Every number is exact.
struct OperationStatus {
    enum class Kind : quint8 { Delete, ChangeTtl };
    enum class Phase : quint8 {
        Running,
        Done,
        Canceled, ///< on request; what was done stays done and can be undone
        Failed, ///< `error` says why; the same holds
        Undoing,
        Undone, ///< as far as the counts say
    };
    OperationId id = 0;
    Kind kind = Kind::Delete;
    Phase phase = Phase::Running;
    QByteArray title;

    qint64 total = 0; ///< keys in the frozen list, and others that were in a rewarm's place
    qint64 done = 0; ///< removed (or changed) by this operation
    qint64 alreadyGone = 0; ///< were not there any more
    qint64 notTried = 0; ///< left when it stopped; total == done + alreadyGone + notTried + unknown
    qint64 unknown = 0; ///< sent when the connection broke: the server may have done it or not

    bool canUndo = false;
    qint64 undoBytes = 0; ///< memory held for the undo
    qint64 restored = 0;
    qint64 keptNewer = 0; ///< written again since, and left as they are
    qint64 expired = 0; ///< their time was over

    qint64 rewarms = 0; ///< calls to run when the keys are gone
    qint64 rewarmed = 0; ///< that were stored
    qint64 rewarmsNotStored = 0; ///< that were run, but whose result the cache did not take
    qint64 rewarmsFailed = 0; ///< `error` is of the first of them
    qint64 rewarmsUndone = 0; ///< entries that they stored, and that the undo has removed

    std::optional<Error> error;
    std::chrono::milliseconds elapsed{0};
    std::optional<std::chrono::milliseconds> remaining; ///< an estimate, while it runs

    [[nodiscard]] bool isActive() const
    {
        return phase == Phase::Running || phase == Phase::Undoing;
    }
};

} // namespace Cachelens
