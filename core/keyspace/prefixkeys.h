// SPDX-License-Identifier: MIT
#pragma once

#include "core/keyspace/keyindex.h"

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace Cachelens {

/// What an index has under a function's prefix.
struct PrefixKeys {
    qsizetype count = 0;
    std::vector<QByteArray> keys; ///< the first of them, in the order in which they were found
};

/// A prefix as a function's delete uses it: of the cache keys of one version (see redisKey()).
struct VersionedPrefix {
    int version = 1;
    QByteArray prefix; ///< literal; not empty
    std::optional<QByteArray> client; ///< the cache client's own prefix; none: whatever it is
};

/// The cache clients' own prefixes that the function keys of an index have, in byte order.
[[nodiscard]] std::vector<QByteArray> clientPrefixes(const KeyIndex &index);

/// The prefix as it stands in raw keys, once for each cache of the index that it belongs to. For a
/// client that is named, also when the index has no keys of it.
[[nodiscard]] std::vector<QByteArray> rawPrefixes(const KeyIndex &index,
                                                  const VersionedPrefix &prefix);

/// In the order of the prefixes; at most `mostKeys` keys of each. A key that is under several is
/// counted under each. One pass over the index, whatever the number of prefixes; blocks. Gives up,
/// with what it has, when `unwanted` says so.
[[nodiscard]] std::vector<PrefixKeys> keysUnder(const KeyIndex &index,
                                                std::span<const VersionedPrefix> prefixes,
                                                size_t mostKeys,
                                                const std::function<bool()> &unwanted);

} // namespace Cachelens
