// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/style/theme.h"

#include <QAction>

namespace Cachelens {

/// An action of a pane, with a shortcut that works while the focus is in the pane. `slot`: a member
/// function of the pane, or anything that can be called.
template <typename Pane, typename Slot>
QAction *addPaneAction(Pane *pane, const QString &icon, const QString &text,
                       const QKeySequence &shortcut, Slot slot)
{
    auto *action = new QAction(themedIcon(icon), text, pane);
    action->setShortcut(shortcut);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    QObject::connect(action, &QAction::triggered, pane, slot);
    pane->addAction(action);
    return action;
}

} // namespace Cachelens
