// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/widgets/livecache.h"

#include <memory>

namespace Cachelens::Testing {

/// A session on a cache that does not tell of what changes in it.
struct SilentSession {
    explicit SilentSession(const LiveCache &live)
        : held(std::make_shared<HeldBackend>(live.memory)), clock(live.clock)
    {
        BackendCapabilities less = held->capabilities();
        less.changes = false;
        held->setCapabilities(less);
        session = std::make_unique<Session>(held, clock,
                                            SessionOptions{.policy = {}, .catalog = liveCatalog()});
    }
    ~SilentSession() { held->release(); }

    std::shared_ptr<HeldBackend> held;
    std::shared_ptr<ManualClock> clock;
    std::unique_ptr<Session> session;
};

} // namespace Cachelens::Testing
