// SPDX-License-Identifier: MIT
#include "core/keyspace/keyindex.h"

#include "core/keyspace/byteview.h"
#include "core/keyspace/nodetree.h"

#include <QHashFunctions>

#include <atomic>

namespace Cachelens {

namespace {

constexpr quint32 none = IdTable::none;
constexpr quint32 goneFlag = 0x80000000; // in KeyRecord::node
constexpr size_t lockedKeys = 1024; // added or removed under one lock
constexpr size_t prefetchAhead = 8;

struct KeyRecord {
    KeyArena::Position position;
    quint32 node; // with goneFlag: removed
};

/// A key on its way in.
struct Incoming {
    TreePlace place;
    quint32 hash = 0;
    KeyId id = none; // when it was never seen before
};

} // namespace

struct KeyIndex::Private {
    std::shared_ptr<const KeyReader> reader;
    size_t seed = QHashSeed::globalSeed();

    mutable FairSharedMutex mutex;
    KeyArena arena;
    ChunkedArray<KeyRecord> keys;
    IdTable table;
    NodeTree tree{arena};
    std::atomic<quint64> revision = 0;

    /// Also of a key that was removed.
    [[nodiscard]] KeyId find(quint32 hashed, std::string_view key) const
    {
        return table.find(hashed, [&](KeyId id) { return arena.at(keys[id].position) == key; });
    }

