// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/mainwindow.h"

#include "app/connections/connectiondialog.h"
#include "app/connections/connectionproblem.h"
#include "app/window/banner.h"
#include "app/window/cachecommands.h"
#include "app/window/catalogcommands.h"
#include "app/window/functioncommands.h"
#include "app/window/functionpanes.h"
#include "app/window/playgroundpane.h"
#include "app/window/simulatorpane.h"
#include "app/window/statusline.h"
#include "app/window/undoshortcut.h"
#include "widgets/commands/commandpalette.h"
#include "widgets/entrypanel/entrypanel.h"
#include "widgets/entrytable/entrytable.h"
#include "widgets/entrytable/filterbar.h"
#include "widgets/keytree/keytree.h"
#include "widgets/operations/operationsview.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QInputDialog>
#include <QScreen>
#include <QSettings>
#include <QSplitter>
#include <QStatusBar>
#include <QTableView>
#include <QToolButton>
#include <QTreeView>

namespace Cachelens {

namespace {

constexpr int stateVersion = 1; // of what QMainWindow remembers: grows when docks are renamed

const QString geometryKey = QStringLiteral("window/geometry");
const QString stateKey = QStringLiteral("window/state");
const QString splitterKey = QStringLiteral("window/panes");
const QString tableKey = QStringLiteral("window/columns");
const QString themeKey = QStringLiteral("window/theme");

} // namespace

MainWindow::MainWindow(QSettings &settings, std::shared_ptr<const Clock> clock, QWidget *parent)
    : QMainWindow(parent), m_settings(settings), m_store(settings), m_workspace(std::move(clock)),
      m_actions(this), m_commands(new CacheCommands(this)), m_calls(new FunctionCommands(this)),
      m_catalogs(new CatalogCommands(m_workspace, this)), m_palette(new CommandPalette(this))
{
    setWindowTitle(tr("Cachelens"));
    buildPanes();
    buildMenus();
    connectActions();
    connectPanes();
    connectFunctions();
    connectCatalogs();
    qApp->installEventFilter(new UndoShortcut(this));
    restore();
    updateActions();
}

MainWindow::~MainWindow()
{
    disconnect(qApp, nullptr, this, nullptr); // the focus changes while the window goes
    // The panes let go of the session before it goes.
    m_workspace.close();
}

void MainWindow::openConnection(Connection connection)
{
    if (!connection.url.password.isEmpty())
        m_store.setPassword(connection.url, connection.url.password);
    connection.url.password.clear();
    connection.lastUsed = QDateTime::currentDateTimeUtc();
    m_store.save(connection);
    m_catalogError.reset();
    m_workspace.open(connection, m_store.withPassword(connection.url));
    showConnection(connection.title());
}

void MainWindow::changeConnection(const Connection &connection)
{
    m_commands->closeConnectionThen([this, connection] { openConnection(connection); });
}

void MainWindow::showConnection(const QString &title)
{
    setWindowTitle(title.isEmpty() ? tr("Cachelens") : tr("%1 - Cachelens").arg(title));
    const QFontMetrics metrics = m_connectionButton->fontMetrics();
    m_connectionButton->setText(
        title.isEmpty()
            ? tr("Connect")
            : metrics.elidedText(title, Qt::ElideMiddle, metrics.averageCharWidth() * 32));
    updateActions();
    updateBanner();
}

void MainWindow::say(const QString &text)
{
    constexpr int forAWhile = 6000; // ms
    statusBar()->showMessage(text, forAWhile);
}

Connection MainWindow::lastConnection() const
{
    const auto &known = m_store.connections();
    return known.isEmpty() ? Connection::demo() : known.constFirst();
}

Connection MainWindow::connectionTo(const BackendUrl &url) const
{
    const Connection *known = m_store.find(url);
    Connection connection = known ? *known : Connection::to(url);
    connection.url.password = url.password;
    return connection;
}

void MainWindow::setTheme(ThemeChoice choice)
{
    m_actions.ofTheme(choice)->setChecked(true);
    applyTheme(*qApp, choice);
}

void MainWindow::chooseTheme()
{
    const ThemeChoice theme = m_actions.theme();
    applyTheme(*qApp, theme);
    m_settings.setValue(themeKey,
                        theme == ThemeChoice::Light      ? QStringLiteral("light")
                            : theme == ThemeChoice::Dark ? QStringLiteral("dark")
                                                         : QStringLiteral("system"));
}

void MainWindow::setReadOnly(bool readOnly)
{
    m_workspace.setReadOnly(readOnly);
    m_statusLine->setConnection(m_workspace.connection());
    updateActions();
}

void MainWindow::showDock(const QString &name)
{
    for (QDockWidget *dock : findChildren<QDockWidget *>()) {
        if (dock->objectName() == name) {
            dock->show();
            dock->raise();
        }
    }
}

void MainWindow::selectKey(const QByteArray &key)
{
    m_table->selectKey(key);
}

void MainWindow::revealEntry(const QByteArray &key)
{
    m_table->selectKey(key);
    if (m_table->currentKey() != key)
        m_panel->showKey(key); // not among those that are listed
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    remember();
    if (!m_catalogs->mayClose()) {
        event->ignore();
        return;
    }
    if (m_commands->isRunning()) {
        event->ignore();
        m_commands->stopAndCloseWindowThen([this] {
            m_workspace.close();
            close();
        });
        return;
    }
    QMainWindow::closeEvent(event);
    m_workspace.close();
}

void MainWindow::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    // Only a window on the screen knows what a dock may have.
    if (!event->spontaneous() && !m_settings.contains(stateKey))
        resizeDocks({m_functionPanes->activityDock()}, {fontMetrics().lineSpacing() * 13},
                    Qt::Vertical);
}

