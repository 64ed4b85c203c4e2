// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

#include <array>
#include <optional>

namespace Cachelens {

/// Whether the text is an integer in decimal: an optional sign and digits.
[[nodiscard]] bool isDecimalInteger(QByteArrayView text);

/// The digits of an integer in little-endian two's complement, as pickle writes long ones. Takes
/// time quadratic in the length: check fitsDigits() before.
[[nodiscard]] QByteArray decimalFromTwosComplement(QByteArrayView littleEndian);
/// Whether such an integer surely has no more than about `digits` decimal digits.
[[nodiscard]] bool fitsDigits(QByteArrayView littleEndian, qsizetype digits);

/// The reverse of decimalFromTwosComplement(), in as few bytes as hold the sign; as slow.
[[nodiscard]] QByteArray twosComplementFromDecimal(QByteArrayView decimal);

/// A non-negative decimal integer below 2^128, most significant byte first.
[[nodiscard]] std::optional<std::array<unsigned char, 16>> uint128FromDecimal(QByteArrayView text);

} // namespace Cachelens
