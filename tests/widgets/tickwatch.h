// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>

#include <chrono>
#include <ctime>

namespace Cachelens::Testing {

/// Watches that the event loop of its thread keeps turning. What it measures is the processor time
/// that the thread spent between two turns, so that a busy machine does not count against it.
class TickWatch final : public QObject {
public:
    TickWatch()
    {
        m_timer.setInterval(0);
        QObject::connect(&m_timer, &QTimer::timeout, this, [this] { tick(); });
        m_last = used();
        m_timer.start();
    }

    [[nodiscard]] int ticks() const { return m_ticks; }
    [[nodiscard]] std::chrono::milliseconds longest() const
    {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
            std::max(m_longest, used() - m_last));
    }
    /// What a test allows: sanitizers make everything several times as slow.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    static constexpr std::chrono::milliseconds allowed{250};
#else
    static constexpr std::chrono::milliseconds allowed{50};
#endif

private:
    static std::chrono::nanoseconds used()
    {
        timespec now{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
    }

    void tick()
    {
        const auto now = used();
        m_longest = std::max(m_longest, now - m_last);
        m_last = now;
        ++m_ticks;
    }

    QTimer m_timer;
    std::chrono::nanoseconds m_last{0};
    std::chrono::nanoseconds m_longest{0};
    int m_ticks = 0;
};

} // namespace Cachelens::Testing
