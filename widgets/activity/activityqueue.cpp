// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/activity/activityqueue.h"

#include <algorithm>
#include <utility>

namespace Cachelens {

ActivityQueue::ActivityQueue(std::shared_ptr<const Clock> clock, std::size_t bound)
    : m_clock(std::move(clock)), m_bound(bound)
{
}

void ActivityQueue::called(const CallEvent &call)
{
    push({m_clock->now(), call});
}

void ActivityQueue::removed(const RemovalEvent &removal)
{
    push({m_clock->now(), removal});
}

void ActivityQueue::errorOccurred(const Error &error)
{
    push({m_clock->now(), error});
}

void ActivityQueue::ruleFailed(const RuleFailure &failure)
{
    push({m_clock->now(), RuleFailure{failure.function, failure.rule, failure.error, nullptr}});
}

void ActivityQueue::push(ActivityEvent event)
{
    const std::lock_guard lock(m_mutex);
    if (m_events.size() < m_bound) {
        m_events.push_back(std::move(event));
        return;
    }
    // What is dropped is destroyed by `event`, after the lock.
    std::swap(m_events[m_oldest], event);
    m_oldest = (m_oldest + 1) % m_bound;
    ++m_dropped;
}

ActivityQueue::Batch ActivityQueue::take()
{
    Batch batch;
    std::size_t oldest = 0;
    {
        const std::lock_guard lock(m_mutex);
        batch.events.swap(m_events);
        batch.dropped = std::exchange(m_dropped, 0);
        oldest = std::exchange(m_oldest, 0);
    }
    std::rotate(batch.events.begin(), batch.events.begin() + static_cast<std::ptrdiff_t>(oldest),
                batch.events.end());
    return batch;
}

} // namespace Cachelens
