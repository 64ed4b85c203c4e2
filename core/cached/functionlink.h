// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/argumenttext.h"
#include "core/cached/cacheobserver.h"
#include "core/cached/functioncounters.h"
#include "core/subscription.h"

#include <QFuture>

namespace Cachelens {

enum class CallMode : quint8 { Normal, Refresh, Bypass };

/// What a call through a link was answered with.
struct LinkedAnswer {
    Value value;
    CallMetadata metadata;
};

/// Functions that run somewhere, whose cache is being looked at: they can be asked to run, and say
/// what happens to them. Thread-safe; every function returns at once.
class FunctionLink {
public:
    virtual ~FunctionLink() = default;

    [[nodiscard]] virtual bool has(const QByteArray &function) const = 0;
    /// The backend's key of a call. Fails as call() does.
    [[nodiscard]] virtual Result<QByteArray> keyOf(const QByteArray &function,
                                                   const ArgumentTexts &arguments) const = 0;
    /// Fails when the arguments cannot be read, the function is not here, or it threw. `key`: the
    /// backend's key of the call that is meant, where it is known; fails when the arguments make
    /// another one.
    [[nodiscard]] virtual QFuture<Result<LinkedAnswer>>
    call(const QByteArray &function, const ArgumentTexts &arguments, CallMode mode,
         const QByteArray &key = {})
        = 0;
    [[nodiscard]] virtual QFuture<Result<Removal>> invalidateAll(const QByteArray &function) = 0;
    [[nodiscard]] virtual Subscription observe(std::shared_ptr<CacheObserver> observer) = 0;
    [[nodiscard]] virtual std::vector<FunctionCounts> counts() const = 0;
};

class Cache;

/// The functions of a Cache in this process.
class LocalFunctions final : public FunctionLink {
public:
    /// `cache` outlives it.
    explicit LocalFunctions(Cache &cache) : m_cache(cache) { }

    bool has(const QByteArray &function) const override;
    Result<QByteArray> keyOf(const QByteArray &function,
                             const ArgumentTexts &arguments) const override;
    QFuture<Result<LinkedAnswer>> call(const QByteArray &function, const ArgumentTexts &arguments,
                                       CallMode mode, const QByteArray &key = {}) override;
    QFuture<Result<Removal>> invalidateAll(const QByteArray &function) override;
    Subscription observe(std::shared_ptr<CacheObserver> observer) override;
    std::vector<FunctionCounts> counts() const override;

private:
    Cache &m_cache;
};

} // namespace Cachelens
