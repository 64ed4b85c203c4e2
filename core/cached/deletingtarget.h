// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/cachebackend.h"
#include "core/invalidation/ruletarget.h"

namespace Cachelens {

/// A RuleTarget for a process that has no functions: it removes from a backend what rules remove. A
/// refresh is no more than the removal before it. Thread-safe, blocks for the backend's time.
class DeletingTarget final : public RuleTarget {
public:
    /// Told of each prefix as the server has it, and of how many entries went. On the caller's
    /// thread; may be null; must not throw.
    using Removed
        = std::function<void(const RuleRun &run, const QByteArray &prefix, qint64 entries)>;

    /// `keyPrefix` is the client's, in front of every key. `reach`: whose entries go.
    DeletingTarget(std::shared_ptr<CacheBackend> backend, QByteArray keyPrefix,
                   Removed removed = nullptr, PrefixReach reach = PrefixReach::AllEntries);

    QFuture<Result<void>> deleteByPrefix(const RuleRun &run) override;
    QFuture<Result<void>> refresh(const RuleRun &run) override;

private:
    Result<void> remove(const RuleRun &run) const;

    const std::shared_ptr<CacheBackend> m_backend;
    const QByteArray m_keyPrefix;
    const Removed m_removed;
    const PrefixReach m_reach;
};

} // namespace Cachelens
