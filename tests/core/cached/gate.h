// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace Cachelens::Testing {

/// Where a function stops in the middle until a test lets it go on. Thread-safe.
class Gate {
public:
    void pass()
    {
        std::unique_lock lock(m_mutex);
        ++m_entered;
        m_changed.notify_all();
        m_changed.wait(lock, [this] { return m_open; });
    }
    /// False: so many did not come.
    [[nodiscard]] bool waitUntilEntered(int times = 1)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, std::chrono::seconds(10),
                                  [&] { return m_entered >= times; });
    }
    void open()
    {
        const std::lock_guard lock(m_mutex);
        m_open = true;
        m_changed.notify_all();
    }

private:
    std::mutex m_mutex; // of all below
    std::condition_variable m_changed;
    int m_entered = 0;
    bool m_open = false;
};

} // namespace Cachelens::Testing
