// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMenu>

class QActionGroup;

namespace Cachelens {

class EntryTableModel;

/// What the rows of the entry table are sorted by, and in which direction: a line for each column.
/// A column that cannot be sorted by is disabled, and its tip says why.
class SortMenu final : public QMenu {
    Q_OBJECT

public:
    explicit SortMenu(const EntryTableModel &model, QWidget *parent = nullptr);

    /// The model has other columns.
    void rebuild();
    /// The rows or what they are sorted by changed.
    void refresh();

Q_SIGNALS:
    void sortRequested(int column, Qt::SortOrder direction);

private:
    const EntryTableModel &m_model;
    QActionGroup *m_columns = nullptr;
    QActionGroup *m_directions = nullptr;
    QAction *m_ascending = nullptr;
    QAction *m_descending = nullptr;
};

} // namespace Cachelens
