// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/format.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <array>
#include <cmath>

namespace Cachelens {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(Cachelens::Format)
};

/// Two significant places below ten, none above, and never "1000" of a unit.
QString scaled(double amount)
{
    const int decimals = amount < 9.95 ? 1 : 0;
    return QLocale().toString(amount, 'f', decimals);
}

/// The amount in the largest of so many units of which there is one, and which unit that is.
std::pair<double, std::size_t> toUnit(qint64 amount, std::size_t units)
{
    auto value = static_cast<double>(amount);
    std::size_t unit = 0;
    while (std::abs(value) >= 999.5 && unit + 1 < units) {
        value /= 1000;
        ++unit;
    }
    return {value, unit};
}

} // namespace

QString formatCount(qint64 count, bool lowerBound)
{
    QLocale locale;
    if (std::abs(count) <= 9999)
        locale.setNumberOptions(locale.numberOptions() | QLocale::OmitGroupSeparator);
    const QString text = locale.toString(count);
    return lowerBound ? Tr::tr("≥ %1", "a count that may still grow").arg(text) : text;
}

QString counted(qint64 count, const QString &one, const QString &many, bool lowerBound)
{
    return count == 1 && !lowerBound ? one : many.arg(formatCount(count, lowerBound));
}

QString compactNumber(qint64 count)
{
    static constexpr qint64 exactBelow = 1000;
    if (std::abs(count) < exactBelow)
        return QLocale().toString(count);
    const std::array units{QString(), Tr::tr("k", "thousands"), Tr::tr("M", "millions"),
                           Tr::tr("G", "thousand millions")};
    const auto [value, unit] = toUnit(count, units.size());
    return scaled(value) + units[unit];
}

QString formatBytes(qint64 bytes)
{
    const std::array units{Tr::tr("B"), Tr::tr("kB"), Tr::tr("MB"), Tr::tr("GB"), Tr::tr("TB")};
    const auto [value, unit] = toUnit(bytes, units.size());
    const QString number = unit == 0 ? QLocale().toString(bytes) : scaled(value);
    return Tr::tr("%1 %2", "number and unit of bytes").arg(number, units[unit]);
}

QString formatLatency(std::chrono::microseconds latency)
{
    if (latency.count() < 100)
        return Tr::tr("%1 \u00b5s").arg(latency.count());
    const double milliseconds = static_cast<double>(latency.count()) / 1000;
    return Tr::tr("%1 ms").arg(QLocale().toString(milliseconds, 'f', milliseconds < 9.95 ? 1 : 0));
}

QString formatDuration(std::chrono::milliseconds duration)
{
    using namespace std::chrono;
    const auto total = std::max<qint64>(0, floor<seconds>(duration).count());
    const auto s = total % 60;
    const auto min = total / 60 % 60;
    const auto h = total / 3600 % 24;
    const auto d = total / 86400;
    if (d > 0)
        return h > 0 ? Tr::tr("%1 d %2 h").arg(d).arg(h) : Tr::tr("%1 d").arg(d);
    if (h > 0)
        return min > 0 ? Tr::tr("%1 h %2 min").arg(h).arg(min) : Tr::tr("%1 h").arg(h);
    if (min > 0)
        return Tr::tr("%1:%2", "minutes and seconds").arg(min).arg(s, 2, 10, QLatin1Char('0'));
    return Tr::tr("%1 s").arg(s);
}

QString relativeTime(WallTime time, WallTime now)
{
    using namespace std::chrono_literals;
    const auto passed = now - time;
    if (passed < 1s && passed > -1s)
        return Tr::tr("just now");
    const bool minutes = passed >= 1min && passed < 1h;
    const QString ago = minutes ? Tr::tr("%1 min").arg(passed / 1min) : formatDuration(passed);
    return passed > 0s ? Tr::tr("%1 ago").arg(ago) : Tr::tr("in %1").arg(formatDuration(-passed));
}

QString exactTime(WallTime time)
{
    const auto local = QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count());
    return local.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss t"));
}

} // namespace Cachelens
