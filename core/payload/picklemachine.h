// SPDX-License-Identifier: MIT
#pragma once

#include "core/payload/decodelimits.h"
#include "core/payload/picklegraph.h"
#include "core/result.h"

#include <QtEndian>

#include <optional>
#include <unordered_map>

namespace Cachelens {

/// The pickle machine: a stack, marks and a memo, run once over the bytes of one pickle.
class PickleMachine {
public:
    using Graph = PickleGraph;
    using Id = PickleGraph::Id;
    using Kind = PickleGraph::Kind;

    /// `memory` is for what is noted while reading; it lives longer than the machine.
    PickleMachine(QByteArrayView bytes, const DecodeLimits &limits,
                  std::pmr::memory_resource *memory);

    /// Runs to the end; the root of the graph.
    [[nodiscard]] Result<Id> run();
    [[nodiscard]] const Graph &graph() const { return m_graph; }
    [[nodiscard]] int protocol() const;

private:
    // Nodes that every graph begins with.
    static constexpr Id noneId = 0;
    static constexpr Id trueId = 1;
    static constexpr Id falseId = 2;
    static constexpr std::size_t constantCount = 3;

    // Each gives false when it has set m_error.
    inline bool step(unsigned char opcode); // beside run()
    bool stepText(unsigned char opcode);
    bool stepObject(unsigned char opcode);
    bool stepStack(unsigned char opcode);
    bool stop();

    bool fail(const char *reason);
    bool failLimit(const char *limit, qint64 value);

    // Reading
    bool take(quint64 count, QByteArrayView &out);
    bool takeLine(QByteArrayView &out);
    template <typename Length> bool takeCounted(QByteArrayView &out);
    template <typename Unsigned> bool takeUnsigned(Unsigned &out);

    // Nodes
    bool push(Id id);
    bool pushMark();
    bool pushNode(Kind kind, quint64 word = 0, quint32 length = 0);
    bool pushText(Kind kind, QByteArrayView text);
    bool pushOwned(Kind kind, QByteArray text);
    bool pushUtf8(QByteArrayView text);
    bool pushInteger(QByteArrayView decimal);
    bool pushLong(QByteArrayView littleEndian);
    bool pushFloatText(QByteArrayView text);
    bool pushInt(qint64 value) { return pushNode(Kind::Int, static_cast<quint64>(value)); }
    bool pushClass(QByteArrayView module, QByteArrayView name);
    bool pushObject(Graph::Object object);
    bool pushTuple(Kind kind, std::size_t from);
    /// Moves what lies on the stack from there on to the end of the pool.
    bool pool(std::size_t from);

    // The stack
    bool pop(Id &out);
    bool popMark(std::size_t &from);
    bool need(std::size_t count);
    [[nodiscard]] Graph::Node &node(Id id) { return m_graph.nodes[id]; }

    // The memo
    bool put(quint64 index);
    bool putAnywhere(quint64 index);
    bool get(quint64 index);
    bool takeIndexLine(quint64 &index);

    // Containers and objects
    enum class Growth { Append, Add, SetItem };
    bool extend(Growth growth, std::size_t from);
    bool extendItems(Graph::Items &items, std::size_t from, std::size_t perItem);
    bool build();
    bool instance(Id callable, std::size_t argsFrom, std::size_t stackTo);

    QByteArrayView m_bytes;
    const DecodeLimits &m_limits;
    const char *m_at;
    const char *m_end;
    Graph m_graph;
    std::pmr::vector<Id> m_stack;
    std::pmr::vector<std::size_t> m_marks;
    std::size_t m_fence = 0; ///< the stack below the last mark is out of reach
    std::pmr::vector<Id> m_memo;
    std::unordered_map<quint64, Id> m_farMemo; ///< numbers too great for a table
    std::size_t m_memoCount = 0;
    int m_protocol = -1;
    bool m_binary = false;
    std::optional<Error> m_error;
};

// Short and run for nearly every byte: they belong into the loop that takes the steps, where a call
// would cost more than what they do.

Q_ALWAYS_INLINE bool PickleMachine::take(quint64 count, QByteArrayView &out)
{
    if (count > static_cast<quint64>(m_end - m_at))
        return fail("the pickle is cut off");
    out = {m_at, static_cast<qsizetype>(count)};
    m_at += count;
    return true;
}

template <typename Unsigned> Q_ALWAYS_INLINE bool PickleMachine::takeUnsigned(Unsigned &out)
{
    if (static_cast<std::size_t>(m_end - m_at) < sizeof(Unsigned))
        return fail("the pickle is cut off");
    out = qFromLittleEndian<Unsigned>(m_at);
    m_at += sizeof(Unsigned);
    return true;
}

template <typename Length> Q_ALWAYS_INLINE bool PickleMachine::takeCounted(QByteArrayView &out)
{
    Length length = 0;
    return takeUnsigned(length) && take(length, out);
}

Q_ALWAYS_INLINE bool PickleMachine::push(Id id)
{
    // A byte of a pickle is enough to put something there: None, again and again.
    if (m_stack.size() >= static_cast<std::size_t>(m_limits.values))
        return failLimit("values", m_limits.values);
    m_stack.push_back(id);
    return true;
}

inline bool PickleMachine::pushMark()
{
    if (m_marks.size() >= static_cast<std::size_t>(m_limits.values))
        return failLimit("values", m_limits.values);
    m_fence = m_stack.size();
    m_marks.push_back(m_fence);
    return true;
}

Q_ALWAYS_INLINE bool PickleMachine::pushNode(Kind kind, quint64 word, quint32 length)
{
    if (m_graph.nodes.size() - constantCount >= static_cast<std::size_t>(m_limits.values))
        return failLimit("values", m_limits.values);
    m_stack.push_back(static_cast<Id>(m_graph.nodes.size()));
    m_graph.nodes.push_back({kind, false, length, word});
    return true;
}

Q_ALWAYS_INLINE bool PickleMachine::pushText(Kind kind, QByteArrayView text)
{
    return pushNode(kind, reinterpret_cast<quint64>(text.data()),
                    static_cast<quint32>(text.size()));
}

Q_ALWAYS_INLINE bool PickleMachine::need(std::size_t count)
{
    return m_stack.size() - m_fence >= count || fail("the pickle's stack is empty");
}

inline bool PickleMachine::pop(Id &out)
{
    if (!need(1))
        return false;
    out = m_stack.back();
    m_stack.pop_back();
    return true;
}

Q_ALWAYS_INLINE bool PickleMachine::put(quint64 index)
{
    if (!need(1))
        return false;
    if (index == m_memo.size() && m_memoCount < static_cast<std::size_t>(m_limits.memo)) {
        ++m_memoCount;
        m_memo.push_back(m_stack.back()); // as every pickler counts
        return true;
    }
    return putAnywhere(index);
}

inline bool PickleMachine::get(quint64 index)
{
    Id id = Graph::none;
    if (index < m_memo.size())
        id = m_memo[index];
    else if (const auto far = m_farMemo.find(index); far != m_farMemo.end())
        id = far->second;
    if (id == Graph::none)
        return fail("the pickle refers to something that it has not noted");
    node(id).shared = true;
    return push(id);
}

} // namespace Cachelens
