// SPDX-License-Identifier: MIT
#pragma once

#include "core/keyspace/deletionjob.h"

#include <map>
#include <semaphore>

namespace Cachelens {

/// Removes the keys of a plan, and then runs the calls of its target, one after the other, which
/// store theirs anew. One that fails does not stop the others. The undo removes what they stored,
/// unless it has been written since, before it puts back what was there.
class RewarmJob final : public DeletionJob {
public:
    RewarmJob(OperationContext context, OperationId id, const DeletionPlan &plan);
    ~RewarmJob() override;

protected:
    Result<void> perform() override;
    Result<void> revert() override;
    [[nodiscard]] bool holdsUndo() const override
    {
        return m_running || !m_stored.empty() || DeletionJob::holdsUndo();
    }

private:
    struct Running {
        QByteArray title;
        QByteArray key;
        QFuture<Result<bool>> stored;
        std::shared_ptr<std::binary_semaphore> over;
    };

    [[nodiscard]] Result<void> runAnew(const Rewarm &call);
    /// Begins the call, whose place has been cleared.
    [[nodiscard]] Result<void> begin(const Rewarm &call);
    /// Waits for what runs, for as long as the operation may go on.
    [[nodiscard]] Result<void> waitForIt(const char *attempt) const;
    /// Accounts for what has run.
    [[nodiscard]] Result<void> settleIt();
    [[nodiscard]] Result<void> remember(const QByteArray &key);
    /// False: the entry has been replaced or removed since.
    [[nodiscard]] Result<bool> removeStored(const QByteArray &key, const QByteArray &digest) const;
    void tell(const QByteArray &key, KeyChange::Cause cause) const;

    const std::vector<Rewarm> m_calls;
    std::optional<Running> m_running; // also when nobody waits for it any more
    std::map<QByteArray, QByteArray> m_stored; // by key, a digest of the value
};

} // namespace Cachelens
