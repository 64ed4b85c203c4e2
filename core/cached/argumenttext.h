// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/parameters.h"
#include "core/codec/resultcodec.h"
#include "core/result.h"

#include <tuple>
#include <vector>

namespace Cachelens {

/// Arguments by name, as their texts stand in a key (see KeyReader).
using ArgumentTexts = std::vector<std::pair<QByteArray, QByteArray>>;
/// Arguments by name, as a rule takes them from an instance.
using ArgumentValues = std::vector<std::pair<QByteArray, Value>>;

/// What a key's text may stand for, the likelier first: a string, an integer, a float, a boolean,
/// none.
[[nodiscard]] std::vector<Value> readingsOfKeyText(const QByteArray &text);

namespace Detail {

[[nodiscard]] Error unreadableArgument(const QByteArray &function, std::string_view parameter,
                                       const QByteArray &reason);
[[nodiscard]] QByteArray notOfItsType(const QByteArray &text);
[[nodiscard]] QByteArray notOfItsType(const Value &value);

template <typename Arg> std::optional<Arg> readArgument(const QByteArray &text)
{
    if constexpr (CacheableResult<Arg>) {
        for (const Value &reading : readingsOfKeyText(text)) {
            if (auto argument = ResultCodec<Arg>::fromValue(reading))
                return argument;
        }
    }
    return std::nullopt;
}

template <typename Arg> std::optional<Arg> readArgument(const Value &value)
{
    if constexpr (CacheableResult<Arg>)
        return decodeResult<Arg>(value);
    return std::nullopt;
}

template <typename Arg, typename P, typename Given>
Result<Arg> argumentFrom(const QByteArray &function, const P &parameter,
                         const std::vector<std::pair<QByteArray, Given>> &arguments)
{
    for (const auto &[name, given] : arguments) {
        if (name != QByteArrayView(P::name.data(), qsizetype(P::name.size())))
            continue;
        if (auto argument = readArgument<Arg>(given))
            return std::move(*argument);
        return failure(unreadableArgument(function, P::name, notOfItsType(given)));
    }
    if constexpr (P::hasDefault)
        return parameter.defaultValue;
    else
        return failure(unreadableArgument(function, P::name, "it is not given"));
}

} // namespace Detail

/// The arguments of a call of which only their texts or values are known; `Given` is QByteArray
/// or Value. Fails for one that is not given, or cannot be read as its type, naming it.
template <typename... Args, typename... P, typename Given>
[[nodiscard]] Result<std::tuple<Args...>>
argumentsFrom(const QByteArray &function, const Parameters<P...> &parameters,
              const std::vector<std::pair<QByteArray, Given>> &arguments)
{
    std::optional<Error> error;
    const auto one = [&]<typename Arg>(const auto &parameter, std::type_identity<Arg>) {
        auto argument = Detail::argumentFrom<Arg>(function, parameter, arguments);
        if (argument)
            return std::optional<Arg>(std::move(*argument));
        if (!error)
            error = argument.error();
        return std::optional<Arg>();
    };
    auto all = [&]<std::size_t... I>(std::index_sequence<I...>)
    {
        return std::tuple<std::optional<Args>...>{
            one(std::get<I>(parameters.all), std::type_identity<Args>())...};
    }
    (std::index_sequence_for<Args...>());
    if (error)
        return failure(std::move(*error));
    return std::apply([](auto &...each) { return std::tuple<Args...>(std::move(*each)...); }, all);
}

} // namespace Cachelens
