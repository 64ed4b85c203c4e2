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
/// prefix, an order of the expiries and one of the last uses. Not thread-safe; knows no time: the
/// caller decides what has expired.
class MemoryStore {
public:
    struct Item;
    using Map = std::unordered_map<QByteArray, Item>;
    using Entry = Map::value_type; // its address is stable as long as it is stored
    using Uses = std::list<Entry *>;
    using Expiries = std::multimap<WallTime, Entry *>;

    struct Item {
        QByteArray value;
        Uses::iterator use;
        std::optional<Expiries::iterator> expiry;

        [[nodiscard]] std::optional<WallTime> expiresAt() const;
        [[nodiscard]] bool isExpired(WallTime now) const;
    };

    MemoryStore() = default;
    MemoryStore(const MemoryStore &) = delete;
    MemoryStore &operator=(const MemoryStore &) = delete;

    /// The bytes that an entry takes, its share of the bookkeeping included.
    [[nodiscard]] static qint64 cost(const QByteArray &key, const QByteArray &value);

    [[nodiscard]] Entry *find(const QByteArray &key);
    /// At most `most` entries in byte order whose keys begin with `prefix`; those behind `after`,
    /// which need not be there any more.
    [[nodiscard]] std::vector<const Entry *>
    list(const QByteArray &prefix, const std::optional<QByteArray> &after, qsizetype most) const;
    [[nodiscard]] Entry *leastRecentlyUsed() const;
    /// The one whose time is over first; null when none has an expiry.
    [[nodiscard]] Entry *firstToExpire() const;

    /// Adds a key that is not there.
    Entry &insert(const QByteArray &key, const QByteArray &value,
                  std::optional<WallTime> expiresAt);
    void replace(Entry &entry, const QByteArray &value, std::optional<WallTime> expiresAt);
    void setExpiry(Entry &entry, std::optional<WallTime> expiresAt);
    void touch(Entry &entry);
    void erase(Entry &entry);

    [[nodiscard]] qsizetype size() const { return qsizetype(m_entries.size()); }
    [[nodiscard]] qint64 usedBytes() const { return m_usedBytes; }

private:
    struct ByKey {
        using is_transparent = void;
        static std::string_view key(const QByteArray &text)
        {
            return {text.constData(), size_t(text.size())};
        }
        static std::string_view key(const Entry *entry) { return key(entry->first); }
        template <typename A, typename B> bool operator()(const A &a, const B &b) const
        {
            return key(a) < key(b);
        }
    };

    Map m_entries;
    std::set<Entry *, ByKey> m_order;
    Uses m_uses; // the last used in front
    Expiries m_expiries;
    qint64 m_usedBytes = 0;
};

} // namespace Cachelens
