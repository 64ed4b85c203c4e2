// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"

#include <QString>

#include <chrono>

namespace Cachelens {

/// Exact; grouped above 9,999. A lower bound has a sign in front that says so.
[[nodiscard]] QString formatCount(qint64 count, bool lowerBound = false);
/// "1 key", "12,345 keys", "≥ 1 keys": `one` when it is exactly one, else `many` with the count for
/// its %1.
[[nodiscard]] QString counted(qint64 count, const QString &one, const QString &many,
                              bool lowerBound = false);
/// Three digits at most, for places that are narrow: 1.2k, 412k, 3.4M.
[[nodiscard]] QString compactNumber(qint64 count);
/// 812 B, 1.2 kB, 3.4 MB (powers of 1,000).
[[nodiscard]] QString formatBytes(qint64 bytes);
/// 30 µs, 0.3 ms, 40 ms: for latencies.
[[nodiscard]] QString formatLatency(std::chrono::microseconds latency);
/// What is left or has passed, to two units: 12 s, 4:48, 3 h 12 min, 2 d 4 h. Negative ones count
/// as zero.
[[nodiscard]] QString formatDuration(std::chrono::milliseconds duration);
/// 12 s ago, 36 min ago, in 4:48, just now.
[[nodiscard]] QString relativeTime(WallTime time, WallTime now);
/// Date and time to the second in the local zone, for tooltips and copies.
[[nodiscard]] QString exactTime(WallTime time);

} // namespace Cachelens
