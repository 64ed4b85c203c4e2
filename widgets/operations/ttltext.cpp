// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/operations/ttltext.h"

#include <QCoreApplication>

#include <array>

namespace Cachelens {

namespace {

using std::chrono::milliseconds;

struct Unit {
    const char *name;
    qint64 ms;
};
constexpr std::array units{
    Unit{"w", 604'800'000}, Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"min", 60'000},
    Unit{"m", 60'000},      Unit{"s", 1000},       Unit{"ms", 1},
};
constexpr qint64 longestMs = 100LL * 365 * 86'400'000;

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(Cachelens::TtlText)
};

tl::unexpected<QString> fail(const QString &why)
{
    return tl::unexpected<QString>(why);
}

QStringView takeWhile(QStringView &rest, auto condition)
{
    qsizetype length = 0;
    while (length < rest.size() && condition(rest[length]))
        ++length;
    const QStringView taken = rest.first(length);
    rest = rest.sliced(length);
    return taken;
}

} // namespace

tl::expected<Ttl, QString> ttlFromText(QStringView text)
{
    const QString lower = text.toString().trimmed().toLower();
    if (lower.isEmpty())
        return fail(Tr::tr("Type how long the entry is to live: 90s, 5m, 1h 30m, or none."));
    if (lower == QLatin1String("none") || lower == QLatin1String("never"))
        return Ttl();

    qint64 total = 0;
    QStringView rest = lower;
    for (bool first = true; !rest.isEmpty(); first = false) {
        const QStringView number = takeWhile(rest, [](QChar c) { return c >= u'0' && c <= u'9'; });
        takeWhile(rest, [](QChar c) { return c.isSpace(); });
        const QStringView unit = takeWhile(rest, [](QChar c) { return c.isLetter(); });
        takeWhile(rest, [](QChar c) { return c.isSpace(); });
        if (number.isEmpty())
            return fail(
                Tr::tr("\u201c%1\u201d is not a time. Type for example 90s, 5m, 1h 30m, or none.")
                    .arg(text.toString().trimmed()));
        bool fits = false;
        const qint64 count = number.toLongLong(&fits);
        if (!fits || count > longestMs)
            return fail(Tr::tr("That is too long. For an entry without expiry type none."));
        qint64 unitMs = 0;
        if (unit.isEmpty() && first && rest.isEmpty()) {
            unitMs = 1000; // a number alone counts seconds
        } else {
            for (const Unit &known : units) {
                if (unit == QLatin1String(known.name))
                    unitMs = known.ms;
            }
        }
        if (unitMs == 0)
            return fail(unit.isEmpty()
                            ? Tr::tr("Say what %1 counts: s, m, h, d or w.").arg(number)
                            : Tr::tr("\u201c%1\u201d is not a unit. There are s, m, h, d and w.")
                                  .arg(unit));
        if (count > (longestMs - total) / unitMs)
            return fail(Tr::tr("That is too long. For an entry without expiry type none."));
        total += count * unitMs;
    }
    if (total == 0)
        return fail(
            Tr::tr("With no time to live the entry would be gone. To delete it use Delete."));
    return Ttl(milliseconds(total));
}

QString ttlToText(Ttl ttl)
{
    if (!ttl)
        return QStringLiteral("none");
    qint64 left = ttl->count();
    if (left >= 1000)
        left -= left % 1000;
    QString text;
    for (const Unit &unit : units) {
        if (QLatin1String(unit.name) == QLatin1String("min"))
            continue; // m says the same
        if (left < unit.ms)
            continue;
        if (!text.isEmpty())
            text += u' ';
        text += QString::number(left / unit.ms) + QLatin1String(unit.name);
        left %= unit.ms;
    }
    return text.isEmpty() ? QStringLiteral("0s") : text;
}

} // namespace Cachelens
