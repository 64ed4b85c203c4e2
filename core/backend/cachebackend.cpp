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

} // namespace Cachelens
