// SPDX-License-Identifier: MIT
#include "core/backend/redisbackend.h"

#include "core/backend/rediscursor.h"
#include "core/backend/redisfills.h"
#include "core/backend/redisfollow.h"
#include "core/backend/redisprefix.h"
#include "core/backend/redissnapshots.h"
#include "core/backend/redisvalues.h"
#include "core/backend/timetolive.h"

namespace Cachelens {

using namespace std::chrono;

struct RedisBackend::Private {
    Private(BackendUrl theUrl, std::shared_ptr<const Clock> clock, RedisOptions theOptions)
        : url(std::move(theUrl)), options(theOptions),
          pool(std::make_shared<RedisPool>(url, std::move(clock), options)),
          runner(std::make_shared<const RedisRunner>(pool)), snapshots(runner), fills(runner)
    {
    }

    const BackendUrl url;
    const RedisOptions options;
    const std::shared_ptr<RedisPool> pool;
    const std::shared_ptr<const RedisRunner> runner; // shared with the cursors
    RedisSnapshots snapshots;
    const RedisFills fills;
};

RedisBackend::RedisBackend(BackendUrl url, std::shared_ptr<const Clock> clock, RedisOptions options)
    : d(std::make_unique<Private>(std::move(url), std::move(clock), options))
{
}

RedisBackend::~RedisBackend() = default;

BackendCapabilities RedisBackend::capabilities() const
{
    return {.listByPrefix = true,
            .timeToLive = true,
            .snapshot = true,
            .changes = false,
            .leases = true,
            .removePrefix = true,
            .follow = true};
}

QByteArray RedisBackend::description() const
{
    return d->pool->description();
}

bool RedisBackend::usesPassword() const
{
    return d->pool->usesPassword();
}

QByteArray RedisBackend::serverVersion() const
{
    return d->pool->serverVersion();
}

BackendState RedisBackend::state() const
{
    return d->pool->state();
}

Subscription RedisBackend::onStateChanged(std::function<void(BackendState)> callback)
{
    return d->pool->onStateChanged(std::move(callback));
}

Result<microseconds> RedisBackend::ping()
{
    // A server that cannot save says so to PING as to every write, and serves all reads.
    const auto reply = d->runner->runOne({"reach", {}, false}, {"PING"}, {"MISCONF"});
    if (!reply)
        return failure(reply.error());
    return d->pool->state().latency;
}

void RedisBackend::retryNow()
{
    d->pool->retryNow();
}

void RedisBackend::interrupt()
{
    d->pool->interrupt();
}

Result<std::optional<QByteArray>> RedisBackend::get(const QByteArray &key)
{
    auto reply = d->runner->runOne({"read", printableKey(key), false}, {"GET", key}, {"WRONGTYPE"});
    if (!reply)
        return failure(std::move(reply.error()));
    if (reply->type != RedisReply::Type::String)
        return std::nullopt;
    return std::move(reply->bytes);
}

Result<std::vector<std::optional<QByteArray>>>
RedisBackend::getMany(std::span<const QByteArray> keys)
{
    std::vector<std::optional<QByteArray>> values(keys.size());
    if (keys.empty())
        return values;
    const RedisTask task{"read the values of keys in", {}, false};
    RedisBatch batch;
    batch.add({"MGET"}, keys);
    auto reply = d->runner->runOne(task, batch);
    if (!reply)
        return failure(std::move(reply.error()));
    if (reply->elements.size() != keys.size())
        return failure(d->runner->unexpected(task));
    for (size_t i = 0; i < values.size(); ++i) {
        if (!reply->elements[i].isNil())
            values[i] = std::move(reply->elements[i].bytes);
    }
    return values;
}

Result<std::vector<KeyFacts>> RedisBackend::facts(std::span<const QByteArray> keys)
{
    return readFacts(*d->runner, keys);
}

Result<ValueHead> RedisBackend::head(const QByteArray &key, qint64 bytes, qsizetype elements)
{
    return readHead(*d->runner, key, bytes, elements);
}

Result<void> RedisBackend::set(const QByteArray &key, const QByteArray &value,
                               std::optional<milliseconds> ttl)
{
    if (auto checked = checkTimeToLive("store", printableKey(key), ttl); !checked)
        return checked;
    RedisBatch batch;
    if (ttl)
        batch.add({"SET", key, value, "PX", QByteArray::number(qint64(ttl->count()))});
    else
        batch.add({"SET", key, value});
    auto reply = d->runner->runOne({"store", printableKey(key), true}, batch);
    if (!reply)
        return failure(std::move(reply.error()));
    return {};
}

Result<bool> RedisBackend::setTtl(const QByteArray &key, std::optional<milliseconds> ttl)
{
    const RedisTask task{"change the time to live of", printableKey(key), true};
    if (auto checked = checkTimeToLive(task.attempt, task.subject, ttl); !checked)
        return failure(std::move(checked.error()));
    RedisBatch batch;
    if (ttl) {
        batch.add({"PEXPIRE", key, QByteArray::number(qint64(ttl->count()))});
    } else {
        batch.add({"PERSIST", key}); // says the same of no key and of one without an expiry
        batch.add({"EXISTS", key});
    }
    const auto replies = d->runner->run(task, batch);
    if (!replies)
        return failure(replies.error());
    return replies->back().integer > 0;
}

Result<qint64> RedisBackend::remove(std::span<const QByteArray> keys)
{
    return d->snapshots.remove(keys);
}

Result<bool> RedisBackend::removeIfSame(const QByteArray &key, const QByteArray &value)
{
    return d->snapshots.removeIfSame(key, value);
}

Result<std::vector<KeySnapshot>> RedisBackend::take(std::span<const QByteArray> keys)
{
    return d->snapshots.take(keys);
}

Result<std::vector<RestoreOutcome>> RedisBackend::restore(std::span<const KeySnapshot> snapshots)
{
    return d->snapshots.restore(snapshots);
}

Result<qint64> RedisBackend::snapshotBytes(std::span<const QByteArray> keys)
{
    return d->snapshots.bytes(keys);
}

std::unique_ptr<KeyCursor> RedisBackend::scan(const ScanRequest &request)
{
    return std::make_unique<RedisCursor>(d->runner, request);
}

Result<qint64> RedisBackend::keyCount()
{
    const auto reply = d->runner->runOne({"count the keys of", {}, false}, {"DBSIZE"});
    if (!reply)
        return failure(reply.error());
    return reply->integer;
}

Subscription RedisBackend::watch(std::function<void(const KeyChange &)>)
{
    return {}; // not among the capabilities
}

Result<Fetched> RedisBackend::fetchOrLease(const FillSlot &slot, const Lease &lease)
{
    return d->fills.fetchOrLease(slot, lease);
}

Result<bool> RedisBackend::takeLease(const FillSlot &slot, const Lease &lease, bool takeOver)
{
    return d->fills.takeLease(slot, lease, takeOver);
}

Result<bool> RedisBackend::storeLeased(const FillSlot &slot, const QByteArray &token,
                                       const QByteArray &value, std::optional<milliseconds> ttl)
{
    return d->fills.storeLeased(slot, token, value, ttl);
}

Result<bool> RedisBackend::renewLease(const FillSlot &slot, const Lease &lease)
{
    return d->fills.renewLease(slot, lease);
}

Result<void> RedisBackend::releaseLease(const FillSlot &slot, const QByteArray &token)
{
    return d->fills.releaseLease(slot, token);
}

Result<qint64> RedisBackend::removePrefix(const QByteArray &prefix, qsizetype functionEnd,
                                          PrefixReach reach)
{
    if (auto checked = checkPrefix(prefix, functionEnd); !checked)
        return failure(std::move(checked.error()));
    return RedisPrefix(d->runner, d->snapshots, prefix, functionEnd).remove(reach);
}

Subscription RedisBackend::follow(const QByteArray &prefix, FollowCallbacks callbacks)
{
    return followRedis(d->url, d->options, prefix, std::move(callbacks));
}

} // namespace Cachelens
