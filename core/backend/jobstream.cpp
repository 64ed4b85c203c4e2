// SPDX-License-Identifier: MIT
#include "core/backend/jobstream.h"

#include <utility>

namespace Cachelens {

namespace {

using std::chrono::milliseconds;

// Before Redis 7 a script may write behind an XADD * only after replicate_commands(). A server that
// is out of memory refuses what adds, and ends the script: what deletes comes behind it.

constexpr char laterScript[] = R"lua(
if #redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2]) == 1 then
    redis.call('ZADD', KEYS[2], ARGV[3], ARGV[4])
    redis.call('XDEL', KEYS[1], ARGV[2])
end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
)lua";

constexpr char deadScript[] = R"lua(
if redis.replicate_commands then redis.replicate_commands() end
if #redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2]) == 1 then
    redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'job', ARGV[4], 'error', ARGV[5],
               'tries', ARGV[6], 'origin', ARGV[7])
    redis.call('XDEL', KEYS[1], ARGV[2])
end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
)lua";

// A member is "TRIES PASSES ORIGIN JOB".
constexpr char moveDueScript[] = R"lua(
if redis.replicate_commands then redis.replicate_commands() end
local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, member in ipairs(due) do
    local tries, passes, origin, from = string.match(member, '^(%d+) (%d+) (%S+) ()')
    if tries then
        redis.call('XADD', KEYS[1], '*', 'job', string.sub(member, from), 'tries', tries,
                   'passes', passes, 'origin', origin)
    end
    redis.call('ZREM', KEYS[2], member)
end
return redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
)lua";

// The cursor, the entries, and how often each has been handed out.
constexpr char claimScript[] = R"lua(
local claimed = redis.pcall('XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4],
                            'COUNT', ARGV[5])
if claimed.err then return claimed end
local entries, deliveries = {}, {}
for _, entry in ipairs(claimed[2]) do
    if entry then
        local pending = redis.call('XPENDING', KEYS[1], ARGV[1], entry[1], entry[1], 1)
        entries[#entries + 1] = entry
        deliveries[#deliveries + 1] = pending[1] and pending[1][4] or 1
    end
end
return {claimed[1], entries, deliveries}
)lua";

constexpr char keepScript[] = R"lua(
local kept = {}
for i = 3, #ARGV do
    local pending = redis.pcall('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1, ARGV[2])
    if not pending.err and #pending == 1 then
        redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'JUSTID')
        kept[#kept + 1] = ARGV[i]
    end
end
return kept
)lua";

// Forgetting a consumer that holds entries would lose them.
constexpr char forgetScript[] = R"lua(
local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])
if consumers.err then return 0 end
for _, consumer in ipairs(consumers) do
    local facts = {}
    for i = 1, #consumer, 2 do facts[consumer[i]] = consumer[i + 1] end
    if facts.pending == 0 and (facts.name == ARGV[2] or
                               ARGV[2] == '' and facts.idle >= tonumber(ARGV[3])) then
        redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], facts.name)
    end
end
return 0
)lua";

QByteArray text(qint64 number)
{
    return QByteArray::number(number);
}

QByteArray fieldOf(const std::vector<RedisReply> &fields, QByteArrayView name)
{
    for (size_t i = 0; i + 1 < fields.size(); i += 2) {
        if (fields[i].bytes == name)
            return fields[i + 1].bytes;
    }
    return {};
}

JobStream::Entry entryFrom(RedisReply &reply)
{
    JobStream::Entry entry;
    if (reply.elements.size() != 2) {
        entry.exists = false;
        return entry;
    }
    const std::vector<RedisReply> &fields = reply.elements[1].elements;
    entry.entryId = std::move(reply.elements[0].bytes);
    entry.exists = !reply.elements[1].isNil();
    entry.job.payload = fieldOf(fields, "job");
    entry.job.tries = fieldOf(fields, "tries").toInt();
    entry.job.passes = fieldOf(fields, "passes").toInt();
    entry.job.id = fieldOf(fields, "origin");
    if (entry.job.id.isEmpty())
        entry.job.id = entry.entryId;
    return entry;
}

} // namespace

JobStream::JobStream(const JobQueueOptions &options, QByteArray consumer)
    : m_name(options.name), m_later(options.name + ":later"), m_dead(options.name + ":dead"),
      m_group(options.group), m_consumer(std::move(consumer)),
      m_maxDead(text(options.maxDeadLetters))
{
}

void JobStream::addJoin(RedisBatch &batch) const
{
    // From the beginning: jobs that were appended before the group was made are jobs too.
    batch.add({"XGROUP", "CREATE", m_name, m_group, "0", "MKSTREAM"});
}

