// SPDX-License-Identifier: MIT
#include "core/keyspace/deletionplanner.h"

#include "core/keyspace/byteview.h"
#include "core/keyspace/keystorage.h"

#include <algorithm>

namespace Cachelens {

namespace {

constexpr size_t keysAtOnce = 1000; // in one round trip
constexpr size_t weighedKeys = 4000; // with more, some of them stand for all
constexpr size_t sampleKeys = 100;

/// Byte strings, each once, in the order in which they came.
class DistinctKeys {
public:
    void add(std::string_view key)
    {
        const quint32 hash = IdTable::hash(key, m_seed);
        const auto same = [&](quint32 i) { return viewOf((*m_keys)[i]) == key; };
        if (m_table.find(hash, same) != IdTable::none)
            return;
        m_table.insert(hash, static_cast<quint32>(m_keys->size()));
        m_keys->emplace_back(key.data(), static_cast<qsizetype>(key.size()));
    }

    [[nodiscard]] std::shared_ptr<const std::vector<QByteArray>> keys() const { return m_keys; }

private:
    const size_t m_seed = QHashSeed::globalSeed();
    IdTable m_table;
    std::shared_ptr<std::vector<QByteArray>> m_keys = std::make_shared<std::vector<QByteArray>>();
};

/// Whether a key reads back as beneath a node: its boundaries fall where the node's do.
bool readsAsBeneath(const NodeInfo &node, const KeyLevels &levels)
{
    const bool foreign = levels.source == KeyReading::Source::Foreign;
    if (node.kind == NodeKind::Root)
        return true;
    if (foreign || node.kind == NodeKind::OtherKeys)
        return foreign && node.kind == NodeKind::OtherKeys;
    const qsizetype end = node.prefix.size();
    const qsizetype labelBegin = end - node.label.size() - (node.prefix.endsWith("::") ? 2 : 0);
    switch (node.kind) {
    case NodeKind::Namespace:
        return levels.cacheEnd == node.cache.size() && levels.namespaceEnd == end;
    case NodeKind::Function:
        return levels.namespaceEnd == labelBegin && levels.functionEnd == end;
    case NodeKind::Partition:
        return levels.functionEnd == labelBegin && levels.partitionEnd == end;
    case NodeKind::Root:
    case NodeKind::OtherKeys:
        break;
    }
    return false;
}

/// Literal prefixes that are looked for together.
class Prefixes {
public:
    explicit Prefixes(const std::vector<QByteArray> &prefixes)
    {
        for (const QByteArray &prefix : prefixes)
            m_sorted.push_back(viewOf(prefix));
        std::ranges::sort(m_sorted);
        // What begins with another one adds nothing; in this order it comes behind that one.
        const auto last = std::unique(m_sorted.begin(), m_sorted.end(),
                                      [](std::string_view outer, std::string_view inner) {
                                          return inner.starts_with(outer);
                                      });
        m_sorted.erase(last, m_sorted.end());
    }

