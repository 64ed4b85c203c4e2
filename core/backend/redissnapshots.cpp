// SPDX-License-Identifier: MIT
#include "core/backend/redissnapshots.h"

#include "core/backend/redisscript.h"

#include <algorithm>
#include <iterator>

namespace Cachelens {

namespace {

using std::chrono::milliseconds;

constexpr qint64 noKey = -2; // of PTTL and PEXPIRETIME
constexpr qint64 noExpiry = -1;

QByteArray counted(const char *verb, size_t keys, const char *rest)
{
    return QByteArray(verb) + ' ' + QByteArray::number(qulonglong(keys))
        + (keys == 1 ? " key " : " keys ") + rest;
}

/// What TIME says.
std::optional<WallTime> serverTime(const RedisReply &reply)
{
    if (reply.elements.size() != 2)
        return std::nullopt;
    const qint64 seconds = reply.elements[0].bytes.toLongLong();
    const qint64 micros = reply.elements[1].bytes.toLongLong();
    return WallTime(milliseconds(seconds * 1000 + micros / 1000));
}

} // namespace

RedisSnapshots::RedisSnapshots(std::shared_ptr<const RedisRunner> runner)
    : m_runner(std::move(runner))
{
}

Result<qint64> RedisSnapshots::remove(std::span<const QByteArray> keys)
{
    if (keys.empty())
        return 0;
    const QByteArray attempt = counted("delete", keys.size(), "in");
    const RedisTask task{attempt.constData(), {}, true};
    const auto send = [&] {
        RedisBatch batch;
        batch.add({removal()}, keys);
        return m_runner->runOne(task, batch);
    };
    auto reply = send();
    if (!reply && doWithoutUnlink(reply.error()))
        reply = send();
    if (!reply)
        return failure(std::move(reply.error()));
    return reply->integer;
}

Result<bool> RedisSnapshots::removeIfSame(const QByteArray &key, const QByteArray &value)
{
    static const RedisScript script(R"lua(
if redis.pcall('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
)lua");
    const QByteArray arguments[] = {key, value};
    const auto reply = script.run(*m_runner, {"delete", printableKey(key), true}, 1, arguments);
    if (!reply)
        return failure(reply.error());
    return reply->integer > 0;
}

Result<std::vector<KeySnapshot>> RedisSnapshots::take(std::span<const QByteArray> keys)
{
    if (keys.empty())
        return Snapshots();
    constexpr int attempts = 3;
    const QByteArray attempt = counted("take", keys.size(), "away from");
    const RedisTask task{attempt.constData(), {}, true};
    for (int i = 0; i < attempts; ++i) {
        auto taken = takeUnlessWritten(task, keys);
        if (!taken && doWithoutUnlink(taken.error()))
            continue;
        // A server that is full lets nobody queue a transaction, not even one that makes room.
        if (!taken && taken.error().code == Error::Code::OutOfMemory)
            break;
        if (!taken)
            return failure(std::move(taken.error()));
        if (*taken)
            return std::move(**taken);
    }
    return takeAtOnce(task, keys);
}

RedisSnapshots::Attempt RedisSnapshots::takeUnlessWritten(const RedisTask &task,
                                                          std::span<const QByteArray> keys)
{
    auto lease = m_runner->lend(task);
    if (!lease)
        return failure(std::move(lease.error()));
    const ExpiryCommand expiry = expiryCommand();
    RedisBatch dumps;
    dumps.add({"WATCH"}, keys);
    dumps.add({"TIME"});
    for (const QByteArray &key : keys) {
        dumps.add({"DUMP", key});
        dumps.add({expiry.name, key});
    }
    const RedisTask looking{task.attempt, task.subject, false};
    auto replies = m_runner->runOn(*lease, looking, dumps);
    auto snapshots = replies
        ? readDumps(task, keys, expiry, (*replies)[1], std::span(*replies).subspan(2))
        : Result<Snapshots>(failure(std::move(replies.error())));
    if (!snapshots || snapshots->empty()) {
        lease->abandon(); // nothing is watched any more
        if (!snapshots)
            return failure(std::move(snapshots.error()));
        return std::move(*snapshots);
    }

    RedisBatch removing;
    removing.add({"MULTI"});
    removing.add({removal()}, keys);
    removing.add({"EXEC"});
    const auto removed = m_runner->runOn(*lease, task, removing);
    if (!removed) {
        lease->abandon();
        const Error::Code code = removed.error().code;
        if (code != Error::Code::Unreachable && code != Error::Code::Timeout)
            return failure(removed.error());
        auto settled = settle(task, std::move(*snapshots), removed.error());
        if (!settled)
            return failure(std::move(settled.error()));
        return std::move(*settled);
    }
    if (removed->back().isNil())
        return std::nullopt;
    if (removed->back().type != RedisReply::Type::Array)
        return failure(m_runner->unexpected(task));
    return std::move(*snapshots);
}

/// The connection broke between the order to remove and the answer. Whether it was done can be
/// seen: nothing else makes all of the keys go at once.
Result<RedisSnapshots::Snapshots> RedisSnapshots::settle(const RedisTask &task, Snapshots snapshots,
                                                         Error error)
{
    RedisBatch batch;
    for (const KeySnapshot &snapshot : snapshots)
        batch.add({"EXISTS", snapshot.key});
    batch.add({"TIME"});
    const auto replies = m_runner->run({task.attempt, task.subject, false}, batch);
    if (!replies)
        return failure(std::move(error));
    const auto now = serverTime(replies->back());
    Snapshots gone;
    std::vector<QByteArray> there;
    for (size_t i = 0; i < snapshots.size(); ++i) {
        const bool expired = snapshots[i].expiresAt && now && *snapshots[i].expiresAt <= *now;
        if ((*replies)[i].integer != 0)
            there.push_back(snapshots[i].key);
        else if (!expired)
            gone.push_back(std::move(snapshots[i]));
    }
    if (gone.empty())
        return failure(std::move(error));
    // Written again since, or still there while someone else removed the others: these as well.
    auto rest = take(there);
    if (rest)
        std::move(rest->begin(), rest->end(), std::back_inserter(gone));
    return gone;
}

Result<RedisSnapshots::Snapshots> RedisSnapshots::takeAtOnce(const RedisTask &task,
                                                             std::span<const QByteArray> keys)
{
    static constexpr char script[] = "local taken = {} "
                                     "for _, key in ipairs(KEYS) do "
                                     "taken[#taken + 1] = redis.call('DUMP', key) "
                                     "taken[#taken + 1] = redis.call(ARGV[1], key) "
                                     "redis.call(ARGV[2], key) "
                                     "end "
                                     "return taken";
    std::vector<QByteArray> arguments(keys.begin(), keys.end());
    const ExpiryCommand expiry = expiryCommand();
    arguments.emplace_back(expiry.name);
    arguments.emplace_back(removal());
    RedisBatch batch;
    batch.add({"TIME"});
    batch.add({"EVAL", script, QByteArray::number(qulonglong(keys.size()))}, arguments);
    auto replies = m_runner->run(task, batch);
    if (!replies)
        return failure(std::move(replies.error()));
    return readDumps(task, keys, expiry, replies->front(), replies->back().elements);
}

Result<RedisSnapshots::Snapshots> RedisSnapshots::readDumps(const RedisTask &task,
                                                            std::span<const QByteArray> keys,
                                                            const ExpiryCommand &expiryCommand,
                                                            const RedisReply &time,
                                                            std::span<RedisReply> replies) const
{
    const auto now = serverTime(time);
    if (!now || replies.size() != 2 * keys.size())
        return failure(m_runner->unexpected(task));
    const qint64 since = expiryCommand.absolute ? 0 : qint64(now->time_since_epoch().count());
    Snapshots snapshots;
    for (size_t i = 0; i < keys.size(); ++i) {
        RedisReply &dump = replies[2 * i];
        const qint64 expiry = replies[2 * i + 1].integer;
        if (dump.isNil() || expiry == noKey)
            continue;
        KeySnapshot snapshot{keys[i], std::move(dump.bytes), std::nullopt};
        if (expiry != noExpiry)
            snapshot.expiresAt = WallTime(milliseconds(since + expiry));
        snapshots.push_back(std::move(snapshot));
    }
    return snapshots;
}

Result<std::vector<RestoreOutcome>> RedisSnapshots::restore(std::span<const KeySnapshot> snapshots)
{
    if (snapshots.empty())
        return std::vector<RestoreOutcome>();
    const QByteArray attempt = counted("put back", snapshots.size(), "into");
    const RedisTask task{attempt.constData(), {}, true};
    RedisBatch batch;
    for (const KeySnapshot &snapshot : snapshots) {
        const qint64 expiry
            = snapshot.expiresAt ? qint64(snapshot.expiresAt->time_since_epoch().count()) : 0;
        batch.add(
            {"RESTORE", snapshot.key, QByteArray::number(expiry), snapshot.payload, "ABSTTL"});
    }
    batch.add({"TIME"});
    const auto replies
        = m_runner->run(task, batch, {"BUSYKEY", "ERR", "MISCONF", "NOPERM", "OOM", "READONLY"});
    if (!replies)
        return failure(replies.error());
    const auto refused = [&](const RedisReply &reply) {
        return failure(m_runner->explained(task, errorFromReply(reply.bytes)));
    };
    const RedisReply &time = replies->back();
    if (time.isError())
        return refused(time);
    const auto now = serverTime(time);
    if (!now)
        return failure(m_runner->unexpected(task));
    std::vector<RestoreOutcome> outcomes;
    outcomes.reserve(snapshots.size());
    for (size_t i = 0; i < snapshots.size(); ++i) {
        const RedisReply &reply = (*replies)[i];
        const auto &expiresAt = snapshots[i].expiresAt;
        // The server says OK to a key whose time is over, and puts nothing back.
        outcomes.push_back(reply.isError("BUSYKEY")              ? RestoreOutcome::KeptNewer
                               : reply.isError()                 ? RestoreOutcome::Refused
                               : expiresAt && *expiresAt <= *now ? RestoreOutcome::Expired
                                                                 : RestoreOutcome::Restored);
    }
    if (std::all_of(outcomes.begin(), outcomes.end(),
                    [](RestoreOutcome outcome) { return outcome == RestoreOutcome::Refused; }))
        return refused(replies->front());
    return outcomes;
}

Result<qint64> RedisSnapshots::bytes(std::span<const QByteArray> keys)
{
    if (keys.empty())
        return 0;
    const QByteArray attempt = counted("measure", keys.size(), "in");
    const RedisTask task{attempt.constData(), {}, false};
    RedisBatch usage;
    for (const QByteArray &key : keys)
        usage.add({"MEMORY", "USAGE", key});
    auto replies = m_runner->run(task, usage);
    if (!replies
        && (replies.error().code == Error::Code::PermissionDenied
            || replies.error().code == Error::Code::Unsupported)) {
        RedisBatch lengths;
        for (const QByteArray &key : keys)
            lengths.add({"STRLEN", key});
        replies = m_runner->run(task, lengths, {"WRONGTYPE"});
    }
    if (!replies)
        return failure(std::move(replies.error()));
    qint64 sum = 0;
    for (const RedisReply &reply : *replies)
        sum += reply.integer;
    return sum;
}

RedisSnapshots::ExpiryCommand RedisSnapshots::expiryCommand() const
{
    constexpr int sinceMajor = 7;
    const QByteArray version = m_runner->pool().serverVersion();
    const bool known
        = version.first(std::max<qsizetype>(version.indexOf('.'), 0)).toInt() >= sinceMajor;
    return known ? ExpiryCommand{"PEXPIRETIME", true} : ExpiryCommand{"PTTL", false};
}

const char *RedisSnapshots::removal() const
{
    return m_hasUnlink.load(std::memory_order_relaxed) ? "UNLINK" : "DEL";
}

bool RedisSnapshots::doWithoutUnlink(const Error &error)
{
    return error.code == Error::Code::Unsupported
        && m_hasUnlink.exchange(false, std::memory_order_relaxed);
}

} // namespace Cachelens
