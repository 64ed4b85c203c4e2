// SPDX-License-Identifier: MIT
#include "core/value/valuejson.h"

#include "core/value/isotext.h"
#include "core/value/pythonstr.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace Cachelens {

namespace {

constexpr qint64 exactInDouble = qint64(1) << 53;

/// The length of the well-formed UTF-8 sequence at the front of `text`; 0 when there is none.
qsizetype utf8Length(QByteArrayView text)
{
    const auto byte = [text](qsizetype i) {
        return i < text.size() ? static_cast<quint8>(text[i]) : quint8(0);
    };
    const auto continues = [&byte](qsizetype i) { return (byte(i) & 0xc0) == 0x80; };
    const quint8 lead = byte(0);
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead < 0xe0)
        return continues(1) ? 2 : 0;
    if (lead >= 0xe0 && lead < 0xf0) {
        const bool overlong = lead == 0xe0 && byte(1) < 0xa0;
        const bool surrogate = lead == 0xed && byte(1) >= 0xa0;
        return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (lead >= 0xf0 && lead < 0xf5) {
        const bool overlong = lead == 0xf0 && byte(1) < 0x90;
        const bool beyond = lead == 0xf4 && byte(1) >= 0x90;
        return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
}

/// Writes until the budget is spent. Every container costs at least a byte a child, and nothing
/// is entered once the budget is spent, so that a graph that unfolds without end stops too.
class Writer {
public:
    explicit Writer(const JsonOptions &options) : m_options(options) { }

    JsonText take()
    {
        const bool truncated = m_out.size() > m_options.maxBytes;
        if (truncated) {
            qsizetype size = std::max<qsizetype>(m_options.maxBytes, 0);
            while (size > 0 && (static_cast<quint8>(m_out[size]) & 0xc0) == 0x80)
                --size;
            m_out.truncate(size);
        }
        return {std::move(m_out), truncated};
    }

    void write(const Value &value);

private:
    [[nodiscard]] bool full() const { return m_out.size() > m_options.maxBytes; }
    void newLine()
    {
        if (m_options.indent >= 0) {
            m_out += '\n';
            m_out.append(static_cast<qsizetype>(m_options.indent) * m_depth, ' ');
        }
    }
    /// Calls `element(i)` for 0 to `count`, with what stands between them and around them.
    template <typename Element>
    void enclose(char begin, char end, size_t count, const Element &element);
    void writeString(QByteArrayView text);
    void writeList(const ValueList &items);
    void writePairs(const ValueMap &entries);
    void writeMap(const ValueMap &entries);
    void writeObject(const Value &value);
    void tagged(const char *tag, QByteArrayView text);
    void open(const char *tag);
    void writeTimeDelta(const TimeDelta &delta);

    JsonOptions m_options;
    QByteArray m_out;
    int m_depth = 0;
};

template <typename Element>
void Writer::enclose(char begin, char end, size_t count, const Element &element)
{
    m_out += begin;
    ++m_depth;
    for (size_t i = 0; i < count && !full(); ++i) {
        if (i > 0)
            m_out += m_options.indent >= 0 ? "," : ", ";
        newLine();
        element(i);
    }
    --m_depth;
    if (count > 0 && !full())
        newLine();
    m_out += end;
}

void Writer::writeString(QByteArrayView text)
{
    m_out += '"';
    qsizetype i = 0;
    while (i < text.size() && !full()) {
        const auto c = static_cast<quint8>(text[i]);
        if (c >= 0x80) {
            // A sequence is at most four bytes long, which bounds the look ahead.
            const qsizetype length
                = utf8Length(text.sliced(i, std::min<qsizetype>(4, text.size() - i)));
            if (length == 0)
                m_out += "\\ufffd";
            else
                m_out.append(text.sliced(i, length));
            i += std::max<qsizetype>(length, 1);
            continue;
        }
        if (c == '"' || c == '\\') {
            m_out += '\\';
            m_out += static_cast<char>(c);
        } else if (c == '\n') {
            m_out += "\\n";
        } else if (c == '\t') {
            m_out += "\\t";
        } else if (c == '\r') {
            m_out += "\\r";
        } else if (c < 0x20 || c == 0x7f) {
            m_out += "\\u00" + QByteArray::number(c, 16).rightJustified(2, '0');
        } else {
            m_out += static_cast<char>(c);
        }
        ++i;
    }
    m_out += '"';
}

void Writer::tagged(const char *tag, QByteArrayView text)
{
    open(tag);
    writeString(text);
    m_out += '}';
}

void Writer::open(const char *tag)
{
    m_out += "{\"$";
    m_out += tag;
    m_out += "\": ";
}

void Writer::writeList(const ValueList &items)
{
    enclose('[', ']', items.size(), [this, &items](size_t i) { write(items[i]); });
}

void Writer::writePairs(const ValueMap &entries)
{
    enclose('[', ']', entries.size(), [this, &entries](size_t i) {
        m_out += '[';
        write(entries[i].first);
        m_out += ", ";
        write(entries[i].second);
        m_out += ']';
    });
}

void Writer::writeMap(const ValueMap &entries)
{
    bool strings = true;
    bool dollar = false;
    for (const auto &[key, value] : entries) {
        strings = strings && key.isString();
        dollar = dollar || (key.isString() && key.text().startsWith('$'));
    }
    if (!strings || dollar) {
        open(strings ? "map" : "dict");
        writePairs(entries);
        m_out += '}';
        return;
    }
    enclose('{', '}', entries.size(), [this, &entries](size_t i) {
        writeString(entries[i].first.text());
        m_out += ": ";
        write(entries[i].second);
    });
}

void Writer::writeObject(const Value &value)
{
    const Object &object = value.object();
    const bool named = value.type() == Value::Type::Object && !object.className.isEmpty();
    const auto attribute = [this, &object](size_t i) {
        const Value &name = object.attributes[i].first;
        writeString(name.isString() ? name.toByteArray() : pythonStr(name));
        m_out += ": ";
        write(object.attributes[i].second);
    };
    if (named) {
        enclose('{', '}', object.attributes.size() + 1, [&](size_t i) {
            if (i > 0) {
                attribute(i - 1);
                return;
            }
            m_out += "\"$object\": ";
            writeString(object.className);
        });
        return;
    }
    open(value.type() == Value::Type::Request ? "request" : "object");
    enclose('{', '}', object.attributes.size(), attribute);
    m_out += '}';
}

void Writer::writeTimeDelta(const TimeDelta &delta)
{
    qint64 seconds = qint64(delta.days) * 86400 + delta.seconds;
    qint32 fraction = delta.microseconds;
    const bool negative = seconds < 0;
    if (negative && fraction != 0) {
        ++seconds;
        fraction = 1000000 - fraction;
    }
    open("timedelta");
    if (negative)
        m_out += '-';
    m_out += QByteArray::number(std::abs(seconds)) + '.';
    QByteArray digits = QByteArray::number(fraction).rightJustified(6, '0');
    while (digits.size() > 1 && digits.endsWith('0'))
        digits.chop(1);
    m_out += digits + '}';
}

void Writer::write(const Value &value)
{
    if (full())
        return;
    const bool container = value.isSequence() || value.type() == Value::Type::Map
        || value.type() == Value::Type::Object || value.type() == Value::Type::Request;
    if (container && m_depth >= m_options.maxDepth) {
        open("deep");
        m_out += "true}";
        return;
    }
    QByteArray text;
    switch (value.type()) {
    case Value::Type::None:
        m_out += "null";
        break;
    case Value::Type::Bool:
        m_out += value.toBool() ? "true" : "false";
        break;
    case Value::Type::Int: {
        const QByteArray number = QByteArray::number(value.toInt());
        if (value.toInt() > exactInDouble || value.toInt() < -exactInDouble)
            tagged("int", number);
        else
            m_out += number;
        break;
    }
    case Value::Type::BigInt:
        tagged("int", value.text());
        break;
    case Value::Type::Float:
        appendPythonFloat(text, value.toFloat());
        if (std::isfinite(value.toFloat()))
            m_out += text;
        else
            tagged("float", text);
        break;
    case Value::Type::String:
        writeString(value.text());
        break;
    case Value::Type::Bytes:
    case Value::Type::ByteArray: {
        // Only as much is encoded as can be written: four characters for three bytes.
        const qsizetype left = std::max<qsizetype>(m_options.maxBytes - m_out.size(), 0);
        const QByteArrayView part
            = value.text().first(std::min(value.text().size(), left / 4 * 3 + 3));
        tagged(value.type() == Value::Type::Bytes ? "bytes" : "bytearray",
               part.toByteArray().toBase64());
        break;
    }
    case Value::Type::Date:
        appendIso(text, value.date());
        tagged("date", text);
        break;
    case Value::Type::Time:
        appendIso(text, value.time());
        tagged("time", text);
        break;
    case Value::Type::DateTime:
        appendIso(text, value.dateTime());
        tagged("datetime", text);
        break;
    case Value::Type::TimeDelta:
        writeTimeDelta(value.timeDelta());
        break;
    case Value::Type::Decimal:
        tagged("decimal", value.text());
        break;
    case Value::Type::Uuid:
        tagged("uuid", value.text());
        break;
    case Value::Type::Class:
        tagged("class", value.text());
        break;
    case Value::Type::Cycle:
        open("cycle");
        m_out += "true}";
        break;
    case Value::Type::List:
        writeList(value.items());
        break;
    case Value::Type::Tuple:
    case Value::Type::Set:
    case Value::Type::FrozenSet:
        open(value.type() == Value::Type::Tuple     ? "tuple"
                 : value.type() == Value::Type::Set ? "set"
                                                    : "frozenset");
        writeList(value.items());
        m_out += '}';
        break;
    case Value::Type::Map:
        writeMap(value.entries());
        break;
    case Value::Type::Object:
    case Value::Type::Request:
        writeObject(value);
        break;
    }
}

} // namespace

JsonText valueToJson(const Value &value, const JsonOptions &options)
{
    Writer writer(options);
    writer.write(value);
    return writer.take();
}

} // namespace Cachelens
