// SPDX-License-Identifier: MIT
#include "core/keyspace/entry.h"

namespace Cachelens {

NextCall nextCall(const KeyFacts &facts, const std::optional<EntryMetadata> &metadata, WallTime now)
{
    if (facts.type == KeyType::None)
        return NextCall::Miss;
    if (!metadata || (metadata->cacheResetAt && !metadata->resetAtMs))
        return NextCall::Unknown;
    const bool past = metadata->resetAtMs && *metadata->resetAtMs <= now.time_since_epoch().count();
    return past ? NextCall::Stale : NextCall::Hit;
}

} // namespace Cachelens
