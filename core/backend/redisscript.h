// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/redisrunner.h"

namespace Cachelens {

/// A Lua script, which is one atomic step. Sent by its SHA-1, which the server knows it by from the
/// first time on; sent whole when it does not (a restart, SCRIPT FLUSH).
class RedisScript {
public:
    explicit RedisScript(QByteArray source);

    /// The first `keyCount` of `arguments` are KEYS, the others ARGV.
    [[nodiscard]] Result<RedisReply> run(const RedisRunner &runner, const RedisTask &task,
                                         qsizetype keyCount,
                                         std::span<const QByteArray> arguments) const;

private:
    QByteArray m_source;
    QByteArray m_sha1;
};

} // namespace Cachelens
