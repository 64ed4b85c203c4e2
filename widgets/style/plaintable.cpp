// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/plaintable.h"

#include <QHeaderView>
#include <QTableView>

namespace Cachelens {

void setUpPlainTable(QTableView *table, const QString &name, const QString &headerName, int air)
{
    table->setAccessibleName(name);
    table->setFrameShape(QFrame::NoFrame);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setTabKeyNavigation(false);
    table->setCornerButtonEnabled(false);
    QHeaderView *rows = table->verticalHeader();
    rows->hide();
    rows->setSectionResizeMode(QHeaderView::Fixed);
    rows->setMinimumSectionSize(8);
    rows->setDefaultSectionSize(table->fontMetrics().height() + air);
    QHeaderView *columns = table->horizontalHeader();
    columns->setHighlightSections(false);
    columns->setSectionsClickable(false);
    columns->setMinimumSectionSize(32);
    columns->setAccessibleName(headerName);
}

} // namespace Cachelens
