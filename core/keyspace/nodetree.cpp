// SPDX-License-Identifier: MIT
#include "core/keyspace/nodetree.h"

#include "core/keyspace/byteview.h"

#include <QHashFunctions>

#include <algorithm>

namespace Cachelens {

namespace {

std::string_view withoutSeparator(std::string_view segment)
{
    return segment.ends_with("::") ? segment.substr(0, segment.size() - 2) : segment;
}

} // namespace

NodeTree::NodeTree(const KeyArena &arena) : m_arena(arena), m_seed(QHashSeed::globalSeed())
{
    m_nodes.append({});
}

quint32 NodeTree::hash(std::string_view prefix, NodeKind kind) const
{
    return IdTable::hash(prefix, m_seed + static_cast<size_t>(kind));
}

TreePlace NodeTree::place(std::string_view key, const KeyLevels &levels) const
{
    TreePlace place{.key = key, .levels = levels};
    place.leafHash = hash(place.leafPrefix(), place.leafKind());
    return place;
}

void NodeTree::prefetchNode(const TreePlace &place) const
{
    if (const NodeId node = m_table.peek(place.leafHash); has(node))
        __builtin_prefetch(&m_nodes[node]);
}

void NodeTree::prefetchBytes(const TreePlace &place) const
{
    if (const NodeId node = m_table.peek(place.leafHash); has(node))
        m_arena.prefetch(m_nodes[node].position);
}

NodeId NodeTree::findLeaf(const TreePlace &place) const
{
    const KeyLevels &levels = place.levels;
    const NodeKind kind = place.leafKind();
    const std::string_view prefix = place.leafPrefix();
    return m_table.find(place.leafHash, [&](NodeId id) {
        const Node *node = &m_nodes[id];
        if (node->kind != kind || node->end != prefix.size()
            || m_arena.at(node->position).substr(0, node->end) != prefix)
            return false;
        if (kind == NodeKind::Partition) {
            if (node->labelBegin != levels.functionEnd)
                return false;
            node = &m_nodes[node->parent];
        }
        return node->labelBegin == levels.namespaceEnd
            && m_nodes[node->parent].labelBegin == levels.cacheEnd;
    });
}

NodeId NodeTree::makeLeaf(const TreePlace &place, KeyArena::Position position)
{
    const KeyLevels &levels = place.levels;
    Node wanted{.position = position,
                .labelBegin = static_cast<quint32>(levels.cacheEnd),
                .end = static_cast<quint32>(levels.namespaceEnd),
                .kind = NodeKind::Namespace,
                .guessed = levels.source == KeyReading::Source::Guess};
    const auto descend = [&](NodeKind kind, qsizetype end) {
        wanted.parent = findOrMake(place.key, wanted);
        wanted.labelBegin = wanted.end;
        wanted.end = static_cast<quint32>(end);
        wanted.kind = kind;
    };
    descend(NodeKind::Function, levels.functionEnd);
    if (place.leafKind() == NodeKind::Partition)
        descend(NodeKind::Partition, levels.partitionEnd);
    return findOrMake(place.key, wanted);
}

/// The node of one level, whose literal prefix ends where `wanted` does.
NodeId NodeTree::findOrMake(std::string_view key, const Node &wanted)
{
    const std::string_view prefix = key.substr(0, wanted.end);
    const quint32 hashed = hash(prefix, wanted.kind);
    const NodeId found = m_table.find(hashed, [&](NodeId id) {
        const Node &node = m_nodes[id];
        return node.end == wanted.end && node.labelBegin == wanted.labelBegin
            && node.parent == wanted.parent && node.kind == wanted.kind
            && m_arena.at(node.position).substr(0, node.end) == prefix;
    });
    if (found != none)
        return found;
    const NodeId made = make(wanted);
    m_table.insert(hashed, made);
    return made;
}

NodeId NodeTree::make(const Node &node)
{
    const NodeId made = m_nodes.append(node);
    Node &parent = m_nodes[node.parent];
    if (parent.childList == none) {
        parent.childList = static_cast<quint32>(m_childLists.size());
        m_childLists.emplace_back();
    }
    auto &list = m_childLists[parent.childList];
    m_childListBytes -= static_cast<qsizetype>(list.capacity() * sizeof(NodeId));
    list.push_back(made);
    m_childListBytes += static_cast<qsizetype>(list.capacity() * sizeof(NodeId));
    return made;
}

NodeId NodeTree::nodeFor(const TreePlace &place, KeyArena::Position position)
{
    const KeyReading::Source source = place.levels.source;
    if (source == KeyReading::Source::Foreign) {
        if (m_otherKeys == none)
            m_otherKeys = make({.position = position, .kind = NodeKind::OtherKeys});
        return m_otherKeys;
    }
    NodeId leaf = findLeaf(place);
    if (leaf == none)
        leaf = makeLeaf(place, position);
    if (source == KeyReading::Source::Catalog) {
        for (NodeId node = leaf; node != root; node = m_nodes[node].parent)
            m_nodes[node].guessed = false;
    }
    return leaf;
}

void NodeTree::count(NodeId node, bool more)
{
    for (;; node = m_nodes[node].parent) {
        m_nodes[node].keys += more ? 1 : quint32(-1);
        if (node == root)
            return;
    }
}

void NodeTree::clearCounts()
{
    for (NodeId node = 0; node < m_nodes.size(); ++node)
        m_nodes[node].keys = 0;
}

bool NodeTree::isUnder(NodeId node, NodeId ancestor) const
{
    while (node != ancestor && node != root)
        node = m_nodes[node].parent;
    return node == ancestor;
}

NodeInfo NodeTree::info(NodeId id) const
{
    NodeInfo info;
    info.id = id;
    if (!has(id))
        return info;
    const Node &node = m_nodes[id];
    info.parent = node.parent;
    info.kind = node.kind;
    info.guessed = node.guessed;
    info.keys = node.keys;
    if (node.childList != none)
        info.children = static_cast<qsizetype>(m_childLists[node.childList].size());
    if (node.kind == NodeKind::Root || node.kind == NodeKind::OtherKeys)
        return info;
    const std::string_view prefix = m_arena.at(node.position).substr(0, node.end);
    info.prefix = bytesOf(prefix);
    info.label = bytesOf(withoutSeparator(prefix.substr(node.labelBegin)));
    const Node *top = &node;
    while (top->kind != NodeKind::Namespace)
        top = &m_nodes[top->parent];
    info.cache = bytesOf(prefix.substr(0, top->labelBegin));
    return info;
}

std::vector<NodeId> NodeTree::children(NodeId node, qsizetype from) const
{
    if (!has(node) || m_nodes[node].childList == none)
        return {};
    const auto &list = m_childLists[m_nodes[node].childList];
    return {list.begin() + std::min(from, static_cast<qsizetype>(list.size())), list.end()};
}

qsizetype NodeTree::allocatedBytes() const
{
    return m_nodes.allocatedBytes() + m_table.allocatedBytes() + m_childListBytes;
}

} // namespace Cachelens
