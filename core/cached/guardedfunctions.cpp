// SPDX-License-Identifier: MIT
#include "core/cached/guardedfunctions.h"

namespace Cachelens {

namespace {

template <typename T>
QFuture<Result<T>> refused(QByteArray attempt, const QByteArray &function, QByteArray reason)
{
    return QtFuture::makeReadyFuture(Result<T>(
        failure({Error::Code::Forbidden, std::move(attempt), function, std::move(reason), false})));
}

const QByteArray readOnly = "the connection is read-only";

} // namespace

GuardedFunctions::GuardedFunctions(FunctionLink &functions, Policy policy)
    : m_functions(functions), m_production(policy.production), m_readOnly(policy.readOnly)
{
}

bool GuardedFunctions::has(const QByteArray &function) const
{
    return m_functions.has(function);
}

Result<QByteArray> GuardedFunctions::keyOf(const QByteArray &function,
                                           const ArgumentTexts &arguments) const
{
    return m_functions.keyOf(function, arguments);
}

QFuture<Result<LinkedAnswer>> GuardedFunctions::call(const QByteArray &function,
                                                     const ArgumentTexts &arguments, CallMode mode,
                                                     const QByteArray &key)
{
    if (m_readOnly && mode != CallMode::Bypass)
        return refused<LinkedAnswer>(mode == CallMode::Refresh ? "refresh" : "call", function,
                                     readOnly);
    return m_functions.call(function, arguments, mode, key);
}

QFuture<Result<Removal>> GuardedFunctions::invalidateAll(const QByteArray &function)
{
    if (m_readOnly)
        return refused<Removal>("invalidate", function, readOnly);
    if (m_production)
        return refused<Removal>(
            "invalidate", function,
            "in production many entries go by a deletion only, which shows them first");
    return m_functions.invalidateAll(function);
}

Subscription GuardedFunctions::observe(std::shared_ptr<CacheObserver> observer)
{
    return m_functions.observe(std::move(observer));
}

std::vector<FunctionCounts> GuardedFunctions::counts() const
{
    return m_functions.counts();
}

} // namespace Cachelens
