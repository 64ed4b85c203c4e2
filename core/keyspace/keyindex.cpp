// SPDX-License-Identifier: MIT
#include "core/keyspace/keyindex.h"

#include "core/keyspace/keystorage.h"

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

/// A node's bytes are a slice of the first key that was seen beneath it.
struct NodeRecord {
    NodeId parent = 0;
    KeyArena::Position position = 0; // of that key
    quint32 labelBegin = 0;
    quint32 end = 0; // of the node's literal prefix
    quint32 keys = 0;
    quint32 childList = none;
    NodeKind kind = NodeKind::Root;
    bool guessed = false;
};

/// A key on its way in.
struct Incoming {
    std::string_view key;
    KeyLevels levels;
    quint32 hash = 0;
    quint32 leafHash = 0; // of the node that it hangs under
    KeyId id = none; // when it was never seen before

    [[nodiscard]] NodeKind leafKind() const
    {
        return levels.partitionEnd > levels.functionEnd ? NodeKind::Partition : NodeKind::Function;
    }
    [[nodiscard]] std::string_view leafPrefix() const
    {
        return key.substr(0, static_cast<size_t>(levels.partitionEnd));
    }
};

QByteArray bytes(std::string_view view)
{
    return {view.data(), static_cast<qsizetype>(view.size())};
}

std::string_view withoutSeparator(std::string_view segment)
{
    return segment.ends_with("::") ? segment.substr(0, segment.size() - 2) : segment;
}

} // namespace

struct KeyIndex::Private {
    std::shared_ptr<const KeyReader> reader;
    size_t seed = QHashSeed::globalSeed();

    mutable FairSharedMutex mutex;
    KeyArena arena;
    ChunkedArray<KeyRecord> keys;
    ChunkedArray<NodeRecord> nodes;
    IdTable keyTable;
    IdTable nodeTable;
    std::vector<std::vector<NodeId>> childLists;
    qsizetype childListBytes = 0;
    NodeId otherKeys = none;
    std::atomic<quint64> revision = 0;

    [[nodiscard]] quint32 hash(std::string_view view, NodeKind kind = NodeKind::Root) const
    {
        const auto h = qHashBits(view.data(), view.size(), seed + static_cast<size_t>(kind));
        return static_cast<quint32>(h ^ (h >> 32));
    }

    [[nodiscard]] KeyId findKey(quint32 hashed, std::string_view key) const
    {
        return keyTable.find(hashed, [&](KeyId id) { return arena.at(keys[id].position) == key; });
    }

    [[nodiscard]] bool isUnder(NodeId node, NodeId ancestor) const
    {
        while (node != ancestor && node != root)
            node = nodes[node].parent;
        return node == ancestor;
    }

    qsizetype addBatch(std::span<Incoming> batch);
    bool addKey(Incoming &incoming);
    NodeId nodeFor(const Incoming &incoming);
    [[nodiscard]] NodeId findLeaf(const Incoming &incoming) const;
    NodeId findOrMake(const Incoming &incoming, NodeRecord wanted);
    NodeId makeNode(const NodeRecord &record);
    void takeGuessOff(NodeId node);
    void count(NodeId node, bool more);
    [[nodiscard]] NodeInfo info(NodeId node) const;
};

/// The node that a key hangs under, when it is there already.
NodeId KeyIndex::Private::findLeaf(const Incoming &incoming) const
{
    const KeyLevels &levels = incoming.levels;
    const bool partitioned = levels.partitionEnd > levels.functionEnd;
    const auto kind = incoming.leafKind();
    const std::string_view prefix = incoming.leafPrefix();
    return nodeTable.find(incoming.leafHash, [&](NodeId id) {
        const NodeRecord *node = &nodes[id];
        if (node->kind != kind || node->end != prefix.size()
            || arena.at(node->position).substr(0, node->end) != prefix)
            return false;
        if (partitioned) {
            if (node->labelBegin != levels.functionEnd)
                return false;
            node = &nodes[node->parent];
        }
        return node->labelBegin == levels.namespaceEnd
            && nodes[node->parent].labelBegin == levels.cacheEnd;
    });
}

