// SPDX-License-Identifier: MIT
#include "core/backend/memorybackend.h"

#include "core/backend/memorybackend_p.h"
#include "core/backend/timetolive.h"

#include <algorithm>

namespace Cachelens {

using Cause = KeyChange::Cause;

/// Goes on behind the last key it gave, so that writes in between do not matter.
class MemoryBackend::Cursor final : public KeyCursor {
public:
    Cursor(std::shared_ptr<Private> backend, const ScanRequest &request)
        : m_backend(std::move(backend)), m_prefix(request.prefix),
          m_slice(std::max<qsizetype>(request.slice, 1))
    {
    }

    Result<bool> next(const Sink &sink) override
    {
        std::vector<QByteArray> keys;
        bool more = false;
        {
            const WallTime now = m_backend->clock->now();
            const std::lock_guard lock(m_backend->mutex);
            const auto entries = m_backend->store->list(m_prefix, m_last, m_slice);
            more = qsizetype(entries.size()) == m_slice;
            keys.reserve(entries.size());
            for (const MemoryStore::Entry *entry : entries) {
                if (!MemoryStore::isExpired(*entry, now))
                    keys.push_back(entry->first);
            }
            if (!entries.empty())
                m_last = entries.back()->first;
        }
        if (!keys.empty()) {
            std::vector<std::string_view> views;
            views.reserve(keys.size());
            for (const QByteArray &key : keys)
                views.emplace_back(key.constData(), size_t(key.size()));
            sink(views);
        }
        return more;
    }

private:
    const std::shared_ptr<Private> m_backend;
    const QByteArray m_prefix;
    const qsizetype m_slice;
    std::optional<QByteArray> m_last;
};

MemoryBackend::MemoryBackend(std::shared_ptr<const Clock> clock, MemoryOptions options)
    : d(std::make_shared<Private>(std::move(clock), std::move(options)))
{
}

MemoryBackend::~MemoryBackend() = default;

qsizetype MemoryBackend::expire()
{
    qsizetype dropped = 0;
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        dropped = d->dropExpired(now);
    }
    d->changes.deliver();
    return dropped;
}

qint64 MemoryBackend::usedBytes() const
{
    const std::lock_guard lock(d->mutex);
    return d->store->usedBytes();
}

void MemoryBackend::clear()
{
    auto store = std::make_unique<MemoryStore>();
    {
        const std::lock_guard lock(d->mutex);
        d->store.swap(store); // freed behind the lock
        d->announce({}, Cause::Cleared);
    }
    d->changes.deliver();
}

BackendCapabilities MemoryBackend::capabilities() const
{
    return {.listByPrefix = true,
            .timeToLive = true,
            .snapshot = true,
            .changes = true,
            .embedded = true,
            .leases = true,
            .removePrefix = true,
            .follow = true};
}

QByteArray MemoryBackend::description() const
{
    return d->options.name;
}

QByteArray MemoryBackend::serverVersion() const
{
    return {};
}

BackendState MemoryBackend::state() const
{
    BackendState state;
    state.phase = BackendState::Phase::Ready;
    return state;
}

Subscription MemoryBackend::onStateChanged(std::function<void(BackendState)>)
{
    return {}; // it is always ready
}

Result<std::chrono::microseconds> MemoryBackend::ping()
{
    return std::chrono::microseconds(0);
}

Result<std::optional<QByteArray>> MemoryBackend::get(const QByteArray &key)
{
    std::optional<QByteArray> value;
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        if (auto *entry = d->findLive(key, now)) {
            MemoryStore::touch(*entry);
            value = entry->second.value;
        }
    }
    if (!value)
        d->changes.deliver();
    return value;
}

Result<std::vector<std::optional<QByteArray>>>
MemoryBackend::getMany(std::span<const QByteArray> keys)
{
    std::vector<std::optional<QByteArray>> values(keys.size());
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        for (size_t i = 0; i < keys.size(); ++i) {
            if (auto *entry = d->findLive(keys[i], now)) {
                MemoryStore::touch(*entry);
                values[i] = entry->second.value;
            }
        }
    }
    d->changes.deliver();
    return values;
}

Result<std::vector<KeyFacts>> MemoryBackend::facts(std::span<const QByteArray> keys)
{
    std::vector<KeyFacts> facts(keys.size());
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        for (size_t i = 0; i < keys.size(); ++i) {
            const auto *entry = d->findLive(keys[i], now);
            if (!entry)
                continue;
            facts[i].type = KeyType::String;
            facts[i].size = entry->second.value.size();
            if (const auto expiresAt = entry->second.expiresAt)
                facts[i].ttl = *expiresAt - now;
        }
    }
    d->changes.deliver();
    return facts;
}

