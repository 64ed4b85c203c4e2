// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/parameters.h"
#include "core/cached/resultcodec.h"
#include "core/result.h"

#include <array>
#include <tuple>
#include <vector>

namespace Cachelens {

/// Arguments by name, as their texts stand in a key (see KeyReader).
using ArgumentTexts = std::vector<std::pair<QByteArray, QByteArray>>;

/// What a key's text may stand for, the likelier first: a string, an integer, a float, a boolean,
/// none.
[[nodiscard]] std::vector<Value> readingsOfKeyText(const QByteArray &text);

namespace Detail {

[[nodiscard]] Error unreadableArgument(const QByteArray &function, std::string_view parameter,
                                       const QByteArray &reason);

template <typename Arg> std::optional<Arg> argumentFromText(const QByteArray &text)
{
    if constexpr (CacheableResult<Arg>) {
        for (const Value &reading : readingsOfKeyText(text)) {
            if (auto argument = ResultCodec<Arg>::fromValue(reading))
                return argument;
        }
    }
    return std::nullopt;
}

template <typename Arg, typename P>
Result<Arg> argumentFromTexts(const QByteArray &function, const P &parameter,
                              const ArgumentTexts &texts)
{
    for (const auto &[name, text] : texts) {
        if (name != QByteArrayView(P::name.data(), qsizetype(P::name.size())))
            continue;
        if (auto argument = argumentFromText<Arg>(text))
            return std::move(*argument);
        return failure(unreadableArgument(function, P::name, "'" + text + "' is not of its type"));
    }
    if constexpr (P::hasDefault)
        return parameter.defaultValue;
    else
        return failure(unreadableArgument(function, P::name, "the key does not hold it"));
}

} // namespace Detail

/// The arguments of a call of which only the key is known. Fails for one that the key does not
/// hold, or whose text cannot be read as its type, naming it.
template <typename... Args, typename... P>
[[nodiscard]] Result<std::tuple<Args...>> argumentsFromTexts(const QByteArray &function,
                                                             const Parameters<P...> &parameters,
                                                             const ArgumentTexts &texts)
{
    std::optional<Error> error;
    const auto one = [&]<typename Arg>(const auto &parameter, std::type_identity<Arg>) {
        auto argument = Detail::argumentFromTexts<Arg>(function, parameter, texts);
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
