// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/style/theme.h"

#include <QCoreApplication>
#include <QList>

class QAction;
class QActionGroup;
class QMainWindow;
class QMenu;

namespace Cachelens {

/// The window's own actions, each once: menus, buttons and the command palette show the same ones.
/// They belong to the window, which connects them.
struct WindowActions {
    Q_DECLARE_TR_FUNCTIONS(WindowActions)

public:
    explicit WindowActions(QMainWindow *window);

    // Connection
    QAction *newConnection;
    QAction *connections;
    QAction *editConnection;
    QAction *enterPassword;
    QAction *openDemo;
    QAction *retry;
    QAction *readOnly;
    QAction *closeConnection;
    QAction *quit;

    // View
    QAction *lightTheme;
    QAction *darkTheme;
    QAction *systemTheme;
    QActionGroup *themes;
    QAction *focusFilter;
    QAction *clearFilter;
    QAction *nextPane;
    QAction *previousPane;
    QAction *palette;

    // Cache
    QAction *scan;
    QAction *pause;
    QAction *stopScan;
    QAction *resumeScan; ///< of a scan that failed
    QAction *reloadCatalog;
    QAction *invalidateFunction;
    QAction *deletePartition;
    QAction *deleteFunction;
    QAction *deleteNamespace;
    QAction *undo;
    QAction *cancel;

    // Help
    QAction *shortcuts;
    QAction *about;

    [[nodiscard]] QAction *ofTheme(ThemeChoice choice) const;
    [[nodiscard]] ThemeChoice theme() const;
};

/// Every action of a window that a person can choose: of its menus and of the widgets in it, each
/// once, menus first. A menu within a menu is one of them, with its own inside.
[[nodiscard]] QList<QAction *> allActions(const QMainWindow &window);

/// Lists the actions that have a shortcut. Opened with open(); deletes itself when it is closed.
void showShortcuts(QMainWindow *window);
void showAbout(QMainWindow *window);

} // namespace Cachelens
