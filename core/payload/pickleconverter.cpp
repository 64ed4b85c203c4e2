// SPDX-License-Identifier: MIT
#include "core/payload/pickleconverter.h"

#include "core/payload/decimaltext.h"
#include "core/payload/decodeerror.h"
#include "core/payload/payloadtext.h"
#include "core/payload/uniquekeys.h"

#include <algorithm>
#include <bit>

namespace Cachelens {

namespace {

constexpr qsizetype longKey = 256;
constexpr quint64 bytesSquaredPerValue = 1024;

} // namespace

PickleConverter::PickleConverter(const Graph &graph, qsizetype pickledBytes,
                                 const DecodeLimits &limits, std::pmr::memory_resource *memory)
    : m_graph(graph), m_limits(limits), m_types(graph), m_sharedAt(memory), m_shared(memory),
      m_open(memory), m_runs(memory),
      m_textLeft(static_cast<quint64>(std::max(limits.decompressedBytes, 2 * pickledBytes))),
      m_classNames(graph.classes.size(), memory)
{
}

Result<Value> PickleConverter::convert(Id root)
{
    Value value;
    if (!convert(root, value))
        return failure(std::move(*m_error));
    return value;
}

bool PickleConverter::failLimit(const char *limit, qint64 value)
{
    m_error = limitReached(limit, value);
    return false;
}

bool PickleConverter::charge(quint64 textBytes)
{
    if (textBytes > m_textLeft)
        return failLimit("decompressedBytes", m_limits.decompressedBytes);
    m_textLeft -= textBytes;
    return true;
}

bool PickleConverter::enter(std::size_t items)
{
    if (++m_depth > m_limits.depth)
        return failLimit("depth", m_limits.depth);
    m_deepest = std::max(m_deepest, m_depth);
    // Ahead of making room for them.
    if (items > static_cast<std::size_t>(m_limits.values - m_values))
        return failLimit("values", m_limits.values);
    return true;
}

bool PickleConverter::convert(Id id, Value &out)
{
    if (++m_values > m_limits.values)
        return failLimit("values", m_limits.values);
    const Graph::Node &node = m_graph.nodes[id];
    switch (node.kind) {
    case Kind::None:
        out = Value();
        return true;
    case Kind::True:
    case Kind::False:
        out = Value(node.kind == Kind::True);
        return true;
    case Kind::Int:
        out = Value(static_cast<qint64>(node.word));
        return true;
    case Kind::Float:
        out = Value(std::bit_cast<double>(node.word));
        return true;
    case Kind::Text:
        if (node.length <= Value::shortText) {
            out = Value::string(m_graph.text(node)); // which costs no more than sharing it
            return true;
        }
        [[fallthrough]];
    default:
        return node.shared ? convertShared(id, out) : convertContent(id, out);
    }
}

bool PickleConverter::convertContent(Id id, Value &out)
{
    const Graph::Node &node = m_graph.nodes[id];
    switch (node.kind) {
    case Kind::Text:
    case Kind::OldText:
    case Kind::Bytes:
    case Kind::ByteArray:
        return convertText(node, out);
    case Kind::Long:
        // Its digits take time as the square of its length.
        m_values
            += static_cast<qsizetype>(quint64(node.length) * node.length / bytesSquaredPerValue);
        if (m_values > m_limits.values)
            return failLimit("values", m_limits.values);
        return convertLong(decimalFromTwosComplement(m_graph.text(node)), out);
    case Kind::LongText:
        return convertLong(m_graph.text(node).toByteArray(), out);
    case Kind::Class:
        return convertClass(id, out);
    case Kind::Tuple:
    case Kind::FrozenSet: {
        ValueList items;
        if (!convertTuple(std::span(m_graph.pool).subspan(node.word, node.length), items))
            return false;
        out = node.kind == Kind::Tuple ? Value::tuple(std::move(items))
                                       : Value::frozenSet(std::move(items));
        return true;
    }
    case Kind::List:
    case Kind::Set: {
        ValueList items;
        if (!convertItems(Graph::items(node), items))
            return false;
        out = node.kind == Kind::List ? Value::list(std::move(items))
                                      : Value::set(std::move(items));
        return true;
    }
    case Kind::Dict: {
        ValueMap entries;
        if (!convertEntries(Graph::items(node), entries))
            return false;
        out = Value::map(std::move(entries));
        return true;
    }
    case Kind::Object:
        return convertObject(id, out);
    case Kind::None:
    case Kind::True:
    case Kind::False:
    case Kind::Int:
    case Kind::Float:
        break; // convert() has done them
    }
    return true;
}

bool PickleConverter::convertText(const Graph::Node &node, Value &out)
{
    if (!charge(node.length))
        return false;
    const QByteArrayView text = m_graph.text(node);
    if (node.kind == Kind::ByteArray)
        out = Value::byteArray(text);
    else if (node.kind == Kind::Text || (node.kind == Kind::OldText && isUtf8(text)))
        out = Value::string(text);
    else
        out = Value::bytes(text);
    return true;
}

bool PickleConverter::className(Id callable, QByteArray &out)
{
    const Graph::Node &node = m_graph.nodes[callable];
    if (node.kind != Kind::Class) {
        out = m_types.className(callable);
        return charge(static_cast<quint64>(out.size()));
    }
    QByteArray &known = m_classNames[node.word];
    if (known.isNull()) {
        known = m_types.className(callable);
        if (!charge(static_cast<quint64>(known.size())))
            return false;
    }
    out = known;
    return true;
}

bool PickleConverter::convertLong(QByteArray decimal, Value &out)
{
    if (decimal.size() - (decimal.startsWith('-') ? 1 : 0) > m_limits.integerDigits)
        return failLimit("integerDigits", m_limits.integerDigits);
    out = Value::integer(decimal);
    return charge(static_cast<quint64>(decimal.size()));
}

bool PickleConverter::convertTuple(std::span<const Id> ids, ValueList &out)
{
    if (!enter(ids.size()))
        return false;
    out.reserve(ids.size());
    for (const Id id : ids) {
        if (!convert(id, out.emplace_back()))
            return false;
    }
    leave();
    return true;
}

bool PickleConverter::convertItems(const Graph::Items &items, ValueList &out)
{
    if (!enter(items.length))
        return false;
    out.reserve(items.length);
    if (!m_graph.forEach(items, [&](Id id) { return convert(id, out.emplace_back()); }))
        return false;
    leave();
    return true;
}

bool PickleConverter::convertEntries(const Graph::Items &items, ValueMap &out)
{
    if (!enter(items.length))
        return false;
    out.reserve(items.length / 2);
    bool isKey = true;
    const bool done = m_graph.forEach(items, [&](Id id) {
        Value &to = isKey ? out.emplace_back().first : out.back().second;
        isKey = !isKey;
        return convert(id, to);
    });
    if (!done)
        return false;
    // Comparing long keys costs as much as copying them.
    for (const auto &[key, value] : out) {
        if (key.isString() && key.text().size() > longKey
            && !charge(static_cast<quint64>(key.text().size())))
            return false;
    }
    keepLastOfEachKey(out);
    leave();
    return true;
}

// Shared nodes.
//
// A value that was made once serves again wherever its node is referred to, unless it has a
// cycle() in it that stands for a node further out: then it is right in that place only. And a
// value that goes in circles through nodes being converted just now has to be made anew, so that
// its cycle() stands where the first of those recurs.

PickleConverter::Id PickleConverter::sharedAt(Id id)
{
    if (m_sharedAt.empty())
        m_sharedAt.resize(m_graph.nodes.size(), Graph::none);
    Id &at = m_sharedAt[id];
    if (at == Graph::none) {
        at = static_cast<Id>(m_shared.size());
        m_shared.emplace_back().circle = at;
    }
    return at;
}

PickleConverter::Id PickleConverter::circleOf(Id shared)
{
    while (m_shared[shared].circle != shared) {
        m_shared[shared].circle = m_shared[m_shared[shared].circle].circle;
        shared = m_shared[shared].circle;
    }
    return shared;
}

void PickleConverter::open(Id shared)
{
    m_runs.push_back(m_open.size());
    m_shared[shared].openAt = m_open.size();
    m_open.push_back(shared);
    ++m_shared[circleOf(shared)].openInCircle;
}

void PickleConverter::close()
{
    const Id shared = m_open.back();
    m_open.pop_back();
    if (m_runs.back() == m_open.size())
        m_runs.pop_back();
    m_shared[shared].openAt = nowhere;
    --m_shared[circleOf(shared)].openInCircle;
}

void PickleConverter::joinFrom(std::size_t place)
{
    for (; m_runs.back() > place; m_runs.pop_back()) {
        const Id inner = circleOf(m_open[m_runs.back()]);
        const Id outer = circleOf(m_open[m_runs.back() - 1]);
        if (inner == outer)
            continue;
        m_shared[inner].circle = outer;
        m_shared[outer].openInCircle += m_shared[inner].openInCircle;
    }
}

bool PickleConverter::convertShared(Id id, Value &out)
{
    const Id at = sharedAt(id);
    {
        const Shared &known = m_shared[at];
        if (known.openAt != nowhere) {
            m_recursTo = std::min(m_recursTo, known.openAt);
            joinFrom(known.openAt);
            out = Value::cycle();
            return true;
        }
        if (known.done && (!known.circular || m_shared[circleOf(at)].openInCircle == 0)) {
            if (m_depth + known.height > m_limits.depth)
                return failLimit("depth", m_limits.depth);
            m_deepest = std::max(m_deepest, m_depth + known.height);
            out = known.value;
            return true;
        }
    }

    const std::size_t place = m_open.size();
    open(at);
    const std::size_t outerRecursTo = std::exchange(m_recursTo, nowhere);
    const int outerDeepest = std::exchange(m_deepest, m_depth);
    if (!convertContent(id, out))
        return false;
    close();

    Shared &made = m_shared[at];
    if (m_recursTo == nowhere || m_recursTo == place) {
        made.done = true;
        made.circular = m_recursTo == place;
        made.height = m_deepest - m_depth;
        made.value = out;
        m_recursTo = outerRecursTo;
    } else {
        m_recursTo = std::min(m_recursTo, outerRecursTo);
    }
    m_deepest = std::max(m_deepest, outerDeepest);
    return true;
}

} // namespace Cachelens
