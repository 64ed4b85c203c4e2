// SPDX-License-Identifier: MIT
#include "core/backend/redisscript.h"

#include <QCryptographicHash>

namespace Cachelens {

RedisScript::RedisScript(QByteArray source)
    : m_source(std::move(source)),
      m_sha1(QCryptographicHash::hash(m_source, QCryptographicHash::Sha1).toHex())
{
}

Result<RedisReply> RedisScript::run(const RedisRunner &runner, const RedisTask &task,
                                    qsizetype keyCount, std::span<const QByteArray> arguments) const
{
    const QByteArray count = QByteArray::number(keyCount);
    RedisBatch known;
    known.add({"EVALSHA", m_sha1, count}, arguments);
    auto reply = runner.runOne(task, known, {"NOSCRIPT"});
    if (!reply || !reply->isError())
        return reply;
    RedisBatch whole;
    whole.add({"EVAL", m_source, count}, arguments);
    return runner.runOne(task, whole);
}

} // namespace Cachelens
