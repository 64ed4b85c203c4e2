// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/binding.h"
#include "core/cached/typedcore.h"
#include "core/futures.h"

#include <QFuture>
#include <QPromise>

#include <algorithm>
#include <iterator>

namespace Cachelens {

/// What a predicate of an asynchronous function says: at once, or later.
class AsyncVerdict {
public:
    AsyncVerdict(bool verdict) : m_verdict(QtFuture::makeReadyFuture(verdict)) { } // NOLINT
    AsyncVerdict(QFuture<bool> verdict) : m_verdict(std::move(verdict)) { } // NOLINT
    [[nodiscard]] const QFuture<bool> &future() const { return m_verdict; }

private:
    QFuture<bool> m_verdict;
};

/// A function that returns a QFuture and whose results are cached. As CachedFunction, but nothing
/// blocks: every method returns a future at once, and the backend is asked on the cache's own
/// workers. A future finishes on one of those, or on the thread that finishes the function's; use
/// then(context, ...) to come back to one's own. Cancelling a future gives up that one answer; the
/// run goes on for those who wait for it, and is stored. When the function's own future is
/// canceled, so are those of its callers. Futures that are not finished when the Cache goes are
/// canceled.
template <typename Signature, typename... P> class AsyncCachedFunction;

template <typename R, typename... Args, typename... P> class AsyncCachedFunction<R(Args...), P...> {
    static_assert((true && ... && Detail::CheckedOwner<Args>::valid));
    using Arguments = std::tuple<Args...>;

public:
    using Options = FunctionOptions<R, AsyncVerdict>;

    /// As CachedFunction's.
    template <typename F>
    AsyncCachedFunction(Cache &cache, const QByteArray &id, const Parameters<P...> &parameters,
                        F function, Options options = {})
        : m_state(
            std::make_shared<State>(State{parametersFor<Args...>(parameters), std::move(function),
                                          options.cacheIf, options.cacheUnless, nullptr}))
    {
        m_state->core
            = Detail::makeCore<R>(cache, id, declared(m_state->parameters), options, nullptr);
        m_state->core->setInvoker([id, weak = std::weak_ptr(m_state)](const ArgumentTexts &texts) {
            return Detail::invocation<Run, Args...>(id, weak.lock(), texts);
        });
        m_state->core->setRefresher(
            [id, weak = std::weak_ptr(m_state)](const ArgumentValues &values) {
                return refreshWith(id, weak.lock(), values);
            });
        m_declaration = std::make_shared<const Detail::Declaration>(cache, m_state->core);
    }

    template <typename... Given> QFuture<R> operator()(Given &&...given) const
    {
        return answer<R>(&FunctionCore::callAsync, valueOf, std::forward<Given>(given)...);
    }
    template <typename... Given>
    QFuture<WithMetadata<R>> getWithMetadataAsync(Given &&...given) const
    {
        return answer<WithMetadata<R>>(&FunctionCore::callAsync, withMetadata,
                                       std::forward<Given>(given)...);
    }
    template <typename... Given> QFuture<R> refreshAsync(Given &&...given) const
    {
        return answer<R>(&FunctionCore::refreshAsync, valueOf, std::forward<Given>(given)...);
    }
    template <typename... Given>
    QFuture<WithMetadata<R>> refreshWithMetadataAsync(Given &&...given) const
    {
        return answer<WithMetadata<R>>(&FunctionCore::refreshAsync, withMetadata,
                                       std::forward<Given>(given)...);
    }
    template <typename... Given> QFuture<R> bypassCacheAsync(Given &&...given) const
    {
        return answer<R>(&FunctionCore::bypassAsync, valueOf, std::forward<Given>(given)...);
    }
    template <typename... Given> QFuture<std::optional<R>> getCacheOnlyAsync(Given &&...given) const
    {
        return onWorker<std::optional<R>>(
            [state = m_state, key = getCacheKey(std::forward<Given>(given)...)] {
                const Answer answer = state->core->peek(key);
                return answer.cell ? std::optional<R>(valueOf(answer)) : std::nullopt;
            });
    }
    template <typename... Given>
    QFuture<std::optional<CallMetadata>> getCachedMetadataAsync(Given &&...given) const
    {
        return onWorker<std::optional<CallMetadata>>(
            [state = m_state, key = getCacheKey(std::forward<Given>(given)...)] {
                const Answer answer = state->core->peek(key);
                return answer.cell ? std::optional(answer.metadata) : std::nullopt;
            });
    }
    /// The results of many calls, in their order: one round trip for those that are cached, and the
    /// others run side by side. Fails with what the first call that fails does.
    QFuture<std::vector<WithMetadata<R>>>
    getManyAsync(const std::vector<std::tuple<Args...>> &calls) const
    {
        std::vector<QByteArray> keys;
        std::vector<FunctionCore::AsyncRun> runs;
        for (const Arguments &arguments : calls) {
            const auto run = std::make_shared<const Run>(m_state, arguments);
            keys.push_back(run->key());
            runs.push_back(run);
        }
        const auto promise = std::make_shared<QPromise<std::vector<WithMetadata<R>>>>();
        promise->start();
        core().callManyAsync(
            std::move(keys), std::move(runs), [promise](const std::vector<Answer> &answers) {
                const auto failed
                    = std::find_if(answers.begin(), answers.end(),
                                   [](const Answer &answer) { return answer.thrown != nullptr; });
                if (failed != answers.end()) {
                    Detail::fail(*promise, failed->thrown);
                } else {
                    std::vector<WithMetadata<R>> results;
                    results.reserve(answers.size());
                    std::transform(answers.begin(), answers.end(), std::back_inserter(results),
                                   withMetadata);
                    promise->addResult(std::move(results));
                }
                promise->finish();
            });
        return promise->future();
    }
    template <typename... Given> QFuture<Result<Removal>> deleteCacheAsync(Given &&...given) const
    {
        return onWorker<Result<Removal>>(
            [state = m_state, key = getCacheKey(std::forward<Given>(given)...)] {
                return state->core->remove(key);
            });
    }
    template <typename... Given>
    QFuture<Result<Removal>> deleteByPrefixAsync(Given &&...given) const
    {
        const auto prefix = core().partialPrefix(
            bindPartially<Args...>(m_state->parameters, std::forward<Given>(given)...));
        return onWorker<Result<Removal>>([state = m_state, prefix] {
            return prefix ? state->core->removePrefix(*prefix)
                          : Result<Removal>(failure(prefix.error()));
        });
    }
    QFuture<Result<Removal>> invalidateAllAsync() const
    {
        return onWorker<Result<Removal>>(
            [state = m_state] { return state->core->removePrefix(state->core->prefix()); });
    }

    /// Touches no backend, and so needs no future.
    template <typename... Given> QByteArray getCacheKey(Given &&...given) const
    {
        return core().key(toValues(bind(std::forward<Given>(given)...)));
    }
    [[nodiscard]] FunctionCounts counts() const { return core().counts(); }

    // Those that would block.
#define CACHELENS_BLOCKS(method)                                                                   \
    template <typename... Given> void method(Given &&...) const                                    \
    {                                                                                              \
        static_assert(Detail::never<Given...>,                                                     \
                      #method " blocks, and this function is asynchronous: call " #method          \
                              "Async, which returns a QFuture");                                   \
    }
    CACHELENS_BLOCKS(getWithMetadata)
    CACHELENS_BLOCKS(getMany)
    CACHELENS_BLOCKS(getCacheOnly)
    CACHELENS_BLOCKS(getCachedMetadata)
    CACHELENS_BLOCKS(refresh)
    CACHELENS_BLOCKS(refreshWithMetadata)
    CACHELENS_BLOCKS(bypassCache)
    CACHELENS_BLOCKS(deleteCache)
    CACHELENS_BLOCKS(deleteByPrefix)
    CACHELENS_BLOCKS(invalidateAll)
#undef CACHELENS_BLOCKS

private:
    using Checked = decltype(parametersFor<Args...>(std::declval<Parameters<P...>>()));
    using Predicate = std::function<AsyncVerdict(const R &)>;
    struct State {
        Checked parameters;
        std::function<QFuture<R>(const Args &...)> function;
        Predicate cacheIf;
        Predicate cacheUnless;
        std::shared_ptr<FunctionCore> core;
    };

    class Run final : public AsyncFunctionRun {
    public:
        Run(std::shared_ptr<const State> state, Arguments arguments)
            : m_state(std::move(state)), m_arguments(std::move(arguments))
        {
        }
        [[nodiscard]] QByteArray key() const { return m_state->core->key(toValues(m_arguments)); }
        void start(Done done) const override
        {
            Detail::whenFinished(std::apply(m_state->function, m_arguments),
                                 [done = std::move(done)](const QFuture<R> &future) {
                                     Cell cell;
                                     try {
                                         cell = std::make_shared<const R>(Detail::resultOf(future));
                                     } catch (...) {
                                         done({}, std::current_exception());
                                         return;
                                     }
                                     done(std::move(cell), nullptr);
                                 });
        }
        void decide(const Cell &cell, std::function<void(bool)> done) const override
        {
            const bool wanted = bool(m_state->cacheIf);
            const Predicate &test = wanted ? m_state->cacheIf : m_state->cacheUnless;
            if (!test) {
                done(true);
                return;
            }
            const auto decided
                = [state = m_state, done = std::move(done), wanted](const QFuture<bool> &verdict) {
                      bool cacheable = false;
                      try {
                          cacheable = Detail::resultOf(verdict) == wanted;
                      } catch (...) {
                          state->core->notePredicateThrew(std::current_exception());
                      }
                      done(cacheable);
                  };
            QFuture<bool> verdict;
            try {
                verdict = test(*static_cast<const R *>(cell.get())).future();
            } catch (...) {
                verdict = QtFuture::makeExceptionalFuture<bool>(std::current_exception());
            }
            Detail::whenFinished(verdict, decided);
        }

    private:
        std::shared_ptr<const State> m_state;
        Arguments m_arguments;
    };

    static QFuture<Result<void>> refreshWith(const QByteArray &id,
                                             const std::shared_ptr<State> &state,
                                             const ArgumentValues &values)
    {
        if (!state)
            return Detail::noRefresh(Detail::goneFunction(id));
        auto arguments = argumentsFrom<Args...>(id, state->parameters, values);
        if (!arguments)
            return Detail::noRefresh(std::move(arguments.error()));
        const auto run = std::make_shared<const Run>(state, std::move(*arguments));
        const auto promise = std::make_shared<QPromise<Result<void>>>();
        promise->start();
        state->core->refreshAsync(run->key(), run, [promise](const Answer &answer) {
            if (answer.thrown)
                Detail::fail(*promise, answer.thrown);
            else
                promise->addResult(Result<void>());
            promise->finish();
        });
        return promise->future();
    }

    using Method
        = void (FunctionCore::*)(const QByteArray &, std::shared_ptr<const AsyncFunctionRun>,
                                 FunctionCore::Continuation);

    [[nodiscard]] FunctionCore &core() const
    {
        return *m_state->core;
    }
    template <typename... Given> Arguments bind(Given &&...given) const
    {
        return bindArguments<Args...>(m_state->parameters, std::forward<Given>(given)...);
    }
    static R valueOf(const Answer &answer)
    {
        return *static_cast<const R *>(answer.cell.get());
    }
    static WithMetadata<R> withMetadata(const Answer &answer)
    {
        return {valueOf(answer), answer.metadata};
    }
    template <typename T, typename... Given>
    QFuture<T> answer(Method method, T (*convert)(const Answer &), Given &&...given) const
    {
        auto run = std::make_shared<const Run>(m_state, bind(std::forward<Given>(given)...));
        const auto promise = std::make_shared<QPromise<T>>();
        promise->start();
        (core().*method)(run->key(), run, [promise, convert](const Answer &answer) {
            if (answer.thrown)
                Detail::fail(*promise, answer.thrown);
            else
                promise->addResult(convert(answer));
            promise->finish();
        });
        return promise->future();
    }
    template <typename T> QFuture<T> onWorker(std::function<T()> work) const
    {
        const auto promise = std::make_shared<QPromise<T>>();
        promise->start();
        core().runtime().scheduler.run([promise, work = std::move(work)] {
            promise->addResult(work());
            promise->finish();
        });
        return promise->future();
    }

    std::shared_ptr<State> m_state; // never changes once it is made
    std::shared_ptr<const Detail::Declaration> m_declaration;
};

template <typename F, typename... P>
AsyncCachedFunction(Cache &, const QByteArray &, const Parameters<P...> &, F)
    -> AsyncCachedFunction<typename Detail::AsyncTraits<F>::Signature, P...>;
template <typename F, typename... P>
AsyncCachedFunction(Cache &, const QByteArray &, const Parameters<P...> &, F,
                    FunctionOptions<typename Detail::AsyncTraits<F>::Value, AsyncVerdict>)
    -> AsyncCachedFunction<typename Detail::AsyncTraits<F>::Signature, P...>;

} // namespace Cachelens
