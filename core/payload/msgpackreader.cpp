// SPDX-License-Identifier: MIT
#include "core/payload/msgpackreader.h"

#include "core/payload/payloadtext.h"
#include "core/payload/valuereader.h"

#include <QtEndian>

#include <bit>
#include <chrono>
#include <optional>

namespace Cachelens {

namespace {

constexpr qint8 timestampType = -1;

std::optional<Value> dateTimeFrom(qint64 seconds, quint32 nanoseconds)
{
    constexpr qint64 firstSecond = -62'135'596'800; // 0001-01-01
    constexpr qint64 lastSecond = 253'402'300'799; // 9999-12-31T23:59:59
    if (seconds < firstSecond || seconds > lastSecond || nanoseconds > 999'999'999)
        return std::nullopt;
    using namespace std::chrono;
    const sys_seconds instant{std::chrono::seconds(seconds)};
    const auto midnight = floor<days>(instant);
    const year_month_day date{midnight};
    const hh_mm_ss time{instant - midnight};
    return Value(DateTime{{static_cast<qint16>(static_cast<int>(date.year())),
                           static_cast<quint8>(static_cast<unsigned>(date.month())),
                           static_cast<quint8>(static_cast<unsigned>(date.day()))},
                          {static_cast<quint8>(time.hours().count()),
                           static_cast<quint8>(time.minutes().count()),
                           static_cast<quint8>(time.seconds().count()), nanoseconds / 1000, 0}});
}

std::optional<Value> timestamp(QByteArrayView bytes)
{
    switch (bytes.size()) {
    case 4:
        return dateTimeFrom(qFromBigEndian<quint32>(bytes.data()), 0);
    case 8: {
        const auto both = qFromBigEndian<quint64>(bytes.data());
        return dateTimeFrom(static_cast<qint64>(both & 0x3'ffff'ffff),
                            static_cast<quint32>(both >> 34));
    }
    case 12:
        return dateTimeFrom(qFromBigEndian<qint64>(bytes.data() + 4),
                            qFromBigEndian<quint32>(bytes.data()));
    default:
        return std::nullopt;
    }
}

class MessagePackReader : private ValueReader {
public:
    MessagePackReader(QByteArrayView bytes, const DecodeLimits &limits) : ValueReader(bytes, limits)
    {
    }

    Result<Value> read()
    {
        Value value;
        if (!readValue(value))
            return failed();
        if (m_at != m_end && !fail("something follows the MessagePack"))
            return failed();
        return value;
    }

private:
    bool take(quint64 count, QByteArrayView &out)
    {
        if (count > static_cast<quint64>(m_end - m_at))
            return fail("the MessagePack is cut off");
        out = {m_at, static_cast<qsizetype>(count)};
        m_at += count;
        return true;
    }

    template <typename Number> bool takeNumber(Number &out)
    {
        QByteArrayView bytes;
        if (!take(sizeof(Number), bytes))
            return false;
        out = qFromBigEndian<Number>(bytes.data());
        return true;
    }

    template <typename Number> bool readInt(Value &out)
    {
        Number number = 0;
        if (!takeNumber(number))
            return false;
        out = Value(static_cast<qint64>(number));
        return true;
    }

    bool readUnsigned64(Value &out)
    {
        quint64 number = 0;
        if (!takeNumber(number))
            return false;
        out = Value::integer(QByteArray::number(number));
        return true;
    }

    template <typename Bits, typename Float> bool readFloat(Value &out)
    {
        Bits bits = 0;
        if (!takeNumber(bits))
            return false;
        out = Value(static_cast<double>(std::bit_cast<Float>(bits)));
        return true;
    }

    bool readText(quint64 length, Value &out)
    {
        QByteArrayView text;
        if (!take(length, text))
            return false;
        out = isUtf8(text) ? Value::string(text) : Value::bytes(text);
        return true;
    }

    bool readBytes(quint64 length, Value &out)
    {
        QByteArrayView bytes;
        if (!take(length, bytes))
            return false;
        out = Value::bytes(bytes);
        return true;
    }

    bool readExtension(quint64 length, Value &out)
    {
        qint8 type = 0;
        QByteArrayView bytes;
        if (!takeNumber(type) || !take(length, bytes))
            return false;
        if (type == timestampType) {
            if (auto time = timestamp(bytes)) {
                out = std::move(*time);
                return true;
            }
        }
        ValueList args{Value(type), Value::bytes(bytes)};
        ValueMap attributes;
        attributes.emplace_back(Value::string("args"), Value::tuple(std::move(args)));
        out = Value::object({"msgpack.ExtType", std::move(attributes)});
        return true;
    }

