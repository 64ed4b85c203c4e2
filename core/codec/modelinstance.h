// SPDX-License-Identifier: MIT
#pragma once

#include "core/codec/gadgetvalue.h"

#include <QObject>

#include <concepts>

namespace Cachelens {

/// What a signal can be sent of.
template <typename T>
concept ModelInstance = std::same_as<T, Value> || std::derived_from<T, QObject> || requires
{
    {
        T::staticMetaObject
        } -> std::convertible_to<const QMetaObject &>;
};

/// An instance's attributes as they are now: read on this thread, which for a QObject has to be its
/// own.
template <ModelInstance T> [[nodiscard]] Value attributesOf(const T &instance)
{
    if constexpr (std::same_as<T, Value>)
        return instance;
    else if constexpr (std::derived_from<T, QObject>)
        return Detail::attributesOfObject(instance);
    else
        return Detail::attributesOfGadget(T::staticMetaObject, &instance);
}

} // namespace Cachelens
