// SPDX-License-Identifier: MIT
#include "core/keyspace/operationlist.h"

#include <algorithm>

namespace Cachelens {

namespace {

constexpr int threads = 4;

} // namespace

OperationList::OperationList()
{
    m_threads.setMaxThreadCount(threads);
}

OperationId OperationList::launch(std::shared_ptr<OperationJob> job)
{
    const OperationId id = job->status().id;
    m_entries.push_back({id, job});
    m_threads.start([job = std::move(job)] { job->run(); });
    return id;
}

std::shared_ptr<OperationJob> OperationList::find(OperationId id) const
{
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                    [id](const Entry &entry) { return entry.id == id; });
    return found == m_entries.end() ? nullptr : found->job;
}

void OperationList::cancel(OperationId id)
{
    if (const auto job = find(id))
        job->cancel();
}

Result<void> OperationList::undo(OperationId id)
{
    const auto job = find(id);
    if (!job || !job->beginUndo()) {
        return failure({.code = Error::Code::InvalidInput,
                        .attempt = "undo",
                        .subject = job ? job->status().title : QByteArray(),
                        .reason = "there is nothing to undo"});
    }
    m_threads.start([job] { job->undo(); });
    return {};
}

std::shared_ptr<OperationJob> OperationList::forget(OperationId id)
{
    auto job = find(id);
    if (!job || job->status().isActive())
        return nullptr;
    std::erase_if(m_entries, [id](const Entry &entry) { return entry.id == id; });
    return job;
}

std::vector<OperationStatus> OperationList::statuses() const
{
    std::vector<OperationStatus> statuses;
    for (const Entry &entry : m_entries)
        statuses.push_back(entry.job->status());
    return statuses;
}

std::vector<OperationStatus> OperationList::takeChanged()
{
    std::vector<OperationStatus> changed;
    for (Entry &entry : m_entries) {
        const quint64 revision = entry.job->revision();
        if (std::exchange(entry.told, revision) != revision)
            changed.push_back(entry.job->status());
    }
    return changed;
}

} // namespace Cachelens