Result<ValueHead> MemoryBackend::head(const QByteArray &key, qint64 bytes, qsizetype)
{
    ValueHead head;
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        if (const auto *entry = d->findLive(key, now)) {
            const QByteArray &value = entry->second.value;
            head.type = KeyType::String;
            head.size = value.size();
            head.bytes = value.first(std::clamp<qint64>(bytes, 0, value.size()));
        }
    }
    d->changes.deliver();
    return head;
}

Result<void> MemoryBackend::set(const QByteArray &key, const QByteArray &value,
                                std::optional<std::chrono::milliseconds> ttl)
{
    if (auto checked = checkTimeToLive("store", key, ttl); !checked)
        return checked;
    if (auto checked = d->checkFits("store", key, value); !checked)
        return checked;
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        d->write(key, value, ttl ? std::optional(now + *ttl) : std::nullopt, now);
    }
    d->changes.deliver();
    return {};
}

Result<bool> MemoryBackend::setTtl(const QByteArray &key,
                                   std::optional<std::chrono::milliseconds> ttl)
{
    if (auto checked = checkTimeToLive("change the time to live of", key, ttl); !checked)
        return failure(checked.error());
    bool found = false;
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        if (auto *entry = d->findLive(key, now)) {
            found = true;
            d->store->setExpiry(*entry, ttl ? std::optional(now + *ttl) : std::nullopt);
            d->announce(key, Cause::TtlChanged);
        }
    }
    d->changes.deliver();
    return found;
}

Result<qint64> MemoryBackend::remove(std::span<const QByteArray> keys)
{
    qint64 removed = 0;
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        for (const QByteArray &key : keys) {
            if (auto *entry = d->findLive(key, now)) {
                d->drop(*entry, Cause::Deleted);
                ++removed;
            }
        }
    }
    d->changes.deliver();
    return removed;
}

Result<bool> MemoryBackend::removeIfSame(const QByteArray &key, const QByteArray &value)
{
    bool same = false;
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        auto *entry = d->findLive(key, now);
        same = entry && entry->second.value == value;
        if (same)
            d->drop(*entry, Cause::Deleted);
    }
    d->changes.deliver();
    return same;
}

Result<std::vector<KeySnapshot>> MemoryBackend::take(std::span<const QByteArray> keys)
{
    std::vector<KeySnapshot> snapshots;
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        for (const QByteArray &key : keys) {
            if (auto *entry = d->findLive(key, now)) {
                snapshots.push_back({entry->first, entry->second.value, entry->second.expiresAt});
                d->drop(*entry, Cause::Deleted);
            }
        }
    }
    d->changes.deliver();
    return snapshots;
}

Result<std::vector<RestoreOutcome>> MemoryBackend::restore(std::span<const KeySnapshot> snapshots)
{
    for (const KeySnapshot &snapshot : snapshots) {
        if (auto checked = d->checkFits("restore", snapshot.key, snapshot.payload); !checked)
            return failure(checked.error());
    }
    std::vector<RestoreOutcome> outcomes;
    outcomes.reserve(snapshots.size());
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        for (const KeySnapshot &snapshot : snapshots) {
            if (d->findLive(snapshot.key, now)) {
                outcomes.push_back(RestoreOutcome::KeptNewer);
            } else if (snapshot.expiresAt && *snapshot.expiresAt <= now) {
                outcomes.push_back(RestoreOutcome::Expired);
            } else {
                d->write(snapshot.key, snapshot.payload, snapshot.expiresAt, now);
                outcomes.push_back(RestoreOutcome::Restored);
            }
        }
    }
    d->changes.deliver();
    return outcomes;
}

Result<qint64> MemoryBackend::snapshotBytes(std::span<const QByteArray> keys)
{
    qint64 bytes = 0;
    {
        const WallTime now = d->clock->now();
        const std::lock_guard lock(d->mutex);
        for (const QByteArray &key : keys) {
            if (const auto *entry = d->findLive(key, now))
                bytes += key.size() + entry->second.value.size();
        }
    }
    d->changes.deliver();
    return bytes;
}

std::unique_ptr<KeyCursor> MemoryBackend::scan(const ScanRequest &request)
{
    return std::make_unique<Cursor>(d, request);
}

Result<qint64> MemoryBackend::keyCount()
{
    expire();
    const std::lock_guard lock(d->mutex);
    return d->store->size();
}

Subscription MemoryBackend::watch(std::function<void(const KeyChange &)> callback)
{
    return d->changes.subscribe(std::move(callback));
}

} // namespace Cachelens
