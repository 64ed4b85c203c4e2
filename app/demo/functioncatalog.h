// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"

namespace Cachelens {

class Cache;

/// What a cache's living functions say of themselves, in the order in which they were made.
[[nodiscard]] Catalog catalogOf(const Cache &cache);

} // namespace Cachelens
