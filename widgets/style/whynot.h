// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>

namespace Cachelens {

/// Puts into the tips of an action why it cannot be run now, for a person; empty: `tip`, or what Qt
/// makes of its text. Tool tip, status bar and command palette show it.
inline void tellWhyNot(QAction *action, const QString &whyNot, const QString &tip = {})
{
    action->setToolTip(whyNot.isEmpty() ? tip : whyNot);
    action->setStatusTip(whyNot.isEmpty() ? tip : whyNot);
}

} // namespace Cachelens
