// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QElapsedTimer>

#include <functional>
#include <utility>
#include <vector>

namespace Cachelens::Testing {

/// One thing measured, and how it is judged.
struct Figure {
    QByteArray name;
    QByteArray unit;
    double value = 0;
    double floor = 0; ///< of the plain loop, in the same unit; 0: none
    double limit = 0; ///< of value / floor where there is a floor, else of the value; 0: none
};

/// A row of the table on standard error, a JSON line on standard output.
void tell(const Figure &figure);

[[nodiscard]] double milliseconds(const QElapsedTimer &timer);
[[nodiscard]] double median(std::vector<double> values);
/// Microseconds of one call, over many; the argument counts them.
[[nodiscard]] double perCall(int calls, const std::function<void(int)> &call);
/// Medians of two things measured in turns. Many short rounds drift alike with what else the
/// machine does.
[[nodiscard]] std::pair<double, double> inTurns(const std::function<double()> &one,
                                                const std::function<double()> &other, int rounds);
/// Of this process, in memory now.
[[nodiscard]] double residentBytes();

} // namespace Cachelens::Testing
