// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/catalog/rulecoverage.h"
#include "core/invalidation/ruleregistry.h"
#include "core/keyspace/prefixkeys.h"

#include <optional>
#include <vector>

namespace Cachelens {

/// The rules of a catalog, ready to be asked, and what there is to say of them. Immutable.
struct CatalogRules {
    /// Why a rule cannot be registered; it is left out.
    struct Mistake {
        QByteArray function;
        QByteArray text;
    };

    /// To be called on a worker: a catalog may be long.
    [[nodiscard]] static std::shared_ptr<const CatalogRules> of(const Catalog &catalog);

    RuleRegistry registry;
    std::vector<Mistake> mistakes;
    RuleCoverage coverage{Catalog()};
};

/// Which caches are meant where several share a Redis, each with a prefix of its client's. By
/// default the first one: that without a prefix, where there is one.
struct CacheChoice {
    bool all = false;
    /// Of the one that is meant, whether keys of it are known or not; none: the first.
    std::optional<QByteArray> client;
};

/// What one rule would do about a signal.
struct SimulatedRule {
    /// The keys of `some` that are in one partition; they stand together.
    struct Partition {
        QByteArray text; ///< empty: the function has none
        qsizetype begin = 0;
        qsizetype end = 0;
        bool operator==(const Partition &) const = default;
    };

    RuleVerdict verdict;
    qsizetype keys = 0; ///< under its prefixes, as far as they are known
    std::vector<QByteArray> some; ///< of them
    std::vector<Partition> partitions;
};

/// What a signal would do, without having done it.
struct Simulation {
    static constexpr size_t mostKeys = 500; ///< listed, of each rule

    Signal signal;
    std::optional<QByteArray> client; ///< prefix of the cache that was asked about; none: all
    bool clientChosen = false; ///< the CacheChoice named it
    std::vector<QByteArray> clients; ///< the prefixes of all caches, and the chosen one
    std::vector<SimulatedRule> rules;
    qsizetype keys = 0; ///< that would go, each counted once

    /// The prefixes under which keys go, each once, none below another.
    [[nodiscard]] std::vector<VersionedPrefix> prefixes() const;
    [[nodiscard]] qsizetype running() const;
};

/// Asks every rule of the signal's model, and the index for the keys. Blocks; `unwanted` as in
/// keysUnder().
[[nodiscard]] Simulation simulate(const RuleRegistry &rules, const Signal &signal,
                                  const KeyIndex &index, const CacheChoice &choice,
                                  const std::function<bool()> &unwanted);

} // namespace Cachelens
