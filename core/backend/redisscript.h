// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/redisrunner.h"

namespace Cachelens {

/// A Lua script, which is one atomic step. It is sent by its SHA-1, and whole when the server does
/// not know it: the first time, and after a restart or SCRIPT FLUSH.
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
