// SPDX-License-Identifier: MIT
#include "core/payload/jsonwriter.h"

#include "core/value/isotext.h"
#include "core/value/pythonstr.h"

#include <array>
#include <charconv>
#include <cmath>

namespace Cachelens {

namespace {

/// What stands between quotes for each byte: itself (0), an escape's letter, or `u`.
constexpr std::array<char, 256> escapes = [] {
    std::array<char, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c)
        table[c] = 'u';
    table['"'] = '"';
    table['\\'] = '\\';
    table['\n'] = 'n';
    table['\r'] = 'r';
    table['\t'] = 't';
    table['\b'] = 'b';
    table['\f'] = 'f';
    return table;
}();

QByteArrayView numberText(std::array<char, 24> &room, qint64 number)
{
    const char *end = std::to_chars(room.data(), room.data() + room.size(), number).ptr;
    return {room.data(), end};
}

} // namespace

void JsonWriter::key(QByteArrayView name, bool first)
{
    if (!first)
        m_out.put(',');
    putString(name);
    m_out.put(':');
}

bool JsonWriter::write(const Value &value, const Place &place)
{
    if (!countValue(place))
        return false;
    std::array<char, 24> room{};
    switch (value.type()) {
    case Value::Type::None:
        none();
        return true;
    case Value::Type::Bool:
        m_out.put(value.toBool() ? QByteArrayView("true") : QByteArrayView("false"));
        return true;
    case Value::Type::Int:
        m_out.put(numberText(room, value.toInt()));
        return true;
    case Value::Type::BigInt:
        if (!fitsInteger(place, value.text()))
            return false;
        m_out.put(value.text());
        return true;
    case Value::Type::Float:
        putFloat(value.toFloat());
        return true;
    case Value::Type::String:
    case Value::Type::Decimal:
    case Value::Type::Uuid:
        return writeText(value, place);
    case Value::Type::Date:
        m_text.resize(0);
        appendIso(m_text, value.date());
        putString(m_text);
        return true;
    case Value::Type::Time:
        if (value.time().utcOffset)
            return unsupported(place, "JSON has no times with an offset");
        m_text.resize(0);
        appendIso(m_text, value.time());
        m_text.truncate(12); // to the millisecond
        putString(m_text);
        return true;
    case Value::Type::DateTime:
        putDateTime(value.dateTime());
        return true;
    case Value::Type::TimeDelta:
        putTimeDelta(value.timeDelta());
        return true;
    case Value::Type::List:
    case Value::Type::Tuple:
        return writeList(value.items(), place);
    case Value::Type::Map:
        return writeMap(value.entries(), place);
    case Value::Type::Bytes:
    case Value::Type::ByteArray:
        return unsupported(place, "JSON has no bytes");
    case Value::Type::Set:
    case Value::Type::FrozenSet:
        return unsupported(place, "JSON has no sets");
    case Value::Type::Object:
    case Value::Type::Request:
    case Value::Type::Class:
    case Value::Type::Cycle:
        break;
    }
    return unsupported(place, "it has no meaning without its class");
}

bool JsonWriter::writeText(const Value &value, const Place &place)
{
    if (!fitsText(place, value.text()))
        return false;
    putString(value.text());
    return true;
}

bool JsonWriter::writeList(const ValueList &items, const Place &place)
{
    if (!enter(place, items.size()))
        return false;
    m_out.put('[');
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0)
            m_out.put(',');
        if (!write(items[i], place.at(i)))
            return false;
    }
    m_out.put(']');
    leave();
    return true;
}

bool JsonWriter::writeMap(const ValueMap &entries, const Place &place)
{
    if (!enter(place, entries.size()))
        return false;
    m_out.put('{');
    bool first = true;
    for (const auto &[key, content] : entries) {
        if (!first)
            m_out.put(',');
        first = false;
        const Place entry = place.at(key);
        if (!countValue(entry) || !writeKey(key, entry))
            return false;
        m_out.put(':');
        if (!write(content, entry))
            return false;
    }
    m_out.put('}');
    leave();
    return true;
}

bool JsonWriter::writeKey(const Value &key, const Place &place)
{
    std::array<char, 24> room{};
    switch (key.type()) {
    case Value::Type::String:
        return writeText(key, place);
    case Value::Type::None:
    case Value::Type::Bool:
    case Value::Type::Int:
    case Value::Type::Float:
        break;
    case Value::Type::BigInt:
        if (!fitsInteger(place, key.text()))
            return false;
        break;
    default:
        return unsupported(place, "JSON has no such keys");
    }
    m_out.put('"');
    if (key.isNone())
        none();
    else if (key.type() == Value::Type::Bool)
        m_out.put(key.toBool() ? QByteArrayView("true") : QByteArrayView("false"));
    else if (key.type() == Value::Type::Int)
        m_out.put(numberText(room, key.toInt()));
    else if (key.type() == Value::Type::BigInt)
        m_out.put(key.text());
    else
        putFloat(key.toFloat());
    m_out.put('"');
    return true;
}

void JsonWriter::putFloat(double number)
{
    if (std::isnan(number)) {
        m_out.put("NaN");
    } else if (std::isinf(number)) {
        m_out.put(number < 0 ? QByteArrayView("-Infinity") : QByteArrayView("Infinity"));
    } else {
        m_text.resize(0);
        appendPythonFloat(m_text, number);
        m_out.put(m_text);
    }
}

void JsonWriter::putString(QByteArrayView utf8)
{
    m_out.put('"');
    const char *plain = utf8.begin();
    for (const char *at = plain; at != utf8.end(); ++at) {
        const char escape = escapes[static_cast<unsigned char>(*at)];
        if (escape == 0)
            continue;
        m_out.put({plain, at});
        plain = at + 1;
        m_out.put('\\');
        m_out.put(escape);
        if (escape == 'u') {
            m_out.put("00");
            m_out.put(*at >= 0x10 ? '1' : '0');
            m_out.put("0123456789abcdef"[*at & 0x0f]);
        }
    }
    m_out.put({plain, utf8.end()});
    m_out.put('"');
}

void JsonWriter::putDateTime(const DateTime &dateTime)
{
    m_text.resize(0);
    appendIso(m_text, dateTime);
    if (dateTime.time.microsecond != 0)
        m_text.remove(23, 3); // to the millisecond
    if (m_text.endsWith("+00:00"))
        m_text.replace(m_text.size() - 6, 6, "Z");
    putString(m_text);
}

void JsonWriter::putTimeDelta(const TimeDelta &delta)
{
    qint64 seconds = qint64(delta.days) * 86400 + delta.seconds;
    qint32 micro = delta.microseconds;
    const bool negative = seconds < 0;
    if (negative) {
        seconds = -seconds;
        if (micro != 0) {
            --seconds;
            micro = 1'000'000 - micro;
        }
    }
    const auto two = [this](qint64 number) {
        m_text += static_cast<char>('0' + number / 10);
        m_text += static_cast<char>('0' + number % 10);
    };
    m_text.resize(0);
    m_text += negative ? "-P" : "P";
    m_text += QByteArray::number(seconds / 86400) + "DT";
    two(seconds / 3600 % 24);
    m_text += 'H';
    two(seconds / 60 % 60);
    m_text += 'M';
    two(seconds % 60);
    if (micro != 0)
        m_text += '.' + QByteArray::number(micro).rightJustified(6, '0');
    m_text += 'S';
    putString(m_text);
}

} // namespace Cachelens
