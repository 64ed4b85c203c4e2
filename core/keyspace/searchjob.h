// SPDX-License-Identifier: MIT
#pragma once

#include "core/keyspace/entryreader.h"

#include <QFuture>
#include <QThreadPool>

#include <stop_token>

namespace Cachelens {

/// Looks through an index on every thread of `pool`, for as long as the answer is wanted. It may
/// keep them all for as long as it runs, so the pool should serve nothing but searches. Only the
/// keys that are there when it starts are looked at.
[[nodiscard]] QFuture<Result<SearchBatch>> startSearch(QThreadPool &pool, std::stop_token stop,
                                                       std::shared_ptr<const KeyIndex> index,
                                                       EntryReader entries, KeyQuery query);

} // namespace Cachelens
