// SPDX-License-Identifier: MIT
#include "core/value/unambiguoustext.h"

#include "core/value/isotext.h"
#include "core/value/pythonstr.h"

#include <algorithm>

namespace Cachelens {

namespace {

void appendHex(QByteArray &out, char c)
{
    constexpr char digits[] = "0123456789ABCDEF";
    out += '%';
    out += digits[static_cast<quint8>(c) >> 4];
    out += digits[static_cast<quint8>(c) & 0xf];
}

bool isControl(char c)
{
    return static_cast<quint8>(c) < 0x20 || c == 0x7f;
}

enum class Charset { Utf8, Ascii };

void appendQuoted(QByteArray &out, QByteArrayView text, Charset charset = Charset::Utf8)
{
    out += '"';
    char previous = 0;
    for (const char c : text) {
        const bool pair = (c == ':' || c == '|') && c == previous;
        if (c == '%' || c == '"' || pair || isControl(c)
            || (charset == Charset::Ascii && static_cast<quint8>(c) >= 0x80)) {
            appendHex(out, c);
        } else {
            out += c;
        }
        previous = c;
    }
    out += '"';
}

class Writer {
public:
    Writer(QByteArray &out, bool sortLists) : m_out(out), m_sortLists(sortLists) { }

    void write(const Value &value)
    {
        switch (value.type()) {
        case Value::Type::None:
        case Value::Type::Bool:
        case Value::Type::Int:
            m_out += pythonStr(value);
            break;
        case Value::Type::BigInt:
            m_out += value.text();
            break;
        case Value::Type::Float:
            appendPythonFloat(m_out, value.toFloat());
            break;
        case Value::Type::String:
            appendQuoted(m_out, value.text());
            break;
        case Value::Type::Bytes:
            named("b", value.text(), Charset::Ascii);
            break;
        case Value::Type::ByteArray:
            named("bytearray", value.text(), Charset::Ascii);
            break;
        case Value::Type::Date:
            writeIso("date", value.date());
            break;
        case Value::Type::Time:
            writeIso("time", value.time());
            break;
        case Value::Type::DateTime:
            writeIso("datetime", value.dateTime());
            break;
        case Value::Type::TimeDelta:
            writeTimeDelta(value.timeDelta());
            break;
        case Value::Type::Decimal:
            named("decimal", value.text());
            break;
        case Value::Type::Uuid:
            named("uuid", value.text());
            break;
        case Value::Type::Class:
            named("class", value.text());
            break;
        case Value::Type::List:
            writeItems(value.items(), "[", ']', m_sortLists);
            break;
        case Value::Type::Tuple:
            writeItems(value.items(), "(", ')', m_sortLists);
            break;
        case Value::Type::Set:
            writeItems(value.items(), "set{", '}', true);
            break;
        case Value::Type::FrozenSet:
            writeItems(value.items(), "frozenset{", '}', true);
            break;
        case Value::Type::Map:
            writeEntries(value.entries());
            break;
        case Value::Type::Object:
            named("object", value.object().className);
            writeEntries(value.object().attributes);
            break;
        case Value::Type::Request:
            named("request", value.object().className);
            writeEntries(value.object().attributes);
            break;
        case Value::Type::Cycle:
            m_out += "cycle";
            break;
        }
    }

private:
    void named(const char *name, QByteArrayView text, Charset charset = Charset::Utf8)
    {
        m_out += name;
        appendQuoted(m_out, text, charset);
    }

    template <typename Part> void writeIso(const char *name, const Part &part)
    {
        QByteArray text;
        appendIso(text, part);
        named(name, text);
    }

    void writeTimeDelta(const TimeDelta &delta)
    {
        named("timedelta",
              QByteArray::number(delta.days) + ',' + QByteArray::number(delta.seconds) + ','
                  + QByteArray::number(delta.microseconds));
    }

    QByteArray textOf(const Value &value) const
    {
        QByteArray text;
        Writer(text, m_sortLists).write(value);
        return text;
    }

    void writeSorted(std::vector<QByteArray> texts)
    {
        std::sort(texts.begin(), texts.end());
        bool first = true;
        for (const QByteArray &text : texts) {
            if (!first)
                m_out += ',';
            first = false;
            m_out += text;
        }
    }

    void writeItems(const ValueList &items, const char *open, char close, bool sorted)
    {
        m_out += open;
        if (sorted) {
            std::vector<QByteArray> texts;
            texts.reserve(items.size());
            for (const Value &item : items)
                texts.push_back(textOf(item));
            writeSorted(std::move(texts));
        } else {
            bool first = true;
            for (const Value &item : items) {
                if (!first)
                    m_out += ',';
                first = false;
                write(item);
            }
        }
        m_out += close;
    }

    void writeEntries(const ValueMap &entries)
    {
        std::vector<QByteArray> texts;
        texts.reserve(entries.size());
        for (const auto &[key, value] : entries)
            texts.push_back(textOf(key) + '=' + textOf(value));
        m_out += '{';
        writeSorted(std::move(texts));
        m_out += '}';
    }

    QByteArray &m_out;
    bool m_sortLists;
};

} // namespace

void appendUnambiguousText(QByteArray &out, const Value &value, bool sortLists)
{
    Writer(out, sortLists).write(value);
}

void appendUnambiguousName(QByteArray &out, QByteArrayView name)
{
    if (name.isEmpty())
        out += '%';
    for (const char c : name) {
        if (c == '%' || c == '"' || c == ':' || c == '|' || isControl(c))
            appendHex(out, c);
        else
            out += c;
    }
}

} // namespace Cachelens
