// SPDX-License-Identifier: MIT
#include "core/codec/scalarvalue.h"

#include "core/value/isotext.h"

#include <cstdlib>

namespace Cachelens::Detail {

namespace {

constexpr qint64 longestDays = 100'000'000; // as microseconds they fit in 64 bits

bool isPythonDate(QDate date)
{
    return date.year() >= 1 && date.year() <= 9999;
}

Date plainDate(QDate date)
{
    return {static_cast<qint16>(date.year()), static_cast<quint8>(date.month()),
            static_cast<quint8>(date.day())};
}

Time plainTime(QTime time)
{
    return {static_cast<quint8>(time.hour()), static_cast<quint8>(time.minute()),
            static_cast<quint8>(time.second()), static_cast<quint32>(time.msec()) * 1000,
            std::nullopt};
}

QDate qtDate(Date date)
{
    return {date.year, date.month, date.day};
}

QTime qtTime(const Time &time)
{
    return {time.hour, time.minute, time.second, static_cast<int>(time.microsecond / 1000)};
}

/// A year that Python does not have, always with its sign: `+12345-01-02`.
QByteArray farDateText(QDate date)
{
    const auto padded
        = [](int number) { return QByteArray::number(number).rightJustified(2, '0'); };
    return (date.year() < 0 ? "-" : "+") + QByteArray::number(std::abs(qint64(date.year()))) + '-'
        + padded(date.month()) + '-' + padded(date.day());
}

QDate farDate(QByteArrayView text)
{
    if (text.size() < 2 || (text.front() != '+' && text.front() != '-'))
        return {};
    const QList<QByteArray> parts = text.sliced(1).toByteArray().split('-');
    if (parts.size() != 3)
        return {};
    std::array<bool, 3> ok{};
    const int year = parts[0].toInt(&ok[0]);
    const int month = parts[1].toInt(&ok[1]);
    const int day = parts[2].toInt(&ok[2]);
    return ok[0] && ok[1] && ok[2] ? QDate(text.front() == '-' ? -year : year, month, day)
                                   : QDate();
}

QDateTime qtDateTime(QDate date, const Time &time)
{
    if (!time.utcOffset)
        return {date, qtTime(time)};
    return *time.utcOffset == 0 ? QDateTime(date, qtTime(time), Qt::UTC)
                                : QDateTime(date, qtTime(time), Qt::OffsetFromUTC, *time.utcOffset);
}

template <typename Found> std::optional<Found> ifValid(const Found &found)
{
    return found.isValid() ? std::optional(found) : std::nullopt;
}

/// Reads a duration's text from its front.
class DurationReader {
public:
    explicit DurationReader(QByteArrayView text) : m_text(text) { }

    std::optional<std::chrono::microseconds> run()
    {
        using namespace std::chrono;
        const bool negative = skip("-");
        qint64 d = 0;
        qint64 h = 0;
        qint64 m = 0;
        qint64 s = 0;
        qint64 us = 0;
        if (!skip("P") || !number(&d) || !skip("DT") || !number(&h) || !skip("H") || !number(&m)
            || !skip("M") || !number(&s) || (skip(".") && !fraction(&us)) || !skip("S")
            || !m_text.isEmpty() || d > longestDays || h > 23 || m > 59 || s > 59) {
            return std::nullopt;
        }
        const microseconds sum = days(d) + hours(h) + minutes(m) + seconds(s) + microseconds(us);
        return negative ? -sum : sum;
    }

private:
    bool skip(QByteArrayView what)
    {
        if (!m_text.startsWith(what))
            return false;
        m_text = m_text.sliced(what.size());
        return true;
    }
    bool number(qint64 *out)
    {
        constexpr qsizetype most = 9;
        qsizetype digits = 0;
        for (*out = 0; digits < most && digits < m_text.size() && m_text[digits] >= '0'
             && m_text[digits] <= '9';
             ++digits)
            *out = *out * 10 + (m_text[digits] - '0');
        m_text = m_text.sliced(digits); // of a longer one, digits are left where none may be
        return digits >= 1;
    }
    bool fraction(qint64 *out)
    {
        const qsizetype before = m_text.size();
        return number(out) && before - m_text.size() == 6;
    }

