// SPDX-License-Identifier: MIT
#pragma once

#include "core/value/value.h"

#include <QDateTime>
#include <QJsonValue>
#include <QStringView>
#include <QUuid>

#include <chrono>
#include <optional>

// Qt's types as values and back. Pure; nothing throws. What a serializer without a type of its own
// wrote as ISO 8601 text is read too.

namespace Cachelens::Detail {

/// Distinct texts stay distinct: a surrogate that stands alone is written as Python's
/// `surrogatepass` does.
[[nodiscard]] QByteArray utf8Of(QStringView text);
/// None for an invalid date or time. A year outside of 1 to 9999 becomes text.
[[nodiscard]] Value valueOfDate(QDate date);
[[nodiscard]] Value valueOfTime(QTime time);
/// Aware, with the offset that it has from UTC at that time.
[[nodiscard]] Value valueOfDateTime(const QDateTime &dateTime);
[[nodiscard]] Value valueOfUuid(const QUuid &uuid);
/// A TimeDelta; beyond a hundred million days it is text. `rest` is less than a day, not negative.
[[nodiscard]] Value valueOfDuration(std::chrono::days days, std::chrono::microseconds rest);
[[nodiscard]] Value valueOfJson(const QJsonValue &json);

/// None gives an invalid date, time or date with a time. Microseconds are cut to milliseconds.
[[nodiscard]] std::optional<QDate> dateOfValue(const Value &value);
[[nodiscard]] std::optional<QTime> timeOfValue(const Value &value);
/// A naive one is taken for local time.
[[nodiscard]] std::optional<QDateTime> dateTimeOfValue(const Value &value);
[[nodiscard]] std::optional<QUuid> uuidOfValue(const Value &value);
/// Of a TimeDelta, or of text as Django writes a duration (`P1DT02H03M04.500000S`).
[[nodiscard]] std::optional<std::chrono::microseconds> durationOfValue(const Value &value);
/// As a JSON encoder has it: tuples and sets are arrays; dates, times, UUIDs and decimals are text.
/// None for what JSON cannot say: bytes, keys that are no text, instances of classes. The value
/// must be known to unfold within limits.
[[nodiscard]] std::optional<QJsonValue> jsonOfValue(const Value &value);

} // namespace Cachelens::Detail
