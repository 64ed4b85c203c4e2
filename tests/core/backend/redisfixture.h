// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backend/redisbackend.h"
#include "tests/support/fakeserver.h"
#include "tests/support/manualclock.h"

namespace Cachelens::Testing {

/// For a server that is not going to answer.
inline RedisOptions impatient()
{
    RedisOptions options;
    options.connectTimeout = std::chrono::milliseconds(400);
    options.commandTimeout = std::chrono::milliseconds(400);
    return options;
}

/// A backend whose time stands still, and the phases it went through.
struct Fixture {
    explicit Fixture(const QByteArray &url, RedisOptions options = {})
        : backend(*BackendUrl::parse(url), clock, options),
          subscription(
              backend.onStateChanged([this](const BackendState &s) { phases.push_back(s.phase); }))
    {
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    std::vector<BackendState::Phase> phases;
    RedisBackend backend;
    Subscription subscription;
};

/// Answers what a connection begins with; none for everything else.
inline std::optional<FakeReply> greeting(const RespCommand &command)
{
    if (command.front() == "PING")
        return FakeReply{"+PONG\r\n", FakeReply::Then::Continue};
    if (command.front() == "INFO")
        return FakeReply{"$21\r\nredis_version:6.2.0\r\n\r\n", FakeReply::Then::Continue};
    return std::nullopt;
}

inline FakeServer::Script always(const FakeReply &reply)
{
    return [reply](const RespCommand &command) { return greeting(command).value_or(reply); };
}

} // namespace Cachelens::Testing
