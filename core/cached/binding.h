// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/parameters.h"
#include "core/codec/keyargument.h"
#include "core/key/keyspec.h"

#include <array>

// Binds the arguments of a call to a function's parameters as Python does: those by position
// first, then those by name (`"page"_p = 2`), then the defaults. Every mistake is a compile-time
// error that says what to do. In what follows Args are the types of the parameters without
// references or const. Nothing here throws but what a conversion or a copy of an argument throws.

namespace Cachelens {

namespace Detail {

/// Implicit conversion as in a call, without the conversions that lose what tells two calls apart.
template <typename From, typename To>
concept ArgumentFor = std::
    is_convertible_v<From, To> && !(std::is_floating_point_v<std::remove_cvref_t<From>> && std::is_integral_v<To>)&&(
        !std::is_same_v<
            To,
            bool> || std::is_class_v<std::remove_cvref_t<From>> || std::is_same_v<std::remove_cvref_t<From>, bool>);

template <typename T> struct GivenArgument {
    static constexpr bool named = false;
    static constexpr std::string_view name{};
    using Type = T;
};
template <FixedString Name, typename T> struct GivenArgument<NamedValue<Name, T>> {
    static constexpr bool named = true;
    static constexpr std::string_view name = Name.view();
    using Type = T;
};
template <FixedString Name> struct GivenArgument<ParameterName<Name>> {
    static_assert(Name.view() != Name.view(),
                  "a name was given without a value: write \"page\"_p = 2");
    static constexpr bool named = false;
    static constexpr std::string_view name{};
    using Type = ParameterName<Name>;
};
template <typename Given> using Argument = GivenArgument<std::remove_cvref_t<Given>>;
template <typename Given>
using ArgumentType
    = std::conditional_t<Argument<Given>::named, typename Argument<Given>::Type, Given>;

template <typename... Given> consteval std::size_t positionalCount()
{
    std::size_t count = 0;
    [[maybe_unused]] bool named = false;
    ((named = named || Argument<Given>::named, count += named ? 0 : 1), ...);
    return count;
}

template <typename... Given> consteval bool positionalFollowsNamed()
{
    return positionalCount<Given...>() != (std::size_t(0) + ... + (Argument<Given>::named ? 0 : 1));
}

/// Which of the given arguments is the parameter's; npos when it was left out.
template <typename... Given>
consteval std::size_t sourceOf(std::size_t position, [[maybe_unused]] std::string_view name)
{
    if (position < positionalCount<Given...>())
        return position;
    std::size_t source = npos;
    [[maybe_unused]] std::size_t i = 0;
    ((source = Argument<Given>::named && Argument<Given>::name == name ? i : source, ++i), ...);
    return source;
}

/// Instantiated for each argument by name, so that the compiler shows the name.
template <typename Given, std::size_t Position, typename ParametersOf, typename... All>
struct CheckedName;
template <typename Given, std::size_t Position, typename... P, typename... All>
struct CheckedName<Given, Position, Parameters<P...>, All...> {
    static constexpr std::size_t parameter = positionOf<P...>(Argument<Given>::name);
    static_assert(parameter != npos,
                  "the function has no parameter of this name: use a name that parameters(...) "
                  "declares");
    static constexpr bool once = parameter == npos
        || (parameter >= positionalCount<All...>()
            && sourceOf<All...>(parameter, Argument<Given>::name) == Position);
    static_assert(once, "an argument is given twice: give each one by position or by name, once");
    static constexpr bool valid = parameter != npos && once;
};

template <typename Parameter, bool Given> struct CheckedPresence {
    static constexpr bool valid = Given || Parameter::hasDefault;
    static_assert(valid,
                  "an argument is missing: give the parameter a value in the call, or a default in "
                  "parameters(...)");
};

template <typename From, typename To> struct CheckedConversion {
    static constexpr bool valid = ArgumentFor<From, To>;
    static_assert(valid,
                  "an argument does not convert to the type of its parameter: pass a value of the "
                  "parameter's type (a floating-point number is not taken for an integer, and only "
                  "a bool for a bool)");
};

template <typename Given> decltype(auto) valueOf(Given &&given)
{
    if constexpr (Argument<Given>::named)
        return (std::forward<Given>(given).value);
    else
        return std::forward<Given>(given);
}

template <std::size_t I, typename... T> using At = std::tuple_element_t<I, std::tuple<T...>>;

enum class Fit { Whole, Partial };

template <Fit fit, typename ArgsOf, typename ParametersOf, typename... Given> struct Binding;
template <Fit fit, typename... Args, typename... P, typename... Given>
struct Binding<fit, std::tuple<Args...>, Parameters<P...>, Given...> {
    static consteval bool check()
    {
        static_assert((std::is_same_v<Args, std::decay_t<Args>> && ...),
                      "the types of the parameters are meant without references or const");
        static_assert(sizeof...(Args) == sizeof...(P),
                      "the function takes another number of parameters than names are declared: "
                      "declare one name for each parameter in parameters(...)");
        static_assert(positionalCount<Given...>() <= sizeof...(P),
                      "more arguments are given than the function has parameters: remove the last "
                      "ones");
        static_assert(!positionalFollowsNamed<Given...>(),
                      "an argument by position stands behind one by name: move those by position "
                      "to the front, or name it too");
        if constexpr (sizeof...(Args) == sizeof...(P) && sizeof...(P) >= positionalCount<Given...>()
                      && !positionalFollowsNamed<Given...>()) {
            if constexpr (namesAreRight(std::index_sequence_for<Given...>()))
                return argumentsFit(std::index_sequence_for<P...>());
        }
        return false;
    }

