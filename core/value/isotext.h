// SPDX-License-Identifier: MIT
#pragma once

#include "core/value/value.h"

namespace Cachelens {

/// A date or time as Python's isoformat() writes it. `separator` stands between date and time.
void appendIso(QByteArray &out, Date date);
void appendIso(QByteArray &out, const Time &time);
void appendIso(QByteArray &out, const DateTime &dateTime, char separator = 'T');

/// Reads what appendIso writes; also a `Z` for UTC, and one to six digits of a fraction.
[[nodiscard]] std::optional<Date> dateFromIso(QByteArrayView text);
[[nodiscard]] std::optional<Time> timeFromIso(QByteArrayView text);
[[nodiscard]] std::optional<DateTime> dateTimeFromIso(QByteArrayView text);

} // namespace Cachelens
