// SPDX-License-Identifier: MIT
#pragma once

#include "core/keyspace/operationjob.h"

#include <span>

namespace Cachelens {

/// Removes the keys of a plan in batches; with undo, takes a snapshot of each in the same step.
class DeletionJob : public OperationJob {
public:
    DeletionJob(OperationContext context, OperationId id, const DeletionPlan &plan);
    ~DeletionJob() override;

protected:
    Result<void> perform() override;
    Result<void> revert() override;
    [[nodiscard]] bool holdsUndo() const override { return m_restored < m_taken.size(); }
    [[nodiscard]] bool isUndoable() const { return m_undoable; }
    /// Takes one more key, if it is there: it is counted as if it had been in the plan.
    [[nodiscard]] Result<void> takeAlso(const QByteArray &key);

private:
    using Keys = std::span<const QByteArray>;
    [[nodiscard]] Result<void> fitsBudget(Keys batch) const;
    [[nodiscard]] Result<qint64> removeBatch(Keys batch);
    void tellDeleted(Keys batch) const;
    /// Lets go of what was settled; what was refused goes behind it.
    void account(std::span<KeySnapshot> batch, const std::vector<RestoreOutcome> &outcomes);

    const std::shared_ptr<const std::vector<QByteArray>> m_keys;
    const bool m_undoable;
    std::vector<KeySnapshot> m_taken;
    size_t m_restored = 0; // of those, from the beginning
    qint64 m_held = 0; // of the budget
};

} // namespace Cachelens
