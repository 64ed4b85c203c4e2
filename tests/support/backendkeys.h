// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backend/cachebackend.h"

#include <set>

namespace Cachelens::Testing {

/// Keys that something between here and the server could take for a pattern, an end, or text; each
/// with bystanders that a wrong reading would hit.
[[nodiscard]] std::vector<QByteArray> nastyKeys();

/// The keys of a whole pass. Throws when a slice fails.
[[nodiscard]] std::set<QByteArray> listKeys(CacheBackend &backend, const QByteArray &prefix,
                                            qsizetype slice = 1000);

} // namespace Cachelens::Testing
