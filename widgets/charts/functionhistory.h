// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cached/functioncounters.h"

#include <deque>
#include <optional>
#include <vector>

namespace Cachelens {

/// What happened to a function between two snapshots.
struct FunctionSpan {
    qint64 calls = 0;
    qint64 hits = 0; ///< HIT and STALE
    qint64 runs = 0; ///< of the function
    std::chrono::microseconds callTime{0}; ///< of all calls
    std::chrono::microseconds functionTime{0}; ///< of all runs

    [[nodiscard]] std::optional<double> hitRatio() const; ///< none: no call in this span
    [[nodiscard]] std::optional<std::chrono::microseconds> latency() const; ///< mean; none as above
    [[nodiscard]] std::optional<std::chrono::microseconds> run() const; ///< mean; none: it did not
};

/// A function's last counts, and the spans that led to them.
struct FunctionRecord {
    FunctionCounts counts;
    std::deque<FunctionSpan> spans; ///< the newest last

    /// All spans together.
    [[nodiscard]] FunctionSpan recent() const;
};

/// The last spans of each function, from snapshots that are taken at even distances. The order of
/// functions is the order in which they were first seen.
class FunctionHistory {
public:
    explicit FunctionHistory(std::size_t spans) : m_bound(spans) { }

    /// The first snapshot of a function begins its first span. If counts are lower than before, the
    /// function was made anew, and its record begins again. A function that is not in the snapshot
    /// any more is forgotten.
    void sample(const std::vector<FunctionCounts> &snapshot);
    void clear() { m_records.clear(); }

    [[nodiscard]] const std::vector<FunctionRecord> &records() const { return m_records; }
    [[nodiscard]] std::size_t bound() const { return m_bound; } ///< spans of a function

private:
    const std::size_t m_bound;
    std::vector<FunctionRecord> m_records;
};

} // namespace Cachelens
