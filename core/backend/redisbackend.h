// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/backendurl.h"
#include "core/backend/cachebackend.h"

namespace Cachelens {

struct RedisOptions {
    std::chrono::milliseconds connectTimeout{2000};
    /// In which nothing comes of a reply; one that keeps coming may take 12 times as long.
    std::chrono::milliseconds commandTimeout{5000};
    std::chrono::milliseconds firstBackoff{100}; ///< doubles with each failed attempt
    std::chrono::milliseconds longestBackoff{5000};
    int connections = 4; ///< lent to at most so many threads at once
    qsizetype pipeline = 1000; ///< commands sent before their replies are read
};

/// Redis over hiredis. A hiredis context belongs to one thread at a time: a pool lends them. While
/// the server is away each call fails at once, and the first call after `retryAt` tries again, so
/// that a periodic ping() is all it takes to come back.
class RedisBackend final : public CacheBackend {
public:
    RedisBackend(BackendUrl url, std::shared_ptr<const Clock> clock, RedisOptions options = {});
    ~RedisBackend() override;

    BackendCapabilities capabilities() const override;
    QByteArray description() const override;
    bool usesPassword() const override;
    QByteArray serverVersion() const override;
    BackendState state() const override;
    Subscription onStateChanged(std::function<void(BackendState)> callback) override;
    Result<std::chrono::microseconds> ping() override;
    void retryNow() override;
    void interrupt() override;
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
    std::unique_ptr<Private> d;
};

} // namespace Cachelens
