// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/windowactions.h"

#include <QAction>
#include <QActionGroup>
#include <QBoxLayout>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QTableWidget>

namespace Cachelens {

namespace {

QAction *make(QMainWindow *window, const QString &text, const QKeySequence &shortcut = {},
              const QString &tip = {})
{
    auto *action = new QAction(text, window);
    action->setShortcut(shortcut);
    QString toolTip = QString(text).remove(u'&');
    if (!shortcut.isEmpty())
        toolTip += QStringLiteral(" (%1)").arg(shortcut.toString(QKeySequence::NativeText));
    action->setToolTip(toolTip);
    action->setStatusTip(tip);
    window->addAction(action);
    return action;
}

void collect(const QList<QAction *> &actions, QList<QAction *> &into)
{
    for (QAction *action : actions) {
        if (!action->isSeparator() && !action->text().isEmpty() && action->isVisible()
            && !into.contains(action))
            into.append(action);
    }
}

} // namespace

WindowActions::WindowActions(QMainWindow *window)
    : newConnection(make(window, tr("&New Connection…"), QKeySequence::New)),
      connections(make(window, tr("&Connections…"), QKeySequence::Open,
                       tr("Create, edit, delete and test connections"))),
      editConnection(make(window, tr("&Edit Connection…"))),
      enterPassword(make(window, tr("Enter &Password…"))),
      openDemo(make(window, tr("Open the &Demo"), {},
                    tr("A small shop's cache, live, without a server"))),
      retry(make(window, tr("Re&try Now"), QKeySequence(Qt::CTRL | Qt::Key_R))),
      readOnly(
          make(window, tr("&Read-only"), {}, tr("Nothing can be changed over this connection"))),
      closeConnection(make(window, tr("C&lose Connection"), QKeySequence::Close)),
      quit(make(window, tr("&Quit"), QKeySequence::Quit)),
      lightTheme(make(window, tr("&Light Theme"))), darkTheme(make(window, tr("&Dark Theme"))),
      systemTheme(make(window, tr("&System's Theme"))), themes(new QActionGroup(window)),
      focusFilter(make(window, tr("&Filter"), QKeySequence::Find)),
      clearFilter(
          make(window, tr("Cl&ear Filter"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L))),
      nextPane(make(window, tr("&Next Pane"), QKeySequence(Qt::Key_F6))),
      previousPane(make(window, tr("&Previous Pane"), QKeySequence(Qt::SHIFT | Qt::Key_F6))),
      palette(make(window, tr("&Commands…"), QKeySequence(Qt::CTRL | Qt::Key_K),
                   tr("Every command by a few letters of its name"))),
      scan(make(window, tr("&Scan Again"), QKeySequence(Qt::Key_F5))),
      pause(make(window, tr("&Pause Scan"), QKeySequence(Qt::CTRL | Qt::Key_P))),
      stopScan(make(window, tr("Stop th&e Scan"), {}, tr("What was found stays"))),
      resumeScan(make(window, tr("G&o On with the Scan"), {},
                      tr("Where it stopped, after what made it fail is over"))),
      reloadCatalog(make(window, tr("Re&load Catalogs"))),
      invalidateFunction(make(window, tr("&Invalidate All of Function…"))),
      deletePartition(make(window, tr("Delete P&artition…"))),
      deleteFunction(make(window, tr("Delete &Function…"))),
      deleteNamespace(make(window, tr("Delete &Namespace…"))),
      undo(make(window, tr("&Undo Last Operation"), QKeySequence::Undo)),
      cancel(
          make(window, tr("&Cancel Running Operation"), QKeySequence(Qt::CTRL | Qt::Key_Period))),
      shortcuts(make(window, tr("&Keyboard Shortcuts"), QKeySequence(Qt::Key_F1))),
      about(make(window, tr("&About Cachelens")))
{
    focusFilter->setShortcuts({QKeySequence::Find, QKeySequence(Qt::CTRL | Qt::Key_L)});
    scan->setIconText(tr("Scan"));
    scan->setIcon(themedIcon(QStringLiteral("scan")));
    pause->setIcon(themedIcon(QStringLiteral("pause")));
    palette->setIcon(themedIcon(QStringLiteral("command")));
    palette->setIconText(
        tr("%1 commands").arg(palette->shortcut().toString(QKeySequence::NativeText)));
    undo->setIcon(themedIcon(QStringLiteral("undo")));
    cancel->setIcon(themedIcon(QStringLiteral("cancel")));
    connections->setIcon(themedIcon(QStringLiteral("connect")));
    readOnly->setIcon(themedIcon(QStringLiteral("lock")));
    for (QAction *action : {deletePartition, deleteFunction, deleteNamespace})
        action->setIcon(themedIcon(QStringLiteral("delete")));
    readOnly->setCheckable(true);
    pause->setCheckable(true);
    quit->setMenuRole(QAction::QuitRole);
    about->setMenuRole(QAction::AboutRole);
    for (QAction *theme : {systemTheme, lightTheme, darkTheme}) {
        theme->setCheckable(true);
        themes->addAction(theme);
    }
}

QAction *WindowActions::ofTheme(ThemeChoice choice) const
{
    switch (choice) {
    case ThemeChoice::Light:
        return lightTheme;
    case ThemeChoice::Dark:
        return darkTheme;
    case ThemeChoice::System:
        return systemTheme;
    }
    return systemTheme;
}

ThemeChoice WindowActions::theme() const
{
    if (lightTheme->isChecked())
        return ThemeChoice::Light;
    return darkTheme->isChecked() ? ThemeChoice::Dark : ThemeChoice::System;
}

QList<QAction *> allActions(const QMainWindow &window)
{
    QList<QAction *> all;
    for (const QAction *menu : window.menuBar()->actions())
        collect(menu->menu()->actions(), all);
    collect(window.actions(), all);
    for (const QWidget *widget : window.findChildren<QWidget *>()) {
        // A line edit's own actions are icons inside it.
        if (!qobject_cast<const QMenu *>(widget) && !widget->inherits("QLineEdit"))
            collect(widget->actions(), all);
    }
    return all;
}

void showShortcuts(QMainWindow *window)
{
    auto *dialog = new QDialog(window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(WindowActions::tr("Keyboard shortcuts"));
    auto *table = new QTableWidget(0, 2, dialog);
    table->setAccessibleName(WindowActions::tr("Shortcuts"));
    table->setHorizontalHeaderLabels({WindowActions::tr("Shortcut"), WindowActions::tr("Command")});
    table->verticalHeader()->hide();
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setShowGrid(false);
    table->setTabKeyNavigation(false);
    for (const QAction *action : allActions(*window)) {
        if (action->shortcuts().isEmpty())
            continue;
        const int row = table->rowCount();
        table->insertRow(row);
        const QString keys
            = QKeySequence::listToString(action->shortcuts(), QKeySequence::NativeText);
        table->setItem(row, 0, new QTableWidgetItem(keys));
        table->setItem(row, 1, new QTableWidgetItem(action->text().remove(u'&')));
    }
    table->resizeColumnToContents(0);
    table->horizontalHeader()->setStretchLastSection(true);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto *layout = new QVBoxLayout(dialog);
    layout->addWidget(table);
    layout->addWidget(buttons);
    dialog->resize(520, 560);
    dialog->open();
}

void showAbout(QMainWindow *window)
{
    auto *box
        = new QMessageBox(QMessageBox::NoIcon, WindowActions::tr("About Cachelens"),
                          WindowActions::tr("Cachelens %1").arg(QStringLiteral(CACHELENS_VERSION)),
                          QMessageBox::Close, window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(WindowActions::tr(
        "Shows the function-result cache behind a running service, and lets you try things on "
        "it safely.\n\nGPL-3.0-or-later; its library MIT."));
    box->open();
}

} // namespace Cachelens
