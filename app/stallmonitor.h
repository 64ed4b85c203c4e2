// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <chrono>
#include <optional>

namespace Cachelens {

/// Measures the longest time that the thread it lives on did not return to its event loop: from the
/// first event of a turn to the end of that turn; and how long after the start of the process the
/// first window was painted. Until then nothing is a stall: that time is told as a whole. Sees
/// every event of the application; costs two clock readings a turn.
class StallMonitor final : public QObject {
    Q_OBJECT

public:
    /// On the GUI thread, when there is an application.
    explicit StallMonitor(QObject *parent = nullptr);

    /// Forgets the stalls so far.
    void reset();
    [[nodiscard]] std::chrono::microseconds longest() const { return m_longest; }
    /// None while nothing was painted.
    [[nodiscard]] std::optional<std::chrono::milliseconds> firstPaint() const
    {
        return m_firstPaint;
    }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void endTurn();

    using Time = std::chrono::steady_clock::time_point;
    std::optional<Time> m_busySince;
    std::chrono::microseconds m_longest{0};
    bool m_painting = false;
    bool m_ended = false;
    std::optional<std::chrono::milliseconds> m_firstPaint;
};

/// For how long this process has existed; to ten milliseconds.
[[nodiscard]] std::chrono::milliseconds processAge();

} // namespace Cachelens