void JobStream::addPending(RedisBatch &batch) const
{
    batch.add({"XPENDING", m_name, m_group});
}

void JobStream::addRead(RedisBatch &batch, qsizetype count, milliseconds block) const
{
    if (block <= milliseconds(0)) {
        batch.add({"XREADGROUP", "GROUP", m_group, m_consumer, "COUNT", text(count), "STREAMS",
                   m_name, ">"});
    } else {
        batch.add({"XREADGROUP", "GROUP", m_group, m_consumer, "COUNT", text(count), "BLOCK",
                   text(block.count()), "STREAMS", m_name, ">"});
    }
}

void JobStream::addReread(RedisBatch &batch, qsizetype count, const QByteArray &after) const
{
    batch.add({"XREADGROUP", "GROUP", m_group, m_consumer, "COUNT", text(count), "STREAMS", m_name,
               after});
}

void JobStream::addDone(RedisBatch &batch, std::span<const QByteArray> entryIds) const
{
    batch.add({"XDEL", m_name}, entryIds);
    batch.add({"XACK", m_name, m_group}, entryIds);
}

void JobStream::addLater(RedisBatch &batch, const Entry &entry, WallTime due) const
{
    const QByteArray member = text(entry.job.tries) + ' ' + text(entry.job.passes) + ' '
        + entry.job.id + ' ' + entry.job.payload;
    batch.add({"EVAL", laterScript, "2", m_name, m_later, m_group, entry.entryId,
               text(due.time_since_epoch().count()), member});
}

void JobStream::addDead(RedisBatch &batch, const Entry &entry, const QByteArray &error) const
{
    batch.add({"EVAL", deadScript, "2", m_name, m_dead, m_group, entry.entryId, m_maxDead,
               entry.job.payload, error, text(entry.job.tries), entry.job.id});
}

void JobStream::addMoveDue(RedisBatch &batch, WallTime now, qsizetype count) const
{
    batch.add({"EVAL", moveDueScript, "2", m_name, m_later, text(now.time_since_epoch().count()),
               text(count)});
}

void JobStream::addClaim(RedisBatch &batch, milliseconds idle, const QByteArray &cursor,
                         qsizetype count) const
{
    batch.add({"EVAL", claimScript, "1", m_name, m_group, m_consumer, text(idle.count()), cursor,
               text(count)});
}

void JobStream::addKeep(RedisBatch &batch, std::span<const QByteArray> entryIds) const
{
    batch.add({"EVAL", keepScript, "1", m_name, m_group, m_consumer}, entryIds);
}

void JobStream::addHandBack(RedisBatch &batch, std::span<const QByteArray> entryIds,
                            milliseconds idle) const
{
    std::vector<QByteArray> words(entryIds.begin(), entryIds.end());
    words.insert(words.end(), {"IDLE", text(idle.count()), "RETRYCOUNT", "0", "JUSTID"});
    batch.add({"XCLAIM", m_name, m_group, m_consumer, "0"}, words);
}

void JobStream::addLeave(RedisBatch &batch) const
{
    batch.add({"EVAL", forgetScript, "1", m_name, m_group, m_consumer});
}

void JobStream::addForget(RedisBatch &batch, milliseconds idle) const
{
    batch.add({"EVAL", forgetScript, "1", m_name, m_group, "", text(idle.count())});
}

std::vector<JobStream::Entry> JobStream::readEntries(RedisReply &reply)
{
    std::vector<Entry> entries;
    if (reply.elements.size() != 1 || reply.elements[0].elements.size() != 2)
        return entries;
    for (RedisReply &each : reply.elements[0].elements[1].elements)
        entries.push_back(entryFrom(each));
    return entries;
}

JobStream::Claimed JobStream::claimedEntries(RedisReply &reply)
{
    Claimed claimed{"0-0", {}};
    if (reply.elements.size() != 3)
        return claimed;
    claimed.cursor = std::move(reply.elements[0].bytes);
    for (size_t i = 0; i < reply.elements[1].elements.size(); ++i) {
        Entry entry = entryFrom(reply.elements[1].elements[i]);
        entry.job.tries += int(reply.elements[2].elements.at(i).integer) - 1;
        claimed.entries.push_back(std::move(entry));
    }
    return claimed;
}

DeadJob JobStream::deadJob(RedisReply &entry)
{
    if (entry.elements.size() != 2)
        return {};
    const std::vector<RedisReply> &fields = entry.elements[1].elements;
    return {fieldOf(fields, "origin"), fieldOf(fields, "job"), fieldOf(fields, "error"),
            fieldOf(fields, "tries").toInt()};
}

} // namespace Cachelens
