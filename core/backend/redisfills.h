// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/fillslot.h"
#include "core/backend/redisrunner.h"

#include <optional>

namespace Cachelens {

/// Leases and the index, see FillSlot: CacheBackend's operations of the same names, each a script
/// and so one round trip. Thread-safe.
class RedisFills {
public:
    explicit RedisFills(std::shared_ptr<const RedisRunner> runner);

    Result<Fetched> fetchOrLease(const FillSlot &slot, const Lease &lease) const;
    Result<bool> takeLease(const FillSlot &slot, const Lease &lease, bool takeOver) const;
    Result<bool> storeLeased(const FillSlot &slot, const QByteArray &token, const QByteArray &value,
                             std::optional<std::chrono::milliseconds> ttl) const;
    Result<bool> renewLease(const FillSlot &slot, const Lease &lease) const;
    Result<void> releaseLease(const FillSlot &slot, const QByteArray &token) const;

private:
    const std::shared_ptr<const RedisRunner> m_runner;
};

} // namespace Cachelens
