// SPDX-License-Identifier: MIT
#include "core/payload/picklewriter.h"

#include "core/payload/decimaltext.h"

#include <algorithm>
#include <bit>

namespace Cachelens {

namespace {

// Opcodes of protocol 4, by the names that Python's pickletools gives them.
enum Opcode : char {
    Mark = '(',
    NewTrue = '\x88',
    NewFalse = '\x89',
    BinInt1 = 'K',
    BinInt2 = 'M',
    BinInt = 'J',
    Long1 = '\x8a',
    Long4 = '\x8b',
    BinFloat = 'G',
    ShortBinBytes = 'C',
    BinBytes = 'B',
    EmptyList = ']',
    Appends = 'e',
    EmptyTuple = ')',
    Tuple1 = '\x85',
    Tuple2 = '\x86',
    Tuple3 = '\x87',
    TupleOp = 't',
    EmptySet = '\x8f',
    AddItems = '\x90',
    FrozenSetOp = '\x91',
    StackGlobal = '\x93',
    Memoize = '\x94',
    BinGet = 'h',
    Reduce = 'R',
    NewObj = '\x81',
    EmptyDict = '}',
    SetItem = 's',
    SetItems = 'u',
    Build = 'b',
};

} // namespace

bool PickleWriter::write(const Value &value, const Place &place, bool hashed)
{
    if (!countValue(place))
        return false;
    switch (value.type()) {
    case Value::Type::None:
        none();
        return true;
    case Value::Type::Bool:
        m_out.put(value.toBool() ? NewTrue : NewFalse);
        return true;
    case Value::Type::Int:
        putInt(value.toInt());
        return true;
    case Value::Type::BigInt:
        return writeBigInt(value, place);
    case Value::Type::Float:
        m_out.put(BinFloat);
        m_out.putBigEndian(std::bit_cast<quint64>(value.toFloat()));
        return true;
    case Value::Type::String:
        return writeText(value, place);
    case Value::Type::Bytes:
        return writeBytes(value, place);
    case Value::Type::Date:
        putClass(Class::Date);
        m_out.put(ShortBinBytes);
        m_out.put('\4');
        putDate(value.date());
        m_out.put(Tuple1);
        m_out.put(Reduce);
        return true;
    case Value::Type::Time:
        putClass(Class::Time);
        m_out.put(ShortBinBytes);
        m_out.put('\6');
        putTime(value.time());
        putOffset(value.time());
        return true;
    case Value::Type::DateTime:
        putClass(Class::DateTime);
        m_out.put(ShortBinBytes);
        m_out.put('\x0a');
        putDate(value.dateTime().date);
        putTime(value.dateTime().time);
        putOffset(value.dateTime().time);
        return true;
    case Value::Type::TimeDelta:
        putTimeDelta(value.timeDelta());
        return true;
    case Value::Type::Decimal:
        putClass(Class::Decimal);
        if (!writeText(value, place))
            return false;
        m_out.put(Tuple1);
        m_out.put(Reduce);
        return true;
    case Value::Type::Uuid:
        putUuid(value.toByteArray());
        return true;
    case Value::Type::Tuple: {
        constexpr std::array<char, 4> few{EmptyTuple, Tuple1, Tuple2, Tuple3};
        const std::size_t count = value.items().size();
        if (count >= few.size())
            m_out.put(Mark);
        if (!writeItems(value.items(), place, hashed))
            return false;
        m_out.put(count < few.size() ? few[count] : char(TupleOp));
        return true;
    }
    case Value::Type::FrozenSet:
        m_out.put(Mark);
        if (!writeItems(value.items(), place, true))
            return false;
        m_out.put(FrozenSetOp);
        return true;
    case Value::Type::ByteArray:
    case Value::Type::List:
    case Value::Type::Set:
    case Value::Type::Map:
        if (hashed)
            return unsupported(place, "Python cannot hash it");
        break;
    case Value::Type::Object:
    case Value::Type::Request:
    case Value::Type::Class:
    case Value::Type::Cycle:
        return unsupported(place, "it has no meaning without its class");
    }

    if (value.type() == Value::Type::Map)
        return writeMap(value.entries(), place);
    if (value.type() == Value::Type::ByteArray) {
        putClass(Class::ByteArray);
        if (!writeBytes(value, place))
            return false;
        m_out.put(Tuple1);
        m_out.put(Reduce);
        return true;
    }
    const bool isList = value.type() == Value::Type::List;
    m_out.put(isList ? EmptyList : EmptySet);
    const bool empty = value.items().empty();
    if (!empty)
        m_out.put(Mark);
    if (!writeItems(value.items(), place, !isList))
        return false;
    if (!empty)
        m_out.put(isList ? Appends : AddItems);
    return true;
}

bool PickleWriter::writeItems(const ValueList &items, const Place &place, bool hashed)
{
    if (!enter(place, items.size()))
        return false;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (!write(items[i], place.at(i), hashed))
            return false;
    }
    leave();
    return true;
}

bool PickleWriter::writeMap(const ValueMap &entries, const Place &place)
{
    if (!enter(place, entries.size()))
        return false;
    m_out.put(EmptyDict);
    if (!entries.empty())
        m_out.put(Mark);
    for (const auto &[key, content] : entries) {
        const Place entry = place.at(key);
        if (!write(key, entry, true) || !write(content, entry, false))
            return false;
    }
    if (!entries.empty())
        m_out.put(SetItems);
    leave();
    return true;
}

