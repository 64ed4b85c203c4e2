// SPDX-License-Identifier: MIT
#pragma once

#include "core/bookkeeping.h"
#include "core/result.h"

#include <QByteArray>

#include <chrono>

namespace Cachelens {

/// Where an entry is filled, and under which names the backend keeps what belongs to the filling.
///
/// A *lease* is a key beside the entry, `<entry>~lease`, that holds the token of whoever computes
/// the entry's value and expires by itself. A value is stored only while the lease still holds the
/// token of its fill, in one atomic step. Because the lease's name begins with the entry's,
/// whatever deletes a prefix (this library, or drf-restflow's delete_pattern) deletes the leases
/// under it with the entries, and what was begun before cannot be stored after.
///
/// What this does not see:
/// - an entry deleted by its exact name alone, while it is being filled: whoever deletes one entry
///   must delete lease() with it, in one call of remove();
/// - a pass of somebody else's (SCAN with DEL) that is still under way while the value is stored:
///   it may have looked where the entry is before the store, and looks where the lease was after
///   it. A fill that ends after such a pass is refused, and removePrefix() has no such gap.
/// In a Redis Cluster an entry and its lease lie in different slots, so that no step is atomic over
/// both: leases are not for clusters.
///
/// An *index*, `~index:<function prefix>`, is a sorted set of what this library has stored or is
/// filling for one function, so that removing a prefix need not look through the whole keyspace.
/// It lies under no function's prefix, so that only this library changes it. It expires with the
/// last entry that it names, and each store removes from it some of what is gone, so that it names
/// little that is not there. The memory backend, which keeps its keys in order, needs no index.
struct FillSlot {
    /// The entry's key, as the backend knows it; not shaped like bookkeeping.
    QByteArray entry;
    /// entry.first(functionEnd), never empty, is the prefix of the whole function.
    qsizetype functionEnd = 0;

    [[nodiscard]] QByteArray lease() const { return entry + leaseSuffix; }
    [[nodiscard]] QByteArray index() const { return indexOf(entry.first(functionEnd)); }
    /// What the entry is called in the index.
    [[nodiscard]] QByteArray member() const { return entry.sliced(functionEnd); }
    [[nodiscard]] static QByteArray indexOf(const QByteArray &functionPrefix)
    {
        return indexPrefix + functionPrefix;
    }

    [[nodiscard]] static bool isLease(QByteArrayView key) { return key.endsWith(leaseSuffix); }
    [[nodiscard]] static bool isIndex(QByteArrayView key) { return key.startsWith(indexPrefix); }
};

struct Lease {
    QByteArray token; ///< different for every fill; not empty
    std::chrono::milliseconds time{5000}; ///< after which it ends by itself
};

/// The answer to fetchOrLease().
struct Fetched {
    enum class Kind : quint8 {
        Found, ///< `value` is the entry; no lease was taken
        Leased, ///< there is no entry, and the lease is the caller's
        HeldElsewhere, ///< there is no entry, and somebody else is filling it
    };
    Kind kind = Kind::Leased;
    QByteArray value;
    std::chrono::milliseconds heldFor{0}; ///< HeldElsewhere: until that lease ends by itself
};

/// Fails with InvalidInput unless the slot is as FillSlot says: an entry that is named like
/// another's lease would be taken for it.
[[nodiscard]] Result<void> checkSlot(const char *attempt, const FillSlot &slot);
/// The same for a slot and the lease that is to be taken.
[[nodiscard]] Result<void> checkLease(const char *attempt, const FillSlot &slot,
                                      const Lease &lease);

/// Fails with InvalidInput unless removePrefix() may be called with these: an empty prefix would be
/// the whole keyspace.
[[nodiscard]] Result<void> checkPrefix(const QByteArray &prefix, qsizetype functionEnd);

/// What removePrefix() has to reach.
enum class PrefixReach : quint8 {
    /// What was stored through storeLeased(): the index is enough where it is sound. Does not reach
    /// for certain what was put back by restore(), or lives longer by setTtl() than it was to.
    OwnEntries,
    AllEntries, ///< what anybody stored: the keyspace is looked through as well
};

} // namespace Cachelens
