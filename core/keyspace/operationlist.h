// SPDX-License-Identifier: MIT
#pragma once

#include "core/keyspace/operationjob.h"

#include <QThreadPool>

#include <vector>

namespace Cachelens {

/// The operations of a session and the threads they run on. Belongs to the session's thread.
class OperationList {
public:
    /// What runs is to be stopped before the end (see OperationContext::stop), which waits for it.
    OperationList();

    [[nodiscard]] OperationId nextId() { return ++m_lastId; }
    /// Runs it; gives back its id.
    OperationId launch(std::shared_ptr<OperationJob> job);
    void cancel(OperationId id);
    [[nodiscard]] Result<void> undo(OperationId id);
    /// The job to let go of, which may take a while; null when it is active or not there.
    [[nodiscard]] std::shared_ptr<OperationJob> forget(OperationId id);

    /// False when something still runs after so many milliseconds.
    [[nodiscard]] bool waitForDone(int milliseconds) { return m_threads.waitForDone(milliseconds); }

    [[nodiscard]] std::vector<OperationStatus> statuses() const;
    /// The statuses that have changed since this was last asked.
    [[nodiscard]] std::vector<OperationStatus> takeChanged();

private:
    struct Entry {
        OperationId id;
        std::shared_ptr<OperationJob> job;
        quint64 told = 0; // revision of its status
    };
    [[nodiscard]] std::shared_ptr<OperationJob> find(OperationId id) const;

    OperationId m_lastId = 0;
    std::vector<Entry> m_entries;
    QThreadPool m_threads; // last: joined before the jobs go
};

} // namespace Cachelens
