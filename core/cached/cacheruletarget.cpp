// SPDX-License-Identifier: MIT
#include "core/cached/cacheruletarget.h"

#include "core/cached/functioncore.h"

namespace Cachelens {

void CacheRuleTarget::add(const std::shared_ptr<FunctionCore> &function)
{
    const std::lock_guard lock(m_mutex);
    m_functions.removeIf([](const auto &known) { return known.value().expired(); });
    m_functions.insert(function->id(), function);
}

QFuture<Result<void>> CacheRuleTarget::deleteByPrefix(const RuleRun &run)
{
    Result<void> result;
    for (const QByteArray &prefix : run.prefixes) {
        auto removed = remove(run, prefix);
        if (!removed && result)
            result = std::move(removed);
    }
    return QtFuture::makeReadyFuture(result);
}

Result<void> CacheRuleTarget::remove(const RuleRun &run, const QByteArray &prefix) const
{
    const auto inBackend = [&](const QByteArray &part) {
        return redisKey(m_runtime->options.keyPrefix, run.version, part);
    };
    const QByteArray whole = inBackend(prefix);
    const auto removal = m_runtime->removePrefix(whole, inBackend(run.functionPrefix).size());
    if (!removal)
        return failure(removal.error());
    m_runtime->tell([&](CacheObserver &observer) {
        observer.removed({run.function, whole, RemovalCause::Rule, *removal});
    });
    if (!removal->delivered)
        return failure({Error::Code::Unreachable, "remove", whole,
                        "the backend did not take it; it is tried again", true});
    return {};
}

QFuture<Result<void>> CacheRuleTarget::refresh(const RuleRun &run)
{
    std::shared_ptr<FunctionCore> function;
    {
        const std::lock_guard lock(m_mutex);
        function = m_functions.value(run.function).lock();
    }
    if (!function)
        return QtFuture::makeReadyFuture(Result<void>(
            failure({Error::Code::NotFound, "refresh", run.function,
                     "no such function is here; its entries have been removed", false})));
    return function->refresh(run.arguments);
}

} // namespace Cachelens