bool PickleWriter::writeText(const Value &value, const Place &place)
{
    if (!fitsText(place, value.text()))
        return false;
    text(value.text());
    return true;
}

bool PickleWriter::writeBytes(const Value &value, const Place &place)
{
    if (value.text().size() > m_limits.decompressedBytes)
        return failLimit(place, "decompressedBytes", m_limits.decompressedBytes);
    putSized(ShortBinBytes, BinBytes, value.text());
    return true;
}

bool PickleWriter::writeBigInt(const Value &value, const Place &place)
{
    if (!fitsInteger(place, value.text()))
        return false;
    putLong(twosComplementFromDecimal(value.text()));
    return true;
}

/// By name the first time, and by its number in the memo from then on.
void PickleWriter::putClass(Class which)
{
    struct Name {
        QByteArrayView module;
        QByteArrayView name;
    };
    static constexpr std::array<Name, classCount> names{{{"datetime", "date"},
                                                         {"datetime", "time"},
                                                         {"datetime", "datetime"},
                                                         {"datetime", "timedelta"},
                                                         {"datetime", "timezone"},
                                                         {"decimal", "Decimal"},
                                                         {"uuid", "UUID"},
                                                         {"builtins", "bytearray"}}};
    const auto index = static_cast<std::size_t>(which);
    if (m_memo[index] != 0) {
        m_out.put(BinGet);
        m_out.put(static_cast<char>(m_memo[index] - 1));
        return;
    }
    text(names[index].module);
    text(names[index].name);
    m_out.put(StackGlobal);
    m_out.put(Memoize);
    m_memo[index] = ++m_memoized;
}

void PickleWriter::putInt(qint64 number)
{
    if (number >= 0 && number <= 0xff) {
        m_out.put(BinInt1);
        m_out.put(static_cast<char>(number));
    } else if (number >= 0 && number <= 0xffff) {
        m_out.put(BinInt2);
        m_out.putLittleEndian(static_cast<quint16>(number));
    } else if (number == static_cast<qint32>(number)) {
        m_out.put(BinInt);
        m_out.putLittleEndian(static_cast<qint32>(number));
    } else {
        m_out.put(Long1);
        m_out.put('\x08');
        m_out.putLittleEndian(number);
    }
}

void PickleWriter::putLong(QByteArrayView littleEndian)
{
    if (littleEndian.size() <= 0xff) {
        m_out.put(Long1);
        m_out.put(static_cast<char>(littleEndian.size()));
    } else {
        m_out.put(Long4);
        m_out.putLittleEndian(static_cast<qint32>(littleEndian.size()));
    }
    m_out.put(littleEndian);
}

void PickleWriter::putSized(char shortOpcode, char longOpcode, QByteArrayView bytes)
{
    if (bytes.size() <= 0xff) {
        m_out.put(shortOpcode);
        m_out.put(static_cast<char>(bytes.size()));
    } else {
        m_out.put(longOpcode);
        m_out.putLittleEndian(static_cast<quint32>(bytes.size()));
    }
    m_out.put(bytes);
}

// Dates and times as their own __reduce__ packs them.

void PickleWriter::putDate(Date date)
{
    m_out.putBigEndian(date.year);
    m_out.put(static_cast<char>(date.month));
    m_out.put(static_cast<char>(date.day));
}

void PickleWriter::putTime(const Time &time)
{
    m_out.put(static_cast<char>(time.hour));
    m_out.put(static_cast<char>(time.minute));
    m_out.put(static_cast<char>(time.second));
    m_out.put(static_cast<char>(time.microsecond >> 16));
    m_out.putBigEndian(static_cast<quint16>(time.microsecond));
}

/// Ends the call that makes a time or datetime.
void PickleWriter::putOffset(const Time &time)
{
    if (time.utcOffset) {
        const bool west = *time.utcOffset < 0;
        putClass(Class::TimeZone);
        putTimeDelta({west ? -1 : 0, *time.utcOffset + (west ? 86400 : 0), 0});
        m_out.put(Tuple1);
        m_out.put(Reduce);
    }
    m_out.put(time.utcOffset ? Tuple2 : Tuple1);
    m_out.put(Reduce);
}

void PickleWriter::putTimeDelta(const TimeDelta &delta)
{
    putClass(Class::TimeDelta);
    putInt(delta.days);
    putInt(delta.seconds);
    putInt(delta.microseconds);
    m_out.put(Tuple3);
    m_out.put(Reduce);
}

/// An instance without a call, whose state is its number.
void PickleWriter::putUuid(const QByteArray &text)
{
    putClass(Class::Uuid);
    m_out.put(EmptyTuple);
    m_out.put(NewObj);
    m_out.put(EmptyDict);
    this->text("int");
    QByteArray number = QByteArray::fromHex(text); // which passes over the dashes
    std::reverse(number.begin(), number.end());
    number += '\0';
    while (!number.isEmpty() && number.back() == '\0'
           && (number.size() == 1 || (number[number.size() - 2] & '\x80') == 0))
        number.chop(1);
    putLong(number);
    m_out.put(SetItem);
    m_out.put(Build);
}

} // namespace Cachelens
