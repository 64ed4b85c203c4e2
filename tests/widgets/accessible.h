// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAccessible>
#include <QScrollBar>
#include <QStringList>
#include <QWidget>

namespace Cachelens::Testing {

/// The controls in `root` that the keyboard can reach and that tell a screen reader no name.
[[nodiscard]] inline QStringList namelessControls(const QWidget &root)
{
    QStringList nameless;
    const auto widgets = root.findChildren<QWidget *>();
    for (QWidget *widget : widgets) {
        const bool control = (widget->focusPolicy() & Qt::TabFocus) && !widget->focusProxy()
            && widget->metaObject() != &QWidget::staticMetaObject;
        if (!control || qobject_cast<QScrollBar *>(widget) || widget->window() != root.window())
            continue;
        QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(widget);
        if (!interface || interface->text(QAccessible::Name).isEmpty())
            nameless
                += QStringLiteral("%1 in %2")
                       .arg(QString::fromLatin1(widget->metaObject()->className()),
                            QString::fromLatin1(widget->parentWidget()->metaObject()->className()));
    }
    return nameless;
}

} // namespace Cachelens::Testing
