// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/simulator/simulation.h"

#include <algorithm>
#include <stdexcept>

namespace Cachelens {

namespace {

QByteArray partitionOf(const QByteArray &key, const KeyReader &reader)
{
    const KeyLevels levels = reader.levels({key.data(), static_cast<size_t>(key.size())});
    QByteArray text = key.sliced(levels.functionEnd, levels.partitionEnd - levels.functionEnd);
    if (text.endsWith("::"))
        text.chop(2);
    return text;
}

void sortByPartition(SimulatedRule &rule, const KeyReader &reader)
{
    std::vector<std::pair<QByteArray, QByteArray>> keys; // the partition, the key
    for (QByteArray &key : rule.some)
        keys.emplace_back(partitionOf(key, reader), std::move(key));
    std::ranges::sort(keys);
    rule.some.clear();
    for (auto &[partition, key] : keys) {
        const auto at = std::ssize(rule.some);
        if (rule.partitions.empty() || rule.partitions.back().text != partition)
            rule.partitions.push_back({partition, at, at});
        ++rule.partitions.back().end;
        rule.some.push_back(std::move(key));
    }
}

} // namespace

std::shared_ptr<const CatalogRules> CatalogRules::of(const Catalog &catalog)
{
    auto made = std::make_shared<CatalogRules>();
    for (const CatalogFunction &function : catalog.functions()) {
        const QByteArray &id = function.keyed.id;
        std::vector<InvalidationRule> good;
        for (const InvalidationRule &rule : function.rules) {
            if (const auto mistake = mistakeOf(rule, function.keyed))
                made->mistakes.push_back({id, *mistake});
            else
                good.push_back(rule);
        }
        try {
            (void)made->registry.add(function.keyed, good);
        } catch (const std::invalid_argument &wrong) { // an id that another rule has
            made->mistakes.push_back({id, wrong.what()});
        }
    }
    made->coverage = RuleCoverage(catalog);
    return made;
}

std::vector<VersionedPrefix> Simulation::prefixes() const
{
    std::vector<VersionedPrefix> all;
    for (const SimulatedRule &rule : rules) {
        for (const QByteArray &prefix : rule.verdict.prefixes)
            all.push_back({rule.verdict.version, prefix, client});
    }
    // In byte order what covers others stands in front of them.
    std::ranges::sort(all, {},
                      [](const VersionedPrefix &p) { return std::pair(p.version, p.prefix); });
    std::vector<VersionedPrefix> outer;
    for (VersionedPrefix &prefix : all) {
        if (outer.empty() || outer.back().version != prefix.version
            || !prefix.prefix.startsWith(outer.back().prefix))
            outer.push_back(std::move(prefix));
    }
    return outer;
}

qsizetype Simulation::running() const
{
    return std::ranges::count_if(rules,
                                 [](const SimulatedRule &rule) { return rule.verdict.runs(); });
}

Simulation simulate(const RuleRegistry &rules, const Signal &signal, const KeyIndex &index,
                    const CacheChoice &choice, const std::function<bool()> &unwanted)
{
    Simulation simulation;
    simulation.clients = clientPrefixes(index);
    auto &clients = simulation.clients;
    if (!choice.all && choice.client) {
        simulation.client = choice.client;
        simulation.clientChosen = true;
        const auto at = std::ranges::lower_bound(clients, *choice.client);
        if (at == clients.end() || *at != *choice.client)
            clients.insert(at, *choice.client);
    } else if (!choice.all && !clients.empty()) {
        simulation.client = clients.front();
    }
    simulation.signal = signal;
    for (RuleVerdict &verdict : rules.explain(signal))
        simulation.rules.push_back({std::move(verdict), 0, {}, {}});

    const std::vector<VersionedPrefix> outer = simulation.prefixes();
    std::vector<VersionedPrefix> asked = outer;
    for (const SimulatedRule &rule : simulation.rules) {
        for (const QByteArray &prefix : rule.verdict.prefixes)
            asked.push_back({rule.verdict.version, prefix, simulation.client});
    }
    const std::vector<PrefixKeys> found = keysUnder(index, asked, Simulation::mostKeys, unwanted);
    size_t at = 0;
    for (; at < outer.size(); ++at)
        simulation.keys += found[at].count;
    for (SimulatedRule &rule : simulation.rules) {
        for (size_t i = 0; i < rule.verdict.prefixes.size(); ++i, ++at) {
            rule.keys += found[at].count;
            rule.some.insert(rule.some.end(), found[at].keys.begin(), found[at].keys.end());
        }
        sortByPartition(rule, index.reader());
    }
    return simulation;
}

} // namespace Cachelens