/// The node of one level, whose literal prefix ends where `wanted` does.
NodeId KeyIndex::Private::findOrMake(const Incoming &incoming, NodeRecord wanted)
{
    const std::string_view prefix = incoming.key.substr(0, wanted.end);
    const quint32 hashed = hash(prefix, wanted.kind);
    const NodeId found = nodeTable.find(hashed, [&](NodeId id) {
        const NodeRecord &node = nodes[id];
        return node.end == wanted.end && node.labelBegin == wanted.labelBegin
            && node.parent == wanted.parent && node.kind == wanted.kind
            && arena.at(node.position).substr(0, node.end) == prefix;
    });
    if (found != none)
        return found;
    const NodeId made = makeNode(wanted);
    nodeTable.insert(hashed, made);
    return made;
}

NodeId KeyIndex::Private::makeNode(const NodeRecord &record)
{
    const NodeId made = nodes.append(record);
    NodeRecord &parent = nodes[record.parent];
    if (parent.childList == none) {
        parent.childList = static_cast<quint32>(childLists.size());
        childLists.emplace_back();
    }
    auto &list = childLists[parent.childList];
    childListBytes -= static_cast<qsizetype>(list.capacity() * sizeof(NodeId));
    list.push_back(made);
    childListBytes += static_cast<qsizetype>(list.capacity() * sizeof(NodeId));
    return made;
}

void KeyIndex::Private::takeGuessOff(NodeId node)
{
    for (; node != root; node = nodes[node].parent)
        nodes[node].guessed = false;
}

NodeId KeyIndex::Private::nodeFor(const Incoming &incoming)
{
    const KeyLevels &levels = incoming.levels;
    const KeyArena::Position position = keys[incoming.id].position;
    if (levels.source == KeyReading::Source::Foreign) {
        if (otherKeys == none)
            otherKeys = makeNode({.position = position, .kind = NodeKind::OtherKeys});
        return otherKeys;
    }
    const bool guessed = levels.source == KeyReading::Source::Guess;
    NodeId node = findLeaf(incoming);
    if (node == none) {
        NodeRecord wanted{.position = position,
                          .labelBegin = static_cast<quint32>(levels.cacheEnd),
                          .end = static_cast<quint32>(levels.namespaceEnd),
                          .kind = NodeKind::Namespace,
                          .guessed = guessed};
        const auto descend = [&](NodeKind kind, qsizetype end) {
            wanted.parent = findOrMake(incoming, wanted);
            wanted.labelBegin = wanted.end;
            wanted.end = static_cast<quint32>(end);
            wanted.kind = kind;
        };
        descend(NodeKind::Function, levels.functionEnd);
        if (levels.partitionEnd > levels.functionEnd)
            descend(NodeKind::Partition, levels.partitionEnd);
        node = findOrMake(incoming, wanted);
    }
    if (!guessed)
        takeGuessOff(node);
    return node;
}

void KeyIndex::Private::count(NodeId node, bool more)
{
    for (;; node = nodes[node].parent) {
        nodes[node].keys += more ? 1 : quint32(-1);
        if (node == root)
            return;
    }
}

/// True when the key was not there before. A key that was never seen gets an id; its node is still
/// to be found.
bool KeyIndex::Private::addKey(Incoming &incoming)
{
    const KeyId known = findKey(incoming.hash, incoming.key);
    if (known == none) {
        incoming.id = keys.append({arena.append(incoming.key), root});
        keyTable.insert(incoming.hash, incoming.id);
        return true;
    }
    KeyRecord &record = keys[known];
    if (!(record.node & goneFlag))
        return false;
    record.node &= ~goneFlag;
    count(record.node, true);
    return true;
}

/// In passes, each of which prefetches what the next one looks at: at a million keys every look is
/// otherwise a wait for memory.
qsizetype KeyIndex::Private::addBatch(std::span<Incoming> batch)
{
    qsizetype added = 0;
    for (size_t i = 0; i < batch.size(); ++i) {
        if (i + prefetchAhead < batch.size())
            keyTable.prefetch(batch[i + prefetchAhead].hash);
        added += addKey(batch[i]) ? 1 : 0;
        nodeTable.prefetch(batch[i].leafHash);
    }
    for (const Incoming &incoming : batch) {
        if (const NodeId node = nodeTable.peek(incoming.leafHash); node < nodes.size())
            __builtin_prefetch(&nodes[node]);
    }
    for (const Incoming &incoming : batch) {
        if (const NodeId node = nodeTable.peek(incoming.leafHash); node < nodes.size())
            arena.prefetch(nodes[node].position);
    }
    for (const Incoming &incoming : batch) {
        if (incoming.id == none)
            continue;
        const NodeId node = nodeFor(incoming);
        keys[incoming.id].node = node;
        count(node, true);
    }
    return added;
}

