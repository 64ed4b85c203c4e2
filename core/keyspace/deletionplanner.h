// SPDX-License-Identifier: MIT
#pragma once

#include "core/keyspace/entryreader.h"
#include "core/keyspace/operationjob.h"

namespace Cachelens {

/// Freezes the keys of a target and looks at what they weigh. Blocks.
[[nodiscard]] Result<DeletionPlan> planDeletion(CacheBackend &backend, const KeyReader &reader,
                                                const UndoBudget &budget,
                                                const ConnectionPolicy &policy,
                                                DeletionTarget target, const Unwanted &unwanted);

} // namespace Cachelens
