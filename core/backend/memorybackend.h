// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/cachebackend.h"

namespace Cachelens {

struct MemoryOptions {
    /// Of keys, values and bookkeeping. Above it the least recently used entries are evicted.
    qint64 maxBytes = 256 * 1024 * 1024;
    QByteArray name = "memory:"; ///< what description() says
};

/// The embedded backend: bytes in this process, with expiry, bounded, listed by prefix without a
/// full pass. Expired entries are gone for every reader at their time; expire() sweeps what nobody
/// reads, so that watchers are told.
class MemoryBackend final : public CacheBackend {
public:
    explicit MemoryBackend(std::shared_ptr<const Clock> clock, MemoryOptions options = {});
    ~MemoryBackend() override;

    /// Removes expired entries and tells watchers. Returns how many there were.
    qsizetype expire();
    /// Bytes in use, by the same measure as MemoryOptions::maxBytes.
    [[nodiscard]] qint64 usedBytes() const;
    void clear();

    BackendCapabilities capabilities() const override;
    QByteArray description() const override;
    QByteArray serverVersion() const override;
    BackendState state() const override;
    Subscription onStateChanged(std::function<void(BackendState)> callback) override;
    Result<std::chrono::microseconds> ping() override;
    Result<std::optional<QByteArray>> get(const QByteArray &key) override;
    Result<std::vector<std::optional<QByteArray>>>
    getMany(std::span<const QByteArray> keys) override;
    Result<std::vector<KeyFacts>> facts(std::span<const QByteArray> keys) override;
    Result<ValueHead> head(const QByteArray &key, qint64 bytes, qsizetype elements) override;
    Result<void> set(const QByteArray &key, const QByteArray &value,
                     std::optional<std::chrono::milliseconds> ttl) override;
    Result<bool> setTtl(const QByteArray &key,
                        std::optional<std::chrono::milliseconds> ttl) override;
    Result<qint64> remove(std::span<const QByteArray> keys) override;
    Result<bool> removeIfSame(const QByteArray &key, const QByteArray &value) override;
    Result<std::vector<KeySnapshot>> take(std::span<const QByteArray> keys) override;
    Result<std::vector<RestoreOutcome>> restore(std::span<const KeySnapshot> snapshots) override;
    Result<qint64> snapshotBytes(std::span<const QByteArray> keys) override;
    std::unique_ptr<KeyCursor> scan(const ScanRequest &request) override;
    Result<qint64> keyCount() override;
    Subscription watch(std::function<void(const KeyChange &)> callback) override;
    Result<Fetched> fetchOrLease(const FillSlot &slot, const Lease &lease) override;
    Result<bool> takeLease(const FillSlot &slot, const Lease &lease, bool takeOver) override;
    Result<bool> storeLeased(const FillSlot &slot, const QByteArray &token, const QByteArray &value,
                             std::optional<std::chrono::milliseconds> ttl) override;
    Result<bool> renewLease(const FillSlot &slot, const Lease &lease) override;
    Result<void> releaseLease(const FillSlot &slot, const QByteArray &token) override;
    Result<qint64> removePrefix(const QByteArray &prefix, qsizetype functionEnd,
                                PrefixReach reach) override;
    Subscription follow(const QByteArray &prefix, FollowCallbacks callbacks) override;

private:
    struct Private;
    class Cursor;
    std::shared_ptr<Private> d; // shared with the cursors, which may outlive it
};

} // namespace Cachelens
