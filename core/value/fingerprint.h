// SPDX-License-Identifier: MIT
#pragma once

#include "core/value/value.h"

#include <unordered_map>

namespace Cachelens {

/// Hashes whole values. Equal values (as operator== has it) have equal hashes; different values
/// have different ones, but for one chance in 2^64. A shared container is walked once, however
/// often it occurs, so the walk is as long as the value is big in memory.
class Fingerprints {
public:
    static constexpr int maxDepth = 2000;

    /// `maxVisits`: values that are looked at in all calls together.
    explicit Fingerprints(qsizetype maxVisits) : m_left(maxVisits) { }

    /// Means nothing once isExhausted(). The value must outlive this.
    [[nodiscard]] quint64 of(const Value &value) { return hash(value, 0); }
    /// A limit was reached.
    [[nodiscard]] bool isExhausted() const { return m_left < 0; }
    /// Takes from what is left; false: that was too much.
    bool spend(qsizetype visits)
    {
        m_left = m_left < visits ? -1 : m_left - visits;
        return m_left >= 0;
    }

private:
    [[nodiscard]] quint64 hash(const Value &value, int depth);
    [[nodiscard]] quint64 hashItems(const ValueList &items, bool ordered, int depth);
    [[nodiscard]] quint64 hashEntries(const ValueMap &entries, int depth);

    std::unordered_map<const void *, quint64> m_known; // of containers, by their contents' address
    qsizetype m_left;
};

} // namespace Cachelens
