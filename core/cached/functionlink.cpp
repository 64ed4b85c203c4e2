// SPDX-License-Identifier: MIT
#include "core/cached/functionlink.h"

#include "core/cached/cache.h"
#include "core/cached/functioncore.h"
#include "core/futures.h"

#include <QPromise>

namespace Cachelens {

namespace {

Error notHere(const QByteArray &function)
{
    return {Error::Code::NotFound, "call", function, "no such function runs here", false};
}

Error otherKey(const QByteArray &function, const QByteArray &key)
{
    return {Error::Code::InvalidInput, "call", function,
            "the arguments that the key shows make another key, " + key, false};
}

template <typename T> QFuture<Result<T>> ready(Error error)
{
    return QtFuture::makeReadyFuture(Result<T>(failure(std::move(error))));
}

Result<LinkedAnswer> linked(const FunctionCore &function, const Answer &answer)
{
    if (answer.thrown)
        return failure({Error::Code::ServerError, "call", function.id(),
                        "it threw: " + Detail::whatWasThrown(answer.thrown), true});
    try {
        return LinkedAnswer{function.value(answer.cell), answer.metadata};
    } catch (...) { // by the result's codec
        return failure({Error::Code::InvalidInput, "show the result of", function.id(),
                        Detail::whatWasThrown(std::current_exception()), false});
    }
}

} // namespace

bool LocalFunctions::has(const QByteArray &function) const
{
    return m_cache.find(function) != nullptr;
}

Result<QByteArray> LocalFunctions::keyOf(const QByteArray &function,
                                         const ArgumentTexts &arguments) const
{
    const auto core = m_cache.find(function);
    if (!core)
        return failure(notHere(function));
    return core->invocation(arguments).map([](const auto &invocation) { return invocation.key; });
}

QFuture<Result<LinkedAnswer>> LocalFunctions::call(const QByteArray &function,
                                                   const ArgumentTexts &arguments, CallMode mode,
                                                   const QByteArray &key)
{
    const auto core = m_cache.find(function);
    if (!core)
        return ready<LinkedAnswer>(notHere(function));
    const auto invocation = core->invocation(arguments);
    if (!invocation)
        return ready<LinkedAnswer>(invocation.error());
    if (!key.isEmpty() && invocation->key != key)
        return ready<LinkedAnswer>(otherKey(function, invocation->key));
    const auto promise = std::make_shared<QPromise<Result<LinkedAnswer>>>();
    promise->start();
    const auto then = [promise, core](const Answer &answer) {
        promise->addResult(linked(*core, answer));
        promise->finish();
    };
    switch (mode) {
    case CallMode::Normal:
        core->callAsync(invocation->key, invocation->run, then);
        break;
    case CallMode::Refresh:
        core->refreshAsync(invocation->key, invocation->run, then);
        break;
    case CallMode::Bypass:
        core->bypassAsync(invocation->key, invocation->run, then);
        break;
    }
    return promise->future();
}

QFuture<Result<Removal>> LocalFunctions::invalidateAll(const QByteArray &function)
{
    const auto core = m_cache.find(function);
    if (!core)
        return ready<Removal>(notHere(function));
    const auto promise = std::make_shared<QPromise<Result<Removal>>>();
    promise->start();
    core->runtime().scheduler.run([promise, core] {
        promise->addResult(core->removePrefix(core->prefix()));
        promise->finish();
    });
    return promise->future();
}

Subscription LocalFunctions::observe(std::shared_ptr<CacheObserver> observer)
{
    return m_cache.observe(std::move(observer));
}

std::vector<FunctionCounts> LocalFunctions::counts() const
{
    return m_cache.counts();
}

} // namespace Cachelens
