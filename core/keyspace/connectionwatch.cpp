// SPDX-License-Identifier: MIT
#include "core/keyspace/connectionwatch.h"

#include <algorithm>

namespace Cachelens {

namespace {

constexpr std::chrono::milliseconds shortestWait(10);
constexpr int glance = 20; // ms that the end waits before it interrupts the ping once more

bool sameState(const BackendState &a, const BackendState &b)
{
    return a.phase == b.phase && a.error == b.error && a.retryAt == b.retryAt
        && a.latency == b.latency && a.changesRefused == b.changesRefused;
}

} // namespace

ConnectionWatch::ConnectionWatch(std::shared_ptr<CacheBackend> backend,
                                 std::shared_ptr<const Clock> clock,
                                 std::chrono::milliseconds interval, QObject *parent)
    : QObject(parent), m_backend(std::move(backend)), m_clock(std::move(clock)),
      m_interval(interval), m_state(m_backend->state())
{
    m_thread.setMaxThreadCount(1);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &ConnectionWatch::ping);
    m_subscription = m_backend->onStateChanged([this](const BackendState &) {
        if (!m_refreshing.exchange(true))
            QMetaObject::invokeMethod(
                this, [this] { refresh(); }, Qt::QueuedConnection);
    });
    ping();
}

ConnectionWatch::~ConnectionWatch()
{
    m_subscription.cancel();
    do {
        m_backend->interrupt();
    } while (!m_thread.waitForDone(glance));
}

void ConnectionWatch::retryNow()
{
    m_backend->retryNow();
    ping();
}

void ConnectionWatch::ping()
{
    if (m_pinging)
        return;
    m_pinging = true;
    m_thread.start([this] {
        // What comes of it is in the backend's state.
        static_cast<void>(m_backend->ping());
        QMetaObject::invokeMethod(
            this,
            [this] {
                m_pinging = false;
                refresh();
            },
            Qt::QueuedConnection);
    });
}

void ConnectionWatch::refresh()
{
    m_refreshing = false;
    BackendState state = m_backend->state();
    const bool changed = !sameState(state, m_state);
    m_state = std::move(state);
    schedule();
    if (changed)
        Q_EMIT stateChanged(m_state);
}

void ConnectionWatch::schedule()
{
    if (m_pinging)
        return;
    auto wait = m_interval;
    if (m_state.phase == BackendState::Phase::Waiting
        || m_state.phase == BackendState::Phase::Busy) {
        const auto untilRetry
            = std::chrono::ceil<std::chrono::milliseconds>(m_state.retryAt - m_clock->steady());
        wait = std::clamp(untilRetry, shortestWait, std::max(shortestWait, m_interval));
    } else if (m_timer.isActive()) {
        return;
    }
    m_timer.start(wait);
}

} // namespace Cachelens
