// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace Cachelens::Testing {

/// A place in the middle of a function where its threads stop until the test opens it. Whoever
/// waits in vain for 20 seconds ends the test program, and says for what. Thread-safe.
class Gate {
public:
    /// Called by the function.
    void pass()
    {
        std::unique_lock lock(m_mutex);
        ++m_entered;
        m_changed.notify_all();
        waitFor(lock, "the gate was not opened", [this] { return m_isOpen; });
    }
    void waitUntilEntered(int times = 1)
    {
        std::unique_lock lock(m_mutex);
        waitFor(lock, "too few came to the gate", [&] { return m_entered >= times; });
    }
    /// For good.
    void open()
    {
        const std::lock_guard lock(m_mutex);
        m_isOpen = true;
        m_changed.notify_all();
    }

private:
    void waitFor(std::unique_lock<std::mutex> &lock, const char *otherwise, auto condition)
    {
        if (!m_changed.wait_for(lock, std::chrono::seconds(20), condition))
            qFatal("%s", otherwise);
    }

    std::mutex m_mutex; // of the rest
    std::condition_variable m_changed;
    int m_entered = 0;
    bool m_isOpen = false;
};

} // namespace Cachelens::Testing
