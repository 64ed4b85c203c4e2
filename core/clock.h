// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace Cachelens {

/// Milliseconds since the Unix epoch, UTC. What Redis calls an absolute expiry.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

/// Where time comes from. Everything in core that looks at the time, or measures it, is given one,
/// so that a test can let an hour pass at once. Only threads that really wait (for a deadline, a
/// pause, an answer) wait by the machine's clock. Thread-safe.
class Clock {
public:
    virtual ~Clock() = default;

    [[nodiscard]] virtual WallTime now() const = 0;
    /// Never goes back; only differences mean something.
    [[nodiscard]] virtual std::chrono::steady_clock::time_point steady() const = 0;
};

/// The machine's own clocks.
class SystemClock final : public Clock {
public:
    [[nodiscard]] WallTime now() const override;
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const override;
};

} // namespace Cachelens
