// SPDX-License-Identifier: MIT
#include "core/cached/keptremovals.h"

#include <algorithm>

namespace Cachelens {

void KeptRemovals::keep(KeptRemoval removal)
{
    const std::lock_guard lock(m_mutex);
    // The same again says no more, only later.
    std::erase_if(m_kept, [&](const KeptRemoval &kept) {
        return kept.name == removal.name && kept.isPrefix == removal.isPrefix;
    });
    removal.number = ++m_lastNumber;
    m_kept.push_back(std::move(removal));
    if (qsizetype(m_kept.size()) > m_most) {
        m_goneUpTo = std::max(m_goneUpTo.value_or(WallTime::min()), m_kept.front().at);
        m_kept.pop_front();
    }
    m_any.store(true, std::memory_order_release);
}

std::optional<KeptRemoval> KeptRemovals::next(quint64 after) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = std::find_if(m_kept.begin(), m_kept.end(), [after](const KeptRemoval &kept) {
        return kept.number > after;
    });
    return found == m_kept.end() ? std::nullopt : std::optional(*found);
}

void KeptRemovals::delivered(quint64 number)
{
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_kept, [&](const KeptRemoval &kept) { return kept.number == number; });
    m_any.store(!m_kept.empty() || m_goneUpTo, std::memory_order_release);
}

bool KeptRemovals::coversAny(const QByteArray &key, std::optional<WallTime> cachedAt) const
{
    const std::lock_guard lock(m_mutex);
    if (m_goneUpTo && (!cachedAt || *cachedAt <= *m_goneUpTo))
        return true;
    return std::any_of(m_kept.begin(), m_kept.end(), [&](const KeptRemoval &kept) {
        return (!cachedAt || *cachedAt <= kept.at)
            && (kept.isPrefix ? key.startsWith(kept.name) : key == kept.name);
    });
}

qsizetype KeptRemovals::count() const
{
    const std::lock_guard lock(m_mutex);
    return qsizetype(m_kept.size());
}

} // namespace Cachelens
