// SPDX-License-Identifier: MIT
#include "core/backend/timetolive.h"

namespace Cachelens {

Result<void> checkTimeToLive(const char *attempt, const QByteArray &key,
                             std::optional<std::chrono::milliseconds> ttl)
{
    // Half of what 64 bits hold: the other half is room for the time of day that is added.
    constexpr auto longest = std::chrono::milliseconds::max() / 2;
    if (!ttl || (ttl->count() > 0 && *ttl <= longest))
        return {};
    return failure({.code = Error::Code::InvalidInput,
                    .attempt = attempt,
                    .subject = key,
                    .reason = "a time to live of " + QByteArray::number(qint64(ttl->count()))
                        + " ms cannot be kept"});
}

} // namespace Cachelens
