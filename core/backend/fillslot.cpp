// SPDX-License-Identifier: MIT
#include "core/backend/fillslot.h"

#include "core/backend/timetolive.h"

namespace Cachelens {

Result<void> checkSlot(const char *attempt, const FillSlot &slot)
{
    const char *reason = nullptr;
    if (slot.functionEnd <= 0 || slot.functionEnd > slot.entry.size())
        reason = "the prefix of its function is not a part of it";
    else if (FillSlot::isLease(slot.entry) || FillSlot::isIndex(slot.entry))
        reason = "this is how the bookkeeping of other entries is called";
    if (!reason)
        return {};
    return failure({.code = Error::Code::InvalidInput,
                    .attempt = attempt,
                    .subject = slot.entry,
                    .reason = reason});
}

Result<void> checkLease(const char *attempt, const FillSlot &slot, const Lease &lease)
{
    if (auto checked = checkSlot(attempt, slot); !checked)
        return checked;
    if (lease.token.isEmpty())
        return failure({.code = Error::Code::InvalidInput,
                        .attempt = attempt,
                        .subject = slot.entry,
                        .reason = "a lease without a token is nobody's"});
    return checkTimeToLive(attempt, slot.entry, lease.time);
}

Result<void> checkPrefix(const QByteArray &prefix, qsizetype functionEnd)
{
    if (!prefix.isEmpty() && functionEnd >= 0 && functionEnd <= prefix.size())
        return {};
    return failure({.code = Error::Code::InvalidInput,
                    .attempt = "delete by the prefix",
                    .subject = prefix,
                    .reason = "it has to begin with the prefix of a function"});
}

} // namespace Cachelens
