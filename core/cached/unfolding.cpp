// SPDX-License-Identifier: MIT
#include "core/cached/unfolding.h"

#include <algorithm>

namespace Cachelens {

namespace {

bool within(const Value &value, int depth, qsizetype *left)
{
    if (depth < 0 || --*left < 0)
        return false;
    const auto entriesWithin = [depth, left](const ValueMap &entries) {
        return std::all_of(entries.begin(), entries.end(), [depth, left](const auto &entry) {
            return within(entry.first, depth - 1, left) && within(entry.second, depth - 1, left);
        });
    };
    switch (value.type()) {
    case Value::Type::List:
    case Value::Type::Tuple:
    case Value::Type::Set:
    case Value::Type::FrozenSet:
        return std::all_of(
            value.items().begin(), value.items().end(),
            [depth, left](const Value &item) { return within(item, depth - 1, left); });
    case Value::Type::Map:
        return entriesWithin(value.entries());
    case Value::Type::Object:
    case Value::Type::Request:
        return entriesWithin(value.object().attributes);
    default:
        return true;
    }
}

} // namespace

bool unfoldsWithin(const Value &value, const DecodeLimits &limits)
{
    qsizetype left = limits.values;
    return within(value, limits.depth, &left);
}

} // namespace Cachelens
