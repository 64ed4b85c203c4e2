// SPDX-License-Identifier: MIT
#pragma once

#include "core/key/keyspec.h"

namespace Cachelens {

// The parts of a field's text that do not depend on the call, for what writes keys and what reads
// them.

/// What a field writes into an unambiguous key when it has nothing to say.
constexpr char noText[] = "-";

/// `key:value` of a Constant field.
[[nodiscard]] QByteArray constantText(const KeyField &field, const KeySpec &key);
/// The same as it stands in a key: hashed when the field says so.
[[nodiscard]] QByteArray constantKeyText(const KeyField &field, const KeySpec &key);
/// A name and the `:` behind it.
void appendName(QByteArray &out, QByteArrayView name, const KeySpec &key);
/// The name that a RequestValue field writes: its path, joined by `_`.
[[nodiscard]] QByteArray requestValueName(const KeyField &field);
/// Whether an Args or ViewKwargs field takes an argument of that name.
[[nodiscard]] bool takesArgument(const KeyField &field, const QByteArray &name);
/// Puts the fields in the order in which they stand in each part of a key.
void sortFields(std::vector<KeyField> *fields);

/// The length of a hash in hex.
[[nodiscard]] size_t digestLength(QCryptographicHash::Algorithm hash);
[[nodiscard]] qsizetype codePoints(QByteArrayView utf8);

} // namespace Cachelens
