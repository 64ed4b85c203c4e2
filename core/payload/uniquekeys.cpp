// SPDX-License-Identifier: MIT
#include "core/payload/uniquekeys.h"

#include <QHashFunctions>
#include <QVarLengthArray>

#include <bit>
#include <cmath>

namespace Cachelens {

namespace {

constexpr int containerBudget = 64;
constexpr std::size_t fewKeys = 8;
constexpr int containerProbes = 64;

bool sameKey(const Value &a, const Value &b, int &budget)
{
    if (a.type() != b.type())
        return false;
    if (a.isString()) // which keys nearly always are
        return a.text().size() == b.text().size() && a.text() == b.text();
    switch (a.type()) {
    case Value::Type::Float:
        return a.toFloat() == b.toFloat() || (std::isnan(a.toFloat()) && std::isnan(b.toFloat()));
    case Value::Type::List:
    case Value::Type::Tuple: {
        const ValueList &left = a.items();
        const ValueList &right = b.items();
        if (left.size() != right.size())
            return false;
        for (std::size_t i = 0; i < left.size(); ++i) {
            if (--budget < 0 || !sameKey(left[i], right[i], budget))
                return false;
        }
        return true;
    }
    case Value::Type::Set:
    case Value::Type::FrozenSet:
    case Value::Type::Map:
    case Value::Type::Object:
    case Value::Type::Request:
    case Value::Type::Cycle:
        return false;
    default:
        return a == b;
    }
}

std::size_t hashOf(const Value &key, std::size_t seed, int &budget)
{
    switch (key.type()) {
    case Value::Type::Bool:
        return qHash(key.toBool(), seed);
    case Value::Type::Int:
        return qHash(key.toInt(), seed);
    case Value::Type::Float:
        // One hash for every zero and every NaN.
        return std::isnan(key.toFloat()) ? seed : qHash(key.toFloat(), seed);
    case Value::Type::String:
    case Value::Type::Bytes:
    case Value::Type::ByteArray:
    case Value::Type::BigInt:
    case Value::Type::Decimal:
    case Value::Type::Uuid:
    case Value::Type::Class:
        return qHash(QByteArrayView(key.text()), seed);
    case Value::Type::Date:
        return qHashMulti(seed, key.date().year, key.date().month, key.date().day);
    case Value::Type::Time:
        return qHashMulti(seed, key.time().hour, key.time().minute, key.time().second,
                          key.time().microsecond, key.time().utcOffset.value_or(0));
    case Value::Type::DateTime: {
        const DateTime t = key.dateTime();
        return qHashMulti(seed, t.date.year, t.date.month, t.date.day, t.time.hour, t.time.minute,
                          t.time.second, t.time.microsecond, t.time.utcOffset.value_or(0));
    }
    case Value::Type::TimeDelta:
        return qHashMulti(seed, key.timeDelta().days, key.timeDelta().seconds,
                          key.timeDelta().microseconds);
    case Value::Type::List:
    case Value::Type::Tuple: {
        std::size_t hash = seed ^ key.items().size();
        for (const Value &item : key.items()) {
            if (--budget < 0)
                break;
            hash = hashOf(item, hash * 31 + 1, budget);
        }
        return hash;
    }
    default:
        return seed;
    }
}

bool isScalar(const Value &value)
{
    return value.type() < Value::Type::List || value.type() == Value::Type::Class;
}

class KeyTable {
public:
    explicit KeyTable(std::size_t keys)
        : m_mask(std::bit_ceil(keys * 2) - 1), m_seed(QHashSeed::globalSeed())
    {
        m_slots.resize(static_cast<qsizetype>(m_mask + 1));
        std::fill(m_slots.begin(), m_slots.end(), 0U);
    }

    /// The place of the same key among `entries[0, count)`, or `count`, which is then taken in.
    std::size_t place(const ValueMap &entries, std::size_t count, const Value &key)
    {
        int budget = containerBudget;
        int probes = isScalar(key) ? std::numeric_limits<int>::max() : containerProbes;
        std::size_t slot = hashOf(key, m_seed, budget) & m_mask;
        for (; at(slot) != 0; slot = (slot + 1) & m_mask) {
            const std::size_t candidate = at(slot) - 1;
            budget = containerBudget;
            if (sameKey(entries[candidate].first, key, budget))
                return candidate;
            if (--probes < 0)
                return count;
        }
        at(slot) = static_cast<quint32>(count + 1);
        return count;
    }

private:
    quint32 &at(std::size_t slot) { return m_slots[static_cast<qsizetype>(slot)]; }

    std::size_t m_mask;
    std::size_t m_seed;
    QVarLengthArray<quint32, 256> m_slots; // one more than the place; 0: free
};

std::size_t placeAmongFew(const ValueMap &entries, std::size_t count, const Value &key)
{
    for (std::size_t i = 0; i < count; ++i) {
        int budget = containerBudget;
        if (sameKey(entries[i].first, key, budget))
            return i;
    }
    return count;
}

template <typename Place> void compact(ValueMap &entries, Place &&place)
{
    std::size_t count = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const std::size_t to = place(count, entries[i].first);
        if (to < count) {
            entries[to].second = std::move(entries[i].second);
            continue;
        }
        if (i != count)
            entries[count] = std::move(entries[i]);
        ++count;
    }
    entries.resize(count);
}

} // namespace

void keepLastOfEachKey(ValueMap &entries)
{
    if (entries.size() < 2)
        return;
    if (entries.size() <= fewKeys) {
        compact(entries, [&](std::size_t count, const Value &key) {
            return placeAmongFew(entries, count, key);
        });
        return;
    }
    KeyTable table(entries.size());
    compact(entries,
            [&](std::size_t count, const Value &key) { return table.place(entries, count, key); });
}

} // namespace Cachelens
