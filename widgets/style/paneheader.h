// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>

class QLabel;
class QLayout;
class QString;
class QWidget;

namespace Cachelens {

/// The name of a pane, quiet and small, above what it holds.
[[nodiscard]] QLabel *paneTitle(const QString &text, QWidget *parent);
/// The line above a pane: its title, and what belongs to the pane at the right.
[[nodiscard]] QLayout *paneHeader(QLabel *title, const QList<QWidget *> &right);
/// The sentence in place of a pane that has nothing to show.
[[nodiscard]] QLabel *emptyPane(QWidget *parent);

} // namespace Cachelens
