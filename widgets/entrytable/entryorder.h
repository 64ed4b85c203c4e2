// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/entrytable/entrycolumns.h"

#include <memory>
#include <optional>

namespace Cachelens {

/// What the rows of an answer are ordered by.
struct EntryOrder {
    enum class By : quint8 {
        Index, ///< as the index has them: as they were found
        Column, ///< the key, or a field of it, in natural order
        Shown, ///< as they were shown; new ones behind them
    };
    By by = By::Index;
    EntryColumn column;
    Qt::SortOrder direction = Qt::AscendingOrder;
    bool operator==(const EntryOrder &) const = default;
};

/// A row whose key is gone, and which stays in its place for a moment.
struct GoneRow {
    std::optional<KeyId> behind; ///< the row above it; none: it was the first
    KeyId id = 0;
};

/// The rows for an answer. To be called on a worker: it sorts.
[[nodiscard]] std::vector<KeyId> arrangeEntries(const KeyIndex &index, std::vector<KeyId> found,
                                                const EntryOrder &order,
                                                const std::vector<KeyId> &shown,
                                                const std::vector<GoneRow> &gone);

} // namespace Cachelens
