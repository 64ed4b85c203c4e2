// SPDX-License-Identifier: MIT
#include "core/payload/decimaltext.h"
#include "core/payload/payloadtext.h"
#include "core/payload/pickletypes.h"

#include <algorithm>
#include <array>

namespace Cachelens {

// The half of PickleTypes that makes values.

namespace {

bool isDate(int year, int month, int day)
{
    constexpr std::array<int, 12> days{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1
        || day > days[static_cast<std::size_t>(month - 1)])
        return false;
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month != 2 || day < 29 || leap;
}

unsigned char byteAt(QByteArrayView bytes, qsizetype at)
{
    return static_cast<unsigned char>(bytes[at]);
}

/// Python's four bytes. The highest bit of the month tells which of two equal local times is meant,
/// for datetimes only.
std::optional<Date> dateFrom(QByteArrayView bytes, unsigned monthMask = 0xff)
{
    const int year = byteAt(bytes, 0) * 256 + byteAt(bytes, 1);
    const auto month = static_cast<int>(byteAt(bytes, 2) & monthMask);
    const int day = byteAt(bytes, 3);
    if (!isDate(year, month, day))
        return std::nullopt;
    return Date{static_cast<qint16>(year), static_cast<quint8>(month), static_cast<quint8>(day)};
}

std::optional<Time> timeFrom(QByteArrayView bytes)
{
    const int hour = byteAt(bytes, 0) & 0x7f;
    const quint32 micro = static_cast<quint32>(byteAt(bytes, 3)) << 16
        | static_cast<quint32>(byteAt(bytes, 4)) << 8 | byteAt(bytes, 5);
    if (hour > 23 || byteAt(bytes, 1) > 59 || byteAt(bytes, 2) > 59 || micro > 999'999)
        return std::nullopt;
    return Time{static_cast<quint8>(hour), byteAt(bytes, 1), byteAt(bytes, 2), micro, {}};
}

std::optional<Value> timeOrDateTime(PickledClass type, QByteArrayView bytes,
                                    std::optional<qint32> offset)
{
    const bool withDate = type == PickledClass::DateTime;
    if (bytes.size() != (withDate ? 10 : 6))
        return std::nullopt;
    auto time = timeFrom(bytes.last(6));
    if (!time)
        return std::nullopt;
    time->utcOffset = offset;
    if (!withDate)
        return Value(*time);
    const auto date = dateFrom(bytes, 0x7f);
    if (!date)
        return std::nullopt;
    return Value(DateTime{*date, *time});
}

QByteArray uuidText(const std::array<unsigned char, 16> &bytes)
{
    QByteArray text
        = QByteArray::fromRawData(reinterpret_cast<const char *>(bytes.data()), 16).toHex();
    for (const qsizetype at : {8, 13, 18, 23})
        text.insert(at, '-');
    return text;
}

} // namespace

std::optional<QByteArray> PickleTypes::latin1Of(std::span<const Id> args) const
{
    if (args.size() != 2)
        return std::nullopt;
    const auto text = textOf(args[0]);
    const auto codec = textOf(args[1]);
    if (!text || (codec != QByteArrayView("latin1") && codec != QByteArrayView("latin-1")))
        return std::nullopt;
    return latin1FromUtf8(*text);
}

std::optional<QByteArray> PickleTypes::bytesOf(Id id)
{
    const Graph::Node &what = node(id);
    if (what.kind == Kind::Bytes || what.kind == Kind::OldText)
        return m_graph.text(what).toByteArray();
    // What Python 2 called str, read and written again by Python 3.
    if (what.kind == Kind::Text)
        return latin1FromUtf8(m_graph.text(what));
    const auto made = instanceOf(id);
    if (!made || made->type != PickledClass::Encode)
        return std::nullopt;
    return latin1Of(made->args);
}

std::optional<QByteArray> PickleTypes::fewBytesOf(Id id)
{
    constexpr quint32 longest = 64;
    return node(id).kind == Kind::Object || node(id).length <= longest ? bytesOf(id) : std::nullopt;
}

quint64 PickleTypes::textLength(const PickledInstance &instance) const
{
    if (instance.type == PickledClass::Other)
        return 0;
    quint64 length = 0;
    const auto add = [&](Id id) {
        switch (node(id).kind) {
        case Kind::Text:
        case Kind::OldText:
        case Kind::Bytes:
            length += node(id).length;
            break;
        default:
            break;
        }
    };
    for (const Id arg : instance.args.first(std::min<std::size_t>(instance.args.size(), 2))) {
        add(arg);
        // bytes in the older protocols: _codecs.encode(text, 'latin1')
        if (node(arg).kind != Kind::Object)
            continue;
        const Graph::Object &call = m_graph.objects[node(arg).word];
        const Graph::Node &args = node(call.args);
        if (args.kind == Kind::Tuple && args.length > 0)
            add(m_graph.pool[args.word]);
    }
    return length;
}

std::optional<TimeDelta> PickleTypes::timeDelta(const PickledInstance &instance) const
{
    if (instance.type != PickledClass::TimeDelta || instance.args.size() != 3)
        return std::nullopt;
    const auto days = intOf(instance.args[0]);
    const auto seconds = intOf(instance.args[1]);
    const auto micro = intOf(instance.args[2]);
    if (!days || !seconds || !micro || *days < -999'999'999 || *days > 999'999'999 || *seconds < 0
        || *seconds >= 86'400 || *micro < 0 || *micro >= 1'000'000)
        return std::nullopt;
    return TimeDelta{static_cast<qint32>(*days), static_cast<qint32>(*seconds),
                     static_cast<qint32>(*micro)};
}

std::optional<TimeDelta> PickleTypes::timeDeltaOf(Id id)
{
    const auto made = instanceOf(id);
    return made ? timeDelta(*made) : std::nullopt;
}

std::optional<qint32> PickleTypes::offsetOf(Id zone)
{
    const auto made = instanceOf(zone);
    if (!made)
        return std::nullopt;
    std::optional<TimeDelta> delta;
    std::optional<qint64> seconds;
    const std::span<const Id> args = made->args;
    switch (made->type) {
    case PickledClass::UtcZone:
        return 0;
    case PickledClass::NamedZone:
        if (!args.empty() && textOf(args[0]) == QByteArrayView("UTC"))
            return 0;
        return std::nullopt;
    case PickledClass::PytzZone:
        if (args.size() >= 2)
            seconds = intOf(args[1]);
        break;
    case PickledClass::MinutesZone:
        if (args.empty())
            return std::nullopt;
        delta = timeDeltaOf(args[0]);
        if (const auto minutes = intOf(args[0]); minutes && *minutes > -1440 && *minutes < 1440)
            seconds = *minutes * 60;
        break;
    case PickledClass::OffsetZone:
        if (const auto offset = member(made->state, "_offset"))
            delta = timeDeltaOf(*offset);
        break;
    case PickledClass::TimeZone:
        if (!args.empty())
            delta = timeDeltaOf(args[0]);
        break;
    default:
        return std::nullopt;
    }
    if (delta && delta->microseconds == 0)
        seconds = delta->days * qint64(86'400) + delta->seconds;
    if (!seconds || *seconds <= -86'400 || *seconds >= 86'400)
        return std::nullopt;
    return static_cast<qint32>(*seconds);
}

std::optional<Value> PickleTypes::uuid(const PickledInstance &instance) const
{
    if (!instance.args.empty())
        return std::nullopt;
    const auto number = member(instance.state, "int");
    if (!number)
        return std::nullopt;

    const Graph::Node &what = node(*number);
    std::array<unsigned char, 16> bytes{};
    if (what.kind == Kind::Int && static_cast<qint64>(what.word) >= 0) {
        for (std::size_t i = 0; i < 8; ++i)
            bytes[15 - i] = static_cast<unsigned char>(what.word >> (8 * i));
    } else if (what.kind == Kind::Long) {
        const QByteArrayView text = m_graph.text(what);
        const bool fits = text.size() <= 16 || (text.size() == 17 && text[16] == '\0');
        if (!fits || (text.back() & '\x80') != 0)
            return std::nullopt;
        for (qsizetype i = 0; i < std::min<qsizetype>(text.size(), 16); ++i)
            bytes[static_cast<std::size_t>(15 - i)] = byteAt(text, i);
    } else if (what.kind == Kind::LongText) {
        const auto parsed
            = what.length <= 40 ? uint128FromDecimal(m_graph.text(what)) : std::nullopt;
        if (!parsed)
            return std::nullopt;
        bytes = *parsed;
    } else {
        return std::nullopt;
    }
    return Value::uuid(uuidText(bytes));
}

std::optional<Value> PickleTypes::scalar(const PickledInstance &instance)
{
    if (instance.type == PickledClass::Other || instance.oddArgs != Graph::none
        || instance.kwargs != Graph::none)
        return std::nullopt;
    if (instance.type == PickledClass::Uuid)
        return uuid(instance);
    if (instance.state != Graph::none)
        return std::nullopt;
    const std::span<const Id> args = instance.args;
    switch (instance.type) {
    case PickledClass::Date: {
        const auto bytes = args.size() == 1 ? fewBytesOf(args[0]) : std::nullopt;
        const auto date = bytes && bytes->size() == 4 ? dateFrom(*bytes) : std::nullopt;
        return date ? std::optional(Value(*date)) : std::nullopt;
    }
    case PickledClass::Time:
    case PickledClass::DateTime: {
        if (args.empty() || args.size() > 2)
            return std::nullopt;
        const auto bytes = fewBytesOf(args[0]);
        std::optional<qint32> offset;
        if (args.size() == 2 && node(args[1]).kind != Kind::None) {
            offset = offsetOf(args[1]);
            if (!offset)
                return std::nullopt;
        }
        return bytes ? timeOrDateTime(instance.type, *bytes, offset) : std::nullopt;
    }
    case PickledClass::TimeDelta: {
        const auto delta = timeDelta(instance);
        return delta ? std::optional(Value(*delta)) : std::nullopt;
    }
    case PickledClass::Decimal: {
        const auto text = args.size() == 1 ? textOf(args[0]) : std::nullopt;
        return text && isUtf8(*text) ? std::optional(Value::decimal(*text)) : std::nullopt;
    }
    case PickledClass::Encode: {
        auto bytes = latin1Of(args);
        return bytes ? std::optional(Value::bytes(*bytes)) : std::nullopt;
    }
    case PickledClass::Bytes:
        return args.empty() ? std::optional(Value::bytes({})) : std::nullopt;
    case PickledClass::ByteArray: {
        if (args.empty())
            return Value::byteArray({});
        const bool asBytes = args.size() == 1 && node(args[0]).kind != Kind::Text;
        auto bytes = asBytes ? bytesOf(args[0]) : latin1Of(args);
        return bytes ? std::optional(Value::byteArray(*bytes)) : std::nullopt;
    }
    default:
        return std::nullopt;
    }
}

std::optional<Value> PickleTypes::withoutZone(const PickledInstance &instance)
{
    const bool timed
        = instance.type == PickledClass::Time || instance.type == PickledClass::DateTime;
    if (!timed || instance.args.size() != 2)
        return std::nullopt;
    const auto bytes = fewBytesOf(instance.args[0]);
    return bytes ? timeOrDateTime(instance.type, *bytes, std::nullopt) : std::nullopt;
}

} // namespace Cachelens
