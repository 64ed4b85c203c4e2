// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

#include <forward_list>
#include <limits>
#include <memory_resource>
#include <vector>

namespace Cachelens {

/// What a pickle builds, before it is known whether it goes in circles: nodes that refer to each
/// other by number. Text points into the pickle itself, or into `owned`; so the graph lives no
/// longer than the bytes it was read from.
struct PickleGraph {
    using Id = quint32;
    static constexpr Id none = std::numeric_limits<Id>::max();

    enum class Kind : quint8 {
        None,
        True,
        False,
        Int, ///< `word`: the number
        Long, ///< text: little-endian two's complement
        LongText, ///< text: decimal
        Float, ///< `word`: the bits
        Text, ///< text: UTF-8
        OldText, ///< text: what Python 2 wrote for str, bytes or ASCII
        Bytes,
        ByteArray,
        Tuple, ///< `length` items in `pool` from `word`
        FrozenSet, ///< the same
        List, ///< `length` items in chunks; `word`: the first chunk and the last
        Set, ///< the same
        Dict, ///< the same; keys and values in turn, `length` of both
        Class, ///< `word`: where in `classes`
        Object, ///< `word`: where in `objects`
    };

    struct Node {
        Kind kind = Kind::None;
        bool shared = false; ///< referred to from more than one place
        quint32 length = 0;
        quint64 word = 0;
    };

    /// Items of a list, set or dict that lie side by side in `pool`.
    struct Chunk {
        quint32 begin = 0;
        quint32 count = 0;
        Id next = none;
    };

    /// A list, set or dict that grows.
    struct Items {
        Id first = none;
        Id last = none;
        quint32 length = 0;
    };

    struct ClassName {
        QByteArrayView module;
        QByteArrayView name;
    };

    enum class Made : quint8 {
        Called, ///< callable(*args)
        New, ///< cls.__new__(cls, *args, **kwargs)
        Persistent, ///< `args` is what the reader would have asked the application for
    };
    struct Object {
        Made made = Made::Called;
        Id callable = none;
        Id args = none;
        Id kwargs = none;
        Id state = none;
        Items items; ///< appended or added
        Items entries; ///< set by key: keys and values in turn
    };

    explicit PickleGraph(std::pmr::memory_resource *memory)
        : nodes(memory), pool(memory), chunks(memory), classes(memory), objects(memory)
    {
    }

    std::pmr::vector<Node> nodes;
    std::pmr::vector<Id> pool;
    std::pmr::vector<Chunk> chunks;
    std::pmr::vector<ClassName> classes;
    std::pmr::vector<Object> objects;
    std::forward_list<QByteArray> owned;

    [[nodiscard]] QByteArrayView text(const Node &node) const
    {
        return {reinterpret_cast<const char *>(node.word), static_cast<qsizetype>(node.length)};
    }
    [[nodiscard]] static Items items(const Node &node)
    {
        return {static_cast<Id>(node.word), static_cast<Id>(node.word >> 32), node.length};
    }
    static void setItems(Node &node, const Items &items)
    {
        node.word = static_cast<quint64>(items.last) << 32 | items.first;
        node.length = items.length;
    }
    /// Calls `visit(Id)` for each item until it returns false.
    template <typename Visit> bool forEach(const Items &items, Visit &&visit) const
    {
        for (Id c = items.first; c != none; c = chunks[c].next) {
            const Chunk chunk = chunks[c];
            for (quint32 i = 0; i < chunk.count; ++i) {
                if (!visit(pool[chunk.begin + i]))
                    return false;
            }
        }
        return true;
    }
};

} // namespace Cachelens
