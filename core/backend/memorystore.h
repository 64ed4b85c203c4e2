// SPDX-License-Identifier: MIT
#pragma once

#include "core/clock.h"

#include <QByteArray>
#include <QHashFunctions>

#include <list>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace Cachelens {

/// What the memory backend stores things in: a hash to find a key, an order of the keys to list a
/// prefix, an order of the expiries and one of the uses. Not thread-safe; knows no time: the caller
/// decides what has expired.
class MemoryStore {
public:
    struct Item;
    using Entry = std::pair<const QByteArray, Item>; // its address is stable while it is stored

private:
    struct ByKey {
        using is_transparent = void;
        static std::string_view key(const QByteArray &text);
        static std::string_view key(const Entry *entry);
        template <typename A, typename B> bool operator()(const A &a, const B &b) const
        {
            return key(a) < key(b);
        }
    };
    using Order = std::set<Entry *, ByKey>;
    using Uses = std::list<Entry *>;
    using Expiries = std::multimap<WallTime, Entry *>;

public:
    struct Item {
        QByteArray value;
        std::optional<WallTime> expiresAt;
        bool touched = false;

    private:
        friend MemoryStore;
        Order::iterator m_order;
        Uses::iterator m_use;
        Expiries::iterator m_expiry; // when there is an expiry
    };

    MemoryStore() = default;
    MemoryStore(const MemoryStore &) = delete;
    MemoryStore &operator=(const MemoryStore &) = delete;

    [[nodiscard]] static bool isExpired(const Entry &entry, WallTime now);
    /// The bytes that an entry takes, its share of the bookkeeping included.
    [[nodiscard]] static qint64 cost(const QByteArray &key, const QByteArray &value);

    [[nodiscard]] Entry *find(const QByteArray &key);
    /// The entries whose keys begin with `prefix` and stand behind `after`, which need not be there
    /// any more; in byte order, at most `most`.
    [[nodiscard]] std::vector<Entry *>
    list(const QByteArray &prefix, const std::optional<QByteArray> &after, qsizetype most) const;
    /// Nearly the least recently used entry: one touch counts as much as many. Never `spared`;
    /// there must be another entry.
    [[nodiscard]] Entry &leastRecentlyUsed(const Entry &spared);
    /// The entry whose time is over first; null when none has an expiry.
    [[nodiscard]] Entry *firstToExpire() const;

    /// Adds a key that is not there.
    [[nodiscard]] Entry &insert(const QByteArray &key, const QByteArray &value,
                                std::optional<WallTime> expiresAt);
    void replace(Entry &entry, const QByteArray &value, std::optional<WallTime> expiresAt);
    void setExpiry(Entry &entry, std::optional<WallTime> expiresAt);
    /// Marks it as used; as cheap as can be, because every hit does it.
    static void touch(Entry &entry);
    void erase(Entry &entry);

    [[nodiscard]] qsizetype size() const { return qsizetype(m_entries.size()); }
    [[nodiscard]] qint64 usedBytes() const { return m_usedBytes; }

private:
    std::unordered_map<QByteArray, Item> m_entries;
    Order m_order;
    Uses m_uses; // the last written in front; touched entries are moved there later
    Expiries m_expiries;
    qint64 m_usedBytes = 0;
};

} // namespace Cachelens
