// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/announcer.h"
#include "core/backend/memorybackend.h"
#include "core/backend/memorystore.h"

#include <mutex>

namespace Cachelens {

/// The memory backend's keys with their expiry and their bounds, and who is told of them.
struct MemoryBackend::Private {
    using Cause = KeyChange::Cause;

    Private(std::shared_ptr<const Clock> theClock, MemoryOptions theOptions)
        : clock(std::move(theClock)), options(std::move(theOptions)),
          store(std::make_unique<MemoryStore>())
    {
    }

    // All that follow are called under `mutex`.
    void announce(const QByteArray &key, Cause cause)
    {
        if (changes.hasSubscribers())
            changes.post({key, cause});
    }

    void drop(MemoryStore::Entry &entry, Cause cause)
    {
        announce(entry.first, cause);
        store->erase(entry);
    }

    /// The entry, unless its time is over: then it goes.
    MemoryStore::Entry *findLive(const QByteArray &key, WallTime now)
    {
        MemoryStore::Entry *entry = store->find(key);
        if (!entry || !MemoryStore::isExpired(*entry, now))
            return entry;
        drop(*entry, Cause::Expired);
        return nullptr;
    }

    qsizetype dropExpired(WallTime now)
    {
        qsizetype dropped = 0;
        for (auto *entry = store->firstToExpire(); entry && MemoryStore::isExpired(*entry, now);
             entry = store->firstToExpire()) {
            drop(*entry, Cause::Expired);
            ++dropped;
        }
        return dropped;
    }

    void write(const QByteArray &key, const QByteArray &value, std::optional<WallTime> expiresAt,
               WallTime now)
    {
        MemoryStore::Entry *entry = findLive(key, now);
        announce(key, entry ? Cause::Replaced : Cause::Stored);
        if (entry)
            store->replace(*entry, value, expiresAt);
        else
            entry = &store->insert(key, value, expiresAt);
        if (store->usedBytes() > options.maxBytes)
            dropExpired(now);
        // What was just written fits by itself: there is another one as long as there is too much.
        while (store->usedBytes() > options.maxBytes)
            drop(store->leastRecentlyUsed(*entry), Cause::Evicted);
    }

    [[nodiscard]] Result<void> checkFits(const char *attempt, const QByteArray &key,
                                         const QByteArray &value) const
    {
        const qint64 cost = MemoryStore::cost(key, value);
        if (cost <= options.maxBytes)
            return {};
        return failure({.code = Error::Code::OutOfMemory,
                        .attempt = attempt,
                        .subject = key,
                        .reason = "it takes " + QByteArray::number(cost)
                            + " bytes, and all together may take "
                            + QByteArray::number(options.maxBytes)});
    }

    const std::shared_ptr<const Clock> clock;
    const MemoryOptions options;
    Announcer<KeyChange> changes;
    mutable std::mutex mutex;
    std::unique_ptr<MemoryStore> store;
};

} // namespace Cachelens
