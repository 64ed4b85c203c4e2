// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/keyindex.h"

#include <vector>

namespace Cachelens {

/// What a node is called among its siblings: the same in every index of a cache, where ids are not.
struct NodeName {
    NodeKind kind = NodeKind::Root;
    QByteArray cache;
    QByteArray label;

    [[nodiscard]] static NodeName of(const NodeInfo &info)
    {
        return {info.kind, info.cache, info.label};
    }
    bool operator==(const NodeName &) const = default;
};

/// From the first level down; empty: the root.
using NodePath = std::vector<NodeName>;

} // namespace Cachelens
