// SPDX-License-Identifier: MIT
#pragma once

#include "core/payload/valuewriter.h"

#include <array>

namespace Cachelens {

/// Writes a pickle of protocol 4, which every Python 3 reads since 3.4: each of Value's own types
/// as that type. Unsupported: keys and members of sets that Python cannot hash, and what has no
/// meaning without its class.
class PickleWriter : public ValueWriter {
public:
    PickleWriter() : ValueWriter("pickle") { m_out.put(QByteArrayView("\x80\x04", 2)); }

    bool write(const Value &value, const Place &place = {}) { return write(value, place, false); }
    /// Goes behind the one value that a pickle holds.
    void end() { m_out.put('.'); }

    // For maps of known members.
    void beginMap(std::size_t)
    {
        enterKnown();
        m_out.put("}(");
    }
    void key(QByteArrayView name, bool) { text(name); }
    void text(QByteArrayView text) { putSized('\x8c', 'X', text); }
    void none() { m_out.put('N'); }
    void endMap()
    {
        leave();
        m_out.put('u');
    }

private:
    enum class Class : quint8 {
        Date,
        Time,
        DateTime,
        TimeDelta,
        TimeZone,
        Decimal,
        Uuid,
        ByteArray
    };
    static constexpr std::size_t classCount = 8;

    /// `hashed`: as a key or in a set.
    bool write(const Value &value, const Place &place, bool hashed);
    bool writeItems(const ValueList &items, const Place &place, bool hashed);
    bool writeMap(const ValueMap &entries, const Place &place);
    bool writeText(const Value &value, const Place &place);
    bool writeBytes(const Value &value, const Place &place);
    bool writeBigInt(const Value &value, const Place &place);

    void putClass(Class which);
    void putInt(qint64 number);
    void putLong(QByteArrayView littleEndian);
    void putSized(char shortOpcode, char longOpcode, QByteArrayView bytes);
    void putDate(Date date);
    void putTime(const Time &time);
    void putOffset(const Time &time);
    void putTimeDelta(const TimeDelta &delta);
    void putUuid(const QByteArray &text);

    std::array<quint8, classCount> m_memo{}; // where each class is, counted from 1; 0: not yet
    quint8 m_memoized = 0;
};

} // namespace Cachelens
