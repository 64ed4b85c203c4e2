// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/fillslot.h"
#include "core/backend/redissnapshots.h"

namespace Cachelens {

/// Removing what is under a prefix: CacheBackend::removePrefix(). One job, used once.
///
/// First by the index, which also names the fills that are in progress; then, where the index is
/// not enough, by a pass over the keyspace. A pass alone has a gap: a fill that began before it may
/// store where it has looked already, and be gone from where it looks next. What the index named
/// cannot do that any more; where the index cannot be trusted, what was stored during the pass is
/// removed after it.
class RedisPrefix {
public:
    RedisPrefix(std::shared_ptr<const RedisRunner> runner, RedisSnapshots &snapshots,
                const QByteArray &prefix, qsizetype functionEnd);

    [[nodiscard]] Result<qint64> remove(PrefixReach reach);

private:
    /// What INFO tells of evictions.
    struct Evictions {
        bool indexIsSound = false; ///< nothing can have evicted an index
        QByteArray count; ///< empty: not known
    };

    [[nodiscard]] Result<void> removeBoth(PrefixReach reach);
    [[nodiscard]] Result<void> removeIndexed();
    [[nodiscard]] Result<void> removeFound();
    [[nodiscard]] Evictions evictions() const;

    const std::shared_ptr<const RedisRunner> m_runner;
    RedisSnapshots &m_snapshots;
    const QByteArray m_prefix;
    const qsizetype m_functionEnd; // 0: of no single function
    const RedisTask m_task;
    qint64 m_removed = 0; // entries
};

} // namespace Cachelens
