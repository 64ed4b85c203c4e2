// SPDX-License-Identifier: MIT
#include "core/payload/payloadtext.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace Cachelens {

namespace {

template <typename Word> Word wordAt(const char *at)
{
    Word word = 0;
    std::memcpy(&word, at, sizeof(word));
    return word;
}

bool isAscii(QByteArrayView text)
{
    constexpr quint64 highBits = 0x8080808080808080U;
    const char *at = text.data();
    const char *end = at + text.size();
    if (text.size() < 4)
        return std::none_of(at, end, [](char c) { return (c & '\x80') != 0; });
    if (text.size() < 8) // in two words that overlap
        return ((wordAt<quint32>(at) | wordAt<quint32>(end - 4)) & quint32(highBits)) == 0;
    for (; end - at > 8; at += 8) {
        if ((wordAt<quint64>(at) & highBits) != 0)
            return false;
    }
    return (wordAt<quint64>(end - 8) & highBits) == 0;
}

/// Reads exactly `digits` hexadecimal digits from the front of `text` and takes them away.
std::optional<char32_t> takeHex(QByteArrayView &text, qsizetype digits)
{
    if (text.size() < digits)
        return std::nullopt;
    quint32 number = 0;
    const char *end = text.data() + digits;
    const auto read = std::from_chars(text.data(), end, number, 16);
    if (read.ec != std::errc() || read.ptr != end)
        return std::nullopt;
    text = text.sliced(digits);
    return number;
}

/// The character after a backslash in a literal of bytes; takes what more belongs to it.
bool appendEscaped(QByteArray &out, char escaped, QByteArrayView &rest)
{
    switch (escaped) {
    case '\n':
        return true;
    case '\\':
    case '\'':
    case '"':
        out += escaped;
        return true;
    case 'a':
        out += '\a';
        return true;
    case 'b':
        out += '\b';
        return true;
    case 'f':
        out += '\f';
        return true;
    case 'n':
        out += '\n';
        return true;
    case 'r':
        out += '\r';
        return true;
    case 't':
        out += '\t';
        return true;
    case 'v':
        out += '\v';
        return true;
    case 'x': {
        const auto byte = takeHex(rest, 2);
        if (byte)
            out += static_cast<char>(*byte);
        return byte.has_value();
    }
    default:
        break;
    }
    if (escaped < '0' || escaped > '7') {
        out += '\\';
        out += escaped;
        return true;
    }
    int byte = escaped - '0';
    for (int digits = 1; digits < 3 && !rest.isEmpty() && rest[0] >= '0' && rest[0] <= '7';
         ++digits, rest = rest.sliced(1))
        byte = byte * 8 + (rest[0] - '0');
    out += static_cast<char>(byte);
    return true;
}

} // namespace

bool isUtf8(QByteArrayView text)
{
    return isAscii(text) || QByteArray::fromRawData(text.data(), text.size()).isValidUtf8();
}

std::optional<QByteArray> utf8FromSurrogatePass(QByteArrayView text)
{
    QByteArray out;
    out.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const bool half = text[i] == '\xed' && i + 2 < text.size()
            && (text[i + 1] & '\xe0') == '\xa0' && (text[i + 2] & '\xc0') == '\x80';
        if (half) {
            out += "\xef\xbf\xbd";
            i += 2;
        } else {
            out += text[i];
        }
    }
    if (!isUtf8(out))
        return std::nullopt;
    return out;
}

std::optional<QByteArray> latin1FromUtf8(QByteArrayView text)
{
    QByteArray out;
    out.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80) {
            out += text[i];
        } else if ((lead == 0xc2 || lead == 0xc3) && i + 1 < text.size()) {
            const auto tail = static_cast<unsigned char>(text[++i]);
            out += static_cast<char>((lead & 3) << 6 | (tail & 0x3f));
        } else {
            return std::nullopt;
        }
    }
    return out;
}

void appendUtf8(QByteArray &out, char32_t character)
{
    if ((character >= 0xd800 && character < 0xe000) || character > 0x10ffff)
        character = 0xfffd;
    if (character < 0x80) {
        out += static_cast<char>(character);
    } else if (character < 0x800) {
        out += static_cast<char>(0xc0 | character >> 6);
        out += static_cast<char>(0x80 | (character & 0x3f));
    } else if (character < 0x10000) {
        out += static_cast<char>(0xe0 | character >> 12);
        out += static_cast<char>(0x80 | (character >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (character & 0x3f));
    } else {
        out += static_cast<char>(0xf0 | character >> 18);
        out += static_cast<char>(0x80 | (character >> 12 & 0x3f));
        out += static_cast<char>(0x80 | (character >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (character & 0x3f));
    }
}

std::optional<QByteArray> unquotePython(QByteArrayView literal)
{
    if (literal.size() < 2 || literal.front() != literal.back()
        || (literal.front() != '\'' && literal.front() != '"'))
        return std::nullopt;
    QByteArrayView rest = literal.sliced(1, literal.size() - 2);
    QByteArray out;
    out.reserve(rest.size());
    while (!rest.isEmpty()) {
        const char c = rest[0];
        rest = rest.sliced(1);
        if (c != '\\') {
            out += c;
            continue;
        }
        if (rest.isEmpty())
            return std::nullopt;
        const char escaped = rest[0];
        rest = rest.sliced(1);
        if (!appendEscaped(out, escaped, rest))
            return std::nullopt;
    }
    return out;
}

std::optional<QByteArray> unescapeRawUnicode(QByteArrayView text)
{
    QByteArray out;
    out.reserve(text.size());
    while (!text.isEmpty()) {
        const char c = text[0];
        text = text.sliced(1);
        const bool escape = c == '\\' && !text.isEmpty() && (text[0] == 'u' || text[0] == 'U');
        if (!escape) {
            appendUtf8(out, static_cast<unsigned char>(c));
            continue;
        }
        const qsizetype digits = text[0] == 'u' ? 4 : 8;
        text = text.sliced(1);
        const auto character = takeHex(text, digits);
        if (!character || *character > 0x10ffff)
            return std::nullopt;
        appendUtf8(out, *character);
    }
    return out;
}

} // namespace Cachelens
