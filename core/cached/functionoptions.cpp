// SPDX-License-Identifier: MIT
#include "core/cached/functionoptions.h"

#include <cmath>
#include <stdexcept>

namespace Cachelens::Detail {

namespace {

constexpr std::chrono::years longestTime(100); // what is added to a time stays one

QByteArray text(std::chrono::milliseconds time)
{
    return QByteArray::number(qint64(time.count())) + " ms";
}

} // namespace

void checkRanges(const FunctionSettings &settings, qsizetype compressAbove)
{
    using std::chrono::milliseconds;
    const auto require = [&](bool isMet, const char *option, const QByteArray &value,
                             const char *requirement) {
        if (!isMet)
            throw std::invalid_argument(("the cached function '" + settings.id + "' has the option "
                                         + option + " = " + value + ": it must be " + requirement)
                                            .toStdString());
    };
    const auto requirePositive = [&](const char *option, std::optional<milliseconds> time) {
        if (time)
            require(*time > milliseconds(0) && *time <= longestTime, option, text(*time),
                    "more than 0, and at most 100 years");
    };
    const auto requireNotNegative = [&](const char *option, milliseconds time) {
        require(time >= milliseconds(0) && time <= longestTime, option, text(time),
                "0 or more, and at most 100 years");
    };
    requirePositive("ttl", settings.ttl);
    requireNotNegative("staleFor", settings.staleFor);
    requireNotNegative("staleOnErrorFor", settings.staleOnErrorFor);
    requirePositive("softLimit", settings.softLimit);
    requirePositive("hardLimit", settings.hardLimit);
    if (settings.softLimit && settings.hardLimit)
        require(*settings.softLimit <= *settings.hardLimit, "softLimit", text(*settings.softLimit),
                "no longer than hardLimit");
    require(settings.ttlJitter >= 0 && settings.ttlJitter <= 1, "ttlJitter",
            QByteArray::number(settings.ttlJitter), "from 0 to 1");
    require(std::isfinite(settings.earlyRefresh) && settings.earlyRefresh >= 0, "earlyRefresh",
            QByteArray::number(settings.earlyRefresh), "finite, and 0 or more");
    require(compressAbove >= 0, "compressAbove", QByteArray::number(compressAbove), "0 or more");
}

} // namespace Cachelens::Detail
