// SPDX-License-Identifier: MIT
#include "core/cached/functioncounters.h"

namespace Cachelens {

FunctionCounters::Stripe &FunctionCounters::mine()
{
    static std::atomic<size_t> threads{0};
    thread_local const size_t number = threads.fetch_add(1, std::memory_order_relaxed);
    return m_stripes[number % m_stripes.size()];
}

FunctionCounts FunctionCounters::snapshot(const QByteArray &function) const
{
    FunctionCounts counts;
    counts.function = function;
    for (const Stripe &stripe : m_stripes) {
        for (size_t i = 0; i < counts.calls.size(); ++i)
            counts.calls[i] += stripe.calls[i];
        counts.failures += stripe.failures;
        counts.runs += stripe.runs;
        counts.failedRuns += stripe.failedRuns;
        counts.refused += stripe.refused;
        counts.functionTime += std::chrono::microseconds(stripe.functionTime);
        counts.callTime += std::chrono::microseconds(stripe.callTime);
    }
    return counts;
}

} // namespace Cachelens
