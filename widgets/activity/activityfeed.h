// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/subscription.h"
#include "widgets/activity/activityqueue.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>

namespace Cachelens {

/// A cache's events on the GUI thread, some at a time.
class ActivityFeed final : public QObject {
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds tick{100};

    explicit ActivityFeed(std::shared_ptr<const Clock> clock, QObject *parent = nullptr);

    /// How an observer subscribes, as FunctionLink::observe() does.
    using Source = std::function<Subscription(std::shared_ptr<CacheObserver>)>;
    /// Unsubscribes from the source before. An empty function: there is no source.
    void setSource(const Source &source);
    [[nodiscard]] bool hasSource() const { return m_queue != nullptr; }
    [[nodiscard]] const std::shared_ptr<const Clock> &clock() const { return m_clock; }

    /// Adds an event to those of the source. Without a source it is lost.
    void note(const RemovalEvent &removal);
    /// Emits what has come by now, without waiting for the tick.
    void collect();

Q_SIGNALS:
    void sourceChanged();
    /// Never empty: oldest first. `dropped` more came before, too fast to be kept.
    void arrived(const std::vector<Cachelens::ActivityEvent> &events, qint64 dropped);

private:
    const std::shared_ptr<const Clock> m_clock;
    std::shared_ptr<ActivityQueue> m_queue; // null without a source
    Subscription m_subscription;
    QTimer m_timer;
};

} // namespace Cachelens
