// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/catalogcommands.h"

#include "app/window/catalogdialog.h"
#include "app/window/textfile.h"
#include "app/window/workspace.h"
#include "widgets/style/whynot.h"
#include "widgets/whenready.h"

#include <QAction>
#include <QDir>
#include <QFileDialog>
#include <QMainWindow>
#include <QMenu>
#include <QtConcurrent>

namespace Cachelens {

CatalogCommands::CatalogCommands(Workspace &workspace, QMainWindow *window)
    : QObject(window), m_workspace(workspace), m_window(window),
      m_load(new QAction(tr("&Load Catalogs…"), window)),
      m_edit(new QAction(tr("Ed&it Catalog…"), window)),
      m_export(new QAction(tr("E&xport Catalog…"), window)),
      m_forget(new QAction(tr("Use No Cata&log Files"), window))
{
    m_load->setStatusTip(tr("Files that say what is known of this connection's functions"));
    m_edit->setStatusTip(tr("With each mistake and its line, while you type"));
    m_export->setStatusTip(tr("Writes what is known of the functions into a file"));
    m_forget->setStatusTip(tr("The files stay; this connection is read without them"));
    connect(m_load, &QAction::triggered, this, &CatalogCommands::load);
    connect(m_edit, &QAction::triggered, this, &CatalogCommands::edit);
    connect(m_export, &QAction::triggered, this, &CatalogCommands::exportCatalog);
    connect(m_forget, &QAction::triggered, this, [this] { Q_EMIT filesChosen({}); });
    for (QAction *action : {m_load, m_edit, m_export, m_forget}) {
        action->setToolTip(action->statusTip());
        window->addAction(action);
    }
    update();
}

void CatalogCommands::addTo(QMenu *menu, QAction *reload) const
{
    menu->addActions({m_load, m_edit, reload, m_export, m_forget});
}

void CatalogCommands::update()
{
    const Session *session = m_workspace.session();
    const QString notOpen = session ? QString() : tr("No connection is open");
    setWhyNot(m_load, notOpen);
    setWhyNot(m_edit, notOpen);
    const bool isKnown = m_workspace.runsHere() || (session && !session->catalog().isEmpty());
    setWhyNot(m_export,
              firstReason(notOpen, isKnown ? QString() : tr("Nothing is known of the functions")));
    setWhyNot(m_forget, firstReason(notOpen, whyNoneIsLoaded()));
}

QString CatalogCommands::whyNoneIsLoaded() const
{
    return m_workspace.connection().catalogs.isEmpty() ? tr("No catalog is loaded") : QString();
}

bool CatalogCommands::mayClose()
{
    if (!m_dialog || !m_dialog->isModified())
        return true;
    m_dialog->show();
    m_dialog->raise();
    m_dialog->activateWindow();
    m_dialog->reject();
    return false;
}

CatalogDialog *CatalogCommands::dialog() const
{
    return m_dialog;
}

void CatalogCommands::load()
{
    const QStringList &now = m_workspace.connection().catalogs;
    const QString folder = now.isEmpty() ? QString() : QFileInfo(now.constFirst()).absolutePath();
    auto *dialog = new QFileDialog(m_window, tr("Load catalogs"), folder,
                                   tr("Catalogs (*.json);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &CatalogCommands::filesChosen);
    dialog->open();
}

void CatalogCommands::edit()
{
    const QStringList &files = m_workspace.connection().catalogs;
    if (!files.isEmpty()) {
        open(files);
        return;
    }
    askForFile(tr("Where is the new catalog to be?"), [this](const QString &file) {
        write(file, known(), [this, file] {
            Q_EMIT filesChosen({file});
            open({file});
        });
    });
}

void CatalogCommands::open(const QStringList &files)
{
    if (!m_dialog)
        m_dialog = new CatalogDialog(files, m_window);
    m_dialog->show();
    m_dialog->raise();
    m_dialog->activateWindow();
}

void CatalogCommands::exportCatalog()
{
    askForFile(tr("Export the catalog"), [this](const QString &file) { exportTo(file); });
}

void CatalogCommands::exportTo(const QString &file)
{
    write(file, known(), [this, file] {
        Q_EMIT message(tr("The catalog was written into %1.").arg(QDir::toNativeSeparators(file)));
    });
}

void CatalogCommands::askForFile(const QString &title, std::function<void(const QString &)> then)
{
    auto *dialog = new QFileDialog(m_window, title, {}, tr("Catalogs (*.json);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("json"));
    dialog->selectFile(QStringLiteral("catalog.json"));
    connect(dialog, &QFileDialog::fileSelected, this, std::move(then));
    dialog->open();
}

void CatalogCommands::write(const QString &file, const QByteArray &json, std::function<void()> then)
{
    const TextFile text{QString::fromUtf8(json)};
    whenReady(QtConcurrent::run([text, file] { return text.write(file); }), this,
              [this, then = std::move(then)](const Result<void> &done) {
                  if (done)
                      then();
                  else
                      Q_EMIT message(QString::fromUtf8(done.error().message()));
              });
}

QByteArray CatalogCommands::known() const
{
    return m_workspace.runsHere() ? m_workspace.catalogOfFunctions().toJson()
                                  : m_workspace.session()->catalog().toJson();
}

} // namespace Cachelens
