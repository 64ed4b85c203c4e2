// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/cachebackend.h"

#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include <atomic>

namespace Cachelens {

/// Keeps a connection alive: pings on a thread of its own, every `interval` while all is well and
/// at `retryAt` while it is not, which is all that a backend needs to come back.
class ConnectionWatch final : public QObject {
    Q_OBJECT

public:
    ConnectionWatch(std::shared_ptr<CacheBackend> backend, std::shared_ptr<const Clock> clock,
                    std::chrono::milliseconds interval, QObject *parent = nullptr);
    /// Interrupts a ping that is on its way.
    ~ConnectionWatch() override;

    [[nodiscard]] const BackendState &state() const { return m_state; }
    /// Pings at once, without waiting for `retryAt`.
    void retryNow();

Q_SIGNALS:
    void stateChanged(const Cachelens::BackendState &state);

private:
    void ping();
    void refresh();
    void schedule();

    const std::shared_ptr<CacheBackend> m_backend;
    const std::shared_ptr<const Clock> m_clock;
    const std::chrono::milliseconds m_interval;
    BackendState m_state;
    QTimer m_timer;
    bool m_pinging = false;
    std::atomic<bool> m_refreshing = false; // a refresh() is on its way
    QThreadPool m_thread;
    Subscription m_subscription; // last: no callback after it
};

} // namespace Cachelens
