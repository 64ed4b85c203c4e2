// SPDX-License-Identifier: MIT
#include "core/payload/msgpackwriter.h"

#include <bit>
#include <charconv>

namespace Cachelens {

void MessagePackWriter::putMarked(int mark, auto number)
{
    m_out.put(static_cast<char>(mark));
    m_out.putBigEndian(number);
}

/// A size below `smallSizes` lies in the mark itself; else it takes one byte, where the kind has
/// such a mark, two or four.
void MessagePackWriter::putSize(std::size_t size, int small, std::size_t smallSizes, int one,
                                int two)
{
    if (size < smallSizes)
        m_out.put(static_cast<char>(small | static_cast<int>(size)));
    else if (one != 0 && size <= 0xff)
        putMarked(one, static_cast<quint8>(size));
    else if (size <= 0xffff)
        putMarked(two, static_cast<quint16>(size));
    else
        putMarked(two + 1, static_cast<quint32>(size));
}

void MessagePackWriter::text(QByteArrayView text)
{
    putSize(static_cast<std::size_t>(text.size()), 0xa0, 32, 0xd9, 0xda);
    m_out.put(text);
}

void MessagePackWriter::putInt(qint64 number)
{
    if (number >= -32 && number < 128)
        m_out.put(static_cast<char>(number));
    else if (number >= 0 && number <= 0xff)
        putMarked(0xcc, static_cast<quint8>(number));
    else if (number >= 0 && number <= 0xffff)
        putMarked(0xcd, static_cast<quint16>(number));
    else if (number >= 0 && number <= 0xffff'ffff)
        putMarked(0xce, static_cast<quint32>(number));
    else if (number >= 0)
        putMarked(0xcf, static_cast<quint64>(number));
    else if (number == static_cast<qint8>(number))
        putMarked(0xd0, static_cast<qint8>(number));
    else if (number == static_cast<qint16>(number))
        putMarked(0xd1, static_cast<qint16>(number));
    else if (number == static_cast<qint32>(number))
        putMarked(0xd2, static_cast<qint32>(number));
    else
        putMarked(0xd3, number);
}

bool MessagePackWriter::write(const Value &value, const Place &place)
{
    if (!countValue(place))
        return false;
    switch (value.type()) {
    case Value::Type::None:
        none();
        return true;
    case Value::Type::Bool:
        m_out.put(value.toBool() ? '\xc3' : '\xc2');
        return true;
    case Value::Type::Int:
        putInt(value.toInt());
        return true;
    case Value::Type::BigInt:
        return writeBigInt(value, place);
    case Value::Type::Float:
        putMarked(0xcb, std::bit_cast<quint64>(value.toFloat()));
        return true;
    case Value::Type::String:
        return writeText(value, place);
    case Value::Type::Bytes:
    case Value::Type::ByteArray:
        return writeBytes(value, place);
    case Value::Type::List:
    case Value::Type::Tuple:
        return writeList(value.items(), place);
    case Value::Type::Map:
        return writeMap(value.entries(), place);
    case Value::Type::Date:
    case Value::Type::Time:
    case Value::Type::DateTime:
    case Value::Type::TimeDelta:
        return unsupported(place, "MessagePack has no dates or times");
    case Value::Type::Decimal:
        return unsupported(place, "MessagePack has no decimals");
    case Value::Type::Uuid:
        return unsupported(place, "MessagePack has no UUIDs");
    case Value::Type::Set:
    case Value::Type::FrozenSet:
        return unsupported(place, "MessagePack has no sets");
    case Value::Type::Object:
    case Value::Type::Request:
    case Value::Type::Class:
    case Value::Type::Cycle:
        break;
    }
    return unsupported(place, "it has no meaning without its class");
}

bool MessagePackWriter::writeBigInt(const Value &value, const Place &place)
{
    quint64 number = 0;
    const char *end = value.text().constData() + value.text().size();
    const auto read = std::from_chars(value.text().constData(), end, number);
    if (read.ec != std::errc() || read.ptr != end)
        return unsupported(place, "MessagePack has no integers beyond 64 bits");
    putMarked(0xcf, number);
    return true;
}

bool MessagePackWriter::writeText(const Value &value, const Place &place)
{
    if (!fitsText(place, value.text()))
        return false;
    text(value.text());
    return true;
}

bool MessagePackWriter::writeBytes(const Value &value, const Place &place)
{
    const QByteArrayView bytes = value.text();
    if (bytes.size() > m_limits.decompressedBytes)
        return failLimit(place, "decompressedBytes", m_limits.decompressedBytes);
    putSize(static_cast<std::size_t>(bytes.size()), 0, 0, 0xc4, 0xc5);
    m_out.put(bytes);
    return true;
}

bool MessagePackWriter::writeList(const ValueList &items, const Place &place)
{
    if (!enter(place, items.size()))
        return false;
    putSize(items.size(), 0x90, 16, 0, 0xdc);
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (!write(items[i], place.at(i)))
            return false;
    }
    leave();
    return true;
}

bool MessagePackWriter::writeMap(const ValueMap &entries, const Place &place)
{
    if (!enter(place, entries.size()))
        return false;
    putMap(entries.size());
    for (const auto &[key, content] : entries) {
        const Place entry = place.at(key);
        if (!key.isString() && key.type() != Value::Type::Bytes)
            return unsupported(entry, "its key is neither text nor bytes");
        if (!write(key, entry) || !write(content, entry))
            return false;
    }
    leave();
    return true;
}

} // namespace Cachelens