    QByteArrayView m_text;
};

} // namespace

QByteArray utf8Of(QStringView text)
{
    if (text.isValidUtf16())
        return text.toUtf8();
    QByteArray out;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (c.isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate()) {
            out += text.sliced(i, 2).toUtf8();
            ++i;
        } else if (c.isSurrogate()) {
            const char16_t unit = c.unicode();
            out += static_cast<char>(0xe0 | (unit >> 12));
            out += static_cast<char>(0x80 | ((unit >> 6) & 0x3f));
            out += static_cast<char>(0x80 | (unit & 0x3f));
        } else {
            out += QStringView(&c, 1).toUtf8();
        }
    }
    return out;
}

Value valueOfDate(QDate date)
{
    if (!date.isValid())
        return Value();
    return isPythonDate(date) ? Value(plainDate(date)) : Value::string(farDateText(date));
}

Value valueOfTime(QTime time)
{
    return time.isValid() ? Value(plainTime(time)) : Value();
}

Value valueOfDateTime(const QDateTime &dateTime)
{
    if (!dateTime.isValid())
        return Value();
    Time time = plainTime(dateTime.time());
    time.utcOffset = dateTime.offsetFromUtc();
    const QDate date = dateTime.date();
    if (isPythonDate(date))
        return Value(DateTime{plainDate(date), time});
    QByteArray text = farDateText(date) + 'T';
    appendIso(text, time);
    return Value::string(text);
}

Value valueOfUuid(const QUuid &uuid)
{
    return Value::uuid(uuid.toByteArray(QUuid::WithoutBraces));
}

Value valueOfDuration(std::chrono::days days, std::chrono::microseconds rest)
{
    if (std::chrono::abs(days).count() > longestDays) {
        return Value::string(QByteArray::number(qint64(days.count())) + " days, "
                             + QByteArray::number(qint64(rest.count())) + " microseconds");
    }
    return Value(TimeDelta{static_cast<qint32>(days.count()),
                           static_cast<qint32>(rest.count() / 1'000'000),
                           static_cast<qint32>(rest.count() % 1'000'000)});
}

std::optional<QDate> dateOfValue(const Value &value)
{
    switch (value.type()) {
    case Value::Type::None:
        return QDate();
    case Value::Type::Date:
        return ifValid(qtDate(value.date()));
    case Value::Type::String:
        if (const std::optional<Date> date = dateFromIso(value.text()))
            return ifValid(qtDate(*date));
        return ifValid(farDate(value.text()));
    default:
        return std::nullopt;
    }
}

std::optional<QTime> timeOfValue(const Value &value)
{
    switch (value.type()) {
    case Value::Type::None:
        return QTime();
    case Value::Type::Time:
        return ifValid(qtTime(value.time()));
    case Value::Type::String:
        if (const std::optional<Time> time = timeFromIso(value.text()))
            return ifValid(qtTime(*time));
        return std::nullopt;
    default:
        return std::nullopt;
    }
}

std::optional<QDateTime> dateTimeOfValue(const Value &value)
{
    if (value.isNone())
        return QDateTime();
    if (value.type() == Value::Type::DateTime) {
        const DateTime plain = value.dateTime();
        return ifValid(qtDateTime(qtDate(plain.date), plain.time));
    }
    if (!value.isString())
        return std::nullopt;
    const QByteArrayView text = value.text();
    if (const std::optional<DateTime> plain = dateTimeFromIso(text))
        return ifValid(qtDateTime(qtDate(plain->date), plain->time));
    const qsizetype mark = text.indexOf('T');
    if (mark < 0)
        return std::nullopt;
    const QDate date = farDate(QByteArrayView(text).first(mark));
    const std::optional<Time> time = timeFromIso(QByteArrayView(text).sliced(mark + 1));
    return date.isValid() && time ? ifValid(qtDateTime(date, *time)) : std::nullopt;
}

std::optional<QUuid> uuidOfValue(const Value &value)
{
    if (value.type() != Value::Type::Uuid && !value.isString())
        return std::nullopt;
    const QByteArray text = value.toByteArray();
    const QUuid uuid = QUuid::fromString(QLatin1StringView(text));
    return uuid.toByteArray(QUuid::WithoutBraces) == text.toLower() ? std::optional(uuid)
                                                                    : std::nullopt;
}

std::optional<std::chrono::microseconds> durationOfValue(const Value &value)
{
    using namespace std::chrono;
    if (value.isString())
        return DurationReader(value.text()).run();
    if (value.type() != Value::Type::TimeDelta)
        return std::nullopt;
    const TimeDelta delta = value.timeDelta();
    if (std::abs(qint64(delta.days)) > longestDays)
        return std::nullopt;
    return days(delta.days) + seconds(delta.seconds) + microseconds(delta.microseconds);
}

} // namespace Cachelens::Detail
