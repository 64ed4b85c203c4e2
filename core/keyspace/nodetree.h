// SPDX-License-Identifier: MIT
#pragma once

#include "core/keyspace/keyindex.h"
#include "core/keyspace/keystorage.h"

namespace Cachelens {

/// Where a key belongs in the tree, worked out before the index is locked.
struct TreePlace {
    std::string_view key;
    KeyLevels levels;
    quint32 leafHash = 0; ///< of the node that the key hangs under

    [[nodiscard]] NodeKind leafKind() const
    {
        return levels.partitionEnd > levels.functionEnd ? NodeKind::Partition : NodeKind::Function;
    }
    [[nodiscard]] std::string_view leafPrefix() const
    {
        return key.substr(0, static_cast<size_t>(levels.partitionEnd));
    }
};

/// The tree of a KeyIndex: nodes, their counts and their children. A node's bytes are a slice of
/// the first key that was seen beneath it, so that it has none of its own. Not thread-safe.
class NodeTree {
public:
    static constexpr NodeId root = KeyIndex::root;

    /// `arena` outlives the tree.
    explicit NodeTree(const KeyArena &arena);

    [[nodiscard]] TreePlace place(std::string_view key, const KeyLevels &levels) const;
    /// The node that a key hangs under, made where it is not there yet. `position`: of the key.
    NodeId nodeFor(const TreePlace &place, KeyArena::Position position);
    /// One key more, or one less, beneath a node and those above it.
    void count(NodeId node, bool more);
    void clearCounts();

    [[nodiscard]] bool has(NodeId node) const { return node < m_nodes.size(); }
    [[nodiscard]] qsizetype keys(NodeId node) const { return m_nodes[node].keys; }
    [[nodiscard]] bool isUnder(NodeId node, NodeId ancestor) const;
    [[nodiscard]] NodeInfo info(NodeId node) const;
    [[nodiscard]] std::vector<NodeId> children(NodeId node, qsizetype from) const;
    [[nodiscard]] qsizetype allocatedBytes() const;

    // At a million keys every look is a wait for memory: these ask for it ahead, in this order.
    void prefetchSlot(const TreePlace &place) const { m_table.prefetch(place.leafHash); }
    void prefetchNode(const TreePlace &place) const;
    void prefetchBytes(const TreePlace &place) const;

private:
    static constexpr quint32 none = IdTable::none;

    struct Node {
        NodeId parent = 0;
        KeyArena::Position position = 0; // of the key that has the node's bytes
        quint32 labelBegin = 0;
        quint32 end = 0; // of the node's literal prefix
        quint32 keys = 0;
        quint32 childList = none;
        NodeKind kind = NodeKind::Root;
        bool guessed = false;
    };

    [[nodiscard]] quint32 hash(std::string_view prefix, NodeKind kind) const;
    [[nodiscard]] NodeId findLeaf(const TreePlace &place) const;
    NodeId makeLeaf(const TreePlace &place, KeyArena::Position position);
    NodeId findOrMake(std::string_view key, const Node &wanted);
    NodeId make(const Node &node);

    const KeyArena &m_arena;
    const size_t m_seed;
    ChunkedArray<Node> m_nodes;
    IdTable m_table;
    std::vector<std::vector<NodeId>> m_childLists;
    qsizetype m_childListBytes = 0;
    NodeId m_otherKeys = none;
};

} // namespace Cachelens
