// SPDX-License-Identifier: MIT
#include "core/jobs/deletingtarget.h"

#include "core/key/keybuilder.h"

namespace Cachelens {

DeletingTarget::DeletingTarget(std::shared_ptr<CacheBackend> backend, QByteArray keyPrefix,
                               Removed removed, PrefixReach reach)
    : m_backend(std::move(backend)), m_keyPrefix(std::move(keyPrefix)),
      m_removed(std::move(removed)), m_reach(reach)
{
}

QFuture<Result<void>> DeletingTarget::deleteByPrefix(const RuleRun &run)
{
    return QtFuture::makeReadyFuture(remove(run));
}

QFuture<Result<void>> DeletingTarget::refresh(const RuleRun &)
{
    return QtFuture::makeReadyFuture(Result<void>());
}

Result<void> DeletingTarget::remove(const RuleRun &run) const
{
    const qsizetype functionEnd = redisKey(m_keyPrefix, run.version, run.functionPrefix).size();
    for (const QByteArray &each : run.prefixes) {
        const QByteArray prefix = redisKey(m_keyPrefix, run.version, each);
        const auto removed = m_backend->removePrefix(prefix, functionEnd, m_reach);
        if (!removed)
            return failure(removed.error());
        if (m_removed)
            m_removed(run, prefix, *removed);
    }
    return {};
}

} // namespace Cachelens
