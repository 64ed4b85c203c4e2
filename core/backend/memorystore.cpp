// SPDX-License-Identifier: MIT
#include "core/backend/memorystore.h"

namespace Cachelens {

namespace {

// The nodes of the hash, the orders and the list, and what malloc adds to each.
constexpr qint64 bookkeeping = 256;

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

std::string_view MemoryStore::ByKey::key(const QByteArray &text)
{
    return {text.constData(), size_t(text.size())};
}

std::string_view MemoryStore::ByKey::key(const Entry *entry)
{
    return key(entry->first);
}

bool MemoryStore::isExpired(const Entry &entry, WallTime now)
{
    return entry.second.expiresAt && *entry.second.expiresAt <= now;
}

qint64 MemoryStore::cost(const QByteArray &key, const QByteArray &value)
{
    return bookkeeping + key.size() + value.size();
}

MemoryStore::Entry *MemoryStore::find(const QByteArray &key)
{
    const auto it = m_entries.find(key);
    return it == m_entries.end() ? nullptr : &*it;
}

std::vector<MemoryStore::Entry *> MemoryStore::list(const QByteArray &prefix,
                                                    const std::optional<QByteArray> &after,
                                                    qsizetype most) const
{
    std::vector<Entry *> entries;
    auto it = after ? m_order.upper_bound(*after) : m_order.lower_bound(prefix);
    for (; it != m_order.end() && qsizetype(entries.size()) < most; ++it) {
        if (!(*it)->first.startsWith(prefix))
            break;
        entries.push_back(*it);
    }
    return entries;
}

MemoryStore::Entry &MemoryStore::leastRecentlyUsed(const Entry &spared)
{
    for (;;) {
        Entry &last = *m_uses.back();
        if (!last.second.touched && &last != &spared)
            return last;
        last.second.touched = false;
        m_uses.splice(m_uses.begin(), m_uses, last.second.m_use);
    }
}

MemoryStore::Entry *MemoryStore::firstToExpire() const
{
    return m_expiries.empty() ? nullptr : m_expiries.begin()->second;
}

MemoryStore::Entry &MemoryStore::insert(const QByteArray &key, const QByteArray &value,
                                        std::optional<WallTime> expiresAt)
{
    Entry &entry = *m_entries.try_emplace(compact(key)).first;
    Item &item = entry.second;
    item.value = compact(value);
    item.m_use = m_uses.insert(m_uses.begin(), &entry);
    item.m_order = m_order.insert(&entry).first;
    m_usedBytes += cost(key, value);
    setExpiry(entry, expiresAt);
    return entry;
}

void MemoryStore::replace(Entry &entry, const QByteArray &value, std::optional<WallTime> expiresAt)
{
    Item &item = entry.second;
    m_usedBytes += value.size() - item.value.size();
    item.value = compact(value);
    m_uses.splice(m_uses.begin(), m_uses, item.m_use);
    setExpiry(entry, expiresAt);
}

void MemoryStore::setExpiry(Entry &entry, std::optional<WallTime> expiresAt)
{
    Item &item = entry.second;
    if (item.expiresAt)
        m_expiries.erase(item.m_expiry);
    item.expiresAt = expiresAt;
    if (expiresAt)
        item.m_expiry = m_expiries.emplace(*expiresAt, &entry);
}

void MemoryStore::touch(Entry &entry)
{
    entry.second.touched = true;
}

void MemoryStore::erase(Entry &entry)
{
    const Item &item = entry.second;
    m_usedBytes -= cost(entry.first, item.value);
    if (item.expiresAt)
        m_expiries.erase(item.m_expiry);
    m_uses.erase(item.m_use);
    m_order.erase(item.m_order);
    m_entries.erase(m_entries.find(entry.first));
}

} // namespace Cachelens
