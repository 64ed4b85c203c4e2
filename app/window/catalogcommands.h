// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>

#include <functional>

class QAction;
class QMenu;
class QMainWindow;

namespace Cachelens {

class CatalogDialog;
class Workspace;

/// What can be done with the catalogs of the connection that is open: choose others, edit them,
/// write what is known of the functions into a file.
class CatalogCommands final : public QObject {
    Q_OBJECT

public:
    /// `workspace` must outlive it. `window`: what dialogs and actions belong to.
    CatalogCommands(Workspace &workspace, QMainWindow *window);

    /// `reload`: the window's own action, which is one of its.
    void addTo(QMenu *menu, QAction *reload) const;
    /// After the connection, or its catalogs, have changed.
    void update();
    /// Empty when the connection has catalogs.
    [[nodiscard]] QString whyNoneIsLoaded() const;
    /// Whether nothing is being edited that is not saved; else shows it, and asks.
    [[nodiscard]] bool mayClose();

    void exportTo(const QString &file);
    /// Null while nothing is edited.
    [[nodiscard]] CatalogDialog *dialog() const;
    [[nodiscard]] QAction *loadAction() const { return m_load; }
    [[nodiscard]] QAction *editAction() const { return m_edit; }
    [[nodiscard]] QAction *exportAction() const { return m_export; }
    [[nodiscard]] QAction *forgetAction() const { return m_forget; }

Q_SIGNALS:
    /// The connection is to be read with other files from now on.
    void filesChosen(const QStringList &files);
    void message(const QString &text);

private:
    void load();
    void edit();
    void exportCatalog();
    /// Asks for a file to be written.
    void askForFile(const QString &title, std::function<void(const QString &)> then);
    void write(const QString &file, const QByteArray &json, std::function<void()> then);
    void open(const QStringList &files);
    /// What is known of the functions; of those that run here, what they say.
    [[nodiscard]] QByteArray known() const;

    Workspace &m_workspace;
    QMainWindow *m_window;
    QAction *m_load;
    QAction *m_edit;
    QAction *m_export;
    QAction *m_forget;
    QPointer<CatalogDialog> m_dialog;
};

} // namespace Cachelens
