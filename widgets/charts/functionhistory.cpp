// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/functionhistory.h"

#include <algorithm>

namespace Cachelens {

namespace {

qint64 hitsOf(const FunctionCounts &counts)
{
    return counts.of(CacheStatus::Hit) + counts.of(CacheStatus::Stale);
}

bool wentBack(const FunctionCounts &before, const FunctionCounts &now)
{
    for (std::size_t i = 0; i < now.calls.size(); ++i) {
        if (now.calls[i] < before.calls[i])
            return true;
    }
    return now.runs < before.runs || now.callTime < before.callTime;
}

} // namespace

std::optional<double> FunctionSpan::hitRatio() const
{
    if (calls == 0)
        return std::nullopt;
    return static_cast<double>(hits) / static_cast<double>(calls);
}

std::optional<std::chrono::microseconds> FunctionSpan::latency() const
{
    if (calls == 0)
        return std::nullopt;
    return callTime / calls;
}

std::optional<std::chrono::microseconds> FunctionSpan::run() const
{
    if (runs == 0)
        return std::nullopt;
    return functionTime / runs;
}

FunctionSpan FunctionRecord::recent() const
{
    FunctionSpan all;
    for (const FunctionSpan &span : spans) {
        all.calls += span.calls;
        all.hits += span.hits;
        all.runs += span.runs;
        all.callTime += span.callTime;
        all.functionTime += span.functionTime;
    }
    return all;
}

void FunctionHistory::sample(const std::vector<FunctionCounts> &snapshot)
{
    std::erase_if(m_records, [&](const FunctionRecord &record) {
        return std::none_of(snapshot.begin(), snapshot.end(), [&](const FunctionCounts &counts) {
            return counts.function == record.counts.function;
        });
    });
    for (const FunctionCounts &now : snapshot) {
        const auto record
            = std::find_if(m_records.begin(), m_records.end(), [&](const FunctionRecord &known) {
                  return known.counts.function == now.function;
              });
        if (record == m_records.end()) {
            m_records.push_back({now, {}});
        } else if (wentBack(record->counts, now)) {
            *record = {now, {}};
        } else {
            record->spans.push_back(
                {now.total() - record->counts.total(), hitsOf(now) - hitsOf(record->counts),
                 now.runs - record->counts.runs, now.callTime - record->counts.callTime,
                 now.functionTime - record->counts.functionTime});
            if (record->spans.size() > m_bound)
                record->spans.pop_front();
            record->counts = now;
        }
    }
}

} // namespace Cachelens
