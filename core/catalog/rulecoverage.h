// SPDX-License-Identifier: MIT
#pragma once

#include "core/catalog/catalog.h"
#include "core/invalidation/ruleextent.h"
#include "core/key/keybuilder.h"

#include <string_view>

namespace Cachelens {

/// Which entries a rule can reach, whatever its signal says.
class RuleReach {
public:
    using Extent = RuleExtent;

    RuleReach(const KeyBuilder &builder, const InvalidationRule &rule, QByteArray id);

    [[nodiscard]] const QByteArray &rule() const { return m_rule; } ///< its id
    [[nodiscard]] const QByteArray &model() const { return m_model; }
    [[nodiscard]] Extent extent() const { return m_extent; }
    /// Whether some signal makes the rule drop this key: one without the client's prefix and
    /// version, of this function. The arguments that the rule does not map have their defaults in
    /// what it drops, so that an entry with another value of theirs is out of its reach. An Unknown
    /// extent reaches nothing here.
    [[nodiscard]] bool reaches(std::string_view key) const;

private:
    QByteArray m_rule;
    QByteArray m_model;
    Extent m_extent;
    std::vector<QByteArray> m_pieces; ///< what stands in the prefix between the mapped values
};

/// How far the rules of a catalog reach.
class RuleCoverage {
public:
    struct Function {
        QByteArray id;
        std::vector<RuleReach> rules;
    };

    explicit RuleCoverage(const Catalog &catalog);

    /// In the catalog's order, as KeyLevels::functionIndex counts them.
    [[nodiscard]] const std::vector<Function> &functions() const { return m_functions; }

private:
    std::vector<Function> m_functions;
};

} // namespace Cachelens
