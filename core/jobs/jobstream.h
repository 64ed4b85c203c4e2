// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/redisprotocol.h"
#include "core/jobs/jobworker.h"

namespace Cachelens {

/// What a queue's keys are called, and the commands and scripts of its worker. Commands are added
/// to a batch. A finished job is deleted before it is acknowledged: whoever deletes it decides what
/// becomes of it, and all that comes later, from another worker or again, does nothing.
class JobStream {
public:
    explicit JobStream(const JobQueueOptions &options, QByteArray consumer = {});

    struct Entry {
        QByteArray entryId; ///< in the stream
        Job job;
        bool exists = true; ///< false: handed out, but deleted since
    };

    /// Makes the group.
    void addJoin(RedisBatch &batch) const;
    /// What is handed out; NOGROUP where there is no group.
    void addPending(RedisBatch &batch) const;
    /// What is new; waits for `block`, if it is not zero.
    void addRead(RedisBatch &batch, qsizetype count, std::chrono::milliseconds block) const;
    /// What this consumer was given behind the entry `after`, and has not acknowledged.
    void addReread(RedisBatch &batch, qsizetype count, const QByteArray &after) const;
    void addDone(RedisBatch &batch, std::span<const QByteArray> entryIds) const;
    void addLater(RedisBatch &batch, const Entry &entry, WallTime due) const;
    void addDead(RedisBatch &batch, const Entry &entry, const QByteArray &error) const;
    /// Jobs whose time has come go back to the stream. The reply is when the next one is due, in
    /// milliseconds since the epoch, or nil.
    void addMoveDue(RedisBatch &batch, WallTime now, qsizetype count) const;
    /// Takes over jobs of consumers that gave no sign of life for `idle`.
    void addClaim(RedisBatch &batch, std::chrono::milliseconds idle, const QByteArray &cursor,
                  qsizetype count) const;
    /// A sign of life. The reply is which of the entries are still this consumer's.
    void addKeep(RedisBatch &batch, std::span<const QByteArray> entryIds) const;
    /// Any other worker may claim them at once.
    void addHandBack(RedisBatch &batch, std::span<const QByteArray> entryIds,
                     std::chrono::milliseconds idle) const;
    /// Forgets consumers that hold nothing: this one, or those that were silent for `idle`.
    void addLeave(RedisBatch &batch) const;
    void addForget(RedisBatch &batch, std::chrono::milliseconds idle) const;

    [[nodiscard]] static std::vector<Entry> readEntries(RedisReply &reply);
    struct Claimed {
        QByteArray cursor;
        std::vector<Entry> entries;
    };
    [[nodiscard]] static Claimed claimedEntries(RedisReply &reply);
    [[nodiscard]] static DeadJob deadJob(RedisReply &entry);

    [[nodiscard]] const QByteArray &name() const { return m_name; }
    [[nodiscard]] const QByteArray &later() const { return m_later; }
    [[nodiscard]] const QByteArray &dead() const { return m_dead; }

private:
    const QByteArray m_name;
    const QByteArray m_later;
    const QByteArray m_dead;
    const QByteArray m_group;
    const QByteArray m_consumer;
    const QByteArray m_maxDead;
};

} // namespace Cachelens
