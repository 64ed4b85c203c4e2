// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrytable/entrytablekept.h"

#include <QItemSelectionModel>
#include <QScrollBar>
#include <QTableView>

#include <algorithm>

namespace Cachelens {

namespace {

/// More selected rows than these are not looked for again: no selection is better than a stall.
constexpr int maxSelected = 100'000;
constexpr qsizetype maxRanges = 1000;

} // namespace

EntryTable::Kept EntryTable::Kept::of(const QTableView &view, const EntryTableModel &model)
{
    Kept kept;
    kept.index = model.keyIndex();
    if (const QModelIndex current = view.currentIndex(); current.isValid())
        kept.current = model.idAt(current.row());
    const int top = view.verticalScrollBar()->value();
    if (top > 0 && top < model.rowCount())
        kept.top = model.idAt(top);
    for (const QItemSelectionRange &range : view.selectionModel()->selection()) {
        if (std::ssize(kept.selected) + range.height() > maxSelected) {
            kept.selected.clear();
            break;
        }
        for (int row = range.top(); row <= range.bottom(); ++row)
            kept.selected.push_back(model.idAt(row));
    }
    std::sort(kept.selected.begin(), kept.selected.end());
    return kept;
}

void EntryTable::Kept::restore(QTableView &view, const EntryTableModel &model) const
{
    if (index != model.keyIndex() || !(current || top || !selected.empty()))
        return;
    const auto &rows = model.rows();
    QItemSelection selection;
    int currentRow = -1;
    int topRow = -1;
    int from = -1;
    const auto endRange = [&](int row) {
        if (from >= 0)
            selection.append({model.index(from, 0), model.index(row - 1, model.columnCount() - 1)});
        from = -1;
    };
    for (int row = 0; row < model.rowCount(); ++row) {
        const KeyId id = rows[static_cast<std::size_t>(row)];
        if (id == current)
            currentRow = row;
        if (id == top)
            topRow = row;
        if (selected.empty())
            continue;
        if (!std::binary_search(selected.begin(), selected.end(), id))
            endRange(row);
        else if (from < 0)
            from = row;
    }
    endRange(model.rowCount());

    if (currentRow >= 0)
        view.selectionModel()->setCurrentIndex(model.index(currentRow, 0),
                                               QItemSelectionModel::NoUpdate);
    if (selection.size() <= maxRanges)
        view.selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
    if (topRow >= 0)
        view.verticalScrollBar()->setValue(topRow);
}

} // namespace Cachelens
