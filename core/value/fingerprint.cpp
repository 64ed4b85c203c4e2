// SPDX-License-Identifier: MIT
#include "core/value/fingerprint.h"

#include <QHashFunctions>

#include <bit>
#include <cmath>
#include <limits>

namespace Cachelens {

namespace {

/// Every bit of the sum in every bit of the result.
quint64 mixed(quint64 a, quint64 b)
{
    quint64 h = a * 0x9e3779b97f4a7c15U + b + 0x632be59bd9b4e019U;
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9U;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebU;
    return h ^ (h >> 31);
}

quint64 hashOf(QByteArrayView text)
{
    return mixed(static_cast<quint64>(text.size()),
                 qHashBits(text.constData(), static_cast<size_t>(text.size()), 0x5eed));
}

quint64 hashOf(Date date)
{
    return mixed(static_cast<quint64>(date.year), date.month * 100U + date.day);
}

quint64 hashOf(const Time &time)
{
    const quint64 seconds = time.hour * 3600U + time.minute * 60U + time.second;
    const quint64 zone = time.utcOffset ? static_cast<quint64>(*time.utcOffset) + 1'000'000 : 0;
    return mixed(seconds * 1'000'000 + time.microsecond, zone);
}

quint64 hashOfScalar(const Value &value)
{
    switch (value.type()) {
    case Value::Type::Bool:
        return value.toBool() ? 1 : 0;
    case Value::Type::Int:
        return static_cast<quint64>(value.toInt());
    case Value::Type::Float:
        return std::bit_cast<quint64>(std::isnan(value.toFloat())
                                          ? std::numeric_limits<double>::quiet_NaN()
                                          : value.toFloat());
    case Value::Type::BigInt:
    case Value::Type::String:
    case Value::Type::Bytes:
    case Value::Type::ByteArray:
    case Value::Type::Decimal:
    case Value::Type::Uuid:
    case Value::Type::Class:
        return hashOf(value.text());
    case Value::Type::Date:
        return hashOf(value.date());
    case Value::Type::Time:
        return hashOf(value.time());
    case Value::Type::DateTime:
        return mixed(hashOf(value.dateTime().date), hashOf(value.dateTime().time));
    case Value::Type::TimeDelta: {
        const TimeDelta delta = value.timeDelta();
        return mixed(static_cast<quint64>(delta.days),
                     static_cast<quint64>(delta.seconds) * 1'000'000
                         + static_cast<quint64>(delta.microseconds));
    }
    default:
        return 0; // its type says all
    }
}

const void *contentsOf(const Value &value)
{
    if (value.isSequence())
        return &value.items();
    if (value.isMap())
        return &value.entries();
    return value.type() == Value::Type::Object || value.type() == Value::Type::Request
        ? &value.object()
        : nullptr;
}

} // namespace

quint64 Fingerprints::hash(const Value &value, int depth)
{
    const auto type = static_cast<quint64>(value.type());
    const void *contents = contentsOf(value);
    if (!contents)
        return mixed(type, hashOfScalar(value));
    if (const auto known = m_known.find(contents); known != m_known.end())
        return known->second;
    if (depth >= maxDepth)
        m_left = -1;
    if (m_left < 0)
        return 0;
    quint64 hash = 0;
    if (value.isSequence()) {
        const bool ordered
            = value.type() == Value::Type::List || value.type() == Value::Type::Tuple;
        hash = hashItems(value.items(), ordered, depth);
    } else if (value.isMap()) {
        hash = hashEntries(value.entries(), depth);
    } else {
        hash = mixed(hashOf(value.object().className),
                     hashEntries(value.object().attributes, depth));
    }
    return m_known[contents] = mixed(type, hash);
}

quint64 Fingerprints::hashItems(const ValueList &items, bool ordered, int depth)
{
    quint64 all = items.size();
    for (const Value &item : items) {
        if (!spend(1))
            return 0;
        const quint64 one = hash(item, depth + 1);
        all = ordered ? mixed(all, one) : all + one;
    }
    return all;
}

quint64 Fingerprints::hashEntries(const ValueMap &entries, int depth)
{
    quint64 all = entries.size();
    for (const auto &[name, value] : entries) {
        if (!spend(1))
            return 0;
        all += mixed(hash(name, depth + 1), hash(value, depth + 1));
    }
    return all;
}

} // namespace Cachelens
