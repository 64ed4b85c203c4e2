// SPDX-License-Identifier: MIT
#pragma once

#include "core/invalidation/rule.h"
#include "core/key/keybuilder.h"

namespace Cachelens {

/// How much of a function a rule drops each time it runs.
enum class RuleExtent : quint8 {
    Partition, ///< one partition
    SeveralPartitions, ///< it fills the front of the partition only: all that begin like it
    WholeFunction, ///< nothing that it fills in tells one partition from another
    Unknown, ///< an invalidator of its own decides
    /// It leaves out an argument in front of one that it fills, or that has a default, or one that
    /// is hashed: there is no key that begins like its prefix. Or its arguments do not fit the
    /// parameters.
    Nothing,
};

[[nodiscard]] RuleExtent extentOf(const KeyBuilder &builder, const InvalidationRule &rule);

} // namespace Cachelens
