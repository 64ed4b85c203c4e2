// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/whynot.h"

#include <QAction>
#include <QVariant>

namespace Cachelens {

namespace {

constexpr char reasonProperty[] = "whyNot";
constexpr char ownTipsProperty[] = "ownTips"; // tool tip and status tip

} // namespace

void setWhyNot(QAction *action, const QString &whyNot)
{
    const bool wasDisabled = !action->property(reasonProperty).toString().isEmpty();
    if (!whyNot.isEmpty()) {
        if (!wasDisabled)
            action->setProperty(ownTipsProperty,
                                QStringList{action->toolTip(), action->statusTip()});
        action->setToolTip(whyNot);
        action->setStatusTip(whyNot);
    } else if (wasDisabled) {
        const QStringList own = action->property(ownTipsProperty).toStringList();
        action->setToolTip(own.at(0));
        action->setStatusTip(own.at(1));
    }
    action->setProperty(reasonProperty, whyNot);
    action->setEnabled(whyNot.isEmpty());
}

QString whyNot(const QAction *action)
{
    return action->property(reasonProperty).toString();
}

} // namespace Cachelens
