// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/commands/commandmodel.h"

#include <QFrame>
#include <QPointer>

class QLabel;
class QLineEdit;
class QListView;

namespace Cachelens {

/// Every command by a few letters of its name. A frame over the top of a window; the window binds
/// Ctrl+K to popUp(). Closes on Escape, on a click elsewhere and when a command was chosen.
class CommandPalette : public QFrame {
    Q_OBJECT

public:
    /// `window`: what it lies over.
    explicit CommandPalette(QWidget *window);

    /// Shows these; actions without a text and separators are left out, menus taken apart.
    void popUp(const QList<QAction *> &actions);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void choose(const QModelIndex &index);
    void place();
    void dismiss();
    void moveBy(int rows);
    void updateNote();

    QLineEdit *m_filter = nullptr;
    QListView *m_list = nullptr;
    QLabel *m_note = nullptr;
    CommandModel *m_model = nullptr;
    QPointer<QWidget> m_focusBefore;
};

} // namespace Cachelens
