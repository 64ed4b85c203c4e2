// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/connections/cacheaccess.h"

#include "app/demo/demoshop.h"
#include "core/backend/redisbackend.h"

namespace Cachelens {

OpenedCache openCache(const BackendUrl &url, std::shared_ptr<const Clock> clock)
{
    if (url.scheme == BackendUrl::Scheme::Memory) {
        auto demo = std::make_shared<DemoShop>(std::move(clock));
        return {demo, demo->backend(), &demo->functions()};
    }
    return {nullptr, std::make_shared<RedisBackend>(url, std::move(clock)), nullptr};
}

BackendUrl withPasswordFromEnvironment(BackendUrl url)
{
    if (url.password.isEmpty() && url.scheme != BackendUrl::Scheme::Memory)
        url.password = qgetenv("CACHELENS_PASSWORD");
    return url;
}

Result<Catalog> loadCatalogs(const QList<QByteArray> &files, const BackendUrl &url)
{
    if (files.isEmpty() && url.scheme == BackendUrl::Scheme::Memory)
        return demoCatalog();
    std::vector<Catalog> catalogs;
    for (const QByteArray &file : files) {
        Result<Catalog> catalog = Catalog::fromFile(file);
        if (!catalog)
            return catalog;
        catalogs.push_back(std::move(*catalog));
    }
    return Catalog::merged(catalogs);
}

} // namespace Cachelens
