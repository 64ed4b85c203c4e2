// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/catalog.h"

#include <cstdlib>

/// A catalog that can be read says the same when it is written and read again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace Cachelens;
    const QByteArrayView json(data, qsizetype(size));
    const Result<Catalog> catalog = Catalog::fromJson(json, "fuzz");
    if (!catalog)
        return 0;
    const QByteArray written = catalog->toJson();
    const Result<Catalog> again = Catalog::fromJson(written, "fuzz");
    if (!again || again->toJson() != written)
        std::abort();
    const KeyReader reader = catalog->keyReader();
    for (const CatalogFunction &function : catalog->functions()) {
        if (catalog->find(function.keyed.id) != &function)
            std::abort();
    }
    return reader.functions().size() == catalog->functions().size() ? 0 : -1;
}
