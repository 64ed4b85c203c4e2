// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/keytree/keytreemodel.h"

namespace Cachelens {

/// A node that is shown, or the last row of its parent that says how many more there are.
struct KeyTreeModel::Row {
    Row() = default;
    Row(Row *parentRow, NodeInfo node) : info(std::move(node)), parent(parentRow) { }

    NodeInfo info;
    Row *parent = nullptr;
    int position = 0; ///< among the parent's rows
    Rows rows;
    bool asked = false; ///< its children have been asked for
    bool more = false; ///< not a node; `total` says how many there are
    qsizetype total = 0; ///< children with keys, shown or not
    qsizetype limit = 1000;
    qsizetype knownChildren = -1; ///< see ChildListRequest
    qsizetype knownKeys = 0;

    /// More rows would be slow and of no use to anyone: there is the filter.
    static constexpr qsizetype maxShown = 100'000;

    [[nodiscard]] int rowCount() const { return static_cast<int>(rows.size()); }
    [[nodiscard]] bool hasMore() const { return !rows.empty() && rows.back()->more; }
    [[nodiscard]] bool canShowMore() const { return limit < maxShown; }
    void showMore()
    {
        limit = std::min(limit * 10, maxShown);
        knownChildren = -1;
    }
    void renumber(int from)
    {
        for (int i = from; i < rowCount(); ++i)
            rows[static_cast<std::size_t>(i)]->position = i;
    }
};

} // namespace Cachelens
