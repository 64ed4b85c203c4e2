// SPDX-License-Identifier: MIT
#include "core/catalog/rulecoverage.h"

#include "core/invalidation/ruleregistry.h"

#include <algorithm>

namespace Cachelens {

namespace {

/// Stands for the value of a mapped argument. Of letters and digits only, so that no field writes
/// it in another way, unless it hashes it.
QByteArray standIn(std::size_t argument, char variant)
{
    return QByteArray("cachelensStandIn") + variant + QByteArray::number(argument) + 'z';
}

Result<QByteArray> prefixWith(const KeyBuilder &builder, const InvalidationRule &rule, char variant)
{
    Call call;
    for (std::size_t i = 0; i < rule.fieldMapping.size(); ++i)
        call.kwargs.emplace_back(rule.fieldMapping[i].first, Value::string(standIn(i, variant)));
    return builder.partialPrefix(call);
}

/// Cuts the prefix where the values of mapped arguments stand. What hangs on them in another way
/// (a hash, a step into them) ends it: behind that anything may stand.
std::vector<QByteArray> piecesOf(const QByteArray &one, const QByteArray &other,
                                 std::size_t arguments)
{
    std::vector<QByteArray> pieces;
    qsizetype at = 0;
    qsizetype atOther = 0;
    for (;;) {
        qsizetype begin = -1;
        std::size_t argument = 0;
        for (std::size_t i = 0; i < arguments; ++i) {
            const qsizetype found = one.indexOf(standIn(i, 'a'), at);
            if (found >= 0 && (begin < 0 || found < begin)) {
                begin = found;
                argument = i;
            }
        }
        const QByteArray piece = begin < 0 ? one.mid(at) : one.mid(at, begin - at);
        const QByteArrayView rest = QByteArrayView(other).sliced(atOther);
        if (!rest.startsWith(piece)) {
            const auto differs
                = std::mismatch(piece.begin(), piece.end(), rest.begin(), rest.end());
            pieces.push_back(piece.first(differs.first - piece.begin()));
            return pieces;
        }
        pieces.push_back(piece);
        if (begin < 0)
            return pieces;
        at = begin + standIn(argument, 'a').size();
        atOther += piece.size() + standIn(argument, 'b').size();
    }
}

} // namespace

RuleReach::RuleReach(const KeyBuilder &builder, const InvalidationRule &rule, QByteArray id)
    : m_rule(std::move(id)), m_model(rule.model), m_extent(extentOf(builder, rule))
{
    if (m_extent == Extent::Unknown || m_extent == Extent::Nothing)
        return;
    const auto one = prefixWith(builder, rule, 'a');
    const auto other = prefixWith(builder, rule, 'b');
    if (!one || !other)
        return;
    m_pieces = piecesOf(*one, *other, rule.fieldMapping.size());
}

bool RuleReach::reaches(std::string_view key) const
{
    if (m_pieces.empty())
        return false;
    const auto viewOf = [](const QByteArray &piece) {
        return std::string_view(piece.constData(), static_cast<std::size_t>(piece.size()));
    };
    if (!key.starts_with(viewOf(m_pieces.front())))
        return false;
    std::size_t at = viewOf(m_pieces.front()).size();
    for (std::size_t i = 1; i < m_pieces.size(); ++i) {
        const std::size_t found = key.find(viewOf(m_pieces[i]), at);
        if (found == std::string_view::npos)
            return false;
        at = found + viewOf(m_pieces[i]).size();
    }
    return true;
}

RuleCoverage::RuleCoverage(const Catalog &catalog)
{
    for (const CatalogFunction &function : catalog.functions()) {
        const KeyBuilder builder(function.keyed);
        Function &covered = m_functions.emplace_back();
        covered.id = function.keyed.id;
        QHash<QByteArray, int> counted;
        for (const InvalidationRule &rule : function.rules) {
            const int number = ++counted[rule.model];
            covered.rules.emplace_back(
                builder, rule,
                rule.id.isEmpty() ? defaultRuleId(covered.id, rule.model, number) : rule.id);
        }
    }
}

} // namespace Cachelens
