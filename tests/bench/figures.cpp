// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/figures.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <unistd.h>

namespace Cachelens::Testing {

void tell(const Figure &figure)
{
    const double ratio = figure.floor > 0 ? figure.value / figure.floor : 0;
    const double judged = figure.floor > 0 ? ratio : figure.value;
    std::fprintf(stderr, "%-42s %10.1f %-6s floor %8.1f  ratio %5.2f  limit %7.2f  %s\n",
                 figure.name.constData(), figure.value, figure.unit.constData(), figure.floor,
                 ratio, figure.limit,
                 figure.limit == 0 ? "" : (judged <= figure.limit ? "ok" : "MISSED"));
    std::printf("{\"figure\":\"%s\",\"unit\":\"%s\",\"value\":%.3f,\"floor\":%.3f,"
                "\"ratio\":%.3f,\"limit\":%.2f}\n",
                figure.name.trimmed().constData(), figure.unit.constData(), figure.value,
                figure.floor, ratio, figure.limit);
    std::fflush(stdout);
}

double milliseconds(const QElapsedTimer &timer)
{
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values.at(values.size() / 2);
}

double perCall(int calls, const std::function<void(int)> &call)
{
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < calls; ++i)
        call(i);
    return milliseconds(timer) * 1000 / calls;
}

std::pair<double, double> inTurns(const std::function<double()> &one,
                                  const std::function<double()> &other, int rounds)
{
    std::vector<double> ones;
    std::vector<double> others;
    for (int round = 0; round < rounds; ++round) {
        ones.push_back(one());
        others.push_back(other());
    }
    return {median(std::move(ones)), median(std::move(others))};
}

double residentBytes()
{
    std::ifstream statm("/proc/self/statm");
    double total = 0;
    double resident = 0;
    statm >> total >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

} // namespace Cachelens::Testing
