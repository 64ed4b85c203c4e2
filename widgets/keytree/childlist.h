// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/keytree/nodepath.h"

#include <memory>
#include <span>
#include <vector>

namespace Cachelens {

/// Which children of a node a tree wants to show.
struct ChildListRequest {
    NodeId node = KeyIndex::root;
    qsizetype limit = 0; ///< how many, from the first
    std::vector<NodeName> keep; ///< shown even when that takes more than `limit`
    /// What the last answer was made from. If nothing is new since, there is no answer.
    qsizetype knownChildren = -1;
    qsizetype knownKeys = 0;
};

struct ChildList {
    NodeId node = KeyIndex::root;
    std::vector<NodeInfo> shown; ///< sorted; those without keys are left out
    qsizetype total = 0; ///< children that have keys, shown or not
    qsizetype knownChildren = 0;
    qsizetype knownKeys = 0;
};

/// Sorted lists of children: namespaces, functions and partitions in natural order, other keys
/// last. Takes as long as sorting takes: for workers.
[[nodiscard]] std::vector<ChildList> listChildren(const KeyIndex &index,
                                                  std::span<const ChildListRequest> requests);

} // namespace Cachelens