void MainWindow::restore()
{
    restoreGeometry(m_settings.value(geometryKey).toByteArray());
    if (!m_settings.contains(geometryKey)) {
        constexpr QSize frame(16, 48); // of the window, which only the desktop knows
        resize(QSize(1360, 840).boundedTo(screen()->availableSize() - frame));
    }
    restoreState(m_settings.value(stateKey).toByteArray(), stateVersion);
    m_splitter->restoreState(m_settings.value(splitterKey).toByteArray());
    m_table->restoreState(m_settings.value(tableKey).toByteArray());
    const QString theme = m_settings.value(themeKey).toString();
    setTheme(theme == QStringLiteral("light")      ? ThemeChoice::Light
                 : theme == QStringLiteral("dark") ? ThemeChoice::Dark
                                                   : ThemeChoice::System);
}

void MainWindow::remember()
{
    m_settings.setValue(geometryKey, saveGeometry());
    m_settings.setValue(stateKey, saveState(stateVersion));
    m_settings.setValue(splitterKey, m_splitter->saveState());
    m_settings.setValue(tableKey, m_table->saveState());
    m_settings.sync();
}

void MainWindow::useSession(Session *session)
{
    m_tree->setSession(session);
    m_table->setSession(session);
    m_panel->setSession(session);
    m_operations->setSession(session);
    m_commands->setSession(session);
    m_calls->setCache(session, session ? m_workspace.functions() : nullptr);
    m_functionPanes->setCache(session, m_calls->functions());
    m_playgroundPane->setSession(session);
    m_simulatorPane->setCache(session, m_calls->functions(), m_workspace.connection());
    m_statusLine->setSession(session, m_workspace.connection());
    if (session) {
        connect(session, &Session::stateChanged, this, &MainWindow::recover);
        connect(session, &Session::scanProgressed, this, &MainWindow::followScan);
        connect(session, &Session::operationChanged, this, &MainWindow::updateActions);
        m_table->setQuery(m_filter->query());
        updateActions();
        updateBanner();
    }
}

void MainWindow::recover(const BackendState &state)
{
    updateBanner();
    const ScanProgress progress = session()->scanProgress();
    if (state.phase == BackendState::Phase::Ready && progress.phase == ScanProgress::Phase::Failed
        && progress.error && progress.error->retryable)
        session()->resumeScan();
}

void MainWindow::followScan(const ScanProgress &progress)
{
    updateScanActions();
    // The connection may have been back before the scan could say that it had lost it.
    using Code = Error::Code;
    if (progress.phase == ScanProgress::Phase::Failed && progress.error
        && (progress.error->code == Code::Unreachable || progress.error->code == Code::Timeout
            || progress.error->code == Code::Loading)
        && session()->state().phase == BackendState::Phase::Ready)
        session()->resumeScan();
}

