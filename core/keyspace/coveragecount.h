// SPDX-License-Identifier: MIT
#pragma once

#include "core/catalog/rulecoverage.h"
#include "core/keyspace/keyindex.h"

#include <functional>

namespace Cachelens {

/// How many of the entries that an index has are reached by rules.
struct CoverageCount {
    struct Rule {
        QByteArray id;
        qint64 entries = 0; ///< that the rule can drop
    };
    struct Function {
        QByteArray id;
        qint64 entries = 0;
        qint64 unreached = 0; ///< by any rule; what a rule with an invalidator reaches is not known
        std::vector<QByteArray> sample; ///< the first of the unreached, as raw keys
        std::vector<Rule> rules;
    };

    std::vector<Function> functions; ///< as the coverage has them
    qint64 unknown = 0; ///< entries of functions that the catalog does not know
};

/// One pass over an index whose reader was made of the same catalog as `coverage`. Blocks; gives
/// up, with what it has, when `unwanted` says so.
[[nodiscard]] CoverageCount countCoverage(const KeyIndex &index, const RuleCoverage &coverage,
                                          const std::function<bool()> &unwanted);

} // namespace Cachelens
