// SPDX-License-Identifier: MIT
#pragma once

#include "core/codec/valuewriting.h"

namespace Cachelens {

/// How an argument of type T becomes part of a key. Ready for bool, integers, enums (their
/// integer), float and double; std::string, std::string_view, const char *, QString, QStringView,
/// QLatin1StringView (text); QByteArray and ranges of std::byte (bytes); QDate, QTime, QDateTime
/// (with its offset from UTC), QUuid, std::chrono durations down to microseconds; JSON; Value; none
/// (std::nullopt, nullptr, std::monostate), std::optional, pairs, tuples, arrays, sequences, sets
/// and maps of these; and Q_GADGETs by their properties, as a map (see gadgetvalue.h).
///
/// For a type of one's own, where `Order` has an `id`:
///
///     template <> struct Cachelens::KeyArgument<Order> {
///         static Value toValue(const Order &order) { return Value(order.id); }
///     };
///
/// What tells two arguments apart must tell their values apart, or their calls share an entry.
/// Called on whatever thread makes the call.
template <typename T> struct KeyArgument {
    static Value toValue(const T &value) requires(Detail::canWrite<KeyArgument, T>())
    {
        return Detail::write<KeyArgument>(value);
    }
};

/// Whether a type, without references or const, can be part of a key.
template <typename T>
concept KeyablePart = Detail::Writes<KeyArgument, T>;

} // namespace Cachelens
