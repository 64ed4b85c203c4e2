// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/entrytable/entrytable.h"
#include "widgets/entrytable/entrytablemodel.h"

class QTableView;

namespace Cachelens {

/// What was selected and where the view stood, by key ids, so that it can be found again among
/// other rows.
struct EntryTable::Kept {
    std::shared_ptr<const KeyIndex> index; ///< the one that the ids are from
    std::optional<KeyId> current;
    std::optional<KeyId> top; ///< the first row on screen
    std::vector<KeyId> selected; ///< sorted

    static Kept of(const QTableView &view, const EntryTableModel &model);
    void restore(QTableView &view, const EntryTableModel &model) const;
};

} // namespace Cachelens
