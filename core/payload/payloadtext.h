// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

#include <optional>

namespace Cachelens {

[[nodiscard]] bool isUtf8(QByteArrayView text);
/// Python writes halves of surrogate pairs as if they were characters. The same text with U+FFFD
/// in their place; none when it is not UTF-8 even so.
[[nodiscard]] std::optional<QByteArray> utf8FromSurrogatePass(QByteArrayView text);
/// Each character as the byte of that number; none when one is above 255.
[[nodiscard]] std::optional<QByteArray> latin1FromUtf8(QByteArrayView text);
/// Appends a character; half of a surrogate pair becomes U+FFFD.
void appendUtf8(QByteArray &out, char32_t character);

/// What stands in a Python string literal in single or double quotes, as pickle's S writes bytes.
[[nodiscard]] std::optional<QByteArray> unquotePython(QByteArrayView literal);
/// Python's raw-unicode-escape, as pickle's V writes text; into UTF-8.
[[nodiscard]] std::optional<QByteArray> unescapeRawUnicode(QByteArrayView text);

} // namespace Cachelens