    qsizetype addBatch(std::span<Incoming> batch);
    bool addKey(Incoming &incoming);
};

/// True when the key was not there before. A key that was never seen gets an id; its node is still
/// to be found.
bool KeyIndex::Private::addKey(Incoming &incoming)
{
    const std::string_view key = incoming.place.key;
    const KeyId known = find(incoming.hash, key);
    if (known == none) {
        incoming.id = keys.append({arena.append(key), root});
        table.insert(incoming.hash, incoming.id);
        return true;
    }
    KeyRecord &record = keys[known];
    if (!(record.node & goneFlag))
        return false;
    record.node &= ~goneFlag;
    tree.count(record.node, true);
    return true;
}

/// In passes, each of which prefetches what the next one looks at.
qsizetype KeyIndex::Private::addBatch(std::span<Incoming> batch)
{
    qsizetype added = 0;
    for (size_t i = 0; i < batch.size(); ++i) {
        if (i + prefetchAhead < batch.size())
            table.prefetch(batch[i + prefetchAhead].hash);
        added += addKey(batch[i]) ? 1 : 0;
        tree.prefetchSlot(batch[i].place);
    }
    for (const Incoming &incoming : batch)
        tree.prefetchNode(incoming.place);
    for (const Incoming &incoming : batch)
        tree.prefetchBytes(incoming.place);
    for (const Incoming &incoming : batch) {
        if (incoming.id == none)
            continue;
        KeyRecord &record = keys[incoming.id];
        record.node = tree.nodeFor(incoming.place, record.position);
        tree.count(record.node, true);
    }
    return added;
}

KeyIndex::KeyIndex(std::shared_ptr<const KeyReader> reader) : d(std::make_unique<Private>())
{
    d->reader = std::move(reader);
}

KeyIndex::~KeyIndex() = default;

qsizetype KeyIndex::add(std::span<const std::string_view> keys)
{
    qsizetype added = 0;
    std::vector<Incoming> batch;
    batch.reserve(std::min(keys.size(), lockedKeys));
    while (!keys.empty()) {
        batch.clear();
        for (const std::string_view key : keys.first(std::min(keys.size(), lockedKeys))) {
            batch.push_back({.place = d->tree.place(key, d->reader->levels(key)),
                             .hash = IdTable::hash(key, d->seed)});
        }
        keys = keys.subspan(batch.size());
        const std::lock_guard lock(d->mutex);
        added += d->addBatch(batch);
    }
    if (added > 0)
        ++d->revision;
    return added;
}

qsizetype KeyIndex::remove(std::span<const QByteArray> keys)
{
    qsizetype removed = 0;
    while (!keys.empty()) {
        const auto batch = keys.first(std::min(keys.size(), lockedKeys));
        keys = keys.subspan(batch.size());
        const std::lock_guard lock(d->mutex);
        for (const QByteArray &key : batch) {
            const std::string_view view = viewOf(key);
            const KeyId id = d->find(IdTable::hash(view, d->seed), view);
            if (id == none || (d->keys[id].node & goneFlag))
                continue;
            d->tree.count(d->keys[id].node, false);
            d->keys[id].node |= goneFlag;
            ++removed;
        }
    }
    if (removed > 0)
        ++d->revision;
    return removed;
}

void KeyIndex::clear()
{
    const std::lock_guard lock(d->mutex);
    for (KeyId id = 0; id < d->keys.size(); ++id)
        d->keys[id].node |= goneFlag;
    d->tree.clearCounts();
    ++d->revision;
}

qsizetype KeyIndex::keyCount() const
{
    const std::shared_lock lock(d->mutex);
    return d->tree.keys(root);
}

quint64 KeyIndex::revision() const
{
    return d->revision;
}

qsizetype KeyIndex::allocatedBytes() const
{
    const std::shared_lock lock(d->mutex);
    return d->arena.allocatedBytes() + d->keys.allocatedBytes() + d->table.allocatedBytes()
        + d->tree.allocatedBytes();
}

NodeInfo KeyIndex::node(NodeId node) const
{
    const std::shared_lock lock(d->mutex);
    return d->tree.info(node);
}

std::vector<NodeInfo> KeyIndex::nodes(std::span<const NodeId> nodes) const
{
    std::vector<NodeInfo> infos;
    infos.reserve(nodes.size());
    const std::shared_lock lock(d->mutex);
    for (const NodeId id : nodes)
        infos.push_back(d->tree.info(id));
    return infos;
}

std::vector<NodeId> KeyIndex::children(NodeId node, qsizetype from) const
{
    const std::shared_lock lock(d->mutex);
    return d->tree.children(node, from);
}

QByteArray KeyIndex::key(KeyId id) const
{
    const std::shared_lock lock(d->mutex);
    return id < d->keys.size() ? bytesOf(d->arena.at(d->keys[id].position)) : QByteArray();
}

std::vector<QByteArray> KeyIndex::keys(std::span<const KeyId> ids) const
{
    std::vector<QByteArray> keys;
    keys.reserve(ids.size());
    const std::shared_lock lock(d->mutex);
    for (const KeyId id : ids)
        keys.push_back(id < d->keys.size() ? bytesOf(d->arena.at(d->keys[id].position))
                                           : QByteArray());
    return keys;
}

std::optional<KeyId> KeyIndex::find(QByteArrayView key) const
{
    const std::string_view view = viewOf(key);
    const std::shared_lock lock(d->mutex);
    const KeyId id = d->find(IdTable::hash(view, d->seed), view);
    if (id == none || (d->keys[id].node & goneFlag))
        return std::nullopt;
    return id;
}

NodeId KeyIndex::nodeOf(KeyId id) const
{
    const std::shared_lock lock(d->mutex);
    return id < d->keys.size() ? d->keys[id].node & ~goneFlag : root;
}

bool KeyIndex::isUnder(NodeId node, NodeId ancestor) const
{
    const std::shared_lock lock(d->mutex);
    return d->tree.has(node) && d->tree.isUnder(node, ancestor);
}

KeyId KeyIndex::idCount() const
{
    const std::shared_lock lock(d->mutex);
    return d->keys.size();
}

void KeyIndex::visit(KeyId from, KeyId to, NodeId within, const Visitor &visitor) const
{
    const std::shared_lock lock(d->mutex);
    to = std::min(to, d->keys.size());
    for (KeyId id = from; id < to; ++id) {
        const KeyRecord &record = d->keys[id];
        if (!(record.node & goneFlag) && (within == root || d->tree.isUnder(record.node, within)))
            visitor(id, d->arena.at(record.position));
    }
}

const KeyReader &KeyIndex::reader() const
{
    return *d->reader;
}

} // namespace Cachelens
