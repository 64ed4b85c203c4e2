// SPDX-License-Identifier: MIT
#include "core/cached/cacheobserver.h"

namespace Cachelens {

const char *name(RemovalCause cause)
{
    switch (cause) {
    case RemovalCause::Deleted:
        return "deleted";
    case RemovalCause::Prefix:
        return "prefix";
    case RemovalCause::Rule:
        return "rule";
    case RemovalCause::Replaced:
        return "replaced";
    case RemovalCause::Expired:
        return "expired";
    case RemovalCause::Evicted:
        break;
    }
    return "evicted";
}

} // namespace Cachelens
