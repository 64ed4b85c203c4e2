// SPDX-License-Identifier: MIT
#include "core/backend/redisfills.h"

#include "core/backend/redisscript.h"
#include "core/backend/timetolive.h"

#include <QHashFunctions>

namespace Cachelens {

namespace {

using std::chrono::milliseconds;

// What every script begins with. The index lives at least as long as what it names. Cleaning looks
// at four members, spread over the index from a place that the token decides: whenever one is
// added, so of the members about a quarter at most stand for nothing; and with one in eight of the
// other stores, so those go that a burst left behind.
constexpr char prelude[] = R"lua(
local entry, lease, index = KEYS[1], KEYS[2], KEYS[3]
local token, member, place, time = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]

local function holds()
    return redis.pcall('GET', lease) == token
end

local function isHeldElsewhere()
    return redis.call('PTTL', lease) >= 0 and not holds()
end

local function register()
    local left = redis.call('PTTL', index)
    local added = redis.call('ZADD', index, 0, member)
    if time == '0' then
        if left >= 0 then redis.call('PERSIST', index) end
    elseif left ~= -1 and left < tonumber(time) then
        redis.call('PEXPIRE', index, time)
    end
    return added == 1
end

local function clean()
    local prefix = string.sub(entry, 1, #entry - #member)
    local suffix = string.sub(lease, #entry + 1)
    local count = redis.call('ZCARD', index)
    local step = math.max(1, math.floor(count / 4))
    for i = 0, 3 do
        local rank = (place + i * step) % count
        local found = redis.call('ZRANGE', index, rank, rank)[1]
        if found then
            local name = prefix .. found
            if redis.call('EXISTS', name, name .. suffix) == 0 then
                redis.call('ZREM', index, found)
            end
        end
    end
end

local function takeLease()
    redis.call('SET', lease, token, 'PX', time)
    if register() then clean() end
end
)lua";

RedisScript script(const char *body)
{
    return RedisScript(prelude + QByteArray(body));
}

// The value; 0: leased; else for how long it is held.
const RedisScript &fetchScript()
{
    static const RedisScript fetch = script(R"lua(
local value = redis.pcall('GET', entry)
if type(value) == 'string' then return value end
if isHeldElsewhere() then return math.max(redis.call('PTTL', lease), 1) end
takeLease()
return 0
)lua");
    return fetch;
}

const RedisScript &takeScript()
{
    static const RedisScript take = script(R"lua(
if ARGV[5] == '0' and isHeldElsewhere() then return 0 end
takeLease()
return 1
)lua");
    return take;
}

const RedisScript &storeScript()
{
    static const RedisScript store = script(R"lua(
if not holds() then return 0 end
local grows = register()
if time == '0' then
    redis.call('SET', entry, ARGV[5])
else
    redis.call('SET', entry, ARGV[5], 'PX', time)
end
redis.call('DEL', lease)
if grows or place % 8 == 0 then clean() end
return 1
)lua");
    return store;
}

const RedisScript &renewScript()
{
    static const RedisScript renew = script(R"lua(
if not holds() then return 0 end
redis.call('PEXPIRE', lease, time)
register()
return 1
)lua");
    return renew;
}

const RedisScript &releaseScript()
{
    static const RedisScript release = script(R"lua(
if not holds() then return 0 end
redis.call('DEL', lease)
if redis.call('EXISTS', entry) == 0 then redis.call('ZREM', index, member) end
return 1
)lua");
    return release;
}

Result<RedisReply> run(const RedisRunner &runner, const RedisTask &task, const RedisScript &script,
                       const FillSlot &slot, const QByteArray &token, milliseconds time,
                       const QByteArray &more = {})
{
    const QByteArray arguments[] = {slot.entry,
                                    slot.lease(),
                                    slot.index(),
                                    token,
                                    slot.member(),
                                    QByteArray::number(quint32(qHash(token))),
                                    QByteArray::number(qint64(time.count())),
                                    more};
    constexpr qsizetype keyCount = 3;
    return script.run(runner, task, keyCount, arguments);
}

Result<bool> answered(Result<RedisReply> reply)
{
    if (!reply)
        return failure(std::move(reply.error()));
    return reply->integer == 1;
}

} // namespace

RedisFills::RedisFills(std::shared_ptr<const RedisRunner> runner) : m_runner(std::move(runner))
{
}

Result<Fetched> RedisFills::fetchOrLease(const FillSlot &slot, const Lease &lease) const
{
    const RedisTask task{"read or lease", printableKey(slot.entry), true};
    if (auto checked = checkLease(task.attempt, slot, lease); !checked)
        return failure(std::move(checked.error()));
    auto reply = run(*m_runner, task, fetchScript(), slot, lease.token, lease.time);
    if (!reply)
        return failure(std::move(reply.error()));
    if (reply->type == RedisReply::Type::String)
        return Fetched{Fetched::Kind::Found, std::move(reply->bytes), milliseconds(0)};
    if (reply->type != RedisReply::Type::Integer)
        return failure(m_runner->unexpected(task));
    const milliseconds held(reply->integer);
    return Fetched{
        held.count() == 0 ? Fetched::Kind::Leased : Fetched::Kind::HeldElsewhere, {}, held};
}

Result<bool> RedisFills::takeLease(const FillSlot &slot, const Lease &lease, bool takeOver) const
{
    const RedisTask task{"lease", printableKey(slot.entry), true};
    if (auto checked = checkLease(task.attempt, slot, lease); !checked)
        return failure(std::move(checked.error()));
    return answered(
        run(*m_runner, task, takeScript(), slot, lease.token, lease.time, takeOver ? "1" : "0"));
}

Result<bool> RedisFills::storeLeased(const FillSlot &slot, const QByteArray &token,
                                     const QByteArray &value, std::optional<milliseconds> ttl) const
{
    const RedisTask task{"store", printableKey(slot.entry), true};
    if (auto checked = checkSlot(task.attempt, slot); !checked)
        return failure(std::move(checked.error()));
    if (auto checked = checkTimeToLive(task.attempt, task.subject, ttl); !checked)
        return failure(std::move(checked.error()));
    return answered(
        run(*m_runner, task, storeScript(), slot, token, ttl.value_or(milliseconds(0)), value));
}

Result<bool> RedisFills::renewLease(const FillSlot &slot, const Lease &lease) const
{
    const RedisTask task{"renew the lease of", printableKey(slot.entry), true};
    if (auto checked = checkLease(task.attempt, slot, lease); !checked)
        return failure(std::move(checked.error()));
    return answered(run(*m_runner, task, renewScript(), slot, lease.token, lease.time));
}

Result<void> RedisFills::releaseLease(const FillSlot &slot, const QByteArray &token) const
{
    const RedisTask task{"release the lease of", printableKey(slot.entry), true};
    if (auto checked = checkSlot(task.attempt, slot); !checked)
        return checked;
    if (auto reply = run(*m_runner, task, releaseScript(), slot, token, milliseconds(0)); !reply)
        return failure(std::move(reply.error()));
    return {};
}

} // namespace Cachelens
