// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/answer.h"

#include <QByteArray>
#include <QHash>

#include <array>
#include <atomic>
#include <limits>
#include <list>
#include <mutex>

namespace Cachelens {

/// A result as a near cache or a decoding left it.
struct NearEntry {
    Cell cell;
    WallTime cachedAt;
    std::optional<WallTime> resetAt; ///< none: no expiry
    qint64 bytes = 0; ///< of the entry it was made from
    CellType type = nullptr; ///< of the cell: two functions may have the same key
};

/// Results of this process, ready to be returned, bounded by the bytes of the entries they were
/// made from. A reader of the backend takes a ticket first, and what it read is kept only if
/// nothing was dropped since then that may have been the same key. Thread-safe.
class NearCache {
public:
    /// `maxBytes` 0: keeps nothing.
    explicit NearCache(qint64 maxBytes) : m_shardBytes(maxBytes / qint64(s_shards)) { }

    /// Keeps nothing until it is switched on, and forgets all when it is switched off.
    void setLinked(bool linked);
    [[nodiscard]] bool isLinked() const { return m_linked.load(std::memory_order_acquire); }

    [[nodiscard]] std::optional<NearEntry> find(const QByteArray &key, WallTime now);

    using Ticket = quint64;
    [[nodiscard]] Ticket ticket(const QByteArray &key);
    void insert(const QByteArray &key, NearEntry entry, Ticket ticket);

    void drop(const QByteArray &key);
    void dropPrefix(const QByteArray &prefix);
    void clear();
    [[nodiscard]] qint64 usedBytes() const;

private:
    static constexpr size_t s_shards = 64;
    static constexpr qint64 s_overhead = 160; ///< of one entry, about

    /// A key that is hashed once, for the shard and within it. Refers to the bytes of an item's
    /// key, or of the caller's.
    struct HashedKey {
        QByteArrayView bytes;
        size_t hash = 0;
        bool operator==(const HashedKey &other) const { return bytes == other.bytes; }
        friend size_t qHash(const HashedKey &key, size_t) { return key.hash; }
    };
    struct Item {
        QByteArray key;
        size_t hash = 0;
        NearEntry entry;
        bool touched = false;

        [[nodiscard]] HashedKey hashedKey() const { return {key, hash}; }
    };
    using Items = std::list<Item>; // the next to be evicted in front
    struct alignas(64) Shard {
        mutable std::mutex mutex;
        QHash<HashedKey, Items::iterator> byKey;
        Items items;
        qint64 bytes = 0;
        Ticket dropped = 0; // grows with everything that is dropped
    };

    [[nodiscard]] HashedKey hashed(const QByteArray &key) const
    {
        return {key, qHash(key, m_seed)};
    }
    /// By the upper bits: the lower ones find the key within the shard.
    [[nodiscard]] Shard &shardOf(const HashedKey &key)
    {
        return m_shards[(key.hash >> (std::numeric_limits<size_t>::digits - 8)) % s_shards];
    }
    [[nodiscard]] static qint64 cost(const Item &item)
    {
        return item.key.size() + item.entry.bytes + s_overhead;
    }
    static void erase(Shard &shard, Items::iterator item);
    static void evictOne(Shard &shard);

    const qint64 m_shardBytes;
    const size_t m_seed = QHashSeed::globalSeed(); // which the program may change later
    std::atomic<bool> m_linked{false};
    std::array<Shard, s_shards> m_shards;
};

} // namespace Cachelens
