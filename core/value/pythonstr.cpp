// SPDX-License-Identifier: MIT
#include "core/value/pythonstr.h"

#include "core/value/isotext.h"

#include <QList>
#include <QString>

#include <array>
#include <charconv>
#include <cmath>

namespace Cachelens {

namespace {

void appendRepr(QByteArray &out, const Value &value);

QByteArray hex(quint32 number, int width)
{
    return QByteArray::number(number, 16).rightJustified(width, '0');
}

char quoteFor(QByteArrayView text)
{
    return text.contains('\'') && !text.contains('"') ? '"' : '\'';
}

/// What repr() of a str and of bytes write alike; false when `c` needs more thought.
bool appendEscape(QByteArray &out, char32_t c, char quote)
{
    if (c == U'\\' || c == static_cast<char32_t>(quote)) {
        out += '\\';
        out += static_cast<char>(c);
    } else if (c == U'\n') {
        out += "\\n";
    } else if (c == U'\r') {
        out += "\\r";
    } else if (c == U'\t') {
        out += "\\t";
    } else if (c < 0x20 || c == 0x7f) {
        out += "\\x" + hex(c, 2);
    } else if (c < 0x7f) {
        out += static_cast<char>(c);
    } else {
        return false;
    }
    return true;
}

void appendStringRepr(QByteArray &out, QByteArrayView text)
{
    const char quote = quoteFor(text);
    out += quote;
    const QList<uint> points = QString::fromUtf8(text).toUcs4();
    for (const uint c : points) {
        if (appendEscape(out, c, quote))
            continue;
        const QChar::Category category = QChar::category(char32_t(c));
        const bool printable = category > QChar::Mark_Enclosing
            ? (category < QChar::Separator_Space || category > QChar::Other_NotAssigned)
            : true;
        if (printable)
            out += QString::fromUcs4(reinterpret_cast<const char32_t *>(&c), 1).toUtf8();
        else if (c <= 0xff)
            out += "\\x" + hex(c, 2);
        else if (c <= 0xffff)
            out += "\\u" + hex(c, 4);
        else
            out += "\\U" + hex(c, 8);
    }
    out += quote;
}

void appendBytesRepr(QByteArray &out, QByteArrayView bytes)
{
    const char quote = quoteFor(bytes);
    out += 'b';
    out += quote;
    for (const char c : bytes) {
        const auto byte = static_cast<quint8>(c);
        if (!appendEscape(out, byte, quote))
            out += "\\x" + hex(byte, 2);
    }
    out += quote;
}

void appendItems(QByteArray &out, const ValueList &items)
{
    bool first = true;
    for (const Value &item : items) {
        if (!first)
            out += ", ";
        first = false;
        appendRepr(out, item);
    }
}

void appendMapRepr(QByteArray &out, const ValueMap &entries)
{
    out += '{';
    bool first = true;
    for (const auto &[key, value] : entries) {
        if (!first)
            out += ", ";
        first = false;
        appendRepr(out, key);
        out += ": ";
        appendRepr(out, value);
    }
    out += '}';
}

void appendNumber(QByteArray &out, qint64 number)
{
    out += QByteArray::number(number);
}

void appendTimeDeltaRepr(QByteArray &out, const TimeDelta &delta)
{
    QByteArray parts;
    const auto add = [&parts](const char *name, qint32 number) {
        if (number == 0)
            return;
        if (!parts.isEmpty())
            parts += ", ";
        parts += name + QByteArray::number(number);
    };
    add("days=", delta.days);
    add("seconds=", delta.seconds);
    add("microseconds=", delta.microseconds);
    out += "datetime.timedelta(" + (parts.isEmpty() ? QByteArray("0") : parts) + ')';
}

void appendTimeArguments(QByteArray &out, const Time &time)
{
    appendNumber(out, time.hour);
    out += ", ";
    appendNumber(out, time.minute);
    if (time.second != 0 || time.microsecond != 0) {
        out += ", ";
        appendNumber(out, time.second);
    }
    if (time.microsecond != 0) {
        out += ", ";
        appendNumber(out, time.microsecond);
    }
    if (!time.utcOffset)
        return;
    out += ", tzinfo=datetime.timezone";
    if (*time.utcOffset == 0) {
        out += ".utc";
        return;
    }
    const bool west = *time.utcOffset < 0;
    out += '(';
    appendTimeDeltaRepr(out, {west ? -1 : 0, *time.utcOffset + (west ? 86400 : 0), 0});
    out += ')';
}

void appendDateArguments(QByteArray &out, Date date)
{
    appendNumber(out, date.year);
    out += ", ";
    appendNumber(out, date.month);
    out += ", ";
    appendNumber(out, date.day);
}

void appendTimeDeltaStr(QByteArray &out, const TimeDelta &delta)
{
    if (delta.days != 0) {
        appendNumber(out, delta.days);
        out += delta.days == 1 || delta.days == -1 ? " day, " : " days, ";
    }
    Time clock;
    clock.hour = static_cast<quint8>(delta.seconds / 3600);
    clock.minute = static_cast<quint8>(delta.seconds / 60 % 60);
    clock.second = static_cast<quint8>(delta.seconds % 60);
    clock.microsecond = static_cast<quint32>(delta.microseconds);
    QByteArray text;
    appendIso(text, clock);
    out += text.startsWith('0') ? text.sliced(1) : text;
}

/// What str() and repr() write alike.
void appendCommon(QByteArray &out, const Value &value)
{
    switch (value.type()) {
    case Value::Type::None:
        out += "None";
        break;
    case Value::Type::Bool:
        out += value.toBool() ? "True" : "False";
        break;
    case Value::Type::Int:
        appendNumber(out, value.toInt());
        break;
    case Value::Type::Float:
        appendPythonFloat(out, value.toFloat());
        break;
    case Value::Type::Bytes:
        appendBytesRepr(out, value.text());
        break;
    case Value::Type::ByteArray:
        out += "bytearray(";
        appendBytesRepr(out, value.text());
        out += ')';
        break;
    case Value::Type::List:
        out += '[';
        appendItems(out, value.items());
        out += ']';
        break;
    case Value::Type::Tuple:
        out += '(';
        appendItems(out, value.items());
        out += value.items().size() == 1 ? ",)" : ")";
        break;
    case Value::Type::Set:
    case Value::Type::FrozenSet: {
        const bool frozen = value.type() == Value::Type::FrozenSet;
        const bool empty = value.items().empty();
        out += frozen ? "frozenset(" : empty ? "set(" : "";
        if (!empty) {
            out += '{';
            appendItems(out, value.items());
            out += '}';
        }
        out += frozen || empty ? ")" : "";
        break;
    }
    case Value::Type::Map:
        appendMapRepr(out, value.entries());
        break;
    case Value::Type::Object:
    case Value::Type::Request: {
        const QByteArray &name = value.object().className;
        out += '<' + (name.isEmpty() ? QByteArray() : name + ' ') + "object>";
        break;
    }
    case Value::Type::Class:
        out += "<class '" + value.toByteArray() + "'>";
        break;
    case Value::Type::Cycle:
        out += "...";
        break;
    default: // the types of which str() and repr() differ
        out += value.text();
        break;
    }
}

void appendRepr(QByteArray &out, const Value &value)
{
    switch (value.type()) {
    case Value::Type::String:
        appendStringRepr(out, value.text());
        break;
    case Value::Type::Date:
        out += "datetime.date(";
        appendDateArguments(out, value.date());
        out += ')';
        break;
    case Value::Type::Time:
        out += "datetime.time(";
        appendTimeArguments(out, value.time());
        out += ')';
        break;
    case Value::Type::DateTime:
        out += "datetime.datetime(";
        appendDateArguments(out, value.dateTime().date);
        out += ", ";
        appendTimeArguments(out, value.dateTime().time);
        out += ')';
        break;
    case Value::Type::TimeDelta:
        appendTimeDeltaRepr(out, value.timeDelta());
        break;
    case Value::Type::Decimal:
        out += "Decimal('" + value.toByteArray() + "')";
        break;
    case Value::Type::Uuid:
        out += "UUID('" + value.toByteArray() + "')";
        break;
    default:
        appendCommon(out, value);
        break;
    }
}

} // namespace

QByteArray pythonStr(const Value &value)
{
    QByteArray out;
    switch (value.type()) {
    case Value::Type::String:
        return value.toByteArray();
    case Value::Type::Date:
        appendIso(out, value.date());
        break;
    case Value::Type::Time:
        appendIso(out, value.time());
        break;
    case Value::Type::DateTime:
        appendIso(out, value.dateTime(), ' ');
        break;
    case Value::Type::TimeDelta:
        appendTimeDeltaStr(out, value.timeDelta());
        break;
    default:
        appendCommon(out, value);
        break;
    }
    return out;
}

void appendPythonFloat(QByteArray &out, double value)
{
    if (std::isnan(value)) {
        out += "nan";
        return;
    }
    if (std::isinf(value)) {
        out += value < 0 ? "-inf" : "inf";
        return;
    }
    // The shortest digits that read back, as d.ddde[+-]xx.
    std::array<char, 40> text{};
    const char *const end = std::to_chars(text.data(), text.data() + text.size(), value,
                                          std::chars_format::scientific)
                                .ptr;
    const char *position = text.data();
    if (*position == '-') {
        out += '-';
        ++position;
    }
    const char *const mark = std::find(position, end, 'e');
    int exponent = 0;
    std::from_chars(mark[1] == '+' ? mark + 2 : mark + 1, end, exponent);
    std::array<char, 24> digits{};
    const auto count = static_cast<int>(
        std::copy_if(position, mark, digits.data(), [](char c) { return c != '.'; })
        - digits.data());

    if (exponent < -4 || exponent >= 16) {
        out += digits[0];
        if (count > 1) {
            out += '.';
            out.append(digits.data() + 1, count - 1);
        }
        out += exponent < 0 ? "e-" : "e+";
        if (std::abs(exponent) < 10)
            out += '0';
        out += QByteArray::number(std::abs(exponent));
    } else if (exponent < 0) {
        out += "0.";
        out.append(-exponent - 1, '0');
        out.append(digits.data(), count);
    } else {
        const int whole = std::min(exponent + 1, count);
        out.append(digits.data(), whole);
        out.append(exponent + 1 - whole, '0');
        out += '.';
        if (count > whole)
            out.append(digits.data() + whole, count - whole);
        else
            out += '0';
    }
}

} // namespace Cachelens
