// SPDX-License-Identifier: MIT
#pragma once

#include "core/key/keyreader.h"

#include <QByteArray>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace Cachelens {

using KeyId = quint32; ///< stays the same for as long as the index lives
using NodeId = quint32;

enum class NodeKind : quint8 {
    Root,
    Namespace, ///< of one cache (client prefix and version); its label is empty for "no namespace"
    Function,
    Partition, ///< its label is the partition's text
    OtherKeys, ///< all keys that are not shaped like a function's entry
};

/// One node of the tree namespace > function > partition, as it stood when it was asked for.
struct NodeInfo {
    NodeId id = 0;
    NodeId parent = 0;
    NodeKind kind = NodeKind::Root;
    bool guessed = false; ///< read without a catalog: function and partition are guesses
    QByteArray label; ///< one segment, as its bytes are
    QByteArray cache; ///< `<prefix>:<version>:` in front of it; empty for Root and OtherKeys
    QByteArray prefix; ///< the literal prefix of all its keys; empty for Root and OtherKeys
    qsizetype keys = 0; ///< beneath it
    qsizetype children = 0; ///< nodes directly beneath it
};

/// The keys of a cache, each once, in a tree, compactly: about 100 bytes a key of 66 bytes. One
/// writer and many readers may use it at the same time; a reader waits at most for one batch of
/// add(). Memory of removed keys comes back with the index itself.
class KeyIndex {
public:
    static constexpr NodeId root = 0;

    explicit KeyIndex(std::shared_ptr<const KeyReader> reader);
    ~KeyIndex();
    KeyIndex(const KeyIndex &) = delete;
    KeyIndex &operator=(const KeyIndex &) = delete;

    /// How many of them were not there before.
    qsizetype add(std::span<const std::string_view> keys);
    /// How many of them were there.
    qsizetype remove(std::span<const QByteArray> keys);
    void clear();

    [[nodiscard]] qsizetype keyCount() const;
    /// Grows with every change; the same number means that nothing has changed.
    [[nodiscard]] quint64 revision() const;
    /// The bytes that the index itself has allocated.
    [[nodiscard]] qsizetype allocatedBytes() const;

    [[nodiscard]] NodeInfo node(NodeId node) const;
    /// The nodes directly beneath, in the order in which they were first seen, from the `from`th
    /// on: the list only ever grows, so a caller can ask for what is new. Nodes whose keys are all
    /// gone stay, with a count of 0.
    [[nodiscard]] std::vector<NodeId> children(NodeId node, qsizetype from = 0) const;
    /// Infos of many nodes under one lock.
    [[nodiscard]] std::vector<NodeInfo> nodes(std::span<const NodeId> nodes) const;

    [[nodiscard]] QByteArray key(KeyId id) const;
    [[nodiscard]] std::vector<QByteArray> keys(std::span<const KeyId> ids) const;
    [[nodiscard]] std::optional<KeyId> find(QByteArrayView key) const;
    /// The node that a key hangs under.
    [[nodiscard]] NodeId nodeOf(KeyId id) const;
    [[nodiscard]] bool isUnder(NodeId node, NodeId ancestor) const;

    /// Ids are dense: 0 to idCount() - 1, removed ones included.
    [[nodiscard]] KeyId idCount() const;
    /// Visits the keys with ids in [from, to) that are there and hang under `within`, in the order
    /// of their ids, under one lock: keep ranges short (some 10,000), and do not call the index
    /// from the visitor. The bytes of `key` stay where they are for as long as the index lives.
    using Visitor = std::function<void(KeyId id, std::string_view key)>;
    void visit(KeyId from, KeyId to, NodeId within, const Visitor &visitor) const;

    [[nodiscard]] const KeyReader &reader() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Cachelens