    static std::tuple<Args...> bind([[maybe_unused]] const Parameters<P...> &parameters,
                                    [[maybe_unused]] std::tuple<Given &&...> given)
    {
        return [&]<std::size_t... I>(std::index_sequence<I...>)
        {
            return std::tuple<Args...>(bound<I>(parameters, given)...);
        }
        (std::index_sequence_for<Args...>());
    }

private:
    template <std::size_t I>
    static At<I, Args...> bound(const Parameters<P...> &parameters, std::tuple<Given &&...> &given)
    {
        constexpr std::size_t source = sourceOf<Given...>(I, At<I, P...>::name);
        if constexpr (source == npos)
            return static_cast<At<I, Args...>>(std::get<I>(parameters.all).defaultValue);
        else
            return static_cast<At<I, Args...>>(valueOf(std::get<source>(std::move(given))));
    }

    template <std::size_t I> static consteval bool nameIsRight()
    {
        if constexpr (Argument<At<I, Given...>>::named)
            return CheckedName<At<I, Given...>, I, Parameters<P...>, Given...>::valid;
        return true;
    }
    template <std::size_t... I> static consteval bool namesAreRight(std::index_sequence<I...>)
    {
        return (true && ... && nameIsRight<I>());
    }
    template <std::size_t I> static consteval bool argumentFits()
    {
        constexpr std::size_t source = sourceOf<Given...>(I, At<I, P...>::name);
        if constexpr (source != npos)
            return CheckedConversion<ArgumentType<At<source, Given...>>, At<I, Args...>>::valid;
        else if constexpr (fit == Fit::Whole)
            return CheckedPresence<At<I, P...>, false>::valid;
        return true;
    }
    template <std::size_t... I> static consteval bool argumentsFit(std::index_sequence<I...>)
    {
        return (true && ... && argumentFits<I>());
    }
};

template <typename T> struct CheckedParameter {
    static constexpr bool valid = KeyablePart<T>;
    static_assert(valid,
                  "a parameter of this type cannot be part of a key: specialize "
                  "Cachelens::KeyArgument for it, or pass something that identifies the value");
};

template <typename Parameter, typename Arg> struct CheckedDefault {
    static constexpr bool valid = true;
};
template <FixedString Name, typename T, typename Arg>
struct CheckedDefault<OptionalParameter<Name, T>, Arg> {
    static constexpr bool valid = ArgumentFor<const T &, Arg>;
    static_assert(valid, "a default does not convert to the type of its parameter");
};

template <typename Arg, FixedString Name>
RequiredParameter<Name> typed(const RequiredParameter<Name> &)
{
    return {};
}
template <typename Arg, FixedString Name, typename T>
OptionalParameter<Name, Arg> typed(const OptionalParameter<Name, T> &parameter)
{
    return {static_cast<Arg>(parameter.defaultValue)};
}

inline QByteArray literalBytes(std::string_view name)
{
    return QByteArray::fromRawData(name.data(), static_cast<qsizetype>(name.size()));
}

template <FixedString Name> Parameter declaredParameter(const RequiredParameter<Name> &parameter)
{
    return {literalBytes(parameter.name), std::nullopt};
}
template <FixedString Name, typename T>
Parameter declaredParameter(const OptionalParameter<Name, T> &parameter)
{
    return {literalBytes(parameter.name), KeyArgument<T>::toValue(parameter.defaultValue)};
}

} // namespace Detail

/// A declaration checked against the types of a function's parameters: as many names, each type
/// can be part of a key, each default has the type of its parameter. What follows takes its result.
template <typename... Args, typename... P>
[[nodiscard]] auto parametersFor(const Parameters<P...> &declared)
{
    static_assert(sizeof...(Args) <= sizeof...(P),
                  "the function takes more parameters than names are declared: declare one name "
                  "for each parameter in parameters(...)");
    static_assert(sizeof...(Args) >= sizeof...(P),
                  "more names are declared than the function takes parameters: declare one name "
                  "for each parameter in parameters(...)");
    if constexpr (sizeof...(Args) == sizeof...(P)) {
        constexpr bool keyable = (true && ... && Detail::CheckedParameter<Args>::valid);
        constexpr bool convertible = (true && ... && Detail::CheckedDefault<P, Args>::valid);
        if constexpr (keyable && convertible) {
            return [&]<std::size_t... I>(std::index_sequence<I...>)
            {
                return Parameters<decltype(Detail::typed<Args>(std::declval<const P &>()))...>{
                    {Detail::typed<Args>(std::get<I>(declared.all))...}};
            }
            (std::index_sequence_for<P...>());
        }
    }
}

/// The arguments of a whole call. Those given as rvalues are moved from.
template <typename... Args, typename... P, typename... Given>
[[nodiscard]] std::tuple<Args...> bindArguments(const Parameters<P...> &parameters,
                                                Given &&...given)
{
    using Binding
        = Detail::Binding<Detail::Fit::Whole, std::tuple<Args...>, Parameters<P...>, Given...>;
    if constexpr (Binding::check())
        return Binding::bind(parameters, std::tuple<Given &&...>(std::forward<Given>(given)...));
    else
        Q_UNREACHABLE();
}

/// The arguments of a call as a key takes them, in the order of the parameters.
template <typename... Args>
[[nodiscard]] std::array<Value, sizeof...(Args)> toValues(const std::tuple<Args...> &arguments)
{
    return std::apply(
        [](const Args &...args) {
            return std::array<Value, sizeof...(Args)>{KeyArgument<Args>::toValue(args)...};
        },
        arguments);
}

/// Those arguments that are given, as a key takes them; the rest is left out. For the prefix of
/// many calls (KeyBuilder::partialPrefix), which applies the defaults itself.
template <typename... Args, typename... P, typename... Given>
[[nodiscard]] Call bindPartially(const Parameters<P...> &, Given &&...given)
{
    Call call;
    if constexpr (Detail::Binding<Detail::Fit::Partial, std::tuple<Args...>, Parameters<P...>,
                                  Given...>::check()) {
        constexpr std::size_t positional = Detail::positionalCount<Given...>();
        call.args.reserve(positional);
        call.kwargs.reserve(sizeof...(Given) - positional);
        [[maybe_unused]] std::size_t position = 0;
        [[maybe_unused]] const auto add
            = [&call]<std::size_t I>(std::integral_constant<std::size_t, I>, auto &&one) {
                  using One = decltype(one);
                  constexpr bool named = Detail::Argument<One>::named;
                  constexpr std::size_t parameter
                      = named ? Detail::positionOf<P...>(Detail::Argument<One>::name) : I;
                  using Arg = Detail::At<parameter, Args...>;
                  Value value = KeyArgument<Arg>::toValue(
                      static_cast<Arg>(Detail::valueOf(std::forward<One>(one))));
                  if constexpr (named)
                      call.kwargs.emplace_back(Detail::literalBytes(Detail::Argument<One>::name),
                                               std::move(value));
                  else
                      call.args.push_back(std::move(value));
              };
        [&]<std::size_t... I>(std::index_sequence<I...>)
        {
            (add(std::integral_constant<std::size_t, I>(), std::forward<Given>(given)), ...);
        }
        (std::index_sequence_for<Given...>());
    }
    return call;
}

/// The parameters as data: for KeyedFunction and for a catalog.
template <typename... P>
[[nodiscard]] std::vector<Parameter> declared(const Parameters<P...> &parameters)
{
    return std::apply(
        [](const P &...all) { return std::vector<Parameter>{Detail::declaredParameter(all)...}; },
        parameters.all);
}

} // namespace Cachelens
