// SPDX-License-Identifier: MIT
// The memory backend's part in filling: each operation is one step under the lock, and a lease is a
// key like any other, so that whatever removes keys removes leases.
#include "core/backend/memorybackend_p.h"
#include "core/backend/timetolive.h"

#include <algorithm>

namespace Cachelens {

using std::chrono::milliseconds;
using Cause = KeyChange::Cause;

namespace {

milliseconds leftOf(const MemoryStore::Entry &lease, WallTime now)
{
    return lease.second.expiresAt.value_or(now) - now;
}

/// Somebody else's lease: one that does not expire is nobody's.
bool isHeldElsewhere(const MemoryStore::Entry *lease, const QByteArray &token, WallTime now)
{
    return lease && leftOf(*lease, now).count() > 0 && lease->second.value != token;
}

} // namespace

Result<Fetched> MemoryBackend::fetchOrLease(const FillSlot &slot, const Lease &lease)
{
    if (auto checked = checkLease("read or lease", slot, lease); !checked)
        return failure(std::move(checked.error()));
    Fetched fetched;
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        if (auto *entry = d->findLive(slot.entry, now)) {
            MemoryStore::touch(*entry);
            return Fetched{Fetched::Kind::Found, entry->second.value, milliseconds(0)};
        }
        const QByteArray name = slot.lease();
        if (const auto *held = d->findLive(name, now); isHeldElsewhere(held, lease.token, now)) {
            fetched = {Fetched::Kind::HeldElsewhere, {}, leftOf(*held, now)};
        } else {
            if (auto checked = d->checkFits("lease", name, lease.token); !checked)
                return failure(std::move(checked.error()));
            d->write(name, lease.token, now + lease.time, now);
        }
    }
    d->changes.deliver();
    return fetched;
}

Result<bool> MemoryBackend::takeLease(const FillSlot &slot, const Lease &lease, bool takeOver)
{
    if (auto checked = checkLease("lease", slot, lease); !checked)
        return failure(std::move(checked.error()));
    const QByteArray name = slot.lease();
    if (auto checked = d->checkFits("lease", name, lease.token); !checked)
        return failure(std::move(checked.error()));
    bool taken = false;
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        taken = takeOver || !isHeldElsewhere(d->findLive(name, now), lease.token, now);
        if (taken)
            d->write(name, lease.token, now + lease.time, now);
    }
    d->changes.deliver();
    return taken;
}

Result<bool> MemoryBackend::storeLeased(const FillSlot &slot, const QByteArray &token,
                                        const QByteArray &value, std::optional<milliseconds> ttl)
{
    if (auto checked = checkSlot("store", slot); !checked)
        return failure(std::move(checked.error()));
    if (auto checked = checkTimeToLive("store", slot.entry, ttl); !checked)
        return failure(std::move(checked.error()));
    if (auto checked = d->checkFits("store", slot.entry, value); !checked)
        return failure(std::move(checked.error()));
    bool stored = false;
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        auto *lease = d->findLive(slot.lease(), now);
        if (lease && lease->second.value == token) {
            stored = true;
            d->drop(*lease, Cause::Deleted);
            d->write(slot.entry, value, ttl ? std::optional(now + *ttl) : std::nullopt, now);
        }
    }
    d->changes.deliver();
    return stored;
}

Result<bool> MemoryBackend::renewLease(const FillSlot &slot, const Lease &lease)
{
    if (auto checked = checkLease("renew the lease of", slot, lease); !checked)
        return failure(std::move(checked.error()));
    bool renewed = false;
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        auto *held = d->findLive(slot.lease(), now);
        if (held && held->second.value == lease.token) {
            renewed = true;
            d->store->setExpiry(*held, now + lease.time);
            d->announce(held->first, Cause::TtlChanged);
        }
    }
    d->changes.deliver();
    return renewed;
}

Result<void> MemoryBackend::releaseLease(const FillSlot &slot, const QByteArray &token)
{
    if (auto checked = checkSlot("release the lease of", slot); !checked)
        return checked;
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        auto *held = d->findLive(slot.lease(), now);
        if (held && held->second.value == token)
            d->drop(*held, Cause::Deleted);
    }
    d->changes.deliver();
    return {};
}

Result<qint64> MemoryBackend::removePrefix(const QByteArray &prefix, qsizetype functionEnd,
                                           PrefixReach)
{
    if (auto checked = checkPrefix(prefix, functionEnd); !checked)
        return failure(std::move(checked.error()));
    constexpr qsizetype slice = 1000;
    qint64 removed = 0;
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        std::vector<MemoryStore::Entry *> entries;
        do {
            entries = d->store->list(prefix, std::nullopt, slice);
            for (MemoryStore::Entry *entry : entries) {
                const bool expired = MemoryStore::isExpired(*entry, now);
                removed += !expired && !FillSlot::isLease(entry->first);
                d->drop(*entry, expired ? Cause::Expired : Cause::Deleted);
            }
        } while (qsizetype(entries.size()) == slice);
    }
    d->changes.deliver();
    return removed;
}

Subscription MemoryBackend::follow(const QByteArray &prefix, FollowCallbacks callbacks)
{
    const auto linked = callbacks.linked;
    auto subscription = watch([prefix, told = std::move(callbacks)](const KeyChange &change) {
        if (change.cause != Cause::Cleared) {
            if (told.changed && change.key.startsWith(prefix))
                told.changed(change.key);
            return;
        }
        if (told.lost)
            told.lost();
        if (told.linked)
            told.linked();
    });
    if (linked)
        linked();
    return subscription;
}

} // namespace Cachelens
