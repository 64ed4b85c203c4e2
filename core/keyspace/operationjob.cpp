// SPDX-License-Identifier: MIT
#include "core/keyspace/operationjob.h"

#include "core/keyspace/entryreader.h"

#include <algorithm>

namespace Cachelens {

OperationJob::OperationJob(OperationContext context, OperationStatus status)
    : m_context(std::move(context)), m_status(std::move(status)), m_began(m_context.clock->steady())
{
    m_status.notTried = m_status.total;
}

OperationJob::~OperationJob() = default;

OperationStatus OperationJob::status() const
{
    const std::lock_guard lock(m_mutex);
    OperationStatus status = m_status;
    if (!status.isActive())
        return status;
    status.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(m_context.clock->steady()
                                                                           - m_began);
    const bool undoing = status.phase == OperationStatus::Phase::Undoing;
    const qint64 whole = undoing ? status.done : status.total;
    const qint64 left = undoing ? status.done - status.restored - status.keptNewer - status.expired
                                : status.notTried;
    // How long calls take that are run behind it, nobody knows.
    if (left < whole && (undoing || status.rewarms == 0))
        status.remaining = status.elapsed * left / (whole - left);
    return status;
}

/// Keeps what follows from the rest in step; called with the lock held.
void OperationJob::settle()
{
    m_status.notTried = m_status.total - m_status.done - m_status.alreadyGone - m_status.unknown;
    m_status.canUndo = !m_status.isActive() && holdsUndo();
    ++m_revision;
}

void OperationJob::run()
{
    finish(OperationStatus::Phase::Done, perform());
}

bool OperationJob::beginUndo()
{
    const std::lock_guard lock(m_mutex);
    if (!m_status.canUndo)
        return false;
    m_canceled = false;
    m_status.phase = OperationStatus::Phase::Undoing;
    m_status.error.reset();
    m_began = m_context.clock->steady();
    settle();
    return true;
}

void OperationJob::undo()
{
    finish(OperationStatus::Phase::Undone, revert());
}

void OperationJob::finish(OperationStatus::Phase success, const Result<void> &result)
{
    update([&](OperationStatus &status) {
        status.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
            m_context.clock->steady() - m_began);
        status.phase = success;
        if (result)
            return;
        if (result.error().code == Error::Code::Canceled) {
            status.phase = OperationStatus::Phase::Canceled;
        } else {
            status.phase = OperationStatus::Phase::Failed;
            status.error = result.error();
        }
    });
}

Result<void> OperationJob::mayGoOn(const char *attempt) const
{
    if (m_canceled || m_context.stop.stop_requested())
        return failure(canceledError(attempt));
    if (*m_context.readOnly) {
        return failure({.code = Error::Code::Forbidden,
                        .attempt = attempt,
                        .subject = m_context.backend->description(),
                        .reason = "the connection is read-only"});
    }
    return {};
}

} // namespace Cachelens
