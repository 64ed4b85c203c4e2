// SPDX-License-Identifier: MIT
#pragma once

#include "core/keyspace/entryreader.h"
#include "core/keyspace/operationjob.h"

namespace Cachelens {

/// Told how far a plan is, in thousandths of what there is to look through; nearly, since the keys
/// of a cache come and go.
using PlanProgress = std::function<void(int permille)>;
constexpr int planPermille = 1000;

/// Freezes the keys of a target and looks at what they weigh. Blocks.
[[nodiscard]] Result<DeletionPlan> planDeletion(CacheBackend &backend, const KeyReader &reader,
                                                const UndoBudget &budget,
                                                const ConnectionPolicy &policy,
                                                DeletionTarget target, const Unwanted &unwanted,
                                                const PlanProgress &progress);

} // namespace Cachelens
