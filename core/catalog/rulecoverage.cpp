// SPDX-License-Identifier: MIT
#include "core/catalog/rulecoverage.h"

#include "core/invalidation/ruleregistry.h"
#include "core/key/fieldtext.h"

#include <algorithm>

namespace Cachelens {

namespace {

/// Stands for the value of a mapped argument. Of letters and digits only, so that no field writes
/// it in another way, unless it hides it.
QByteArray standIn(std::size_t argument)
{
    return "cachelensStandIn" + QByteArray::number(argument) + 'z';
}

/// Whether a field writes a mapped argument in a way that is not known here: a hash, a step into
/// it, what a normalizer makes of it.
bool hides(const KeyField &field, const InvalidationRule &rule)
{
    if (field.type != KeyField::Type::Args && field.type != KeyField::Type::ViewKwargs)
        return false;
    return (field.hashValue || !field.path.isEmpty() || field.normalizer)
        && std::ranges::any_of(rule.fieldMapping, [&field](const auto &mapped) {
               return takesArgument(field, mapped.first);
           });
}

/// The prefix up to the first field that hides a mapped argument: behind that anything may stand.
Result<QByteArray> prefixWithStandIns(const KeyBuilder &builder, const InvalidationRule &rule)
{
    Call call;
    for (std::size_t i = 0; i < rule.fieldMapping.size(); ++i)
        call.kwargs.emplace_back(rule.fieldMapping[i].first, Value::string(standIn(i)));
    KeyedFunction shown = builder.function();
    auto &fields = shown.key.fields;
    std::erase_if(fields, [](const KeyField &field) { return !field.partition; });
    fields.erase(
        std::ranges::find_if(fields, [&rule](const KeyField &field) { return hides(field, rule); }),
        fields.end());
    return KeyBuilder(std::move(shown)).partialPrefix(call);
}

/// Cuts the prefix where the values of mapped arguments stand. In an unambiguous key that is with
/// the quotes around them: another value has none.
std::vector<QByteArray> piecesOf(const QByteArray &prefix, const KeyBuilder &builder,
                                 std::size_t arguments)
{
    const qsizetype quote = builder.function().key.unambiguous ? 1 : 0;
    std::vector<QByteArray> pieces;
    qsizetype at = 0;
    for (;;) {
        qsizetype begin = -1;
        qsizetype end = -1;
        for (std::size_t i = 0; i < arguments; ++i) {
            const QByteArray value = standIn(i);
            const qsizetype found = prefix.indexOf(value, at);
            if (found >= 0 && (begin < 0 || found - quote < begin)) {
                begin = found - quote;
                end = found + value.size() + quote;
            }
        }
        if (begin < 0) {
            pieces.push_back(prefix.mid(at));
            return pieces;
        }
        pieces.push_back(prefix.mid(at, begin - at));
        at = end;
    }
}

} // namespace

RuleReach::RuleReach(const KeyBuilder &builder, const InvalidationRule &rule, QByteArray id)
    : m_rule(std::move(id)), m_model(rule.model), m_extent(extentOf(builder, rule))
{
    if (m_extent == Extent::Unknown || m_extent == Extent::Nothing)
        return;
    if (const auto prefix = prefixWithStandIns(builder, rule))
        m_pieces = piecesOf(*prefix, builder, rule.fieldMapping.size());
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
