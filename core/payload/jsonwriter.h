// SPDX-License-Identifier: MIT
#pragma once

#include "core/payload/valuewriter.h"

namespace Cachelens {

/// Writes JSON as Python's json module does with Django's DjangoJSONEncoder: dates and times in
/// ISO 8601 with milliseconds, a timedelta as an ISO 8601 duration, decimals and UUIDs as their
/// text, tuples as lists, keys that are numbers, booleans or none as text. Unsupported: bytes,
/// sets, times with an offset, and what has no meaning without its class.
class JsonWriter : public ValueWriter {
public:
    JsonWriter() : ValueWriter("JSON") { }

    bool write(const Value &value, const Place &place = {});

    // For maps of known members.
    void beginMap(std::size_t)
    {
        enterKnown();
        m_out.put('{');
    }
    void key(QByteArrayView name, bool first);
    void text(QByteArrayView text) { putString(text); }
    void none() { m_out.put("null"); }
    void endMap()
    {
        leave();
        m_out.put('}');
    }

private:
    bool writeList(const ValueList &items, const Place &place);
    bool writeMap(const ValueMap &entries, const Place &place);
    bool writeKey(const Value &key, const Place &place);
    bool writeText(const Value &value, const Place &place);
    void putFloat(double number);
    void putString(QByteArrayView utf8);
    void putDateTime(const DateTime &dateTime);
    void putTimeDelta(const TimeDelta &delta);

    QByteArray m_text; // what is formatted before it is put
};

} // namespace Cachelens
