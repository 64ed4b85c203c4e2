// SPDX-License-Identifier: MIT
#include "core/backend/cachebackend.h"

namespace Cachelens {

const char *name(KeyType type)
{
    switch (type) {
    case KeyType::None:
        return "none";
    case KeyType::String:
        return "string";
    case KeyType::List:
        return "list";
    case KeyType::Set:
        return "set";
    case KeyType::SortedSet:
        return "zset";
    case KeyType::Hash:
        return "hash";
    case KeyType::Stream:
        return "stream";
    case KeyType::Other:
        break;
    }
    return "other";
}

namespace {

tl::unexpected<Error> cannot(const char *attempt, const QByteArray &subject)
{
    return failure(
        {.code = Error::Code::Unsupported,
         .attempt = attempt,
         .subject = subject,
         .reason = "this backend has no such operation; Redis and the memory backend have it"});
}

} // namespace

Result<Fetched> CacheBackend::fetchOrLease(const FillSlot &slot, const Lease &)
{
    return cannot("lease", slot.entry);
}

Result<bool> CacheBackend::takeLease(const FillSlot &slot, const Lease &, bool)
{
    return cannot("lease", slot.entry);
}

Result<bool> CacheBackend::storeLeased(const FillSlot &slot, const QByteArray &, const QByteArray &,
                                       std::optional<std::chrono::milliseconds>)
{
    return cannot("store under a lease", slot.entry);
}

Result<bool> CacheBackend::renewLease(const FillSlot &slot, const Lease &)
{
    return cannot("renew the lease of", slot.entry);
}

Result<void> CacheBackend::releaseLease(const FillSlot &slot, const QByteArray &)
{
    return cannot("release the lease of", slot.entry);
}

Result<qint64> CacheBackend::removeEntry(const FillSlot &slot)
{
    if (capabilities().leases) {
        const QByteArray lease = slot.lease();
        if (auto ended = remove({&lease, 1}); !ended)
            return ended;
    }
    return remove({&slot.entry, 1});
}

Result<qint64> CacheBackend::removePrefix(const QByteArray &prefix, qsizetype, PrefixReach)
{
    return cannot("delete by the prefix", prefix);
}

Subscription CacheBackend::follow(const QByteArray &, FollowCallbacks)
{
    return {};
}

} // namespace Cachelens
