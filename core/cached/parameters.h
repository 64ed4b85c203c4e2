// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/fixedstring.h"

#include <tuple>
#include <type_traits>
#include <utility>

// The names and defaults of a function's parameters, known to the compiler:
//
//     using namespace Cachelens::Literals;
//     parameters("user_id"_p, "page"_p = 1)
//
// In a call, `"page"_p = 2` gives an argument by its name. See binding.h.

namespace Cachelens {

/// `"page"_p = 1`: in parameters() a default, in a call an argument by name. T is an lvalue
/// reference when the value was one, so a NamedValue lives no longer than what it was given.
template <FixedString Name, typename T> struct NamedValue {
    T value;
};

/// What `"page"_p` is.
template <FixedString Name> struct ParameterName {
    template <typename T> constexpr auto operator=(T &&value) const // NOLINT: makes a NamedValue
    {
        using Decayed = std::decay_t<T>;
        if constexpr (
            std::is_lvalue_reference_v<
                T> && !std::is_array_v<std::remove_cvref_t<T>> && !std::is_function_v<std::remove_cvref_t<T>>) {
            return NamedValue<Name, const Decayed &>{value};
        } else {
            return NamedValue<Name, Decayed>{std::forward<T>(value)};
        }
    }
};

template <FixedString Name> struct RequiredParameter {
    static constexpr std::string_view name = Name.view();
    static constexpr bool hasDefault = false;
};

template <FixedString Name, typename T> struct OptionalParameter {
    static constexpr std::string_view name = Name.view();
    static constexpr bool hasDefault = true;
    T defaultValue;
};

/// A function's parameters in their order; P is a RequiredParameter or an OptionalParameter. A
/// value that threads may read at the same time.
template <typename... P> struct Parameters {
    static constexpr std::size_t count = sizeof...(P);
    std::tuple<P...> all;
};

namespace Detail {

constexpr std::size_t npos = static_cast<std::size_t>(-1);

consteval bool isIdentifier(std::string_view name)
{
    bool first = true;
    for (const char c : name) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
            || static_cast<unsigned char>(c) >= 0x80;
        if (!letter && (first || c < '0' || c > '9'))
            return false;
        first = false;
    }
    return !first;
}

/// Where `name` stands among the names of P; npos when it does not.
template <typename... P> consteval std::size_t positionOf(std::string_view name)
{
    std::size_t position = npos;
    [[maybe_unused]] std::size_t i = 0;
    ((position = position == npos && P::name == name ? i : position, ++i), ...);
    return position;
}

template <typename... P> consteval bool requiredFollowsDefault()
{
    [[maybe_unused]] bool seen = false;
    bool wrong = false;
    ((wrong = wrong || (seen && !P::hasDefault), seen = seen || P::hasDefault), ...);
    return wrong;
}

template <typename T> struct DeclaredParameter {
    static_assert(
        !std::is_same_v<T, T>,
        "parameters() takes names: write \"user_id\"_p, or \"page\"_p = 1 for a parameter "
        "with a default");
};
template <FixedString Name> struct DeclaredParameter<ParameterName<Name>> {
    using Type = RequiredParameter<Name>;
    static constexpr Type make(ParameterName<Name>) { return {}; }
};
template <FixedString Name, typename T> struct DeclaredParameter<NamedValue<Name, T>> {
    using Type = OptionalParameter<Name, std::decay_t<T>>;
    template <typename Named> static constexpr Type make(Named &&named)
    {
        return {std::forward<Named>(named).value};
    }
};

/// Instantiated for each declared parameter, so that the compiler names the one that is wrong.
template <typename Parameter, std::size_t Position, typename... All> struct CheckedDeclaration {
    static_assert(positionOf<All...>(Parameter::name) == Position,
                  "two parameters have the same name: give each parameter a name of its own");
    static constexpr bool valid = positionOf<All...>(Parameter::name) == Position;
};

template <typename... P, std::size_t... I> consteval bool namesDiffer(std::index_sequence<I...>)
{
    return (true && ... && CheckedDeclaration<P, I, P...>::valid);
}

} // namespace Detail

/// Declares a function's parameters by their names, in their order.
template <typename... Declared> [[nodiscard]] constexpr auto parameters(Declared &&...declared)
{
    using Result
        = Parameters<typename Detail::DeclaredParameter<std::remove_cvref_t<Declared>>::Type...>;
    return [&]<typename... P>(std::type_identity<Parameters<P...>>) {
        static_assert(Detail::namesDiffer<P...>(std::index_sequence_for<P...>()));
        static_assert(!Detail::requiredFollowsDefault<P...>(),
                      "a parameter without a default stands behind one that has a default: give "
                      "it a default, or move it to the front");
        return Result{{Detail::DeclaredParameter<std::remove_cvref_t<Declared>>::make(
            std::forward<Declared>(declared))...}};
    }(std::type_identity<Result>());
}

namespace Literals {

template <FixedString Name> consteval ParameterName<Name> operator""_p()
{
    static_assert(Detail::isIdentifier(Name.view()),
                  "a parameter's name is an identifier: letters, digits and underscores, and no "
                  "digit in front");
    return {};
}

} // namespace Literals

} // namespace Cachelens
