// SPDX-License-Identifier: MIT
#include "core/key/keypieces.h"

#include <algorithm>
#include <cstring>

namespace Cachelens {

size_t findSeparator(std::string_view text, size_t from)
{
    // Most keys are scanned for separators only: eight places are looked at in one step, each with
    // the byte behind it. Where both are colons a zero byte remains.
    if constexpr (std::endian::native == std::endian::little) {
        constexpr quint64 ones = 0x0101010101010101;
        constexpr quint64 colons = ones * ':';
        while (from + 9 <= text.size()) {
            quint64 here = 0;
            quint64 behind = 0;
            std::memcpy(&here, text.data() + from, 8);
            std::memcpy(&behind, text.data() + from + 1, 8);
            const quint64 differs = (here ^ colons) | (behind ^ colons);
            const quint64 zeros = (differs - ones) & ~differs & (ones << 7);
            if (zeros != 0)
                return from + static_cast<size_t>(std::countr_zero(zeros)) / 8;
            from += 8;
        }
    }
    return text.find("::", from);
}

bool isHex(std::string_view text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

size_t identifierLength(std::string_view text)
{
    size_t length = 0;
    for (const char c : text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
            || static_cast<quint8>(c) >= 0x80;
        if (!letter && (length == 0 || c < '0' || c > '9'))
            break;
        ++length;
    }
    return length;
}

} // namespace Cachelens