    /// `perItem` bytes at least are still to come for each item.
    bool enterAnnounced(quint64 items, quint64 perItem)
    {
        if (!enter())
            return false;
        if (items * perItem > static_cast<quint64>(m_end - m_at))
            return fail("the MessagePack is cut off");
        return fits(items);
    }

    bool readList(quint64 length, Value &out)
    {
        if (!enterAnnounced(length, 1))
            return false;
        const std::size_t first = m_items.size();
        for (quint64 i = 0; i < length; ++i) {
            Value item;
            if (!readValue(item))
                return false;
            m_items.push_back(std::move(item));
        }
        out = takeList(first);
        return true;
    }

    bool readMap(quint64 length, Value &out)
    {
        if (!enterAnnounced(length, 2))
            return false;
        const std::size_t first = m_entries.size();
        for (quint64 i = 0; i < length; ++i) {
            std::pair<Value, Value> entry;
            if (!readValue(entry.first) || !readValue(entry.second))
                return false;
            m_entries.push_back(std::move(entry));
        }
        out = takeMap(first);
        return true;
    }

    /// Reads a length of the given kind and hands it on.
    template <typename Length>
    bool counted(bool (MessagePackReader::*readSized)(quint64, Value &), Value &out)
    {
        Length length = 0;
        return takeNumber(length) && (this->*readSized)(length, out);
    }

    bool readValue(Value &out)
    {
        if (!countValue())
            return false;
        quint8 lead = 0;
        if (!takeNumber(lead))
            return false;
        if (lead < 0x80) {
            out = Value(lead);
            return true;
        }
        if (lead < 0x90)
            return readMap(lead & 0x0f, out);
        if (lead < 0xa0)
            return readList(lead & 0x0f, out);
        if (lead < 0xc0)
            return readText(lead & 0x1f, out);
        if (lead >= 0xe0) {
            out = Value(static_cast<qint8>(lead));
            return true;
        }
        return readLong(lead, out);
    }

    bool readLong(quint8 lead, Value &out)
    {
        using Reader = MessagePackReader;
        switch (lead) {
        case 0xc0:
            out = Value();
            return true;
        case 0xc2:
        case 0xc3:
            out = Value(lead == 0xc3);
            return true;
        case 0xc4:
            return counted<quint8>(&Reader::readBytes, out);
        case 0xc5:
            return counted<quint16>(&Reader::readBytes, out);
        case 0xc6:
            return counted<quint32>(&Reader::readBytes, out);
        case 0xc7:
            return counted<quint8>(&Reader::readExtension, out);
        case 0xc8:
            return counted<quint16>(&Reader::readExtension, out);
        case 0xc9:
            return counted<quint32>(&Reader::readExtension, out);
        case 0xca:
            return readFloat<quint32, float>(out);
        case 0xcb:
            return readFloat<quint64, double>(out);
        case 0xcc:
            return readInt<quint8>(out);
        case 0xcd:
            return readInt<quint16>(out);
        case 0xce:
            return readInt<quint32>(out);
        case 0xcf:
            return readUnsigned64(out);
        case 0xd0:
            return readInt<qint8>(out);
        case 0xd1:
            return readInt<qint16>(out);
        case 0xd2:
            return readInt<qint32>(out);
        case 0xd3:
            return readInt<qint64>(out);
        case 0xd4:
        case 0xd5:
        case 0xd6:
        case 0xd7:
        case 0xd8:
            return readExtension(quint64(1) << (lead - 0xd4), out);
        case 0xd9:
            return counted<quint8>(&Reader::readText, out);
        case 0xda:
            return counted<quint16>(&Reader::readText, out);
        case 0xdb:
            return counted<quint32>(&Reader::readText, out);
        case 0xdc:
            return counted<quint16>(&Reader::readList, out);
        case 0xdd:
            return counted<quint32>(&Reader::readList, out);
        case 0xde:
            return counted<quint16>(&Reader::readMap, out);
        case 0xdf:
            return counted<quint32>(&Reader::readMap, out);
        default:
            --m_at;
            return fail("no MessagePack value");
        }
    }
};

} // namespace

Result<Value> readMessagePack(QByteArrayView bytes, const DecodeLimits &limits)
{
    return MessagePackReader(bytes, limits).read();
}

} // namespace Cachelens
