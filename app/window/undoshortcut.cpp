// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/undoshortcut.h"

#include <QComboBox>
#include <QKeyEvent>
#include <QLineEdit>

namespace Cachelens {

bool UndoShortcut::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::ShortcutOverride
        || !static_cast<QKeyEvent *>(event)->matches(QKeySequence::Undo))
        return false;
    const auto *edit = qobject_cast<QLineEdit *>(watched);
    if (const auto *box = qobject_cast<QComboBox *>(watched))
        edit = box->lineEdit(); // which has its box listen to the keys
    return edit && !edit->isUndoAvailable();
}

} // namespace Cachelens
