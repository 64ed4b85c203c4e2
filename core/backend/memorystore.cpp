// SPDX-License-Identifier: MIT
#include "core/backend/memorystore.h"

namespace Cachelens {

namespace {

// The nodes of the hash, the orders and the list, and what malloc adds to each.
constexpr qint64 Bookkeeping = 256;

/// Bytes that are the store's own: not a view of someone's buffer, and not much larger than what is
/// in them.
QByteArray compact(const QByteArray &bytes)
{
    const qsizetype slack = bytes.capacity() - bytes.size();
    if (slack >= 0 && slack <= bytes.size() / 4 + 32)
        return bytes;
    return QByteArray(bytes.constData(), bytes.size());
}

} // namespace

std::optional<WallTime> MemoryStore::Item::expiresAt() const
{
    return expiry ? std::optional((*expiry)->first) : std::nullopt;
}

bool MemoryStore::Item::isExpired(WallTime now) const
{
    return expiry && (*expiry)->first <= now;
}

qint64 MemoryStore::cost(const QByteArray &key, const QByteArray &value)
{
    return Bookkeeping + key.size() + value.size();
}

MemoryStore::Entry *MemoryStore::find(const QByteArray &key)
{
    const auto it = m_entries.find(key);
    return it == m_entries.end() ? nullptr : &*it;
}

std::vector<const MemoryStore::Entry *> MemoryStore::list(const QByteArray &prefix,
                                                          const std::optional<QByteArray> &after,
                                                          qsizetype most) const
{
    std::vector<const Entry *> entries;
    auto it = after ? m_order.upper_bound(*after) : m_order.lower_bound(prefix);
    for (; it != m_order.end() && qsizetype(entries.size()) < most; ++it) {
        if (!(*it)->first.startsWith(prefix))
            break;
        entries.push_back(*it);
    }
    return entries;
}

MemoryStore::Entry *MemoryStore::leastRecentlyUsed() const
{
    return m_uses.empty() ? nullptr : m_uses.back();
}

MemoryStore::Entry *MemoryStore::firstToExpire() const
{
    return m_expiries.empty() ? nullptr : m_expiries.begin()->second;
}

MemoryStore::Entry &MemoryStore::insert(const QByteArray &key, const QByteArray &value,
                                        std::optional<WallTime> expiresAt)
{
    const auto it = m_entries.try_emplace(compact(key)).first;
    Entry &entry = *it;
    entry.second.value = compact(value);
    m_uses.push_front(&entry);
    entry.second.use = m_uses.begin();
    m_order.insert(&entry);
    m_usedBytes += cost(key, value);
    setExpiry(entry, expiresAt);
    return entry;
}

void MemoryStore::replace(Entry &entry, const QByteArray &value, std::optional<WallTime> expiresAt)
{
    m_usedBytes += value.size() - entry.second.value.size();
    entry.second.value = compact(value);
    setExpiry(entry, expiresAt);
    touch(entry);
}

void MemoryStore::setExpiry(Entry &entry, std::optional<WallTime> expiresAt)
{
    Item &item = entry.second;
    if (item.expiry)
        m_expiries.erase(*item.expiry);
    item.expiry.reset();
    if (expiresAt)
        item.expiry = m_expiries.emplace(*expiresAt, &entry);
}

void MemoryStore::touch(Entry &entry)
{
    m_uses.splice(m_uses.begin(), m_uses, entry.second.use);
}

void MemoryStore::erase(Entry &entry)
{
    m_usedBytes -= cost(entry.first, entry.second.value);
    setExpiry(entry, std::nullopt);
    m_uses.erase(entry.second.use);
    m_order.erase(m_order.find(&entry));
    m_entries.erase(m_entries.find(entry.first));
}

} // namespace Cachelens
