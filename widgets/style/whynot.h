// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QAction;

namespace Cachelens {

/// Disables an action and says why, for a person: tool tip, status bar and command palette show
/// `whyNot` in the place of the action's own tips. Empty: enables it, and brings those back.
void setWhyNot(QAction *action, const QString &whyNot);
/// Why an action cannot be run now; empty: it can, or nobody has said why.
[[nodiscard]] QString whyNot(const QAction *action);

/// The first of some reasons that says something.
template <typename... Others>
[[nodiscard]] QString firstReason(const QString &reason, const Others &...others)
{
    if constexpr (sizeof...(others) == 0)
        return reason;
    else
        return reason.isEmpty() ? firstReason(others...) : reason;
}

} // namespace Cachelens
