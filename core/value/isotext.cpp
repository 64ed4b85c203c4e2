// SPDX-License-Identifier: MIT
#include "core/value/isotext.h"

#include <array>
#include <cstdlib>

namespace Cachelens {

namespace {

constexpr std::array<quint8, 12> daysOfMonth{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

bool isValid(Date date)
{
    if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12 || date.day < 1)
        return false;
    const bool leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
    const int days = daysOfMonth[date.month - 1U] + (leap && date.month == 2 ? 1 : 0);
    return date.day <= days;
}

void appendPadded(QByteArray &out, quint32 number, int width)
{
    std::array<char, 10> digits{};
    for (int i = width - 1; i >= 0; --i) {
        digits[static_cast<size_t>(i)] = static_cast<char>('0' + number % 10);
        number /= 10;
    }
    out.append(digits.data(), width);
}

void appendClock(QByteArray &out, quint32 hour, quint32 minute)
{
    appendPadded(out, hour, 2);
    out += ':';
    appendPadded(out, minute, 2);
}

/// Reads text from its front; every function says whether what it asked for was there.
class Scanner {
public:
    explicit Scanner(QByteArrayView text) : m_text(text) { }
    [[nodiscard]] bool atEnd() const { return m_text.isEmpty(); }
    [[nodiscard]] bool startsWith(char c) const { return m_text.startsWith(c); }
    bool skip(char c)
    {
        if (!m_text.startsWith(c))
            return false;
        m_text = m_text.sliced(1);
        return true;
    }
    bool number(qsizetype width, quint32 *number)
    {
        if (m_text.size() < width)
            return false;
        *number = 0;
        for (const char c : m_text.first(width)) {
            if (c < '0' || c > '9')
                return false;
            *number = *number * 10 + static_cast<quint32>(c - '0');
        }
        m_text = m_text.sliced(width);
        return true;
    }
    [[nodiscard]] qsizetype digits() const
    {
        qsizetype n = 0;
        while (n < m_text.size() && m_text[n] >= '0' && m_text[n] <= '9')
            ++n;
        return n;
    }

private:
    QByteArrayView m_text;
};

bool readDate(Scanner &in, Date *date)
{
    quint32 year = 0;
    quint32 month = 0;
    quint32 day = 0;
    if (!in.number(4, &year) || !in.skip('-') || !in.number(2, &month) || !in.skip('-')
        || !in.number(2, &day)) {
        return false;
    }
    *date = {static_cast<qint16>(year), static_cast<quint8>(month), static_cast<quint8>(day)};
    return isValid(*date);
}

bool readFraction(Scanner &in, quint32 *microsecond)
{
    const qsizetype width = in.digits();
    if (width < 1 || width > 6 || !in.number(width, microsecond))
        return false;
    for (qsizetype i = width; i < 6; ++i)
        *microsecond *= 10;
    return true;
}

bool readOffset(Scanner &in, std::optional<qint32> *offset)
{
    if (in.atEnd())
        return true;
    if (in.skip('Z')) {
        *offset = 0;
        return true;
    }
    const bool west = in.startsWith('-');
    quint32 hour = 0;
    quint32 minute = 0;
    quint32 second = 0;
    if ((!in.skip('-') && !in.skip('+')) || !in.number(2, &hour) || !in.skip(':')
        || !in.number(2, &minute) || (in.skip(':') && !in.number(2, &second))) {
        return false;
    }
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    const auto seconds = static_cast<qint32>(hour * 3600 + minute * 60 + second);
    *offset = west ? -seconds : seconds;
    return true;
}

bool readTime(Scanner &in, Time *time)
{
    quint32 hour = 0;
    quint32 minute = 0;
    quint32 second = 0;
    if (!in.number(2, &hour) || !in.skip(':') || !in.number(2, &minute)
        || (in.skip(':') && !in.number(2, &second))
        || (in.skip('.') && !readFraction(in, &time->microsecond))
        || !readOffset(in, &time->utcOffset)) {
        return false;
    }
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    time->hour = static_cast<quint8>(hour);
    time->minute = static_cast<quint8>(minute);
    time->second = static_cast<quint8>(second);
    return in.atEnd();
}

} // namespace

void appendIso(QByteArray &out, Date date)
{
    appendPadded(out, static_cast<quint32>(date.year), 4);
    out += '-';
    appendPadded(out, date.month, 2);
    out += '-';
    appendPadded(out, date.day, 2);
}

void appendIso(QByteArray &out, const Time &time)
{
    appendClock(out, time.hour, time.minute);
    out += ':';
    appendPadded(out, time.second, 2);
    if (time.microsecond != 0) {
        out += '.';
        appendPadded(out, time.microsecond, 6);
    }
    if (!time.utcOffset)
        return;
    out += *time.utcOffset < 0 ? '-' : '+';
    const auto offset = static_cast<quint32>(std::abs(*time.utcOffset));
    appendClock(out, offset / 3600, offset / 60 % 60);
    if (offset % 60 != 0) {
        out += ':';
        appendPadded(out, offset % 60, 2);
    }
}

void appendIso(QByteArray &out, const DateTime &dateTime, char separator)
{
    appendIso(out, dateTime.date);
    out += separator;
    appendIso(out, dateTime.time);
}

std::optional<Date> dateFromIso(QByteArrayView text)
{
    Scanner in(text);
    Date date;
    if (!readDate(in, &date) || !in.atEnd())
        return std::nullopt;
    return date;
}

std::optional<Time> timeFromIso(QByteArrayView text)
{
    Scanner in(text);
    Time time;
    if (!readTime(in, &time))
        return std::nullopt;
    return time;
}

std::optional<DateTime> dateTimeFromIso(QByteArrayView text)
{
    Scanner in(text);
    DateTime result;
    if (!readDate(in, &result.date) || (!in.skip('T') && !in.skip(' '))
        || !readTime(in, &result.time)) {
        return std::nullopt;
    }
    return result;
}

} // namespace Cachelens
