// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/redisrunner.h"

#include <atomic>

namespace Cachelens {

/// Taking keys away and putting them back: CacheBackend's remove(), removeIfSame(), take(),
/// restore() and snapshotBytes(). Thread-safe.
class RedisSnapshots {
public:
    explicit RedisSnapshots(std::shared_ptr<const RedisRunner> runner);

    Result<qint64> remove(std::span<const QByteArray> keys);
    Result<bool> removeIfSame(const QByteArray &key, const QByteArray &value);

    /// Watches and dumps the keys, and then removes them if nobody has written them meanwhile: what
    /// is to be removed is in hand before it goes, however the connection fares.
    Result<std::vector<KeySnapshot>> take(std::span<const QByteArray> keys);

    Result<std::vector<RestoreOutcome>> restore(std::span<const KeySnapshot> snapshots);
    Result<qint64> bytes(std::span<const QByteArray> keys);

private:
    using Snapshots = std::vector<KeySnapshot>;
    /// None: someone wrote one of the keys meanwhile.
    using Attempt = Result<std::optional<Snapshots>>;
    struct ExpiryCommand {
        const char *name;
        bool absolute; // it tells when a key expires, not how long that is from now
    };

    [[nodiscard]] Attempt takeUnlessWritten(const RedisTask &task,
                                            std::span<const QByteArray> keys);
    /// By a script, in which nobody can write either, but whose answer, and with it the keys, can
    /// get lost with the connection: for keys that are written all the time, and a full server.
    [[nodiscard]] Result<Snapshots> takeAtOnce(const RedisTask &task,
                                               std::span<const QByteArray> keys);
    [[nodiscard]] Result<Snapshots> settle(const RedisTask &task, Snapshots snapshots, Error error);
    [[nodiscard]] Result<Snapshots> readDumps(const RedisTask &task,
                                              std::span<const QByteArray> keys,
                                              const ExpiryCommand &expiryCommand,
                                              const RedisReply &time,
                                              std::span<RedisReply> replies) const;
    [[nodiscard]] ExpiryCommand expiryCommand() const;
    [[nodiscard]] const char *removal() const;
    /// True when the error was about UNLINK; from then on DEL takes its place.
    [[nodiscard]] bool doWithoutUnlink(const Error &error);

    const std::shared_ptr<const RedisRunner> m_runner;
    std::atomic<bool> m_hasUnlink{true};
};

} // namespace Cachelens
