// SPDX-License-Identifier: MIT
#include "core/keyspace/prefixkeys.h"

#include "core/key/keybuilder.h"
#include "core/keyspace/byteview.h"

#include <algorithm>
#include <set>

namespace Cachelens {

namespace {

constexpr KeyId idsAtOnce = 20'000;

struct Wanted {
    QByteArray raw;
    size_t prefix = 0; // of those that were asked for
    std::string_view tail; // of raw, behind what all have in common
    qsizetype outer = -1; // the longest of the others that it begins with
};

/// `<client prefix>:<version>:` of every cache whose keys are a function's.
std::set<QByteArray> cachesOf(const KeyIndex &index)
{
    std::set<QByteArray> caches;
    for (const NodeInfo &node : index.nodes(index.children(KeyIndex::root))) {
        if (node.kind == NodeKind::Namespace && node.keys > 0)
            caches.insert(node.cache);
    }
    return caches;
}

/// In byte order, in which what a key begins with is the last that is not behind it, or one that
/// that one begins with. Gives back what all begin with.
std::string_view arrange(std::vector<Wanted> &wanted)
{
    std::ranges::sort(wanted, {}, [](const Wanted &w) { return viewOf(w.raw); });
    const std::string_view first = viewOf(wanted.front().raw);
    const std::string_view last = viewOf(wanted.back().raw);
    const std::string_view common = first.substr(
        0, static_cast<size_t>(std::ranges::mismatch(first, last).in1 - first.begin()));
    for (size_t i = 0; i < wanted.size(); ++i) {
        wanted[i].tail = viewOf(wanted[i].raw).substr(common.size());
        auto outer = static_cast<qsizetype>(i) - 1;
        while (outer >= 0 && !wanted[i].tail.starts_with(wanted[static_cast<size_t>(outer)].tail))
            outer = wanted[static_cast<size_t>(outer)].outer;
        wanted[i].outer = outer;
    }
    return common;
}

} // namespace

std::vector<QByteArray> clientPrefixes(const KeyIndex &index)
{
    std::set<QByteArray> clients;
    for (const QByteArray &cache : cachesOf(index)) {
        const qsizetype version = cache.lastIndexOf(':', -2); // in front of it
        clients.insert(cache.left(std::max<qsizetype>(version, 0)));
    }
    return {clients.begin(), clients.end()};
}

std::vector<QByteArray> rawPrefixes(const KeyIndex &index, const VersionedPrefix &prefix)
{
    if (prefix.client)
        return {redisKey(*prefix.client, prefix.version, prefix.prefix)};
    const QByteArray version = ':' + QByteArray::number(prefix.version) + ':';
    std::vector<QByteArray> raw;
    for (const QByteArray &cache : cachesOf(index)) {
        if (cache.endsWith(version))
            raw.push_back(cache + prefix.prefix);
    }
    return raw;
}

std::vector<PrefixKeys> keysUnder(const KeyIndex &index, std::span<const VersionedPrefix> prefixes,
                                  size_t mostKeys, const std::function<bool()> &unwanted)
{
    std::vector<PrefixKeys> found(prefixes.size());
    std::vector<Wanted> wanted;
    for (size_t i = 0; i < prefixes.size(); ++i) {
        for (QByteArray &raw : rawPrefixes(index, prefixes[i]))
            wanted.push_back({std::move(raw), i, {}, -1});
    }
    if (wanted.empty())
        return found;
    const std::string_view common = arrange(wanted);
    const KeyId end = index.idCount();
    for (KeyId from = 0; from < end && !unwanted(); from += idsAtOnce) {
        index.visit(from, from + idsAtOnce, KeyIndex::root, [&](KeyId, std::string_view key) {
            if (!key.starts_with(common))
                return;
            const std::string_view tail = key.substr(common.size());
            auto at
                = std::ranges::upper_bound(wanted, tail, {}, &Wanted::tail) - wanted.begin() - 1;
            while (at >= 0 && !tail.starts_with(wanted[static_cast<size_t>(at)].tail))
                at = wanted[static_cast<size_t>(at)].outer;
            for (; at >= 0; at = wanted[static_cast<size_t>(at)].outer) {
                PrefixKeys &under = found[wanted[static_cast<size_t>(at)].prefix];
                if (++under.count <= static_cast<qsizetype>(mostKeys))
                    under.keys.push_back(bytesOf(key));
            }
        });
    }
    return found;
}

} // namespace Cachelens
