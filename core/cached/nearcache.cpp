// SPDX-License-Identifier: MIT
#include "core/cached/nearcache.h"

namespace Cachelens {

void NearCache::setLinked(bool linked)
{
    m_linked.store(linked && m_shardBytes > 0, std::memory_order_release);
    clear();
}

std::optional<NearEntry> NearCache::find(const QByteArray &key, WallTime now)
{
    const HashedKey hashed = this->hashed(key);
    Shard &shard = shardOf(hashed);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.byKey.constFind(hashed);
    if (found == shard.byKey.cend())
        return std::nullopt;
    Item &item = **found;
    if (item.entry.resetAt && *item.entry.resetAt <= now) {
        erase(shard, *found);
        return std::nullopt;
    }
    if (!item.touched) // a line that nobody writes stays in the caches of all processors
        item.touched = true;
    return item.entry;
}

NearCache::Ticket NearCache::ticket(const QByteArray &key)
{
    Shard &shard = shardOf(hashed(key));
    const std::lock_guard lock(shard.mutex);
    return shard.dropped;
}

void NearCache::insert(const QByteArray &key, NearEntry entry, Ticket ticket)
{
    const HashedKey hashed = this->hashed(key);
    Item item{key, hashed.hash, std::move(entry)};
    if (!isLinked() || cost(item) > m_shardBytes)
        return;
    Shard &shard = shardOf(hashed);
    const std::lock_guard lock(shard.mutex);
    if (shard.dropped != ticket || !isLinked())
        return;
    if (const auto old = shard.byKey.constFind(hashed); old != shard.byKey.cend())
        erase(shard, *old);
    shard.bytes += cost(item);
    const auto added = shard.items.insert(shard.items.end(), std::move(item));
    shard.byKey.insert(added->hashedKey(), added);
    while (shard.bytes > m_shardBytes)
        evictOne(shard);
}

void NearCache::drop(const QByteArray &key)
{
    const HashedKey hashed = this->hashed(key);
    Shard &shard = shardOf(hashed);
    const std::lock_guard lock(shard.mutex);
    ++shard.dropped;
    if (const auto found = shard.byKey.constFind(hashed); found != shard.byKey.cend())
        erase(shard, *found);
}

void NearCache::dropPrefix(const QByteArray &prefix)
{
    for (Shard &shard : m_shards) {
        const std::lock_guard lock(shard.mutex);
        ++shard.dropped;
        for (auto it = shard.items.begin(); it != shard.items.end();) {
            const auto item = it++;
            if (item->key.startsWith(prefix))
                erase(shard, item);
        }
    }
}

void NearCache::clear()
{
    for (Shard &shard : m_shards) {
        Items dropped; // destroyed outside the lock
        const std::lock_guard lock(shard.mutex);
        ++shard.dropped;
        shard.byKey.clear();
        shard.bytes = 0;
        dropped.swap(shard.items);
    }
}

qint64 NearCache::usedBytes() const
{
    qint64 bytes = 0;
    for (const Shard &shard : m_shards) {
        const std::lock_guard lock(shard.mutex);
        bytes += shard.bytes;
    }
    return bytes;
}

void NearCache::erase(Shard &shard, Items::iterator item)
{
    shard.bytes -= cost(*item);
    shard.byKey.remove(item->hashedKey());
    shard.items.erase(item);
}

/// Second chance: what was used since it last came up goes to the end once more.
void NearCache::evictOne(Shard &shard)
{
    for (auto it = shard.items.begin(); it->touched; it = shard.items.begin()) {
        it->touched = false;
        shard.items.splice(shard.items.end(), shard.items, it);
    }
    erase(shard, shard.items.begin());
}

} // namespace Cachelens
