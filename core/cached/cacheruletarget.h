// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/cacheruntime.h"
#include "core/invalidation/ruletarget.h"

#include <QHash>

namespace Cachelens {

class FunctionCore;

/// Lets rules act on a cache, and on its functions as long as they live. Thread-safe.
class CacheRuleTarget final : public RuleTarget {
public:
    explicit CacheRuleTarget(std::shared_ptr<CacheRuntime> runtime) : m_runtime(std::move(runtime))
    {
    }

    void add(const std::shared_ptr<FunctionCore> &function);

    /// Needs no function. A removal that cannot be delivered now is kept, which is no failure
    /// for who does not try again.
    QFuture<Result<void>> deleteByPrefix(const RuleRun &run) override;
    QFuture<Result<void>> refresh(const RuleRun &run) override;

private:
    [[nodiscard]] Result<void> remove(const RuleRun &run, const QByteArray &prefix) const;
    /// The living function of that id; null when there is none.
    [[nodiscard]] std::shared_ptr<FunctionCore> find(const QByteArray &id) const;

    const std::shared_ptr<CacheRuntime> m_runtime;
    mutable std::mutex m_mutex; // of the rest
    QHash<QByteArray, std::weak_ptr<FunctionCore>> m_functions; // by id
};

} // namespace Cachelens
