// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"

#include <atomic>

namespace Cachelens::Testing {

/// A clock that stands still until a test moves it. Thread-safe.
class ManualClock final : public Clock {
public:
    explicit ManualClock(WallTime start = WallTime(std::chrono::milliseconds(1'800'000'000'000)))
        : m_start(start)
    {
    }

    [[nodiscard]] WallTime now() const override { return m_start + passed(); }
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const override
    {
        return std::chrono::steady_clock::time_point(passed());
    }

    void advance(std::chrono::milliseconds by) { m_passed += by.count(); }

private:
    [[nodiscard]] std::chrono::milliseconds passed() const
    {
        return std::chrono::milliseconds(m_passed.load());
    }

    const WallTime m_start;
    std::atomic<std::chrono::milliseconds::rep> m_passed = 0;
};

} // namespace Cachelens::Testing
