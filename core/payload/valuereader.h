// SPDX-License-Identifier: MIT
#pragma once

#include "core/payload/decodelimits.h"
#include "core/result.h"
#include "core/value/value.h"

#include <optional>

namespace Cachelens {

/// What the readers of JSON and of MessagePack share: a place in the bytes, the limits, and what
/// the lists and maps that are open have so far. A reader of one document; each function that
/// answers with false has set the error.
class ValueReader {
protected:
    ValueReader(QByteArrayView bytes, const DecodeLimits &limits)
        : m_limits(limits), m_begin(bytes.data()), m_at(m_begin), m_end(m_begin + bytes.size())
    {
    }

    bool fail(const char *reason);
    bool failLimit(const char *limit, qint64 value);
    [[nodiscard]] tl::unexpected<Error> failed() { return failure(std::move(*m_error)); }

    /// Goes ahead of each value, keys included.
    bool countValue()
    {
        return ++m_values <= m_limits.values || failLimit("values", m_limits.values);
    }
    /// Goes into a list or map; takeList() or takeMap() leads out.
    bool enter() { return ++m_depth <= m_limits.depth || failLimit("depth", m_limits.depth); }
    bool fits(quint64 items)
    {
        return items <= static_cast<quint64>(m_limits.containerItems)
            || failLimit("containerItems", m_limits.containerItems);
    }
    /// The items from `first` on.
    [[nodiscard]] Value takeList(std::size_t first);
    /// The entries from `first` on; of equal keys the last counts.
    [[nodiscard]] Value takeMap(std::size_t first);

    const DecodeLimits &m_limits;
    const char *m_begin;
    const char *m_at;
    const char *m_end;
    // Of all that are open, one above the other.
    ValueList m_items;
    ValueMap m_entries;

private:
    int m_depth = 0;
    qsizetype m_values = 0;
    std::optional<Error> m_error;
};

} // namespace Cachelens
