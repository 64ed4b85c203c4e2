// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backend/backendurl.h"
#include "core/backend/cachebackend.h"
#include "core/catalog/catalog.h"

#include <QList>

#include <memory>

namespace Cachelens {

class DemoShop;
class FunctionLink;

/// A cache that was opened by its URL. For memory: the embedded demo, whose shop comes with it.
struct OpenedCache {
    std::shared_ptr<DemoShop> demo; ///< null unless the URL is memory:
    std::shared_ptr<CacheBackend> backend;
    FunctionLink *functions = nullptr; ///< whose cache it is, the shop's; null: they run elsewhere
};

/// Makes no connection yet: the first use does.
[[nodiscard]] OpenedCache openCache(const BackendUrl &url, std::shared_ptr<const Clock> clock);

/// Takes the password from CACHELENS_PASSWORD where the URL has none and its scheme knows one.
[[nodiscard]] BackendUrl withPasswordFromEnvironment(BackendUrl url);

/// The catalogs in these files as one. For no file an empty one, or of the demo its own.
[[nodiscard]] Result<Catalog> loadCatalogs(const QList<QByteArray> &files, const BackendUrl &url);

} // namespace Cachelens
