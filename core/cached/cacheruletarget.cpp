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
    const qsizetype functionEnd = inBackend(run.functionPrefix).size();
    const auto function = find(run.function);
    std::vector<QByteArray> given;
    for (const auto &[name, value] : run.arguments)
        given.push_back(name);
    const auto removal
        = m_runtime->removePrefix(whole, functionEnd, function && function->isExactKey(given));
    if (!removal)
        return failure(removal.error());
    m_runtime->tell([&](CacheObserver &observer) {
        observer.removed({run.function, whole, RemovalCause::Rule, *removal});
    });
    if (!removal->delivered && run.isTriedAgain)
        return failure(
            {Error::Code::Unreachable, "remove", whole, "the backend did not take it", true});
    return {};
}

std::shared_ptr<FunctionCore> CacheRuleTarget::find(const QByteArray &id) const
{
    const std::lock_guard lock(m_mutex);
    return m_functions.value(id).lock();
}

QFuture<Result<void>> CacheRuleTarget::refresh(const RuleRun &run)
{
    const auto function = find(run.function);
    if (!function)
        return QtFuture::makeReadyFuture(Result<void>(
            failure({Error::Code::NotFound, "refresh", run.function,
                     "no such function is here; its entries have been removed", false})));
    return function->refresh(run.arguments);
}

} // namespace Cachelens
