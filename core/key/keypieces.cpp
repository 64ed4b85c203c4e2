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
        const auto separators = [&text](size_t position) {
            quint64 here = 0;
            quint64 behind = 0;
            std::memcpy(&here, text.data() + position, 8);
            std::memcpy(&behind, text.data() + position + 1, 8);
            const quint64 differs = (here ^ colons) | (behind ^ colons);
            return (differs - ones) & ~differs & (ones << 7);
        };
        const auto place
            = [](quint64 found) { return static_cast<size_t>(std::countr_zero(found)) / 8; };
        while (from + 9 <= text.size()) {
            if (const quint64 found = separators(from))
                return from + place(found);
            from += 8;
        }
        if (text.size() >= 9 && from < text.size()) {
            // The last eight places, without those that were looked at.
            const size_t last = text.size() - 9;
            for (quint64 found = separators(last); found != 0; found &= found - 1) {
                const size_t position = last + place(found);
                if (position >= from && text[position] == ':' && text[position + 1] == ':')
                    return position;
            }
            return std::string_view::npos;
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
