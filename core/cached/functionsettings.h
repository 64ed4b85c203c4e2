// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

#include <algorithm>
#include <chrono>
#include <optional>

namespace Cachelens {

/// What a function's calls have in common, without its types.
struct FunctionSettings {
    QByteArray id;
    std::optional<std::chrono::milliseconds> ttl; ///< none: no expiry
    std::chrono::milliseconds staleFor{0};
    std::chrono::milliseconds staleOnErrorFor{0};
    std::optional<std::chrono::milliseconds> softLimit;
    std::optional<std::chrono::milliseconds> hardLimit;
    double ttlJitter = 0;
    double earlyRefresh = 0;
    bool oneFlight = true;
    bool acrossProcesses = true;

    /// How long after its time an entry may still be of use.
    [[nodiscard]] std::chrono::milliseconds oldFor() const
    {
        return std::max(staleFor, staleOnErrorFor);
    }
    /// How long the backend keeps an entry that is fresh for `freshFor`.
    [[nodiscard]] std::optional<std::chrono::milliseconds>
    keptFor(std::optional<std::chrono::milliseconds> freshFor) const
    {
        if (!freshFor)
            return std::nullopt;
        return *freshFor + oldFor();
    }
};

} // namespace Cachelens
