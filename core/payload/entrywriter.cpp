// SPDX-License-Identifier: MIT
#include "core/payload/entrywriter.h"

#include "core/value/keytext.h"

#include <QtEndian>

#include <bit>
#include <limits>

namespace Cachelens {

namespace {

// Opcodes of protocol 4, by the names that Python's pickletools gives them.
enum Opcode : char {
    Proto = '\x80',
    Stop = '.',
    Mark = '(',
    NoneOp = 'N',
    NewTrue = '\x88',
    NewFalse = '\x89',
    BinInt1 = 'K',
    BinInt = 'J',
    Long1 = '\x8a',
    BinFloat = 'G',
    ShortBinUnicode = '\x8c',
    BinUnicode = 'X',
    ShortBinBytes = 'C',
    BinBytes = 'B',
    EmptyList = ']',
    Appends = 'e',
    TupleOp = 't',
    EmptyDict = '}',
    SetItems = 'u',
    EmptySet = '\x8f',
    AddItems = '\x90',
    FrozenSetOp = '\x91',
    StackGlobal = '\x93',
    Reduce = 'R',
};

class Pickler {
public:
    QByteArray run(const Value &value)
    {
        m_out += Proto;
        m_out += '\4';
        write(value, 0);
        m_out += Stop;
        return std::move(m_out);
    }

    [[nodiscard]] const std::optional<Error> &error() const { return m_error; }

private:
    void write(const Value &value, int depth)
    {
        if (m_error)
            return;
        if (depth > DecodeLimits().depth) {
            fail(Error::Code::LimitExceeded, "it is nested too deeply");
            return;
        }
        switch (value.type()) {
        case Value::Type::None:
            m_out += NoneOp;
            return;
        case Value::Type::Bool:
            m_out += value.toBool() ? NewTrue : NewFalse;
            return;
        case Value::Type::Int:
            writeInt(value.toInt());
            return;
        case Value::Type::Float:
            m_out += BinFloat;
            appendBigEndian(std::bit_cast<quint64>(value.toFloat()));
            return;
        case Value::Type::String:
            writeString(value.text());
            return;
        case Value::Type::Bytes:
            writeSized(ShortBinBytes, BinBytes, value.text());
            return;
        case Value::Type::Date:
            beginCall("datetime", "date");
            writeSized(ShortBinBytes, BinBytes, packed(value.date()));
            endCall();
            return;
        case Value::Type::Time:
            beginCall("datetime", "time");
            writeSized(ShortBinBytes, BinBytes, packed(value.time()));
            writeOffset(value.time().utcOffset);
            endCall();
            return;
        case Value::Type::DateTime:
            beginCall("datetime", "datetime");
            writeSized(ShortBinBytes, BinBytes,
                       packed(value.dateTime().date) + packed(value.dateTime().time));
            writeOffset(value.dateTime().time.utcOffset);
            endCall();
            return;
        case Value::Type::TimeDelta:
            writeTimeDelta(value.timeDelta());
            return;
        case Value::Type::Decimal:
            beginCall("decimal", "Decimal");
            writeString(value.text());
            endCall();
            return;
        case Value::Type::List:
            m_out += EmptyList;
            writeItems(value.items(), depth);
            m_out += Appends;
            return;
        case Value::Type::Tuple:
            writeItems(value.items(), depth);
            m_out += TupleOp;
            return;
        case Value::Type::Set:
            m_out += EmptySet;
            writeItems(value.items(), depth);
            m_out += AddItems;
            return;
        case Value::Type::FrozenSet:
            writeItems(value.items(), depth);
            m_out += FrozenSetOp;
            return;
        case Value::Type::Map:
            m_out += EmptyDict;
            m_out += Mark;
            for (const auto &[key, content] : value.entries()) {
                write(key, depth + 1);
                write(content, depth + 1);
            }
            m_out += SetItems;
            return;
        case Value::Type::BigInt:
        case Value::Type::Uuid:
        case Value::Type::ByteArray:
        case Value::Type::Object:
        case Value::Type::Request:
        case Value::Type::Class:
        case Value::Type::Cycle:
            fail(Error::Code::Unsupported, "a value of this type cannot be written");
            return;
        }
    }

    void writeItems(const ValueList &items, int depth)
    {
        m_out += Mark;
        for (const Value &item : items)
            write(item, depth + 1);
    }

    void writeInt(qint64 number)
    {
        if (number >= 0 && number <= 0xff) {
            m_out += BinInt1;
            m_out += static_cast<char>(number);
        } else if (number >= std::numeric_limits<qint32>::min()
                   && number <= std::numeric_limits<qint32>::max()) {
            m_out += BinInt;
            appendLittleEndian(static_cast<qint32>(number));
        } else {
            m_out += Long1;
            m_out += '\x08';
            appendLittleEndian(number);
        }
    }

