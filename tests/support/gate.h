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
        m_isEntered = true;
        m_changed.notify_all();
        waitFor(lock, m_isOpen, "the gate was not opened");
    }
    void waitUntilEntered()
    {
        std::unique_lock lock(m_mutex);
        waitFor(lock, m_isEntered, "nobody came to the gate");
    }
    /// For good.
    void open()
    {
        const std::lock_guard lock(m_mutex);
        m_isOpen = true;
        m_changed.notify_all();
    }

private:
    void waitFor(std::unique_lock<std::mutex> &lock, const bool &condition, const char *otherwise)
    {
        if (!m_changed.wait_for(lock, std::chrono::seconds(20), [&] { return condition; }))
            qFatal("%s", otherwise);
    }

    std::mutex m_mutex; // of the rest
    std::condition_variable m_changed;
    bool m_isEntered = false;
    bool m_isOpen = false;
};

} // namespace Cachelens::Testing
