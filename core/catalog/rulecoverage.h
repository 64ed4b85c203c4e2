// SPDX-License-Identifier: MIT
#pragma once

#include "core/catalog/catalog.h"
#include "core/key/keybuilder.h"

#include <string_view>

namespace Cachelens {

/// Which entries a rule can reach, whatever its signal says.
class RuleReach {
public:
    enum class Extent : quint8 {
        Partition, ///< each time it runs it drops one partition
        SeveralPartitions, ///< it fills the front of the partition only: all that begin like it
        WholeFunction,
        Unknown, ///< an invalidator of its own decides
        /// It leaves out an argument in front of one that it fills, or that has a default: there is
        /// no key that begins like its prefix. Or its arguments do not fit the parameters.
        Nothing,
    };

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
    Extent m_extent = Extent::Nothing;
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
