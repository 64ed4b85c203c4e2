// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/redisrunner.h"

namespace Cachelens {

/// A pass over the keys by SCAN, on a connection of its own. The next slice is asked for before the
/// current one is given away, so that the server works while the caller does.
class RedisCursor final : public KeyCursor {
public:
    RedisCursor(std::shared_ptr<const RedisRunner> runner, const ScanRequest &request);
    ~RedisCursor() override;

    Result<bool> next(const Sink &sink) override;

private:
    [[nodiscard]] Result<void> ask();
    [[nodiscard]] Result<void> receive();
    [[nodiscard]] Error drop(Error error);

    const std::shared_ptr<const RedisRunner> m_runner;
    const QByteArray m_prefix;
    const QByteArray m_glob;
    const QByteArray m_slice;
    const RedisTask m_task{"list the keys of", {}, false};
    std::optional<RedisPool::Lease> m_lease;
    bool m_waiting = false; // a reply is under way
    bool m_done = false;
    QByteArray m_position = "0"; // the slice that comes next, or again after an error
    QByteArray m_serverRun; // that m_position was told by
    ScanPage m_page;
    std::vector<std::string_view> m_keys;
};

} // namespace Cachelens
