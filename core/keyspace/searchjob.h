// SPDX-License-Identifier: MIT
#pragma once

#include "core/keyspace/entryreader.h"

#include <QFuture>
#include <QThreadPool>

#include <stop_token>

namespace Cachelens {

/// Looks through an index on every core of `pool`, for as long as the answer is wanted. Only the
/// keys that are there when it starts are looked at.
[[nodiscard]] QFuture<Result<SearchBatch>> startSearch(QThreadPool &pool, std::stop_token stop,
                                                       std::shared_ptr<const KeyIndex> index,
                                                       EntryReader entries, KeyQuery query);

} // namespace Cachelens
