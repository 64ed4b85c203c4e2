// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/simulator/coveragetext.h"

#include "widgets/key/displaykey.h"
#include "widgets/style/format.h"

#include <QCoreApplication>

namespace Cachelens {

namespace {

QString translated(const char *text)
{
    return QCoreApplication::translate("Coverage", text);
}

QString entries(qint64 count, bool complete)
{
    return counted(count, translated("1 entry"), translated("%1 entries"), !complete);
}

QString ruleText(const RuleReach &rule, qint64 reached, bool complete)
{
    const QString model = displayKey(rule.model());
    switch (rule.extent()) {
    case RuleReach::Extent::Partition:
    case RuleReach::Extent::Unknown:
        return {};
    case RuleReach::Extent::SeveralPartitions:
        return translated("its rule on %1 drops several partitions each time it runs").arg(model);
    case RuleReach::Extent::WholeFunction:
        return translated("its rule on %1 drops the whole function each time it runs: %2")
            .arg(model, entries(reached, complete));
    case RuleReach::Extent::Nothing:
        return translated("its rule on %1 reaches nothing: no key begins like its prefix")
            .arg(model);
    }
    return {};
}

} // namespace

std::vector<CoverageLine> coverageLines(const RuleCoverage &coverage, const CoverageCount &count,
                                        bool complete)
{
    std::vector<CoverageLine> lines;
    for (size_t i = 0; i < count.functions.size(); ++i) {
        const RuleCoverage::Function &function = coverage.functions()[i];
        const CoverageCount::Function &found = count.functions[i];
        const auto add = [&](const QString &text, const QByteArray &key = {}) {
            if (!text.isEmpty())
                lines.push_back({QStringLiteral("%1: %2").arg(displayKey(function.id), text), key});
        };
        for (size_t r = 0; r < function.rules.size(); ++r)
            add(ruleText(function.rules[r], found.rules[r].entries, complete));
        if (found.unreached == 0)
            continue;
        const QByteArray key = found.sample.empty() ? QByteArray() : found.sample.front();
        if (function.rules.empty())
            add(translated("it has no rule: no signal drops its %1")
                    .arg(entries(found.unreached, complete)),
                key);
        else
            add(translated("%1 of %2 can be reached by no rule")
                    .arg(formatCount(found.unreached, !complete), entries(found.entries, complete)),
                key);
    }
    return lines;
}

} // namespace Cachelens
