// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QTableView;

namespace Cachelens {

/// Gives one column of a table what the others leave, and never less than it needs: then the table
/// scrolls. (QHeaderView::Stretch would leave it nothing.) Belongs to the table.
class StretchedColumn final : public QObject {
    Q_OBJECT

public:
    StretchedColumn(QTableView *table, int column, int leastWidth);

    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void fit();

    QTableView *m_table;
    const int m_column;
    const int m_least;
};

} // namespace Cachelens
