// SPDX-License-Identifier: MIT
#include "core/payload/valuereader.h"

#include "core/payload/decodeerror.h"
#include "core/payload/uniquekeys.h"

#include <iterator>

namespace Cachelens {

namespace {

template <typename Container> Container taken(Container &open, std::size_t first)
{
    const auto begin = open.begin() + static_cast<std::ptrdiff_t>(first);
    Container own{std::make_move_iterator(begin), std::make_move_iterator(open.end())};
    open.resize(first);
    return own;
}

} // namespace

bool ValueReader::fail(const char *reason)
{
    m_error = undecodable(QByteArray(reason) + " at byte " + QByteArray::number(m_at - m_begin));
    return false;
}

bool ValueReader::failLimit(const char *limit, qint64 value)
{
    m_error = limitReached(limit, value);
    return false;
}

Value ValueReader::takeList(std::size_t first)
{
    --m_depth;
    return Value::list(taken(m_items, first));
}

Value ValueReader::takeMap(std::size_t first)
{
    --m_depth;
    ValueMap entries = taken(m_entries, first);
    keepLastOfEachKey(entries);
    return Value::map(std::move(entries));
}

} // namespace Cachelens
