// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/activity/activityfeed.h"

namespace Cachelens {

ActivityFeed::ActivityFeed(std::shared_ptr<const Clock> clock, QObject *parent)
    : QObject(parent), m_clock(std::move(clock))
{
    m_timer.setInterval(tick);
    m_timer.callOnTimeout(this, &ActivityFeed::collect);
}

void ActivityFeed::setSource(const Source &source)
{
    m_subscription.cancel();
    m_queue.reset();
    m_timer.stop();
    if (source) {
        m_queue = std::make_shared<ActivityQueue>(m_clock);
        m_subscription = source(m_queue);
        m_timer.start();
    }
    Q_EMIT sourceChanged();
}

void ActivityFeed::note(const RemovalEvent &removal)
{
    if (m_queue)
        m_queue->removed(removal);
}

void ActivityFeed::collect()
{
    if (!m_queue)
        return;
    const ActivityQueue::Batch batch = m_queue->take();
    if (!batch.events.empty())
        Q_EMIT arrived(batch.events, batch.dropped);
}

} // namespace Cachelens
