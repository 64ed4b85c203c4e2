// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/fillslot.h"
#include "core/clock.h"

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>

namespace Cachelens {

/// A removal that could not be delivered.
struct KeptRemoval {
    QByteArray name; ///< a key, or a prefix of keys
    bool isPrefix = false;
    qsizetype functionEnd = 0; ///< name.first(functionEnd) is the prefix of the whole function
    PrefixReach reach = PrefixReach::AllEntries;
    WallTime at; ///< entries that were cached after it are not meant
    quint64 number = 0;
};

/// What has to be removed once the backend is back, in order. Until then, what it still holds of it
/// counts as gone; when too many had to be kept, everything that is older than the last of those
/// that were dropped counts as gone, for good. Thread-safe.
class KeptRemovals {
public:
    explicit KeptRemovals(qsizetype most) : m_most(most) { }

    void keep(KeptRemoval removal);
    /// The oldest with a greater number; none when there is no more.
    [[nodiscard]] std::optional<KeptRemoval> next(quint64 after) const;
    void delivered(quint64 number);

    /// Whether an entry that was cached then counts as gone. Costs an atomic read when nothing was
    /// ever kept.
    [[nodiscard]] bool covers(const QByteArray &key, std::optional<WallTime> cachedAt) const
    {
        return m_any.load(std::memory_order_acquire) && coversAny(key, cachedAt);
    }
    [[nodiscard]] qsizetype count() const;

private:
    [[nodiscard]] bool coversAny(const QByteArray &key, std::optional<WallTime> cachedAt) const;

    const qsizetype m_most;
    std::atomic<bool> m_any{false};
    mutable std::mutex m_mutex; // of the rest
    std::deque<KeptRemoval> m_kept;
    std::optional<WallTime> m_goneUpTo;
    quint64 m_lastNumber = 0;
};

} // namespace Cachelens
