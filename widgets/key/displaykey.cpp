// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/key/displaykey.h"

#include <QChar>

#include <optional>

namespace Cachelens {

namespace {

struct Character {
    char32_t code = 0;
    qsizetype length = 0;
};

/// The character at the front of the bytes; none when they are not well-formed UTF-8.
std::optional<Character> firstCharacter(QByteArrayView bytes)
{
    const auto byte = [&](qsizetype i) { return static_cast<uchar>(bytes[i]); };
    const uchar lead = byte(0);
    if (lead < 0x80)
        return Character{lead, 1};
    const qsizetype length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || bytes.size() < length)
        return {};
    char32_t code = lead & (0x7fU >> length);
    for (qsizetype i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80)
            return {};
        code = code << 6 | (byte(i) & 0x3fU);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return {};
    return Character{code, length};
}

bool canBeSeen(char32_t code)
{
    switch (QChar::category(code)) {
    case QChar::Other_Control:
    case QChar::Other_Format:
    case QChar::Other_Surrogate:
    case QChar::Other_PrivateUse:
    case QChar::Other_NotAssigned:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return false;
    case QChar::Separator_Space:
        return code == U' ';
    default:
        return true;
    }
}

/// Gives every character that can be seen to `visible`, and every byte that cannot to `hidden`.
template <typename Visible, typename Hidden>
void eachCharacter(QByteArrayView bytes, Visible visible, Hidden hidden)
{
    while (!bytes.isEmpty()) {
        const auto character = firstCharacter(bytes);
        const qsizetype length = character ? character->length : 1;
        if (character && canBeSeen(character->code)) {
            visible(bytes.first(length));
        } else {
            for (qsizetype i = 0; i < length; ++i)
                hidden(static_cast<uchar>(bytes[i]));
        }
        bytes = bytes.sliced(length);
    }
}

QByteArray hexEscape(uchar byte)
{
    static constexpr char digits[] = "0123456789abcdef";
    return {QByteArray("\\x") + digits[byte >> 4] + digits[byte & 0xf]};
}

std::optional<int> hexDigit(QChar c)
{
    const char16_t u = c.unicode();
    if (u >= u'0' && u <= u'9')
        return u - u'0';
    if (u >= u'a' && u <= u'f')
        return u - u'a' + 10;
    if (u >= u'A' && u <= u'F')
        return u - u'A' + 10;
    return {};
}

} // namespace

QString displayKey(QByteArrayView bytes)
{
    QByteArray out;
    out.reserve(bytes.size());
    eachCharacter(
        bytes,
        [&](QByteArrayView c) {
            if (c == QByteArrayView("\\"))
                out += '\\';
            out += c;
        },
        [&](uchar byte) { out += hexEscape(byte); });
    return QString::fromUtf8(out);
}

QByteArray bytesOfDisplayKey(QStringView text)
{
    QByteArray out;
    qsizetype plainFrom = 0;
    const auto takePlain
        = [&](qsizetype end) { out += text.sliced(plainFrom, end - plainFrom).toUtf8(); };
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != u'\\' || i + 1 == text.size())
            continue;
        if (text[i + 1] == u'\\') {
            takePlain(i + 1);
            plainFrom = i + 2;
            ++i;
        } else if (text[i + 1] == u'x' && i + 3 < text.size()) {
            const auto high = hexDigit(text[i + 2]);
            const auto low = hexDigit(text[i + 3]);
            if (!high || !low)
                continue;
            takePlain(i);
            out += static_cast<char>(*high << 4 | *low);
            plainFrom = i + 4;
            i += 3;
        }
    }
    takePlain(text.size());
    return out;
}

} // namespace Cachelens
