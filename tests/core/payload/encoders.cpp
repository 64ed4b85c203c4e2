// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoders.h"

#include "core/value/pythonstr.h"

#include <QList>
#include <QString>
#include <QtEndian>

#include <bit>
#include <limits>

namespace Cachelens::Testing {

namespace {

template <typename Number> void appendBigEndian(QByteArray &out, Number number)
{
    const Number swapped = qToBigEndian(number);
    out.append(reinterpret_cast<const char *>(&swapped), sizeof swapped);
}

template <typename Number> void appendLittleEndian(QByteArray &out, Number number)
{
    const Number swapped = qToLittleEndian(number);
    out.append(reinterpret_cast<const char *>(&swapped), sizeof swapped);
}

[[noreturn]] void unknown(const char *format)
{
    qFatal("%s knows no such value", format);
    std::abort();
}

// JSON

void appendJsonString(QByteArray &out, QByteArrayView text)
{
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += "\\u00" + QByteArray(1, c).toHex();
        } else {
            out += c;
        }
    }
    out += '"';
}

void appendJson(QByteArray &out, const Value &value)
{
    switch (value.type()) {
    case Value::Type::None:
        out += "null";
        return;
    case Value::Type::Bool:
        out += value.toBool() ? "true" : "false";
        return;
    case Value::Type::Int:
        out += QByteArray::number(value.toInt());
        return;
    case Value::Type::BigInt:
        out += value.text();
        return;
    case Value::Type::Float:
        if (value.toFloat() != value.toFloat())
            out += "NaN";
        else if (value.toFloat() == std::numeric_limits<double>::infinity())
            out += "Infinity";
        else if (value.toFloat() == -std::numeric_limits<double>::infinity())
            out += "-Infinity";
        else
            appendPythonFloat(out, value.toFloat());
        return;
    case Value::Type::String:
        appendJsonString(out, value.text());
        return;
    case Value::Type::List: {
        out += '[';
        for (const Value &item : value.items()) {
            appendJson(out, item);
            out += ", ";
        }
        if (!value.items().empty())
            out.chop(2);
        out += ']';
        return;
    }
    case Value::Type::Map: {
        out += '{';
        for (const auto &[key, item] : value.entries()) {
            appendJsonString(out, key.text());
            out += ": ";
            appendJson(out, item);
            out += ", ";
        }
        if (!value.entries().empty())
            out.chop(2);
        out += '}';
        return;
    }
    default:
        unknown("JSON");
    }
}

// MessagePack

/// The marks of a length that lies in the mark itself, in one byte and in two; 0: has none such.
void appendSize(QByteArray &out, std::size_t size, int small, std::size_t smallSizes, int one,
                int two)
{
    if (size < smallSizes) {
        out += static_cast<char>(small | static_cast<int>(size));
    } else if (one != 0 && size <= 0xff) {
        out += static_cast<char>(one);
        out += static_cast<char>(size);
    } else if (size <= 0xffff) {
        out += static_cast<char>(two);
        appendBigEndian(out, static_cast<quint16>(size));
    } else {
        out += static_cast<char>(two + 1);
        appendBigEndian(out, static_cast<quint32>(size));
    }
}

void appendMessagePack(QByteArray &out, const Value &value)
{
    switch (value.type()) {
    case Value::Type::None:
        out += '\xc0';
        return;
    case Value::Type::Bool:
        out += value.toBool() ? '\xc3' : '\xc2';
        return;
    case Value::Type::Int: {
        const qint64 number = value.toInt();
        if (number >= -32 && number < 128) {
            out += static_cast<char>(number);
        } else if (number == static_cast<qint16>(number)) {
            out += '\xd1';
            appendBigEndian(out, static_cast<qint16>(number));
        } else if (number == static_cast<quint32>(number)) {
            out += '\xce';
            appendBigEndian(out, static_cast<quint32>(number));
        } else {
            out += '\xd3';
            appendBigEndian(out, number);
        }
        return;
    }
    case Value::Type::Float:
        out += '\xcb';
        appendBigEndian(out, std::bit_cast<quint64>(value.toFloat()));
        return;
    case Value::Type::String:
        appendSize(out, static_cast<std::size_t>(value.text().size()), 0xa0, 32, 0xd9, 0xda);
        out += value.text();
        return;
    case Value::Type::Bytes: {
        appendSize(out, static_cast<std::size_t>(value.text().size()), 0, 0, 0xc4, 0xc5);
        out += value.text();
        return;
    }
    case Value::Type::List:
        appendSize(out, value.items().size(), 0x90, 16, 0, 0xdc);
        for (const Value &item : value.items())
            appendMessagePack(out, item);
        return;
    case Value::Type::Map:
        appendSize(out, value.entries().size(), 0x80, 16, 0, 0xde);
        for (const auto &[key, item] : value.entries()) {
            appendMessagePack(out, key);
            appendMessagePack(out, item);
        }
        return;
    default:
        unknown("MessagePack");
    }
}

// Pickle

class Pickler {
public:
    explicit Pickler(int protocol) : m_protocol(protocol) { }

