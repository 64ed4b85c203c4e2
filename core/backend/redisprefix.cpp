// SPDX-License-Identifier: MIT
#include "core/backend/redisprefix.h"

#include "core/backend/rediscursor.h"
#include "core/backend/redisscript.h"

namespace Cachelens {

namespace {

constexpr qsizetype keysAtOnce = 1000;

// How many entries went, how many members there were, and the last of them.
const RedisScript &removeScript()
{
    static const RedisScript remove(R"lua(
local members = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])
if #members == 0 then return {0, 0, ''} end
local entries, leases = {}, {}
for i, member in ipairs(members) do
    entries[i] = ARGV[4] .. member
    leases[i] = entries[i] .. ARGV[5]
end
redis.call('UNLINK', unpack(leases))
local removed = redis.call('UNLINK', unpack(entries))
redis.call('ZREM', KEYS[1], unpack(members))
return {removed, #members, members[#members]}
)lua");
    return remove;
}

/// The end of the range of members that begin with `prefix`, as ZRANGEBYLEX wants it.
QByteArray endOfRange(QByteArray prefix)
{
    while (prefix.endsWith('\xff'))
        prefix.chop(1);
    if (prefix.isEmpty())
        return "+";
    prefix.back() = char(uchar(prefix.back()) + 1);
    return '(' + prefix;
}

} // namespace

RedisPrefix::RedisPrefix(std::shared_ptr<const RedisRunner> runner, RedisSnapshots &snapshots,
                         const QByteArray &prefix, qsizetype functionEnd)
    : m_runner(std::move(runner)), m_snapshots(snapshots), m_prefix(prefix),
      m_functionEnd(functionEnd), m_task{"delete by the prefix", printableKey(prefix), true}
{
}

Result<qint64> RedisPrefix::remove(PrefixReach reach)
{
    if (auto removed = removeBoth(reach); !removed) {
        Error error = std::move(removed.error());
        if (m_removed > 0)
            error.reason += "; " + QByteArray::number(m_removed) + " entries are gone already";
        return failure(std::move(error));
    }
    return m_removed;
}

Result<void> RedisPrefix::removeBoth(PrefixReach reach)
{
    if (auto removed = removeIndexed(); !removed)
        return removed;
    const Evictions before = evictions(); // of what was until the index was read
    if (reach == PrefixReach::OwnEntries && before.indexIsSound)
        return {};
    if (auto removed = removeFound(); !removed || before.indexIsSound)
        return removed;

    if (auto removed = removeIndexed(); !removed)
        return removed;
    const bool indexStayed
        = m_functionEnd > 0 && !before.count.isEmpty() && evictions().count == before.count;
    return indexStayed ? Result<void>() : removeFound();
}

Result<void> RedisPrefix::removeIndexed()
{
    if (m_functionEnd == 0)
        return {};
    const QByteArray function = m_prefix.first(m_functionEnd);
    const QByteArray members = m_prefix.sliced(m_functionEnd);
    const QByteArray end = endOfRange(members);
    QByteArray begin = '[' + members;
    for (;;) {
        const QByteArray arguments[] = {FillSlot::indexOf(function),    begin,    end,
                                        QByteArray::number(keysAtOnce), function, leaseSuffix};
        const auto reply = removeScript().run(*m_runner, m_task, 1, arguments);
        if (!reply)
            return failure(reply.error());
        constexpr size_t parts = 3;
        if (reply->elements.size() != parts)
            return failure(m_runner->unexpected(m_task));
        m_removed += reply->elements[0].integer;
        if (reply->elements[1].integer < keysAtOnce)
            return {};
        begin = '(' + reply->elements[2].bytes;
    }
}

Result<void> RedisPrefix::removeFound()
{
    RedisCursor cursor(m_runner, {.prefix = m_prefix, .slice = keysAtOnce});
    std::vector<QByteArray> entries;
    std::vector<QByteArray> leases;
    const auto collect = [&](std::span<const std::string_view> keys) {
        for (const std::string_view key : keys) {
            auto &kind = FillSlot::isLease(key) ? leases : entries;
            kind.emplace_back(key.data(), qsizetype(key.size()));
        }
    };
    for (bool more = true; more;) {
        const auto slice = cursor.next(collect);
        if (!slice)
            return failure(slice.error());
        more = *slice;
        if (more && qsizetype(entries.size() + leases.size()) < keysAtOnce)
            continue;
        if (auto removed = m_snapshots.remove(leases); !removed)
            return failure(std::move(removed.error()));
        const auto removed = m_snapshots.remove(entries);
        if (!removed)
            return failure(removed.error());
        m_removed += *removed;
        leases.clear();
        entries.clear();
    }
    return {};
}

RedisPrefix::Evictions RedisPrefix::evictions() const
{
    Evictions evictions;
    const auto reply = m_runner->runOne({"ask", {}, false}, {"INFO"});
    if (!reply)
        return evictions; // it may not be asked: nothing is known
    const auto field = [&](const char *name) { return infoField(reply->bytes, name); };
    evictions.count = field("evicted_keys:");
    // The count begins anew with the server, which may have loaded what was evicted from before, or
    // have been the replica of one that evicted.
    const bool evictsNothing
        = field("maxmemory:") == "0" || field("maxmemory_policy:") == "noeviction";
    const bool beganEmpty = field("rdb_last_load_keys_loaded:") == "0"
        && field("aof_enabled:") == "0" && field("second_repl_offset:") == "-1";
    evictions.indexIsSound
        = m_functionEnd > 0 && evictions.count == "0" && (evictsNothing || beganEmpty);
    return evictions;
}

} // namespace Cachelens
