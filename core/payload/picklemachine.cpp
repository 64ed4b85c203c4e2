// SPDX-License-Identifier: MIT
#include "core/payload/picklemachine.h"

#include "core/payload/decimaltext.h"
#include "core/payload/decodeerror.h"
#include "core/payload/payloadtext.h"

#include <charconv>
#include <cstring>

namespace Cachelens {

namespace {

constexpr qsizetype longestClassName = 4096;

} // namespace

PickleMachine::PickleMachine(QByteArrayView bytes, const DecodeLimits &limits,
                             std::pmr::memory_resource *memory)
    : m_bytes(bytes), m_limits(limits), m_at(bytes.data()), m_end(bytes.data() + bytes.size()),
      m_graph(memory), m_stack(memory), m_marks(memory), m_memo(memory)
{
    const std::size_t guess = static_cast<std::size_t>(bytes.size()) / 8 + 16;
    m_graph.nodes.reserve(guess);
    for (const Kind constant : {Kind::None, Kind::True, Kind::False})
        m_graph.nodes.push_back({constant, false, 0, 0});
    m_graph.pool.reserve(guess);
    m_stack.reserve(64);
    m_memo.reserve(guess);
}

int PickleMachine::protocol() const
{
    return m_protocol >= 0 ? m_protocol : (m_binary ? 1 : 0);
}

bool PickleMachine::stop()
{
    if (m_at != m_end)
        return fail("the pickle ends before the bytes do");
    if (m_stack.size() != 1 || !m_marks.empty())
        return fail("the pickle does not end with exactly one value");
    return true;
}

bool PickleMachine::fail(const char *reason)
{
    m_error
        = undecodable(QByteArray(reason) + " at byte " + QByteArray::number(m_at - m_bytes.data()));
    return false;
}

bool PickleMachine::failLimit(const char *limit, qint64 value)
{
    m_error = limitReached(limit, value);
    return false;
}

bool PickleMachine::takeLine(QByteArrayView &out)
{
    const void *newline
        = m_at == m_end ? nullptr : std::memchr(m_at, '\n', static_cast<std::size_t>(m_end - m_at));
    if (newline == nullptr)
        return fail("the pickle is cut off");
    const char *lineEnd = static_cast<const char *>(newline);
    out = {m_at, lineEnd};
    m_at = lineEnd + 1;
    return true;
}

bool PickleMachine::putAnywhere(quint64 index)
{
    Id *place = nullptr;
    // Whoever counts from 0 has spent two bytes or more on each number before this one.
    if (index <= static_cast<quint64>(m_bytes.size()) / 2) {
        if (index >= m_memo.size())
            m_memo.resize(index + 1, Graph::none);
        place = &m_memo[index];
    } else {
        place = &m_farMemo.try_emplace(index, Graph::none).first->second;
    }
    if (*place == Graph::none && ++m_memoCount > static_cast<std::size_t>(m_limits.memo))
        return failLimit("memo", m_limits.memo);
    *place = m_stack.back();
    return true;
}

bool PickleMachine::pushOwned(Kind kind, QByteArray text)
{
    return pushText(kind, m_graph.owned.emplace_front(std::move(text)));
}

bool PickleMachine::pushUtf8(QByteArrayView text)
{
    if (isUtf8(text))
        return pushText(Kind::Text, text);
    auto repaired = utf8FromSurrogatePass(text);
    if (!repaired)
        return fail("text that is not UTF-8");
    return pushOwned(Kind::Text, std::move(*repaired));
}

bool PickleMachine::pushInteger(QByteArrayView decimal)
{
    if (!isDecimalInteger(decimal))
        return fail("an integer that is not one");
    const bool negative = decimal[0] == '-';
    if (negative || decimal[0] == '+')
        decimal = decimal.sliced(1);
    while (decimal.size() > 1 && decimal[0] == '0')
        decimal = decimal.sliced(1);
    if (decimal.size() > m_limits.integerDigits)
        return failLimit("integerDigits", m_limits.integerDigits);
    if (decimal.size() <= 18) {
        qint64 number = 0;
        std::from_chars(decimal.data(), decimal.data() + decimal.size(), number);
        return pushInt(negative ? -number : number);
    }
    return negative ? pushOwned(Kind::LongText, '-' + decimal.toByteArray())
                    : pushText(Kind::LongText, decimal);
}

bool PickleMachine::pushLong(QByteArrayView littleEndian)
{
    if (littleEndian.size() > 8) {
        return fitsDigits(littleEndian, m_limits.integerDigits)
            ? pushText(Kind::Long, littleEndian)
            : failLimit("integerDigits", m_limits.integerDigits);
    }
    const bool negative = !littleEndian.isEmpty() && (littleEndian.back() & '\x80') != 0;
    quint64 number = negative ? ~quint64(0) : 0;
    for (auto byte = littleEndian.rbegin(); byte != littleEndian.rend(); ++byte)
        number = number << 8 | static_cast<unsigned char>(*byte);
    return pushInt(static_cast<qint64>(number));
}

bool PickleMachine::pushFloatText(QByteArrayView text)
{
    double number = 0;
    const char *begin = text.data() + (text.startsWith('+') ? 1 : 0);
    const char *end = text.data() + text.size();
    const auto read = std::from_chars(begin, end, number);
    if (read.ec != std::errc() || read.ptr != end)
        return fail("a float that is not one");
    return pushNode(Kind::Float, std::bit_cast<quint64>(number));
}

bool PickleMachine::pushClass(QByteArrayView module, QByteArrayView name)
{
    if (!isUtf8(module) || !isUtf8(name))
        return fail("the name of a class that is not UTF-8");
    if (module.size() + name.size() > longestClassName)
        return fail("the name of a class that is too long");
    m_graph.classes.push_back({module, name});
    return pushNode(Kind::Class, m_graph.classes.size() - 1);
}

bool PickleMachine::pushObject(Graph::Object object)
{
    m_graph.objects.push_back(object);
    return pushNode(Kind::Object, m_graph.objects.size() - 1);
}

bool PickleMachine::pool(std::size_t from)
{
    // What is pooled will be a value, or more than one.
    const std::size_t count = m_stack.size() - from;
    if (m_graph.pool.size() + count > static_cast<std::size_t>(m_limits.values))
        return failLimit("values", m_limits.values);
    m_graph.pool.insert(m_graph.pool.end(), m_stack.begin() + static_cast<std::ptrdiff_t>(from),
                        m_stack.end());
    m_stack.resize(from);
    return true;
}

bool PickleMachine::pushTuple(Kind kind, std::size_t from)
{
    const std::size_t count = m_stack.size() - from;
    if (count > static_cast<std::size_t>(m_limits.containerItems))
        return failLimit("containerItems", m_limits.containerItems);
    const std::size_t begin = m_graph.pool.size();
    return pool(from) && pushNode(kind, begin, static_cast<quint32>(count));
}

bool PickleMachine::popMark(std::size_t &from)
{
    if (m_marks.empty())
        return fail("the pickle has no mark");
    from = m_marks.back();
    m_marks.pop_back();
    m_fence = m_marks.empty() ? 0 : m_marks.back();
    return true;
}

bool PickleMachine::takeIndexLine(quint64 &index)
{
    QByteArrayView line;
    if (!takeLine(line))
        return false;
    const char *end = line.data() + line.size();
    const auto read = std::from_chars(line.data(), end, index);
    return (read.ec == std::errc() && read.ptr == end) || fail("a memo number that is not one");
}

bool PickleMachine::extendItems(Graph::Items &items, std::size_t from, std::size_t perItem)
{
    const std::size_t count = m_stack.size() - from;
    if (count % perItem != 0)
        return fail("a key without a value");
    if (count == 0)
        return true;
    if ((items.length + count) / perItem > static_cast<std::size_t>(m_limits.containerItems))
        return failLimit("containerItems", m_limits.containerItems);
    const auto begin = static_cast<quint32>(m_graph.pool.size());
    if (!pool(from))
        return false;
    items.length += static_cast<quint32>(count);

    if (items.last != Graph::none) {
        Graph::Chunk &last = m_graph.chunks[items.last];
        if (last.begin + last.count == begin) {
            last.count += static_cast<quint32>(count);
            return true;
        }
    }
    const auto chunk = static_cast<Id>(m_graph.chunks.size());
    m_graph.chunks.push_back({begin, static_cast<quint32>(count), Graph::none});
    if (items.last == Graph::none)
        items.first = chunk;
    else
        m_graph.chunks[items.last].next = chunk;
    items.last = chunk;
    return true;
}

bool PickleMachine::extend(Growth growth, std::size_t from)
{
    if (from <= m_fence)
        return fail("the pickle's stack is empty");
    Graph::Node &target = node(m_stack[from - 1]);
    const std::size_t perItem = growth == Growth::SetItem ? 2 : 1;
    if (target.kind == Kind::Object) {
        Graph::Object &object = m_graph.objects[target.word];
        return extendItems(growth == Growth::SetItem ? object.entries : object.items, from,
                           perItem);
    }
    const bool fits = (growth == Growth::Append && target.kind == Kind::List)
        || (growth == Growth::Add && target.kind == Kind::Set)
        || (growth == Growth::SetItem && target.kind == Kind::Dict);
    if (!fits)
        return fail("items for something that is no container of them");
    Graph::Items items = Graph::items(target);
    if (!extendItems(items, from, perItem))
        return false;
    Graph::setItems(target, items);
    return true;
}

bool PickleMachine::build()
{
    Id state = Graph::none;
    if (!need(2) || !pop(state))
        return false;
    const Graph::Node &target = node(m_stack.back());
    if (target.kind != Kind::Object)
        return fail("a state for something that is no object");
    m_graph.objects[target.word].state = state;
    return true;
}

bool PickleMachine::instance(Id callable, std::size_t argsFrom, std::size_t stackTo)
{
    if (!pushTuple(Kind::Tuple, argsFrom))
        return false;
    const Id args = m_stack.back();
    m_stack.resize(stackTo);
    return pushObject({Graph::Made::Called, callable, args, Graph::none, Graph::none, {}, {}});
}

} // namespace Cachelens
