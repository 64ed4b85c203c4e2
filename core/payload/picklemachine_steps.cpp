// SPDX-License-Identifier: MIT
#include "core/payload/decodeerror.h"
#include "core/payload/payloadtext.h"
#include "core/payload/picklemachine.h"

namespace Cachelens {

// What each opcode does. The names are those of Python's pickletools.

namespace {

constexpr int newestProtocol = 5;

/// Protocol 0 is text; any other opcode of an unmarked pickle makes it protocol 1.
bool isTextOpcode(unsigned char opcode)
{
    return QByteArrayView("(02FILNPRSVabcdgilpst.").contains(static_cast<char>(opcode));
}

} // namespace

Q_ALWAYS_INLINE bool PickleMachine::step(unsigned char opcode)
{
    if (m_protocol < 0 && !m_binary && opcode != 0x80)
        m_binary = !isTextOpcode(opcode);

    QByteArrayView bytes;
    quint8 byte = 0;
    quint16 two = 0;
    quint32 four = 0;
    quint64 eight = 0;
    std::size_t from = 0;
    switch (opcode) {
    case 0x94: // MEMOIZE
        return put(m_memoCount);
    case 0x8c: // SHORT_BINUNICODE
        return takeCounted<quint8>(bytes) && pushUtf8(bytes);
    case 'K': // BININT1
        return takeUnsigned(byte) && pushInt(byte);
    case 'h': // BINGET
        return takeUnsigned(byte) && get(byte);
    case 'q': // BINPUT
        return takeUnsigned(byte) && put(byte);
    case 'G': // BINFLOAT
        return takeUnsigned(eight) && pushNode(Kind::Float, qbswap(eight));
    case '(': // MARK
        return pushMark();
    case 'N': // NONE
        return push(noneId);
    case 0x88: // NEWTRUE
        return push(trueId);
    case 0x89: // NEWFALSE
        return push(falseId);
    case 'X': // BINUNICODE
        return takeCounted<quint32>(bytes) && pushUtf8(bytes);
    case 'j': // LONG_BINGET
        return takeUnsigned(four) && get(four);
    case 'r': // LONG_BINPUT
        return takeUnsigned(four) && put(four);
    case 'M': // BININT2
        return takeUnsigned(two) && pushInt(two);
    case 'J': // BININT
        return takeUnsigned(four) && pushInt(static_cast<qint32>(four));
    case 0x8a: // LONG1
        return takeCounted<quint8>(bytes) && pushLong(bytes);
    case 0x8b: // LONG4
        return takeCounted<quint32>(bytes) && pushLong(bytes);
    case '}': // EMPTY_DICT
    case ']': // EMPTY_LIST
    case 0x8f: { // EMPTY_SET
        const Kind kind = opcode == '}' ? Kind::Dict : opcode == ']' ? Kind::List : Kind::Set;
        if (!pushNode(kind))
            return false;
        Graph::setItems(node(m_stack.back()), {});
        return true;
    }
    case 's': // SETITEM
        return need(3) && extend(Growth::SetItem, m_stack.size() - 2);
    case 'u': // SETITEMS
        return popMark(from) && extend(Growth::SetItem, from);
    case 'a': // APPEND
        return need(2) && extend(Growth::Append, m_stack.size() - 1);
    case 'e': // APPENDS
        return popMark(from) && extend(Growth::Append, from);
    case 0x90: // ADDITEMS
        return popMark(from) && extend(Growth::Add, from);
    case ')': // EMPTY_TUPLE
        return pushTuple(Kind::Tuple, m_stack.size());
    case 0x85: // TUPLE1
    case 0x86: // TUPLE2
    case 0x87: // TUPLE3
        return need(opcode - 0x84U) && pushTuple(Kind::Tuple, m_stack.size() - (opcode - 0x84U));
    case 't': // TUPLE
        return popMark(from) && pushTuple(Kind::Tuple, from);
    case 0x91: // FROZENSET
        return popMark(from) && pushTuple(Kind::FrozenSet, from);
    case 'C': // SHORT_BINBYTES
        return takeCounted<quint8>(bytes) && pushText(Kind::Bytes, bytes);
    case 'B': // BINBYTES
        return takeCounted<quint32>(bytes) && pushText(Kind::Bytes, bytes);
    case 0x8e: // BINBYTES8
        return takeCounted<quint64>(bytes) && pushText(Kind::Bytes, bytes);
    case 0x96: // BYTEARRAY8
        return takeCounted<quint64>(bytes) && pushText(Kind::ByteArray, bytes);
    case 0x8d: // BINUNICODE8
        return takeCounted<quint64>(bytes) && pushUtf8(bytes);
    case 'U': // SHORT_BINSTRING
        return takeCounted<quint8>(bytes) && pushText(Kind::OldText, bytes);
    case 'T': // BINSTRING
        return takeCounted<quint32>(bytes) && pushText(Kind::OldText, bytes);
    case 0x95: // FRAME
        if (!takeUnsigned(eight))
            return false;
        return eight <= static_cast<quint64>(m_end - m_at) || fail("the pickle is cut off");
    case 0x80: // PROTO
        if (!takeUnsigned(byte))
            return false;
        m_protocol = byte;
        return byte <= newestProtocol || fail("a pickle protocol above 5");
    default:
        return stepText(opcode);
    }
}

Result<PickleMachine::Id> PickleMachine::run()
{
    if (static_cast<quint64>(m_bytes.size()) >= Graph::none)
        return failure(undecodable("a pickle of more than 4 GiB"));
    for (;;) {
        if (m_at == m_end) {
            fail("the pickle is cut off");
            return failure(std::move(*m_error));
        }
        const auto opcode = static_cast<unsigned char>(*m_at++);
        if (opcode == '.')
            break;
        if (!step(opcode))
            return failure(std::move(*m_error));
    }
    if (!stop())
        return failure(std::move(*m_error));
    return m_stack.back();
}

/// Protocol 0, whose arguments are lines of text.
bool PickleMachine::stepText(unsigned char opcode)
{
    QByteArrayView line;
    quint64 index = 0;
    switch (opcode) {
    case 'p': // PUT
        return takeIndexLine(index) && put(index);
    case 'g': // GET
        return takeIndexLine(index) && get(index);
    case 'I': // INT
        if (!takeLine(line))
            return false;
        if (line == QByteArrayView("01"))
            return push(trueId);
        if (line == QByteArrayView("00"))
            return push(falseId);
        return pushInteger(line);
    case 'L': // LONG
        if (!takeLine(line))
            return false;
        return pushInteger(line.endsWith('L') ? line.chopped(1) : line);
    case 'F': // FLOAT
        return takeLine(line) && pushFloatText(line);
    case 'S': { // STRING
        if (!takeLine(line))
            return false;
        auto text = unquotePython(line);
        return text ? pushOwned(Kind::OldText, std::move(*text)) : fail("a string that is not one");
    }
    case 'V': { // UNICODE
        if (!takeLine(line))
            return false;
        auto text = unescapeRawUnicode(line);
        return text ? pushOwned(Kind::Text, std::move(*text)) : fail("text that is not any");
    }
    case 'l': // LIST
    case 'd': { // DICT
        std::size_t from = 0;
        if (!popMark(from) || !pushNode(opcode == 'l' ? Kind::List : Kind::Dict))
            return false;
        const Id container = m_stack.back();
        m_stack.pop_back();
        Graph::Items items;
        if (!extendItems(items, from, opcode == 'l' ? 1 : 2))
            return false;
        Graph::setItems(node(container), items);
        return push(container);
    }
    default:
        return stepObject(opcode);
    }
}

/// Classes, calls and instances: all of them noted, none of them done.
bool PickleMachine::stepObject(unsigned char opcode)
{
    QByteArrayView module;
    QByteArrayView name;
    std::size_t from = 0;
    Id first = Graph::none;
    Id second = Graph::none;
    Id third = Graph::none;
    switch (opcode) {
    case 'c': // GLOBAL
        return takeLine(module) && takeLine(name) && pushClass(module, name);
    case 0x93: { // STACK_GLOBAL
        if (!need(2) || !pop(second) || !pop(first))
            return false;
        const auto isName = [this](Id id) {
            return node(id).kind == Kind::Text || node(id).kind == Kind::OldText;
        };
        if (!isName(first) || !isName(second))
            return fail("the name of a class that is no text");
        return pushClass(m_graph.text(node(first)), m_graph.text(node(second)));
    }
    case 'R': // REDUCE
        if (!need(2) || !pop(second) || !pop(first))
            return false;
        return pushObject({Graph::Made::Called, first, second, Graph::none, Graph::none, {}, {}});
    case 0x81: // NEWOBJ
        if (!need(2) || !pop(second) || !pop(first))
            return false;
        return pushObject({Graph::Made::New, first, second, Graph::none, Graph::none, {}, {}});
    case 0x92: // NEWOBJ_EX
        if (!need(3) || !pop(third) || !pop(second) || !pop(first))
            return false;
        return pushObject({Graph::Made::New, first, second, third, Graph::none, {}, {}});
    case 'b': // BUILD
        return build();
    case 'i': // INST
        if (!takeLine(module) || !takeLine(name) || !popMark(from) || !pushClass(module, name))
            return false;
        first = m_stack.back();
        m_stack.pop_back();
        return instance(first, from, from);
    case 'o': // OBJ
        if (!popMark(from))
            return false;
        if (from == m_stack.size())
            return fail("the pickle's stack is empty");
        return instance(m_stack[from], from + 1, from);
    case 'P': // PERSID
        if (!takeLine(name) || !pushUtf8(name) || !pop(first))
            return false;
        return pushObject(
            {Graph::Made::Persistent, Graph::none, first, Graph::none, Graph::none, {}, {}});
    case 'Q': // BINPERSID
        if (!pop(first))
            return false;
        return pushObject(
            {Graph::Made::Persistent, Graph::none, first, Graph::none, Graph::none, {}, {}});
    case 0x82: { // EXT1
        quint8 code = 0;
        return takeUnsigned(code)
            && pushClass("copyreg.extension",
                         m_graph.owned.emplace_front(QByteArray::number(code)));
    }
    case 0x83: { // EXT2
        quint16 code = 0;
        return takeUnsigned(code)
            && pushClass("copyreg.extension",
                         m_graph.owned.emplace_front(QByteArray::number(code)));
    }
    case 0x84: { // EXT4
        quint32 code = 0;
        return takeUnsigned(code)
            && pushClass("copyreg.extension",
                         m_graph.owned.emplace_front(QByteArray::number(code)));
    }
    default:
        return stepStack(opcode);
    }
}

bool PickleMachine::stepStack(unsigned char opcode)
{
    Id id = Graph::none;
    std::size_t from = 0;
    switch (opcode) {
    case '0': // POP
        if (!m_marks.empty() && m_stack.size() == m_fence)
            return popMark(from);
        return pop(id);
    case '1': // POP_MARK
        if (!popMark(from))
            return false;
        m_stack.resize(from);
        return true;
    case '2': // DUP
        if (!need(1))
            return false;
        node(m_stack.back()).shared = true;
        return push(m_stack.back());
    case 0x97: // NEXT_BUFFER
    case 0x98: // READONLY_BUFFER
        return fail("the pickle keeps a buffer outside of itself");
    default:
        --m_at;
        return fail("no pickle opcode");
    }
}

} // namespace Cachelens
