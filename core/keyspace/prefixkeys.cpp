// SPDX-License-Identifier: MIT
#include "core/keyspace/prefixkeys.h"

#include "core/keyspace/byteview.h"

#include <algorithm>
#include <set>

namespace Cachelens {

namespace {

constexpr KeyId idsAtOnce = 20'000;

struct Wanted {
    QByteArray raw;
    size_t prefix; // of those that were asked for
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
    const QByteArray version = ':' + QByteArray::number(prefix.version) + ':';
    std::vector<QByteArray> raw;
    for (const QByteArray &cache : cachesOf(index)) {
        if (prefix.client ? cache == *prefix.client + version : cache.endsWith(version))
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
            wanted.push_back({std::move(raw), i});
    }
    if (wanted.empty())
        return found;
    // In byte order a prefix stands before what it is a prefix of; most keys share none with any.
    std::ranges::sort(wanted, {}, [](const Wanted &w) { return viewOf(w.raw); });
    const std::string_view common = [&wanted] {
        const std::string_view first = viewOf(wanted.front().raw);
        const std::string_view last = viewOf(wanted.back().raw);
        return first.substr(
            0, static_cast<size_t>(std::ranges::mismatch(first, last).in1 - first.begin()));
    }();
    const KeyId end = index.idCount();
    for (KeyId from = 0; from < end && !unwanted(); from += idsAtOnce) {
        index.visit(from, from + idsAtOnce, KeyIndex::root, [&](KeyId, std::string_view key) {
            if (!key.starts_with(common))
                return;
            for (const Wanted &one : wanted) {
                const std::string_view raw = viewOf(one.raw);
                if (raw > key)
                    break;
                if (!key.starts_with(raw))
                    continue;
                PrefixKeys &under = found[one.prefix];
                if (++under.count <= static_cast<qsizetype>(mostKeys))
                    under.keys.emplace_back(key.data(), static_cast<qsizetype>(key.size()));
            }
        });
    }
    return found;
}

} // namespace Cachelens