    void writeString(const QByteArray &utf8) { writeSized(ShortBinUnicode, BinUnicode, utf8); }

    void writeSized(Opcode shortOp, Opcode longOp, const QByteArray &bytes)
    {
        if (bytes.size() <= 0xff) {
            m_out += shortOp;
            m_out += static_cast<char>(bytes.size());
        } else if (bytes.size() <= std::numeric_limits<qint32>::max()) {
            m_out += longOp;
            appendLittleEndian(static_cast<qint32>(bytes.size()));
        } else {
            fail(Error::Code::LimitExceeded, "a text in it is larger than 2 GiB");
            return;
        }
        m_out += bytes;
    }

    // A call of a class, with the arguments that are written in between.
    void beginCall(const char *module, const char *name)
    {
        writeString(module);
        writeString(name);
        m_out += StackGlobal;
        m_out += Mark;
    }

    void endCall()
    {
        m_out += TupleOp;
        m_out += Reduce;
    }

    void writeTimeDelta(const TimeDelta &delta)
    {
        beginCall("datetime", "timedelta");
        writeInt(delta.days);
        writeInt(delta.seconds);
        writeInt(delta.microseconds);
        endCall();
    }

    void writeOffset(std::optional<qint32> seconds)
    {
        if (!seconds)
            return;
        beginCall("datetime", "timezone");
        const bool west = *seconds < 0;
        writeTimeDelta({west ? -1 : 0, *seconds + (west ? 86400 : 0), 0});
        endCall();
    }

    // As datetime's own __reduce__ packs them.
    static QByteArray packed(Date date)
    {
        const char bytes[]
            = {static_cast<char>(date.year >> 8), static_cast<char>(date.year & 0xff),
               static_cast<char>(date.month), static_cast<char>(date.day)};
        return QByteArray(bytes, sizeof bytes);
    }

    static QByteArray packed(const Time &time)
    {
        const char bytes[] = {static_cast<char>(time.hour),
                              static_cast<char>(time.minute),
                              static_cast<char>(time.second),
                              static_cast<char>(time.microsecond >> 16 & 0xff),
                              static_cast<char>(time.microsecond >> 8 & 0xff),
                              static_cast<char>(time.microsecond & 0xff)};
        return QByteArray(bytes, sizeof bytes);
    }

    template <typename T> void appendLittleEndian(T number)
    {
        const T swapped = qToLittleEndian(number);
        m_out.append(reinterpret_cast<const char *>(&swapped), sizeof swapped);
    }

    void appendBigEndian(quint64 number)
    {
        const quint64 swapped = qToBigEndian(number);
        m_out.append(reinterpret_cast<const char *>(&swapped), sizeof swapped);
    }

    void fail(Error::Code code, const char *reason)
    {
        if (!m_error)
            m_error = Error{code, "write", "the value", reason, false};
    }

    QByteArray m_out;
    std::optional<Error> m_error;
};

QByteArray isoUtc(WallTime at)
{
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(at - day);
    DateTime time;
    time.date = {static_cast<qint16>(static_cast<int>(date.year())),
                 static_cast<quint8>(static_cast<unsigned>(date.month())),
                 static_cast<quint8>(static_cast<unsigned>(date.day()))};
    time.time
        = {static_cast<quint8>(clock.hours().count()), static_cast<quint8>(clock.minutes().count()),
           static_cast<quint8>(clock.seconds().count()),
           static_cast<quint32>(clock.subseconds().count() * 1000), 0};
    QByteArray text;
    appendIso(text, time);
    return text;
}

} // namespace

Result<QByteArray> pickled(const Value &value)
{
    Pickler pickler;
    QByteArray bytes = pickler.run(value);
    if (pickler.error())
        return failure(*pickler.error());
    return bytes;
}

Result<QByteArray> encodeEntry(const Value &result, const EntryTimes &times)
{
    const auto member = [](const char *name, Value value) {
        return std::pair(Value::string(name), std::move(value));
    };
    const Value resetAt = times.resetAt ? Value::string(isoUtc(*times.resetAt)) : Value();
    Value metadata = Value::map({member("cached_at", Value::string(isoUtc(times.cachedAt))),
                                 member("cache_reset_at", resetAt),
                                 member("cache_status", Value::string(name(times.writtenBy)))});
    return pickled(Value::map({member("value", result), member("metadata", std::move(metadata))}));
}

} // namespace Cachelens
