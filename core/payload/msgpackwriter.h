// SPDX-License-Identifier: MIT
#pragma once

#include "core/payload/valuewriter.h"

namespace Cachelens {

/// Writes MessagePack as Python's msgpack does: text as str, bytes and bytearray as bin, tuples as
/// arrays. Unsupported: keys that are neither text nor bytes (that reader refuses them), integers
/// beyond 64 bits, sets, dates and times, decimals, UUIDs, and what has no meaning without its
/// class.
class MessagePackWriter : public ValueWriter {
public:
    MessagePackWriter() : ValueWriter("MessagePack") { }

    bool write(const Value &value, const Place &place = {});

    // For maps of known members.
    void beginMap(std::size_t entries)
    {
        enterKnown();
        putMap(entries);
    }
    void key(QByteArrayView name, bool) { text(name); }
    void text(QByteArrayView text);
    void none() { m_out.put('\xc0'); }
    void endMap() { leave(); }

private:
    bool writeList(const ValueList &items, const Place &place);
    bool writeMap(const ValueMap &entries, const Place &place);
    bool writeBigInt(const Value &value, const Place &place);
    bool writeText(const Value &value, const Place &place);
    bool writeBytes(const Value &value, const Place &place);
    void putMap(std::size_t entries) { putSize(entries, 0x80, 16, 0, 0xde); }
    void putInt(qint64 number);
    void putMarked(int mark, auto number);
    void putSize(std::size_t size, int small, std::size_t smallSizes, int one, int two);
};

} // namespace Cachelens
