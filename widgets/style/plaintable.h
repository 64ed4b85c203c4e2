// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QString;
class QTableView;

namespace Cachelens {

/// Sets up a table of the window: one line a row with so many pixels of `air`, one row selected at
/// a time, no frame, no grid, no row numbers, a header that does not react to clicks. The names are
/// the accessible ones of the table and of its header.
void setUpPlainTable(QTableView *table, const QString &name, const QString &headerName,
                     int air = 8);

} // namespace Cachelens
