// SPDX-License-Identifier: MIT
#include "core/keyspace/coveragecount.h"

namespace Cachelens {

namespace {

constexpr KeyId idsAtOnce = 20'000;
constexpr std::size_t sampleSize = 20;

void count(CoverageCount::Function &counted, const RuleCoverage::Function &function,
           std::string_view raw, std::string_view key)
{
    ++counted.entries;
    bool reached = false;
    for (std::size_t i = 0; i < function.rules.size(); ++i) {
        const RuleReach &rule = function.rules[i];
        if (rule.reaches(key)) {
            ++counted.rules[i].entries;
            reached = true;
        } else if (rule.extent() == RuleReach::Extent::Unknown) {
            reached = true; // it may be
        }
    }
    if (reached)
        return;
    ++counted.unreached;
    if (counted.sample.size() < sampleSize)
        counted.sample.emplace_back(raw.data(), static_cast<qsizetype>(raw.size()));
}

} // namespace

CoverageCount countCoverage(const KeyIndex &index, const RuleCoverage &coverage,
                            const std::function<bool()> &unwanted)
{
    CoverageCount result;
    for (const RuleCoverage::Function &function : coverage.functions()) {
        CoverageCount::Function &counted = result.functions.emplace_back();
        counted.id = function.id;
        for (const RuleReach &rule : function.rules)
            counted.rules.push_back({rule.rule(), 0});
    }
    const KeyId end = index.idCount();
    for (KeyId from = 0; from < end && !unwanted(); from += idsAtOnce) {
        const KeyId to = std::min(end, from + idsAtOnce);
        index.visit(from, to, KeyIndex::root, [&](KeyId, std::string_view raw) {
            const KeyLevels levels = index.reader().levels(raw);
            if (levels.source == KeyReading::Source::Guess)
                ++result.unknown;
            if (levels.functionIndex < 0)
                return;
            const auto at = static_cast<std::size_t>(levels.functionIndex);
            if (at < result.functions.size())
                count(result.functions[at], coverage.functions()[at], raw,
                      raw.substr(static_cast<std::size_t>(levels.cacheEnd)));
        });
    }
    return result;
}

} // namespace Cachelens
