// SPDX-License-Identifier: MIT
#include "core/payload/decimaltext.h"

#include <algorithm>
#include <vector>

namespace Cachelens {

bool isDecimalInteger(QByteArrayView text)
{
    if (text.startsWith('-') || text.startsWith('+'))
        text = text.sliced(1);
    return !text.isEmpty()
        && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool fitsDigits(QByteArrayView littleEndian, qsizetype digits)
{
    // A byte is 2.408 digits.
    return littleEndian.size() / 5 * 12 <= digits;
}

QByteArray decimalFromTwosComplement(QByteArrayView littleEndian)
{
    if (littleEndian.isEmpty())
        return "0";
    const bool negative = (littleEndian.back() & '\x80') != 0;

    // The magnitude in limbs of 32 bits, least significant first.
    std::vector<quint32> limbs((static_cast<std::size_t>(littleEndian.size()) + 3) / 4);
    const auto fill = static_cast<quint32>(negative ? 0xff : 0);
    for (std::size_t i = 0; i < limbs.size() * 4; ++i) {
        const auto at = static_cast<qsizetype>(i);
        const quint32 byte
            = at < littleEndian.size() ? static_cast<unsigned char>(littleEndian[at]) : fill;
        limbs[i / 4] |= byte << (i % 4 * 8);
    }
    if (negative) {
        quint64 carry = 1;
        for (quint32 &limb : limbs) {
            carry += static_cast<quint32>(~limb);
            limb = static_cast<quint32>(carry);
            carry >>= 32;
        }
    }

    // Nine digits at a time from the least significant end.
    constexpr quint64 billion = 1'000'000'000;
    QByteArray reversed;
    while (!limbs.empty() && limbs.back() == 0)
        limbs.pop_back();
    while (!limbs.empty()) {
        quint64 rest = 0;
        for (auto limb = limbs.rbegin(); limb != limbs.rend(); ++limb) {
            rest = (rest << 32) | *limb;
            *limb = static_cast<quint32>(rest / billion);
            rest %= billion;
        }
        while (!limbs.empty() && limbs.back() == 0)
            limbs.pop_back();
        for (int digit = 0; digit < 9 && (rest != 0 || !limbs.empty()); ++digit, rest /= 10)
            reversed += static_cast<char>('0' + rest % 10);
    }
    if (reversed.isEmpty())
        return "0";
    if (negative)
        reversed += '-';
    std::reverse(reversed.begin(), reversed.end());
    return reversed;
}

QByteArray twosComplementFromDecimal(QByteArrayView decimal)
{
    const bool negative = decimal.startsWith('-');
    if (negative || decimal.startsWith('+'))
        decimal = decimal.sliced(1);

    // Nine digits at a time onto the magnitude, in limbs of 32 bits, least significant first.
    std::vector<quint32> limbs;
    for (qsizetype at = 0; at < decimal.size();) {
        const qsizetype digits = std::min<qsizetype>(decimal.size() - at, 9);
        quint32 scale = 1;
        quint64 carry = 0;
        for (const char c : decimal.sliced(at, digits)) {
            carry = carry * 10 + static_cast<quint64>(c - '0');
            scale *= 10;
        }
        for (quint32 &limb : limbs) {
            carry += quint64(limb) * scale;
            limb = static_cast<quint32>(carry);
            carry >>= 32;
        }
        if (carry != 0)
            limbs.push_back(static_cast<quint32>(carry));
        at += digits;
    }

    QByteArray bytes;
    quint64 borrow = 1;
    for (const quint32 limb : limbs) {
        quint32 word = limb;
        if (negative) {
            borrow += static_cast<quint32>(~limb);
            word = static_cast<quint32>(borrow);
            borrow >>= 32;
        }
        for (int shift = 0; shift < 32; shift += 8)
            bytes += static_cast<char>(word >> shift & 0xff);
    }
    // One byte of the sign is enough, and is needed where the number's own highest bit is not it.
    const char sign = negative && !limbs.empty() ? '\xff' : '\0';
    bytes += sign;
    const auto redundant = [&bytes, sign] {
        return bytes.size() > 1 && bytes.back() == sign
            && ((bytes[bytes.size() - 2] ^ sign) & '\x80') == 0;
    };
    while (redundant())
        bytes.chop(1);
    return bytes;
}

std::optional<std::array<unsigned char, 16>> uint128FromDecimal(QByteArrayView text)
{
    std::array<unsigned char, 16> number{};
    if (!isDecimalInteger(text) || text.front() == '-')
        return std::nullopt;
    for (const char c : text) {
        if (c == '+')
            continue;
        auto carry = static_cast<unsigned>(c - '0');
        for (auto byte = number.rbegin(); byte != number.rend(); ++byte) {
            carry += *byte * 10U;
            *byte = static_cast<unsigned char>(carry);
            carry >>= 8;
        }
        if (carry != 0)
            return std::nullopt;
    }
    return number;
}

} // namespace Cachelens
