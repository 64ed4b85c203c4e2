// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/connectsocket.h"
#include "core/backend/redisbackend.h"
#include "core/backend/redisprotocol.h"

#include <memory>
#include <optional>

namespace Cachelens {

/// One connection, authenticated and on its database: the only place that knows hiredis, which
/// reads the replies. Belongs to one thread at a time. Errors come without
/// `attempt` and `subject`. After one the connection is of no more use; an error reply is none.
class RedisConnection {
public:
    /// Connects and introduces itself. Takes up to twice options.connectTimeout.
    [[nodiscard]] static Result<std::unique_ptr<RedisConnection>>
    open(const BackendUrl &url, const RedisOptions &options,
         std::shared_ptr<const Interrupts> interrupts);
    ~RedisConnection();

    /// Sends `count` commands of the batch, beginning with `first`.
    [[nodiscard]] Result<void> send(const RedisBatch &batch, qsizetype first, qsizetype count);
    [[nodiscard]] Result<RedisReply> receive();
    /// None when no whole reply has come yet; does not wait.
    [[nodiscard]] Result<std::optional<RedisReply>> receiveIfThere();
    /// The reply to a SCAN.
    [[nodiscard]] Result<void> receivePage(ScanPage &page);

    /// Sends the whole batch in portions of options.pipeline, and receives every reply.
    [[nodiscard]] Result<std::vector<RedisReply>> exchange(const RedisBatch &batch);

    /// What poll() takes, to wait for receiveIfThere().
    [[nodiscard]] int descriptor() const;
    /// Whether more was received than has been asked for: the replies are not to be trusted.
    [[nodiscard]] bool hasStrayBytes() const;
    /// Whether a connection that waits for nothing is still there: the other side has neither
    /// closed it nor said anything unasked.
    [[nodiscard]] bool isQuiet() const;
    /// "7.0.15"; empty when the server does not tell.
    [[nodiscard]] const QByteArray &serverVersion() const { return m_serverVersion; }
    /// Another one each time the server is started; empty when the server does not tell.
    [[nodiscard]] const QByteArray &serverRun() const { return m_serverRun; }

private:
    struct Socket;
    RedisConnection(std::unique_ptr<Socket> socket, qsizetype pipeline);

    [[nodiscard]] Result<void> introduce(const BackendUrl &url);

    std::unique_ptr<Socket> m_socket;
    const qsizetype m_pipeline;
    QByteArray m_serverVersion;
    QByteArray m_serverRun;
};

} // namespace Cachelens
