// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/functionlink.h"

#include <atomic>
#include <memory>

namespace Cachelens {

/// Functions as far as a connection's policy lets them be used: what would change the cache is
/// refused (Forbidden) before they hear of it. Thread-safe.
class GuardedFunctions final : public FunctionLink {
public:
    struct Policy {
        bool readOnly = false; ///< only BYPASS leaves the cache alone
        bool production = false; ///< many entries go only by a deletion, which shows them first
    };
    /// `functions` outlives it.
    GuardedFunctions(FunctionLink &functions, Policy policy);

    void setReadOnly(bool readOnly) { m_readOnly = readOnly; }

    bool has(const QByteArray &function) const override;
    Result<QByteArray> keyOf(const QByteArray &function,
                             const ArgumentTexts &arguments) const override;
    QFuture<Result<LinkedAnswer>> call(const QByteArray &function, const ArgumentTexts &arguments,
                                       CallMode mode, const QByteArray &key = {}) override;
    QFuture<Result<Removal>> invalidateAll(const QByteArray &function) override;
    Subscription observe(std::shared_ptr<CacheObserver> observer) override;
    std::vector<FunctionCounts> counts() const override;

private:
    FunctionLink &m_functions;
    const bool m_production;
    std::atomic<bool> m_readOnly;
};

} // namespace Cachelens
