// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/binding.h"
#include "core/cached/cache.h"
#include "core/cached/functionoptions.h"
#include "core/cached/functiontimedout.h"
#include "core/cached/typedcore.h"

namespace Cachelens {

/// A function whose results are cached:
///
///     CachedFunction profile(
///         cache, "shop.users.get_profile", parameters("user_id"_p, "page"_p = 1),
///         [&](int userId, int page) { return database.profile(userId, page); },
///         {.key = UserKey(), .ttl = 5min});
///     Profile p = profile(42);               // by position; what is left out has its default
///     Profile q = profile("user_id"_p = 42, "page"_p = 2);
///
/// Thread-safe, if the function is. Methods block for as long as the function and the backend's
/// timeouts. They throw what the function throws, FunctionTimedOut where a hard limit is set, and
/// nothing else. What the function refers to has to live as long as the Cache, on whose threads it
/// runs for background refreshes. For a function that returns a QFuture there is
/// AsyncCachedFunction.
template <typename Signature, typename... P> class CachedFunction;

template <typename R, typename... Args, typename... P> class CachedFunction<R(Args...), P...> {
    static_assert(!Detail::isFuture<R>,
                  "the function answers with a QFuture: make it an AsyncCachedFunction");
    static_assert((true && ... && Detail::CheckedOwner<Args>::valid));
    using Arguments = std::tuple<Args...>;

public:
    using Options = FunctionOptions<R>;

    /// Throws std::invalid_argument for options that contradict each other or are out of their
    /// range, for a key field that takes none of the parameters, and for an id that a living
    /// function of the cache has.
    template <typename F>
    CachedFunction(Cache &cache, const QByteArray &id, const Parameters<P...> &parameters,
                   F function, Options options = {})
        : m_state(std::make_shared<State>(parametersFor<Args...>(parameters), std::move(function)))
    {
        m_state->core = Detail::makeCore<R>(cache, id, declared(m_state->parameters), options,
                                            predicate(options));
        m_state->core->setInvoker([id, weak = std::weak_ptr(m_state)](const ArgumentTexts &texts) {
            return Detail::invocation<RunLater, Args...>(id, weak.lock(), texts);
        });
        m_state->core->setRefresher(
            [id, weak = std::weak_ptr(m_state)](const ArgumentValues &values) {
                return refreshWith(id, weak.lock(), values);
            });
        m_declaration = std::make_shared<const Detail::Declaration>(cache, m_state->core);
    }

    template <typename... Given> R operator()(Given &&...given) const
    {
        return valueOf(call(std::forward<Given>(given)...));
    }
    template <typename... Given> WithMetadata<R> getWithMetadata(Given &&...given) const
    {
        const Run run(*m_state, bind(std::forward<Given>(given)...));
        return withMetadata(core().call(run.key(), run, true));
    }
    /// What a call would be answered with without running the function; none: it would have to. A
    /// cached null is not none.
    template <typename... Given> std::optional<R> getCacheOnly(Given &&...given) const
    {
        Answer answer = core().peek(getCacheKey(std::forward<Given>(given)...));
        return answer.cell ? std::optional<R>(Detail::takeResult<R>(std::move(answer)))
                           : std::nullopt;
    }
    template <typename... Given>
    std::optional<CallMetadata> getCachedMetadata(Given &&...given) const
    {
        const Answer answer = core().peek(getCacheKey(std::forward<Given>(given)...));
        return answer.cell ? std::optional(answer.metadata) : std::nullopt;
    }

    /// Runs the function and overwrites the entry.
    template <typename... Given> R refresh(Given &&...given) const
    {
        return refreshWithMetadata(std::forward<Given>(given)...).value;
    }
    /// As refresh(); the status is REFRESH, or BYPASS when the backend is away.
    template <typename... Given> WithMetadata<R> refreshWithMetadata(Given &&...given) const
    {
        const Run run(*m_state, bind(std::forward<Given>(given)...));
        return withMetadata(core().refresh(run.key(), run));
    }
    /// Runs the function and leaves the cache alone.
    template <typename... Given> R bypassCache(Given &&...given) const
    {
        const Run run(*m_state, bind(std::forward<Given>(given)...));
        return valueOf(core().bypass(run.key(), run));
    }

    /// The results of many calls, in their order: one round trip for those that are cached; the
    /// others run one after another, on this thread. When some fail the rest still run, and are
    /// stored; then it throws what the first of them in the order threw.
    std::vector<WithMetadata<R>> getMany(const std::vector<std::tuple<Args...>> &calls) const
    {
        std::vector<Run> runs;
        runs.reserve(calls.size());
        std::vector<QByteArray> keys;
        std::vector<const FunctionRun *> pointers;
        for (const Arguments &arguments : calls) {
            runs.emplace_back(*m_state, arguments);
            keys.push_back(runs.back().key());
            pointers.push_back(&runs.back());
        }
        std::vector<WithMetadata<R>> results;
        results.reserve(calls.size());
        for (Answer &answer : core().callMany(keys, pointers))
            results.push_back(withMetadata(std::move(answer)));
        return results;
    }

    /// Removes the entry of this call. A removal that cannot be delivered is no error, see
    /// Removal::delivered.
    template <typename... Given> Result<Removal> deleteCache(Given &&...given) const
    {
        return core().remove(getCacheKey(std::forward<Given>(given)...));
    }
    /// Removes every entry of the partition of these arguments; those that are not in a partition
    /// field do not matter. Unsupported on a backend that cannot remove by prefix. Keys begin with
    /// the fields of the partition in the order of their names: InvalidInput when an earlier one
    /// has no argument and a later one has.
    template <typename... Given> Result<Removal> deleteByPrefix(Given &&...given) const
    {
        const auto prefix = core().partialPrefix(
            bindPartially<Args...>(m_state->parameters, std::forward<Given>(given)...));
        if (!prefix)
            return failure(prefix.error());
        return core().removePrefix(*prefix);
    }
    /// Removes every entry of the function. Unsupported as above.
    Result<Removal> invalidateAll() const { return core().removePrefix(core().prefix()); }

    /// The backend's key of a call.
    template <typename... Given> QByteArray getCacheKey(Given &&...given) const
    {
        return core().key(toValues(bind(std::forward<Given>(given)...)));
    }
    [[nodiscard]] FunctionCounts counts() const { return core().counts(); }

private:
    using Checked = decltype(parametersFor<Args...>(std::declval<Parameters<P...>>()));
    struct State : std::enable_shared_from_this<State> {
        State(Checked theParameters, std::function<R(const Args &...)> theFunction)
            : parameters(std::move(theParameters)), function(std::move(theFunction))
        {
        }
        const Checked parameters;
        const std::function<R(const Args &...)> function;
        std::shared_ptr<FunctionCore> core;
    };

    class Run final : public FunctionRun {
    public:
        /// The state outlives it, unless it is detached: a count of owners would be written to by
        /// every thread with each call.
        Run(const State &state, Arguments arguments)
            : m_state(&state), m_arguments(std::move(arguments))
        {
        }
        [[nodiscard]] QByteArray key() const { return m_state->core->key(toValues(m_arguments)); }
        [[nodiscard]] Cell run() const override
        {
            return std::make_shared<const R>(std::apply(m_state->function, m_arguments));
        }
        [[nodiscard]] bool isCacheable(const Cell &cell) const
        {
            return m_state->core->isCacheable(cell);
        }
        [[nodiscard]] std::shared_ptr<const FunctionRun> detached() const override
        {
            const auto run = std::make_shared<Run>(*this);
            run->m_owned = m_state->shared_from_this();
            return run;
        }

    private:
        const State *m_state;
        Arguments m_arguments;
        std::shared_ptr<const State> m_owned;
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
        const Run run(*state, std::move(*arguments));
        const Answer answer = state->core->refresh(run.key(), run);
        return answer.thrown ? QtFuture::makeExceptionalFuture<Result<void>>(answer.thrown)
                             : QtFuture::makeReadyFuture(Result<void>());
    }

    /// For those who do not wait.
    class RunLater final : public AsyncFunctionRun {
    public:
        RunLater(std::shared_ptr<const State> state, Arguments arguments)
            : m_state(std::move(state)), m_run(*m_state, std::move(arguments))
        {
        }
        [[nodiscard]] QByteArray key() const { return m_run.key(); }
        void start(Done done) const override { done(m_run.run(), nullptr); }
        void decide(const Cell &cell, std::function<void(bool)> done) const override
        {
            done(m_run.isCacheable(cell));
        }

    private:
        std::shared_ptr<const State> m_state;
        Run m_run;
    };

    [[nodiscard]] FunctionCore &core() const { return *m_state->core; }
    template <typename... Given> Arguments bind(Given &&...given) const
    {
        return bindArguments<Args...>(m_state->parameters, std::forward<Given>(given)...);
    }
    template <typename... Given> Answer call(Given &&...given) const
    {
        const Run run(*m_state, bind(std::forward<Given>(given)...));
        return core().call(run.key(), run);
    }
    static R valueOf(Answer &&answer)
    {
        if (answer.thrown)
            std::rethrow_exception(answer.thrown);
        return Detail::takeResult<R>(std::move(answer));
    }
    static WithMetadata<R> withMetadata(Answer &&answer)
    {
        const CallMetadata metadata = answer.metadata;
        return {valueOf(std::move(answer)), metadata};
    }
    static std::function<bool(const Cell &)> predicate(const Options &options)
    {
        if (!options.cacheIf && !options.cacheUnless)
            return {};
        return [wanted = bool(options.cacheIf),
                test = options.cacheIf ? options.cacheIf : options.cacheUnless](const Cell &cell) {
            return test(*static_cast<const R *>(cell.get())) == wanted;
        };
    }

    std::shared_ptr<State> m_state; // never changes once it is made
    std::shared_ptr<const Detail::Declaration> m_declaration;
};

template <typename F, typename... P>
CachedFunction(Cache &, const QByteArray &, const Parameters<P...> &, F)
    -> CachedFunction<typename Detail::BlockingTraits<F>::Signature, P...>;
template <typename F, typename... P>
CachedFunction(Cache &, const QByteArray &, const Parameters<P...> &, F,
               FunctionOptions<typename Detail::BlockingTraits<F>::Value>)
    -> CachedFunction<typename Detail::BlockingTraits<F>::Signature, P...>;

} // namespace Cachelens