    QByteArray pickle(const Value &value)
    {
        if (m_protocol >= 2) {
            m_out += '\x80';
            m_out += static_cast<char>(m_protocol);
        }
        append(value);
        m_out += '.';
        return m_out;
    }

private:
    [[nodiscard]] bool isText() const { return m_protocol == 0; }

    void memoize()
    {
        if (m_protocol >= 4) {
            m_out += '\x94';
        } else if (isText()) {
            m_out += 'p' + QByteArray::number(m_memo) + '\n';
        } else {
            m_out += 'r';
            appendLittleEndian(m_out, m_memo);
        }
        ++m_memo;
    }

    void appendText(QByteArrayView utf8)
    {
        if (isText()) {
            m_out += 'V';
            for (const char32_t c : QString::fromUtf8(utf8).toUcs4()) {
                if (c > 0x20 && c < 0x7f && c != '\\')
                    m_out += static_cast<char>(c);
                else
                    m_out += "\\U"
                        + QByteArray::number(static_cast<uint>(c), 16).rightJustified(8, '0');
            }
            m_out += '\n';
        } else if (m_protocol >= 4 && utf8.size() < 256) {
            m_out += '\x8c';
            m_out += static_cast<char>(utf8.size());
            m_out += utf8;
        } else {
            m_out += 'X';
            appendLittleEndian(m_out, static_cast<quint32>(utf8.size()));
            m_out += utf8;
        }
        memoize();
    }

    void appendBytes(QByteArrayView bytes)
    {
        if (m_protocol >= 3) {
            m_out += 'B';
            appendLittleEndian(m_out, static_cast<quint32>(bytes.size()));
            m_out += bytes;
            memoize();
            return;
        }
        m_out += "c_codecs\nencode\n(";
        appendText(QString::fromLatin1(bytes).toUtf8());
        appendText("latin1");
        m_out += "tR";
        memoize();
    }

    void appendInt(qint64 number)
    {
        if (isText() || number != static_cast<qint32>(number)) {
            m_out += isText() ? 'I' : 'L';
            m_out += QByteArray::number(number) + (isText() ? "\n" : "L\n");
        } else {
            m_out += 'J';
            appendLittleEndian(m_out, static_cast<qint32>(number));
        }
    }

    void appendItems(const ValueList &items)
    {
        for (const Value &item : items)
            append(item);
    }

    void appendCalled(const char *module, const char *name, const Value &argument)
    {
        m_out += 'c' + QByteArray(module) + '\n' + name + "\n(";
        append(argument);
        m_out += "tR";
        memoize();
    }

    void append(const Value &value)
    {
        switch (value.type()) {
        case Value::Type::None:
            m_out += 'N';
            return;
        case Value::Type::Bool:
            m_out += isText() ? (value.toBool() ? "I01\n" : "I00\n")
                              : (value.toBool() ? "\x88" : "\x89");
            return;
        case Value::Type::Int:
            appendInt(value.toInt());
            return;
        case Value::Type::BigInt:
            m_out += 'L' + value.toByteArray() + "L\n";
            return;
        case Value::Type::Float:
            if (isText()) {
                m_out += 'F';
                appendPythonFloat(m_out, value.toFloat());
                m_out += '\n';
            } else {
                m_out += 'G';
                appendBigEndian(m_out, std::bit_cast<quint64>(value.toFloat()));
            }
            return;
        case Value::Type::String:
            appendText(value.text());
            return;
        case Value::Type::Bytes:
            appendBytes(value.text());
            return;
        case Value::Type::ByteArray:
            appendCalled("__builtin__", "bytearray", Value::bytes(value.text()));
            return;
        case Value::Type::Decimal:
            appendCalled("decimal", "Decimal", Value::string(value.text()));
            return;
        case Value::Type::Set:
            appendCalled("builtins", "set", Value::list(value.items()));
            return;
        case Value::Type::FrozenSet:
            appendCalled("builtins", "frozenset", Value::list(value.items()));
            return;
        case Value::Type::Tuple:
            m_out += '(';
            appendItems(value.items());
            m_out += 't';
            memoize();
            return;
        case Value::Type::List:
            if (isText()) {
                m_out += '(';
                appendItems(value.items());
                m_out += 'l';
                memoize();
                return;
            }
            m_out += ']';
            memoize();
            m_out += '(';
            appendItems(value.items());
            m_out += 'e';
            return;
        case Value::Type::Map:
            m_out += isText() ? "(d" : "}";
            memoize();
            for (const auto &[key, item] : value.entries()) {
                append(key);
                append(item);
                m_out += 's';
            }
            return;
        default:
            unknown("pickle");
        }
    }

    int m_protocol;
    quint32 m_memo = 0;
    QByteArray m_out;
};

} // namespace

QByteArray encodeJson(const Value &value)
{
    QByteArray out;
    appendJson(out, value);
    return out;
}

QByteArray encodeMessagePack(const Value &value)
{
    QByteArray out;
    appendMessagePack(out, value);
    return out;
}

QByteArray encodePickle(const Value &value, int protocol)
{
    return Pickler(protocol).pickle(value);
}

} // namespace Cachelens::Testing
