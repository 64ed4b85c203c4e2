// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/cache.h"
#include "core/cached/functioncore.h"
#include "core/cached/functionoptions.h"
#include "core/codec/resultcodec.h"
#include "core/key/keycoverage.h"
#include "core/payload/entrywriter.h"

#include <QFuture>

#include <functional>
#include <span>
#include <stdexcept>

namespace Cachelens {

/// A result, and how the call was answered.
template <typename R> struct WithMetadata {
    R value;
    CallMetadata metadata;
};

namespace Detail {

template <typename T> inline constexpr bool isFuture = false;
template <typename T> inline constexpr bool isFuture<QFuture<T>> = true;

template <typename F> struct CallableTraits;
template <typename R, typename... Args> struct CallableTraits<std::function<R(Args...)>> {
    using Result = std::decay_t<R>;
    using Value = Result;
    using Signature = Result(std::decay_t<Args>...);
};
template <typename R, typename... Args> struct CallableTraits<std::function<QFuture<R>(Args...)>> {
    using Result = QFuture<R>;
    using Value = R;
    using Signature = R(std::decay_t<Args>...);
};
template <typename F>
using TraitsOf = CallableTraits<decltype(std::function(std::declval<std::decay_t<F>>()))>;
/// R(Args...), of values; of a function that returns QFuture<R> as well.
template <typename F> using SignatureOf = typename TraitsOf<F>::Signature;
template <typename F> using ResultOf = typename TraitsOf<F>::Result;

template <typename F>
concept HasSignature = requires(F function)
{
    std::function(function);
};

/// Traits of what a cached function is made of, which say what is wrong with it before any other
/// template meets it.
template <typename F> struct CheckedTraits {
    static_assert(HasSignature<F>,
                  "the types of the function's parameters are not known: write a lambda without "
                  "auto, which may call one with auto or one of several");
    using Result = int;
    using Value = int;
    using Signature = int();
};
template <HasSignature F> struct CheckedTraits<F> : TraitsOf<F> {
    static_assert(!std::is_void_v<typename TraitsOf<F>::Value>,
                  "a function that returns nothing leaves nothing to cache: return a value");
};
template <typename F> struct BlockingTraits : CheckedTraits<F> {
    static_assert(!isFuture<typename CheckedTraits<F>::Result>,
                  "the function answers with a QFuture: make it an AsyncCachedFunction");
};
template <typename F> struct AsyncTraits : CheckedTraits<F> {
    static_assert(isFuture<typename CheckedTraits<F>::Result>,
                  "the function does not answer with a QFuture: make it a CachedFunction");
};

/// What refers to something that somebody else owns.
template <typename T> inline constexpr bool isView = std::is_pointer_v<T>;
template <> inline constexpr bool isView<std::string_view> = true;
template <> inline constexpr bool isView<QStringView> = true;
template <> inline constexpr bool isView<QByteArrayView> = true;
template <> inline constexpr bool isView<QLatin1StringView> = true;
template <typename T, std::size_t N> inline constexpr bool isView<std::span<T, N>> = true;

/// Instantiated for each parameter of a function that is to be cached.
template <typename T> struct CheckedOwner {
    static constexpr bool valid = !isView<T>;
    static_assert(
        valid,
        "a parameter is a view, and a run may outlive what it refers to: take a type that "
        "owns its contents");
};

template <typename R> class TypedBytes final : public ResultBytes {
public:
    TypedBytes(EncodeOptions options, DecodeLimits limits)
        : m_options(options), m_limits(limits) { }

    CellType type() const override { return cellType<R>(); }
    Result<QByteArray> encode(const Cell &cell, const EntryTimes &times) const override
    {
        return encodeEntry(ResultCodec<R>::toValue(*static_cast<const R *>(cell.get())), times,
                           m_options);
    }
    Result<DecodedResult> decode(const QByteArray &bytes) const override
    {
        const auto entry = decodeEntry(bytes, m_limits);
        if (!entry)
            return failure(entry.error());
        std::optional<R> result;
        if (entry->restflow)
            result = decodeResult<R>(entry->value);
        if (!result)
            return failure(otherType(entry->restflow));
        DecodedResult decoded;
        decoded.cell = std::make_shared<R>(std::move(*result));
        decoded.cachedAt = time(entry->metadata->cachedAtMs);
        decoded.resetAt = time(entry->metadata->resetAtMs);
        return decoded;
    }
    Value value(const Cell &cell) const override
    {
        return ResultCodec<R>::toValue(*static_cast<const R *>(cell.get()));
    }

private:
    static std::optional<WallTime> time(std::optional<qint64> sinceEpoch)
    {
        return sinceEpoch ? std::optional(WallTime(std::chrono::milliseconds(*sinceEpoch)))
                          : std::nullopt;
    }
    static Error otherType(bool restflow)
    {
        return {Error::Code::Undecodable, "decode", "the entry",
                restflow ? "its value is of another type than the function's result"
                         : "it is not a cached result",
                false};
    }

    const EncodeOptions m_options;
    const DecodeLimits m_limits;
};

/// The result of a call that has one: copied, or moved when nobody else has it.
template <typename R> R takeResult(Answer &&answer)
{
    const auto *result = static_cast<const R *>(answer.cell.get());
    if (answer.hasCellAlone)
        return std::move(*const_cast<R *>(result));
    return *result;
}

inline void refuseBoth(const QByteArray &id, bool cacheIf, bool cacheUnless)
{
    if (cacheIf && cacheUnless)
        throw std::invalid_argument("the cached function '" + id.toStdString()
                                    + "' has both cacheIf and cacheUnless: give it one of them");
}

inline void refuseIdleFields(const KeyedFunction &function)
{
    if (const auto why = idleField(function))
        throw std::invalid_argument(why->toStdString());
}

/// That a function belongs to a cache. The copies of a cached function share it, and nothing else
/// does: when the last copy goes the function is withdrawn, whoever may hold its core just then.
class Declaration {
public:
    /// Throws as Cache::add().
    Declaration(Cache &cache, std::shared_ptr<FunctionCore> core) : m_core(std::move(core))
    {
        cache.add(m_core);
    }
    ~Declaration() { m_core->withdraw(); }
    Declaration(const Declaration &) = delete;
    Declaration &operator=(const Declaration &) = delete;

private:
    const std::shared_ptr<FunctionCore> m_core;
};

template <typename... T> inline constexpr bool never = false;

inline Error goneFunction(const QByteArray &id)
{
    return {Error::Code::NotFound, "call", id, "the function is gone", false};
}

inline QFuture<Result<void>> noRefresh(Error error)
{
    return QtFuture::makeReadyFuture(Result<void>(failure(std::move(error))));
}

/// `Run` has a constructor of the function's state and the arguments, and a key().
template <typename Run, typename... Args, typename State>
Result<FunctionCore::Invocation>
invocation(const QByteArray &id, const std::shared_ptr<State> &state, const ArgumentTexts &texts)
{
    if (!state)
        return failure(goneFunction(id));
    auto arguments = argumentsFrom<Args...>(id, state->parameters, texts);
    if (!arguments)
        return failure(std::move(arguments.error()));
    auto run = std::make_shared<const Run>(state, std::move(*arguments));
    return FunctionCore::Invocation{run->key(), run};
}

/// Throws std::invalid_argument.
template <typename R, typename Verdict>
void checkOptions(const QByteArray &id, const FunctionOptions<R, Verdict> &options)
{
    refuseBoth(id, bool(options.cacheIf), bool(options.cacheUnless));
    checkRanges(options.settings(id), options.compressAbove);
}

template <typename R, typename Verdict>
std::shared_ptr<FunctionCore>
makeCore(Cache &cache, const QByteArray &id, std::vector<Parameter> parameters,
         const FunctionOptions<R, Verdict> &options, std::function<bool(const Cell &)> isCacheable)
{
    static_assert(CheckedResult<R>::valid);
    if (const QByteArray property = propertyWithoutCodec<R>(); !property.isEmpty())
        throw std::invalid_argument("the result of the cached function '" + id.toStdString()
                                    + "' has a property that cannot be cached: "
                                    + property.toStdString());
    checkOptions(id, options);
    FunctionDescription description{
        {id, std::move(parameters), options.key.spec()}, options.key, options.ttl, options.rules};
    refuseIdleFields(description.keyed);
    return std::make_shared<FunctionCore>(
        cache.runtime(), options.settings(id), std::move(description),
        std::make_unique<TypedBytes<R>>(
            EncodeOptions{options.serializer, options.compressor, options.compressAbove},
            cache.options().limits),
        std::move(isCacheable));
}

} // namespace Detail

} // namespace Cachelens
