// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/stretchedcolumn.h"

#include <QEvent>
#include <QHeaderView>
#include <QTableView>

#include <algorithm>

namespace Cachelens {

StretchedColumn::StretchedColumn(QTableView *table, int column, int leastWidth)
    : QObject(table), m_table(table), m_column(column), m_least(leastWidth)
{
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->viewport()->installEventFilter(this);
    connect(table->horizontalHeader(), &QHeaderView::sectionResized, this,
            [this](int resized, int, int) {
                if (resized != m_column)
                    fit();
            });
    fit();
}

bool StretchedColumn::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize)
        fit();
    return QObject::eventFilter(watched, event);
}

void StretchedColumn::fit()
{
    QHeaderView *columns = m_table->horizontalHeader();
    const int others = columns->length() - columns->sectionSize(m_column);
    columns->resizeSection(m_column, std::max(m_least, m_table->viewport()->width() - others));
}

} // namespace Cachelens