void MainWindow::updateBanner()
{
    const Session *open = session();
    const auto problem = open ? problemOf(open->state()) : std::nullopt;
    if (problem) {
        QList<QAction *> actions;
        if (problem->password)
            actions.append(m_actions.enterPassword);
        if (problem->retry)
            actions.append(m_actions.retry);
        if (!m_workspace.connection().isDemo())
            actions.append(m_actions.editConnection);
        m_banner->tell(problem->text, actions);
    } else if (m_catalogError) {
        m_banner->tell(QString::fromUtf8(m_catalogError->message()),
                       {m_catalogs->editAction(), m_actions.reloadCatalog});
    } else {
        m_banner->clear();
    }
}

void MainWindow::askPassword()
{
    auto *dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Password"));
    dialog->setLabelText(
        tr("Password for %1.\nIt is kept until the program ends, and never written.")
            .arg(QString::fromUtf8(m_workspace.connection().url.description())));
    dialog->setTextEchoMode(QLineEdit::Password);
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString &password) {
        m_store.setPassword(m_workspace.connection().url, password.toUtf8());
        changeConnection(m_workspace.connection());
    });
    dialog->open();
}

void MainWindow::retry()
{
    session()->retryNow();
}

void MainWindow::editConnections(std::optional<Connection> edited)
{
    auto *dialog = new ConnectionDialog(m_store, std::move(edited), this);
    connect(dialog, &ConnectionDialog::connectRequested, this, &MainWindow::changeConnection);
    dialog->open();
}

std::optional<NodeInfo> MainWindow::nodeAtHand(NodeKind kind) const
{
    // Of the entry that is looked at, unless it is the tree that is used.
    const NodeInfo selected = m_tree->currentNode();
    const bool inTree
        = selected.kind != NodeKind::Root && m_tree->isAncestorOf(QApplication::focusWidget());
    if (inTree || m_panel->key().isEmpty())
        return m_commands->above(selected, kind);
    return m_commands->nodeOf(m_panel->key(), kind);
}

QByteArray MainWindow::functionAtHand() const
{
    const auto node = nodeAtHand(NodeKind::Function);
    return node ? m_calls->functionOf(node->prefix) : QByteArray();
}

void MainWindow::focusPane(int step)
{
    const QList<QWidget *> panes{m_filter,
                                 m_tree,
                                 m_table,
                                 m_panel,
                                 m_functionPanes->activityDock(),
                                 m_functionPanes->functionsDock(),
                                 m_playgroundPane->dock(),
                                 m_simulatorPane->dock(),
                                 m_operationsDock};
    const QWidget *focused = QApplication::focusWidget();
    qsizetype at = step > 0 ? -1 : 0;
    for (qsizetype i = 0; i < panes.size(); ++i) {
        if (focused && panes.at(i)->isAncestorOf(focused))
            at = i;
    }
    for (qsizetype tried = 0; tried < panes.size(); ++tried) {
        at = (at + step + panes.size()) % panes.size();
        if (QWidget *wanted = firstControlOf(panes.at(at))) {
            wanted->setFocus(step > 0 ? Qt::TabFocusReason : Qt::BacktabFocusReason);
            return;
        }
    }
}

QWidget *MainWindow::firstControlOf(QWidget *pane) const
{
    if (pane->visibleRegion().isEmpty()) // a dock behind another one's tab counts as visible
        return nullptr;
    const auto takesFocus = [pane](const QWidget *control) {
        return pane->isAncestorOf(control) && control->isVisible() && control->isEnabled()
            && control->focusPolicy() & Qt::TabFocus;
    };
    // What one comes for, and not a button in front of it.
    for (QWidget *view : std::initializer_list<QWidget *>{m_tree->view(), m_table->view()}) {
        if (takesFocus(view))
            return view;
    }
    for (QWidget *next = pane->nextInFocusChain(); next != pane; next = next->nextInFocusChain()) {
        if (takesFocus(next))
            return next;
    }
    return nullptr;
}

} // namespace Cachelens