NodeInfo KeyIndex::Private::info(NodeId id) const
{
    NodeInfo info;
    info.id = id;
    if (id >= nodes.size())
        return info;
    const NodeRecord &node = nodes[id];
    info.parent = node.parent;
    info.kind = node.kind;
    info.guessed = node.guessed;
    info.keys = node.keys;
    if (node.childList != none)
        info.children = static_cast<qsizetype>(childLists[node.childList].size());
    if (node.kind == NodeKind::Root || node.kind == NodeKind::OtherKeys)
        return info;
    const std::string_view prefix = arena.at(node.position).substr(0, node.end);
    info.prefix = bytes(prefix);
    info.label = bytes(withoutSeparator(prefix.substr(node.labelBegin)));
    const NodeRecord *top = &node;
    while (top->kind != NodeKind::Namespace)
        top = &nodes[top->parent];
    info.cache = bytes(prefix.substr(0, top->labelBegin));
    return info;
}

KeyIndex::KeyIndex(std::shared_ptr<const KeyReader> reader) : d(std::make_unique<Private>())
{
    d->reader = std::move(reader);
    d->nodes.append({});
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
            Incoming &incoming
                = batch.emplace_back(Incoming{.key = key, .levels = d->reader->levels(key)});
            incoming.hash = d->hash(key);
            incoming.leafHash = d->hash(incoming.leafPrefix(), incoming.leafKind());
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
            const std::string_view view(key.constData(), static_cast<size_t>(key.size()));
            const KeyId id = d->findKey(d->hash(view), view);
            if (id == none || (d->keys[id].node & goneFlag))
                continue;
            d->count(d->keys[id].node, false);
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
    for (NodeId id = 0; id < d->nodes.size(); ++id)
        d->nodes[id].keys = 0;
    ++d->revision;
}

qsizetype KeyIndex::keyCount() const
{
    const std::shared_lock lock(d->mutex);
    return d->nodes[root].keys;
}

quint64 KeyIndex::revision() const
{
    return d->revision;
}

qsizetype KeyIndex::allocatedBytes() const
{
    const std::shared_lock lock(d->mutex);
    return d->arena.allocatedBytes() + d->keys.allocatedBytes() + d->nodes.allocatedBytes()
        + d->keyTable.allocatedBytes() + d->nodeTable.allocatedBytes() + d->childListBytes;
}

NodeInfo KeyIndex::node(NodeId node) const
{
    const std::shared_lock lock(d->mutex);
    return d->info(node);
}

std::vector<NodeInfo> KeyIndex::nodes(std::span<const NodeId> nodes) const
{
    std::vector<NodeInfo> infos;
    infos.reserve(nodes.size());
    const std::shared_lock lock(d->mutex);
    for (const NodeId id : nodes)
        infos.push_back(d->info(id));
    return infos;
}

std::vector<NodeId> KeyIndex::children(NodeId node, qsizetype from) const
{
    const std::shared_lock lock(d->mutex);
    if (node >= d->nodes.size() || d->nodes[node].childList == none)
        return {};
    const auto &list = d->childLists[d->nodes[node].childList];
    return {list.begin() + std::min(from, static_cast<qsizetype>(list.size())), list.end()};
}

QByteArray KeyIndex::key(KeyId id) const
{
    const std::shared_lock lock(d->mutex);
    return id < d->keys.size() ? bytes(d->arena.at(d->keys[id].position)) : QByteArray();
}

std::vector<QByteArray> KeyIndex::keys(std::span<const KeyId> ids) const
{
    std::vector<QByteArray> keys;
    keys.reserve(ids.size());
    const std::shared_lock lock(d->mutex);
    for (const KeyId id : ids)
        keys.push_back(id < d->keys.size() ? bytes(d->arena.at(d->keys[id].position))
                                           : QByteArray());
    return keys;
}

std::optional<KeyId> KeyIndex::find(QByteArrayView key) const
{
    const std::string_view view(key.data(), static_cast<size_t>(key.size()));
    const std::shared_lock lock(d->mutex);
    const KeyId id = d->findKey(d->hash(view), view);
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
    return node < d->nodes.size() && d->isUnder(node, ancestor);
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
        if (!(record.node & goneFlag) && (within == root || d->isUnder(record.node, within)))
            visitor(id, d->arena.at(record.position));
    }
}

const KeyReader &KeyIndex::reader() const
{
    return *d->reader;
}

} // namespace Cachelens
