// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/functioncatalog.h"

#include "core/cached/cache.h"

namespace Cachelens {

Catalog catalogOf(const Cache &cache)
{
    std::vector<CatalogFunction> functions;
    for (FunctionDescription &described : cache.functions()) {
        CatalogFunction function;
        function.keyed = std::move(described.keyed);
        function.defaultKey = described.constructor == AnyKeyConstructor();
        function.ttl.reset();
        if (described.ttl)
            function.ttl = std::chrono::ceil<std::chrono::seconds>(*described.ttl);
        function.rules = std::move(described.rules);
        functions.push_back(std::move(function));
    }
    return Catalog(std::move(functions));
}

} // namespace Cachelens
