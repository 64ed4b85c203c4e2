// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/jobworker.h"
#include "core/invalidation/dispatcher.h"

namespace Cachelens {

/// Puts jobs into a JobQueue, from which a worker takes them in any process: what a signal let run
/// survives the process that sent it. The payload is what rulejobjson.h describes. Guarantees as
/// of JobQueue: at least once, so that an invalidator may be called twice. Thread-safe; the
/// sender waits for the server's answer.
class QueueDispatcher final : public Dispatcher {
public:
    explicit QueueDispatcher(BackendUrl server, JobQueueOptions options = {},
                             std::optional<bool> raiseException = {},
                             const JobQueueEnvironment &environment = {});

    /// Returns when the server has answered, within the timeouts of the options. A job that was not
    /// taken is the failure of each of its runs.
    Dispatched dispatch(RuleJob job, std::shared_ptr<const RuleRunner> runner) override;
    std::optional<bool> raiseException() const override { return m_raiseException; }

private:
    JobQueue m_queue;
    const std::optional<bool> m_raiseException;
};

/// For Dispatchers::add("queue", ...). Options: `url` (instead of `server`), `name`, `group`,
/// `max_length`, `raise_exception`. A signal waits at most a second to connect, and one for an
/// answer.
[[nodiscard]] Dispatchers::Factory queueDispatchers(const BackendUrl &server,
                                                    const JobQueueEnvironment &environment = {});

/// What a JobWorker does with the jobs of a QueueDispatcher: it lets `runner` run them. A job is
/// done when all its runs are; else it is tried again, as a whole. A refresh of a function that is
/// not in this process has at least deleted, and counts as done. A job that takes longer than
/// `limit` has failed, and may go on all the same. A job about what is not in this process
/// (NotFound) is left to other workers.
[[nodiscard]] JobWorker::Handler ruleJobHandler(std::shared_ptr<const RuleRunner> runner,
                                                std::chrono::milliseconds limit
                                                = std::chrono::seconds(30));

} // namespace Cachelens
