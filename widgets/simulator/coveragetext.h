// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/coveragecount.h"

#include <QString>

namespace Cachelens {

/// Something about a catalog's rules that is worth a look.
struct CoverageLine {
    QString text;
    QByteArray key; ///< an entry that shows it; empty: none does
    bool operator==(const CoverageLine &) const = default;
};

/// Entries that no rule can reach, rules that reach nothing, rules that drop more than a partition:
/// function by function. `complete`: the counts are of all keys.
[[nodiscard]] std::vector<CoverageLine> coverageLines(const RuleCoverage &coverage,
                                                      const CoverageCount &count, bool complete);

} // namespace Cachelens
