// SPDX-License-Identifier: MIT
#pragma once

#include "core/value/value.h"

#include <QCryptographicHash>

namespace Cachelens {

struct KeyTextOptions {
    bool sortLists = false;
    bool hashValue = false; ///< hash each nested text as well as the whole
    QCryptographicHash::Algorithm hash = QCryptographicHash::Sha256;
};

/// Appends a value as drf-restflow writes it into a key. Source: docs/wire-format.md, "What a
/// field contributes"; checked by tests/data/key-vectors.json.
void appendKeyText(QByteArray &out, const Value &value, const KeyTextOptions &options = {});

/// A value as Python's str() writes it.
[[nodiscard]] QByteArray pythonStr(const Value &value);

/// A float as Python's repr() writes it: the shortest text that reads back the same.
void appendPythonFloat(QByteArray &out, double value);

/// A date or time as Python's isoformat() writes it. `separator` stands between date and time.
void appendIso(QByteArray &out, Date date);
void appendIso(QByteArray &out, const Time &time);
void appendIso(QByteArray &out, const DateTime &dateTime, char separator = 'T');

/// Reads what appendIso writes; also a `Z` for UTC, and one to six digits of a fraction.
[[nodiscard]] std::optional<Date> dateFromIso(QByteArrayView text);
[[nodiscard]] std::optional<Time> timeFromIso(QByteArrayView text);
[[nodiscard]] std::optional<DateTime> dateTimeFromIso(QByteArrayView text);

} // namespace Cachelens