    [[nodiscard]] bool empty() const { return m_sorted.empty(); }
    /// What all of them begin with.
    [[nodiscard]] std::string_view common() const
    {
        if (empty())
            return {};
        const std::string_view first = m_sorted.front();
        const auto same = std::ranges::mismatch(first, m_sorted.back()).in1 - first.begin();
        return first.substr(0, static_cast<size_t>(same));
    }
    [[nodiscard]] bool areBegunBy(std::string_view key) const
    {
        const auto behind = std::ranges::upper_bound(m_sorted, key);
        return behind != m_sorted.begin() && key.starts_with(*std::prev(behind));
    }

private:
    std::vector<std::string_view> m_sorted; // none begins with another
};

Error badTarget(const DeletionTarget &target, const char *reason)
{
    return {.code = Error::Code::InvalidInput,
            .attempt = "plan the deletion of",
            .subject = target.title,
            .reason = reason};
}

/// Fills `keys` with what the backend has under the prefixes; `leftAlone` counts what is of another
/// node.
Result<void> freezePrefixes(CacheBackend &backend, const KeyReader &reader,
                            const DeletionTarget &target, const Unwanted &unwanted,
                            const PlanProgress &progress, DistinctKeys &keys, qsizetype &leftAlone)
{
    const Prefixes prefixes(target.prefixes);
    const auto cursor = backend.scan(
        {.prefix = bytesOf(prefixes.common()), .slice = static_cast<qsizetype>(keysAtOnce)});
    if (!cursor)
        return failure(badTarget(target, "the backend cannot list its keys"));
    DistinctKeys others;
    // Each slice looks through so many keys, whether it finds some or not.
    const qint64 all = std::max(qint64(1), backend.keyCount().value_or(1));
    for (qint64 looked = 0;; looked += static_cast<qint64>(keysAtOnce)) {
        if (unwanted())
            return failure(canceledError("plan the deletion"));
        progress(static_cast<int>(std::min(looked, all) * (planPermille - 1) / all));
        const auto more = cursor->next([&](std::span<const std::string_view> slice) {
            for (const std::string_view key : slice) {
                if (!prefixes.empty() && !prefixes.areBegunBy(key))
                    continue;
                if (!target.node || readsAsBeneath(*target.node, reader.levels(key)))
                    keys.add(key);
                else if (!prefixes.empty())
                    others.add(key);
            }
        });
        if (!more)
            return failure(more.error());
        if (!*more)
            break;
    }
    leftAlone = static_cast<qsizetype>(others.keys()->size());
    return {};
}

Result<void> weigh(CacheBackend &backend, DeletionPlan &plan, const Unwanted &unwanted)
{
    std::vector<QByteArray> sample;
    std::span<const QByteArray> weighed(*plan.keys);
    if (weighed.size() > weighedKeys) {
        plan.bytesSampled = true;
        sample.reserve(weighedKeys);
        for (size_t i = 0; i < weighedKeys; ++i)
            sample.push_back(weighed[i * weighed.size() / weighedKeys]);
        weighed = sample;
    }
    qint64 bytes = 0;
    for (auto left = weighed; !left.empty();) {
        if (unwanted())
            return failure(canceledError("plan the deletion"));
        const auto batch = left.first(std::min(left.size(), keysAtOnce));
        left = left.subspan(batch.size());
        const auto some = backend.snapshotBytes(batch);
        if (!some)
            return failure(some.error());
        bytes += *some;
    }
    if (plan.bytesSampled) {
        const double scale = static_cast<double>(plan.count()) / static_cast<double>(sample.size());
        bytes = static_cast<qint64>(static_cast<double>(bytes) * scale);
    }
    plan.bytes = bytes;
    return {};
}

QByteArray megabytes(qint64 bytes)
{
    return QByteArray::number(static_cast<double>(bytes) / (1024 * 1024), 'f', 1) + " MiB";
}

void decideUndo(DeletionPlan &plan, const CacheBackend &backend, const UndoBudget &budget)
{
    if (!backend.capabilities().snapshot) {
        plan.whyNoUndo = "this cache cannot give back what it deletes";
        return;
    }
    const qint64 needed = plan.bytes + plan.count() * UndoBudget::overhead;
    plan.undoable = budget.fits(needed);
    if (plan.undoable)
        return;
    plan.whyNoUndo = "undo would need about " + megabytes(needed) + " of memory and may use "
        + megabytes(budget.limit());
    if (const qint64 held = budget.held(); held > 0)
        plan.whyNoUndo += ", of which earlier operations hold " + megabytes(held);
}

std::vector<QByteArray> firstInByteOrder(const std::vector<QByteArray> &keys)
{
    std::vector<QByteArray> first(std::min(keys.size(), sampleKeys));
    std::partial_sort_copy(
        keys.begin(), keys.end(), first.begin(), first.end(),
        [](const QByteArray &a, const QByteArray &b) { return viewOf(a) < viewOf(b); });
    return first;
}

} // namespace

Result<DeletionPlan> planDeletion(CacheBackend &backend, const KeyReader &reader,
                                  const UndoBudget &budget, const ConnectionPolicy &policy,
                                  DeletionTarget target, const Unwanted &unwanted,
                                  const PlanProgress &progress)
{
    DistinctKeys keys;
    DeletionPlan plan;
    // Two nodes have no prefix: that of everything, and that of the keys of no function.
    const bool byNode = target.node
        && (target.node->kind == NodeKind::Root || target.node->kind == NodeKind::OtherKeys);
    if (std::ranges::any_of(target.prefixes, &QByteArray::isEmpty))
        return failure(badTarget(target, "a prefix is empty"));
    if (!target.prefixes.empty() || (byNode && target.keys.empty())) {
        const auto frozen
            = freezePrefixes(backend, reader, target, unwanted, progress, keys, plan.leftAlone);
        if (!frozen)
            return failure(frozen.error());
    } else if (!target.keys.empty() || !target.rewarms.empty()) {
        for (const QByteArray &key : target.keys)
            keys.add(viewOf(key));
    } else {
        return failure(badTarget(target, "neither keys nor a prefix were given"));
    }
    plan.target = std::move(target);
    plan.keys = keys.keys();
    plan.needsName = policy.production && plan.count() > 1;
    if (const auto weighed = weigh(backend, plan, unwanted); !weighed)
        return failure(weighed.error());
    plan.sample = firstInByteOrder(*plan.keys);
    decideUndo(plan, backend, budget);
    return plan;
}

} // namespace Cachelens
