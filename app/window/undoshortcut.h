// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace Cachelens {

/// Leaves the undo key to the window's own command where a line edit has nothing to undo: it would
/// take it for itself. To be installed on the application.
class UndoShortcut final : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
};

} // namespace Cachelens
