// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/activity/activityevent.h"

#include <memory>
#include <mutex>
#include <vector>

namespace Cachelens {

/// Takes a cache's events from any thread until somebody comes for them. A caller pays for one
/// move under a lock that nobody holds for longer than that. Beyond `bound` the oldest are dropped,
/// and counted.
class ActivityQueue final : public CacheObserver {
public:
    static constexpr std::size_t defaultBound = 20'000;

    explicit ActivityQueue(std::shared_ptr<const Clock> clock, std::size_t bound = defaultBound);

    void called(const CallEvent &call) override;
    void removed(const RemovalEvent &removal) override;
    void errorOccurred(const Error &error) override;
    /// Keeps no exception of somebody else's for the GUI thread.
    void ruleFailed(const RuleFailure &failure) override;

    struct Batch {
        std::vector<ActivityEvent> events; ///< oldest first
        qint64 dropped = 0; ///< that came before those, since the last batch
    };
    /// All that has come since the last time.
    [[nodiscard]] Batch take();

private:
    void push(ActivityEvent event);

    const std::shared_ptr<const Clock> m_clock;
    const std::size_t m_bound;
    std::mutex m_mutex; // of the rest
    std::vector<ActivityEvent> m_events; // a ring once it is full
    std::size_t m_oldest = 0;
    qint64 m_dropped = 0;
};

} // namespace Cachelens
