// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/redispool.h"

namespace Cachelens {

/// What a batch is for, so that an error can say it.
struct RedisTask {
    const char *attempt = ""; ///< "read"
    QByteArray subject; ///< a key fit for people; empty: the server
    bool writes = false; ///< when the connection breaks it may have been done
};

/// Runs batches on connections of the pool.
class RedisRunner {
public:
    explicit RedisRunner(std::shared_ptr<RedisPool> pool);

    /// The reply to every command, in order. An error reply fails the whole unless its first word
    /// is among `tolerated`.
    [[nodiscard]] Result<std::vector<RedisReply>>
    run(const RedisTask &task, const RedisBatch &batch,
        std::initializer_list<const char *> tolerated = {}) const;
    /// The same for one command.
    [[nodiscard]] Result<RedisReply> runOne(const RedisTask &task, const RedisBatch &batch,
                                            std::initializer_list<const char *> tolerated
                                            = {}) const;

    /// The same on a connection that the caller keeps, for what spans several batches.
    [[nodiscard]] Result<std::vector<RedisReply>>
    runOn(RedisPool::Lease &lease, const RedisTask &task, const RedisBatch &batch,
          std::initializer_list<const char *> tolerated = {}) const;
    [[nodiscard]] Result<RedisPool::Lease>
    lend(const RedisTask &task, RedisPool::Idle idle = RedisPool::Idle::LookedAt) const;

    /// Whether an error reply is about the connection or the server, and not about the command.
    [[nodiscard]] static bool endsConnection(const Error &error);
    /// Puts what was tried, and on what, into an error.
    [[nodiscard]] Error explained(const RedisTask &task, Error error) const;
    /// A reply is not what the command gives.
    [[nodiscard]] Error unexpected(const RedisTask &task) const;

    [[nodiscard]] RedisPool &pool() const { return *m_pool; }

private:
    const std::shared_ptr<RedisPool> m_pool;
};

/// A key as text: itself when it is UTF-8, else with the other bytes as \xNN.
[[nodiscard]] QByteArray printableKey(const QByteArray &key);

} // namespace Cachelens
