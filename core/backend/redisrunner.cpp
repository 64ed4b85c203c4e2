// SPDX-License-Identifier: MIT
#include "core/backend/redisrunner.h"

#include <algorithm>

namespace Cachelens {

using namespace std::chrono;

namespace {

/// Whether the server takes no changes, rather than not this one.
bool refusesChanges(const Error &error)
{
    using Code = Error::Code;
    return error.code == Code::ReadOnlyServer || error.code == Code::OutOfMemory
        || error.code == Code::Misconfigured || error.code == Code::PermissionDenied;
}

} // namespace

RedisRunner::RedisRunner(std::shared_ptr<RedisPool> pool) : m_pool(std::move(pool))
{
}

Result<std::vector<RedisReply>>
RedisRunner::run(const RedisTask &task, const RedisBatch &batch,
                 std::initializer_list<const char *> tolerated) const
{
    using Idle = RedisPool::Idle;
    auto lease = lend(task, task.writes ? Idle::LookedAt : Idle::AsItIs);
    if (!lease)
        return failure(std::move(lease.error()));
    auto replies = runOn(*lease, task, batch, tolerated);
    if (replies || !lease->wasClosed())
        return replies;
    lease->abandon();
    auto another = lend(task);
    if (!another)
        return failure(std::move(another.error()));
    return runOn(*another, task, batch, tolerated);
}

Result<RedisReply> RedisRunner::runOne(const RedisTask &task, const RedisBatch &batch,
                                       std::initializer_list<const char *> tolerated) const
{
    auto replies = run(task, batch, tolerated);
    if (!replies)
        return failure(std::move(replies.error()));
    return std::move(replies->front());
}

Result<std::vector<RedisReply>>
RedisRunner::runOn(RedisPool::Lease &lease, const RedisTask &task, const RedisBatch &batch,
                   std::initializer_list<const char *> tolerated) const
{
    const auto start = m_pool->clock().steady();
    auto replies = lease->exchange(batch);
    if (!replies) {
        lease.failed(replies.error());
        if (task.writes) {
            replies.error().maybeDone = true;
            replies.error().reason += "; it may have been done all the same";
        }
        return failure(explained(task, std::move(replies.error())));
    }
    std::optional<Error> error;
    for (const RedisReply &reply : *replies) {
        const bool isTolerated = std::any_of(tolerated.begin(), tolerated.end(),
                                             [&](const char *word) { return reply.isError(word); });
        if (reply.isError() && !isTolerated) {
            error = errorFromReply(reply.bytes);
            break;
        }
    }
    if (error && endsConnection(*error))
        lease.failed(*error);
    else
        lease.succeeded(duration_cast<microseconds>(m_pool->clock().steady() - start));
    if (task.writes && (!error || refusesChanges(*error)))
        lease.changed(error);
    if (error)
        return failure(explained(task, std::move(*error)));
    return replies;
}

Result<RedisPool::Lease> RedisRunner::lend(const RedisTask &task, RedisPool::Idle idle) const
{
    auto lease = m_pool->lend(RedisPool::Purpose::Call, idle);
    if (!lease)
        return failure(explained(task, std::move(lease.error())));
    return lease;
}

bool RedisRunner::endsConnection(const Error &error)
{
    return error.code == Error::Code::Loading || error.code == Error::Code::NotAuthenticated;
}

Error RedisRunner::explained(const RedisTask &task, Error error) const
{
    if (!error.attempt.isEmpty())
        return error; // what was tried is the connection, and it says so
    error.attempt = task.attempt;
    error.subject = task.subject.isEmpty() ? m_pool->description() : task.subject;
    return error;
}

Error RedisRunner::unexpected(const RedisTask &task) const
{
    return explained(task,
                     {.code = Error::Code::ServerError,
                      .attempt = {},
                      .subject = {},
                      .reason = "the reply is not of the expected kind"});
}

QByteArray printableKey(const QByteArray &key)
{
    if (key.isValidUtf8())
        return key;
    QByteArray text;
    for (const char c : key) {
        if (c >= 0x20 && c < 0x7f)
            text += c;
        else
            text += "\\x" + QByteArray(1, c).toHex();
    }
    return text;
}

} // namespace Cachelens
