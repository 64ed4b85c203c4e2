// SPDX-License-Identifier: MIT
#include "core/codec/unfolding.h"

#include <algorithm>

namespace Cachelens {

namespace {

using Type = Value::Type;

/// What is left of the limits.
struct Room {
    int depth; ///< of containers inside this one
    qsizetype *values;
};

/// The value itself is counted already.
bool contentWithin(const Value &value, Room room);

bool within(const ValueList &items, Room room)
{
    return (*room.values -= qsizetype(items.size())) >= 0
        && std::all_of(items.begin(), items.end(),
                       [room](const Value &item) { return contentWithin(item, room); });
}

bool within(const ValueMap &entries, Room room)
{
    return (*room.values -= 2 * qsizetype(entries.size())) >= 0
        && std::all_of(entries.begin(), entries.end(), [room](const auto &entry) {
               return contentWithin(entry.first, room) && contentWithin(entry.second, room);
           });
}

bool contentWithin(const Value &value, Room room)
{
    if (value.type() < Type::List || value.type() > Type::Request)
        return true;
    if (--room.depth < 0)
        return false;
    if (value.isSequence())
        return within(value.items(), room);
    return within(value.isMap() ? value.entries() : value.object().attributes, room);
}

} // namespace

bool unfoldsWithin(const Value &value, const DecodeLimits &limits)
{
    qsizetype values = limits.values - 1;
    return values >= 0 && contentWithin(value, {limits.depth, &values});
}

} // namespace Cachelens
