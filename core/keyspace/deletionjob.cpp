// SPDX-License-Identifier: MIT
#include "core/keyspace/deletionjob.h"

#include <algorithm>
#include <iterator>

namespace Cachelens {

namespace {

OperationStatus initialStatus(OperationId id, const DeletionPlan &plan)
{
    OperationStatus status;
    status.id = id;
    status.kind = OperationStatus::Kind::Delete;
    status.title = plan.target.title;
    status.total = plan.count();
    status.rewarms = static_cast<qint64>(plan.target.rewarms.size());
    return status;
}

} // namespace

DeletionJob::DeletionJob(OperationContext context, OperationId id, const DeletionPlan &plan)
    : OperationJob(std::move(context), initialStatus(id, plan)), m_keys(plan.keys),
      m_undoable(plan.undoable)
{
}

DeletionJob::~DeletionJob()
{
    context().budget->release(m_held);
}

Result<void> DeletionJob::perform()
{
    Keys left(*m_keys);
    while (!left.empty()) {
        const Keys batch = left.first(std::min(left.size(), context().batch));
        left = left.subspan(batch.size());
        if (auto may = mayGoOn("delete"); !may)
            return may;
        if (auto fits = fitsBudget(batch); !fits)
            return fits;
        const qint64 held = m_held;
        const auto removed = removeBatch(batch);
        if (!removed) {
            if (removed.error().maybeDone)
                update([&](OperationStatus &status) { status.unknown += qint64(batch.size()); });
            return failure(removed.error());
        }
        update([&](OperationStatus &status) {
            status.done += *removed;
            status.alreadyGone += static_cast<qint64>(batch.size()) - *removed;
            status.undoBytes += m_held - held;
        });
        tellDeleted(batch);
    }
    return {};
}

void DeletionJob::tellDeleted(Keys batch) const
{
    if (context().backend->capabilities().changes)
        return;
    std::vector<KeyChange> changes;
    changes.reserve(batch.size());
    for (const QByteArray &key : batch)
        changes.push_back({key, KeyChange::Cause::Deleted});
    context().changed(std::move(changes));
}

Result<void> DeletionJob::takeAlso(const QByteArray &key)
{
    const Keys one(&key, 1);
    if (auto fits = fitsBudget(one); !fits)
        return fits;
    const qint64 held = m_held;
    const auto removed = removeBatch(one);
    if (!removed) {
        if (removed.error().maybeDone)
            update([](OperationStatus &status) { ++status.total, ++status.unknown; });
        return failure(removed.error());
    }
    if (*removed == 0)
        return {};
    update([&](OperationStatus &status) {
        ++status.total;
        ++status.done;
        status.undoBytes += m_held - held;
    });
    tellDeleted(one);
    return {};
}

/// Asked in front of every batch, since what the plan said of bytes was an estimate.
Result<void> DeletionJob::fitsBudget(Keys batch) const
{
    if (!m_undoable)
        return {};
    const auto bytes = context().backend->snapshotBytes(batch);
    if (!bytes)
        return failure(bytes.error());
    if (context().budget->fits(*bytes + qint64(batch.size()) * UndoBudget::overhead))
        return {};
    return failure({.code = Error::Code::LimitExceeded,
                    .attempt = "delete",
                    .subject = status().title,
                    .reason = "the values are larger than the plan said, and what is left of them "
                              "does not fit in the memory kept for undo"});
}

Result<qint64> DeletionJob::removeBatch(Keys batch)
{
    if (!m_undoable)
        return context().backend->remove(batch);
    auto taken = context().backend->take(batch);
    if (!taken)
        return failure(taken.error());
    qint64 bytes = 0;
    for (const KeySnapshot &snapshot : *taken)
        bytes += UndoBudget::cost(snapshot);
    context().budget->hold(bytes);
    m_held += bytes;
    m_taken.insert(m_taken.end(), std::make_move_iterator(taken->begin()),
                   std::make_move_iterator(taken->end()));
    return static_cast<qint64>(taken->size());
}

Result<void> DeletionJob::revert()
{
    while (m_restored < m_taken.size()) {
        const size_t size = std::min(m_taken.size() - m_restored, context().batch);
        const std::span batch(m_taken.data() + m_restored, size);
        if (auto may = mayGoOn("undo the deletion"); !may)
            return may;
        const auto outcomes = context().backend->restore(batch);
        if (!outcomes)
            return failure(outcomes.error());
        account(batch, *outcomes);
    }
    m_taken.clear();
    m_restored = 0;
    return {};
}

void DeletionJob::account(std::span<KeySnapshot> batch, const std::vector<RestoreOutcome> &outcomes)
{
    qint64 counts[] = {0, 0, 0, 0};
    qint64 bytes = 0;
    size_t settled = 0;
    std::vector<KeyChange> changes;
    for (size_t i = 0; i < batch.size(); ++i) {
        ++counts[static_cast<size_t>(outcomes[i])];
        if (outcomes[i] == RestoreOutcome::Refused)
            continue;
        bytes += UndoBudget::cost(batch[i]);
        if (outcomes[i] == RestoreOutcome::Restored)
            changes.push_back({batch[i].key, KeyChange::Cause::Stored});
        batch[i] = {};
        if (settled != i)
            batch[i] = std::move(batch[settled]);
        ++settled;
    }
    m_restored += settled;
    m_held -= bytes;
    context().budget->release(bytes);
    update([&](OperationStatus &status) {
        status.restored += counts[static_cast<size_t>(RestoreOutcome::Restored)];
        status.keptNewer += counts[static_cast<size_t>(RestoreOutcome::KeptNewer)];
        status.expired += counts[static_cast<size_t>(RestoreOutcome::Expired)];
        status.undoBytes -= bytes;
    });
    if (!context().backend->capabilities().changes)
        context().changed(std::move(changes));
}

} // namespace Cachelens
