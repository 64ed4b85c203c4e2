// SPDX-License-Identifier: GPL-3.0-or-later
// The other half of the main window: what it is made of and what is connected to what.
#include "app/window/mainwindow.h"

#include "app/window/banner.h"
#include "app/window/cachecommands.h"
#include "app/window/catalogcommands.h"
#include "app/window/functioncommands.h"
#include "app/window/functionpanes.h"
#include "app/window/playgroundpane.h"
#include "app/window/simulatorpane.h"
#include "app/window/statusline.h"
#include "widgets/commands/commandpalette.h"
#include "widgets/entrypanel/entrypanel.h"
#include "widgets/entrytable/entrytable.h"
#include "widgets/entrytable/filterbar.h"
#include "widgets/key/displaykey.h"
#include "widgets/keytree/keytree.h"
#include "widgets/operations/operationsview.h"
#include "widgets/style/format.h"
#include "widgets/style/whynot.h"

#include <QActionGroup>
#include <QApplication>
#include <QBoxLayout>
#include <QDockWidget>
#include <QMenuBar>
#include <QSplitter>
#include <QStatusBar>
#include <QTableView>
#include <QToolButton>
#include <QTreeView>

namespace Cachelens {

void MainWindow::buildPanes()
{
    auto *center = new QWidget(this);
    m_banner = new Banner(center);
    m_splitter = new QSplitter(Qt::Horizontal, center);
    m_splitter->setChildrenCollapsible(false);
    m_tree = new KeyTree(m_splitter);
    m_table = new EntryTable(m_splitter);
    m_panel = new EntryPanel(m_splitter);
    // An entry is chosen in the table: what is done with it must not need the focus in the panel.
    // What the table has itself (Delete, Copy) stays where the focus is.
    for (QAction *action : m_panel->actions()) {
        if (action->shortcut() != QKeySequence::Delete)
            action->setShortcutContext(Qt::WindowShortcut);
    }
    m_splitter->setSizes({260, 680, 420});
    for (int pane = 0; const int stretch : {2, 5, 3})
        m_splitter->setStretchFactor(pane++, stretch);
    auto *layout = new QVBoxLayout(center);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(buildTopBar(center));
    layout->addWidget(m_banner);
    layout->addWidget(m_splitter, 1);
    setCentralWidget(center);

    m_operations = new OperationsView(this);
    m_operationsDock = new QDockWidget(tr("Operations"), this);
    m_operationsDock->setObjectName(QStringLiteral("operations"));
    m_operationsDock->setWidget(m_operations);
    m_functionPanes = new FunctionPanes(this, m_panel, m_workspace.clock());
    m_playgroundPane = new PlaygroundPane(this, m_panel);
    addDockWidget(Qt::BottomDockWidgetArea, m_functionPanes->activityDock());
    m_simulatorPane = new SimulatorPane(this, m_panel, m_settings);
    for (QDockWidget *dock : {m_functionPanes->functionsDock(), m_simulatorPane->dock(),
                              m_playgroundPane->dock(), m_operationsDock})
        tabifyDockWidget(m_functionPanes->activityDock(), dock);
    m_functionPanes->activityDock()->raise();

    m_statusLine = new StatusLine(this);
    statusBar()->addPermanentWidget(m_statusLine, 1);
    statusBar()->setSizeGripEnabled(false);
}

// Not a QToolBar: that one hides what does not fit, the filter first.
QWidget *MainWindow::buildTopBar(QWidget *parent)
{
    auto *bar = new QWidget(parent);
    auto *layout = new QHBoxLayout(bar);
    layout->setContentsMargins(8, 4, 8, 4);
    layout->setSpacing(4);
    const auto add = [bar, layout](QAction *action, Qt::ToolButtonStyle style) {
        auto *button = new QToolButton(bar);
        if (action)
            button->setDefaultAction(action);
        button->setToolButtonStyle(style);
        button->setAutoRaise(true);
        button->setFocusPolicy(Qt::TabFocus);
        layout->addWidget(button, 0, Qt::AlignTop);
        return button;
    };
    m_connectionButton = add(nullptr, Qt::ToolButtonTextBesideIcon);
    m_connectionButton->setText(tr("Connect"));
    m_connectionButton->setIcon(themedIcon(QStringLiteral("connect")));
    m_connectionButton->setAccessibleName(tr("Connection"));
    m_connectionButton->setToolTip(tr("What is looked at; recent connections"));
    m_connectionButton->setPopupMode(QToolButton::InstantPopup);
    m_recentMenu = new QMenu(tr("&Open Recent"), this);
    m_connectionMenu = new QMenu(m_connectionButton);
    m_connectionButton->setMenu(m_connectionMenu);
    connect(m_connectionMenu, &QMenu::aboutToShow, this, &MainWindow::fillConnectionMenu);
    connect(m_recentMenu, &QMenu::aboutToShow, this, &MainWindow::fillRecentMenu);
    add(m_actions.scan, Qt::ToolButtonTextBesideIcon)->setAccessibleName(tr("Scan again"));
    add(m_actions.pause, Qt::ToolButtonIconOnly)->setAccessibleName(tr("Pause the scan"));
    m_filter = new FilterBar(bar);
    layout->addWidget(m_filter, 1);
    add(m_actions.palette, Qt::ToolButtonTextOnly)->setAccessibleName(tr("Commands"));
    return bar;
}

void MainWindow::buildMenus()
{
    const WindowActions &a = m_actions;
    QMenu *connection = menuBar()->addMenu(tr("C&onnection"));
    connection->addActions({a.newConnection, a.connections, a.editConnection, a.enterPassword});
    connection->addMenu(m_recentMenu);
    connection->addSeparator();
    connection->addActions({a.openDemo, a.retry, a.readOnly, a.closeConnection});
    connection->addSeparator();
    connection->addAction(a.quit);

    QMenu *view = menuBar()->addMenu(tr("&View"));
    view->addActions({a.focusFilter, a.clearFilter, a.nextPane, a.previousPane, a.palette});
    view->addMenu(m_table->sortMenu());
    view->addSeparator();
    const std::pair<QDockWidget *, QString> docks[]{
        {m_functionPanes->activityDock(), tr("&Activity")},
        {m_functionPanes->functionsDock(), tr("F&unctions")},
        {m_simulatorPane->dock(), tr("Si&gnals and Rules")},
        {m_playgroundPane->dock(), tr("&Key Playground")},
        {m_operationsDock, tr("&Operations")},
    };
    // Unlike toggleViewAction(), which takes a dock behind another one's tab for shown and hides
    // it.
    for (const auto &[dock, name] : docks) {
        QAction *action = view->addAction(name);
        action->setCheckable(true);
        connect(dock, &QDockWidget::visibilityChanged, action, &QAction::setChecked);
        connect(action, &QAction::triggered, this, [this, shown = dock](bool show) {
            if (!show) {
                shown->hide();
                return;
            }
            showDock(shown->objectName());
            if (QWidget *control = firstControlOf(shown))
                control->setFocus(Qt::OtherFocusReason);
        });
    }
    view->addSeparator();
    view->addActions({a.systemTheme, a.lightTheme, a.darkTheme});

    QMenu *entry = menuBar()->addMenu(tr("&Entry"));
    entry->addActions(m_panel->actions());
    entry->setToolTipsVisible(true); // they say why an action is not there

    QMenu *cache = menuBar()->addMenu(tr("C&ache"));
    cache->addActions({a.scan, a.pause, a.stopScan, a.resumeScan});
    m_catalogs->addTo(cache->addMenu(tr("Catalo&gs")), a.reloadCatalog);
    cache->addSeparator();
    cache->addAction(a.invalidateFunction);
    cache->setToolTipsVisible(true);
    cache->addActions({a.deletePartition, a.deleteFunction, a.deleteNamespace});
    cache->addSeparator();
    cache->addActions({a.undo, a.cancel});

    QMenu *help = menuBar()->addMenu(tr("&Help"));
    help->addActions({a.shortcuts, a.about});
}

void MainWindow::connectActions()
{
    const WindowActions &a = m_actions;
    const auto on
        = [this](QAction *action, auto what) { connect(action, &QAction::triggered, this, what); };
    on(a.newConnection, [this] { editConnections(std::nullopt); });
    on(a.connections, [this] { editConnections(m_workspace.connection()); });
    on(a.editConnection, [this] { editConnections(m_workspace.connection()); });
    on(a.enterPassword, [this] { askPassword(); });
    on(a.openDemo, [this] { changeConnection(Connection::demo()); });
    on(a.retry, [this] { retry(); });
    on(a.readOnly, [this](bool checked) {
        setReadOnly(checked);
        m_store.save(m_workspace.connection());
    });
    on(a.closeConnection,
       [this] { m_commands->closeConnectionThen([this] { m_workspace.close(); }); });
    on(a.quit, [this] { close(); });
    connect(a.themes, &QActionGroup::triggered, this, &MainWindow::chooseTheme);
    on(a.focusFilter, [this] { m_filter->focusFilter(); });
    on(a.clearFilter, [this] { m_filter->clear(); });
    on(a.nextPane, [this] { focusPane(1); });
    on(a.previousPane, [this] { focusPane(-1); });
    on(a.palette, [this] {
        fillRecentMenu();
        m_palette->popUp(allActions(*this));
    });
    on(a.scan, [this] { m_workspace.scan(); });
    on(a.pause, [this](bool paused) {
        if (paused)
            session()->pauseScan();
        else
            session()->resumeScan();
    });
    on(a.stopScan, [this] { session()->cancelScan(); });
    on(a.resumeScan, [this] { session()->resumeScan(); });
    on(a.reloadCatalog, [this] { m_workspace.reloadCatalogs(); });
    const std::pair<QAction *, NodeKind> deletions[]{
        {a.deletePartition, NodeKind::Partition},
        {a.deleteFunction, NodeKind::Function},
        {a.deleteNamespace, NodeKind::Namespace},
    };
    for (const auto &[action, kind] : deletions) {
        on(action, [this, kind = kind] {
            if (const auto node = nodeAtHand(kind))
                m_commands->deleteNode(*node);
        });
    }
    on(a.undo, [this] { m_commands->undoLast(); });
    on(a.cancel, [this] { m_commands->cancelRunning(); });
    on(a.shortcuts, [this] { showShortcuts(this); });
    on(a.about, [this] { showAbout(this); });
    // Which nodes are at hand depends on where the focus is.
    connect(qApp, &QApplication::focusChanged, this, &MainWindow::updateActions);
}

void MainWindow::connectPanes()
{
    connect(&m_workspace, &Workspace::closing, this, [this] { useSession(nullptr); });
    connect(&m_workspace, &Workspace::closed, this, [this] { showConnection({}); });
    connect(&m_workspace, &Workspace::opened, this, [this] { useSession(session()); });

    connect(m_tree, &KeyTree::nodeSelected, this, [this](const NodeInfo &node) {
        m_filter->setWithin(node.id);
        updateActions();
    });
    connect(m_tree, &KeyTree::deleteRequested, m_commands, &CacheCommands::deleteNode);
    connect(m_filter, &FilterBar::queryChanged, m_table, &EntryTable::setQuery);
    connect(m_table, &EntryTable::queryFailed, this, [this](const QString &reason) {
        // That the last pattern that worked has an answer does not mend the one being typed.
        if (!reason.isEmpty())
            m_filter->setError(reason);
    });
    connect(m_table, &EntryTable::currentKeyChanged, this, [this](const QByteArray &key) {
        if (key.isEmpty())
            m_panel->clear();
        else
            m_panel->showKey(key);
        updateActions();
    });
    connect(m_table, &EntryTable::message, this, &MainWindow::say);
    connect(m_table, &EntryTable::deleteRequested, m_commands, &CacheCommands::deleteKeys);
    connect(m_panel, &EntryPanel::deleteRequested, this,
            [this](const QByteArray &key) { m_commands->deleteKeys({key}); });
    connect(m_panel, &EntryPanel::changeTtlRequested, this, [this](const QByteArray &key) {
        const EntryDetails *details = m_panel->details();
        m_commands->changeTtl(key, details ? details->summary.facts.ttl : std::nullopt);
    });
    connect(m_panel, &EntryPanel::message, this, &MainWindow::say);
    connect(m_operations, &OperationsView::message, this, &MainWindow::say);
    connect(m_commands, &CacheCommands::message, this, &MainWindow::say);
    connect(m_commands, &CacheCommands::started, this, [this] {
        showDock(m_operationsDock->objectName());
        updateActions();
    });
    connect(m_statusLine, &StatusLine::stopRequested, m_actions.stopScan, &QAction::trigger);
    connect(m_statusLine, &StatusLine::retryRequested, m_actions.resumeScan, &QAction::trigger);
}

void MainWindow::connectFunctions()
{
    connect(m_panel, &EntryPanel::refreshRequested, this, [this](const QByteArray &key) {
        m_calls->call(key, CallMode::Refresh, m_panel->value());
    });
    connect(m_panel, &EntryPanel::bypassRequested, this, [this](const QByteArray &key) {
        m_calls->call(key, CallMode::Bypass, m_panel->value());
    });
    connect(m_panel, &EntryPanel::stateChanged, this, &MainWindow::updateCallActions);
    connect(m_calls, &FunctionCommands::called, m_panel, &EntryPanel::compare);
    connect(m_calls, &FunctionCommands::message, this, &MainWindow::say);
    connect(m_actions.invalidateFunction, &QAction::triggered, this, [this] {
        const auto node = nodeAtHand(NodeKind::Function);
        m_calls->invalidateAll(functionAtHand(), node ? node->keys : 0);
    });
    // What can be done with an entry or a function can be done where it is listed.
    for (QAction *action : m_panel->callActions())
        m_table->view()->addAction(action);
    m_tree->view()->addAction(m_actions.invalidateFunction);
    connect(m_functionPanes, &FunctionPanes::entryRequested, this, &MainWindow::revealEntry);
    connect(m_simulatorPane, &SimulatorPane::entryRequested, this, &MainWindow::revealEntry);
    connect(m_simulatorPane, &SimulatorPane::started, m_commands, &CacheCommands::started);
    connect(m_simulatorPane, &SimulatorPane::message, this, &MainWindow::say);
    connect(m_playgroundPane, &PlaygroundPane::entryRequested, this, &MainWindow::revealEntry);
    connect(m_playgroundPane, &PlaygroundPane::message, this, &MainWindow::say);
}

void MainWindow::connectCatalogs()
{
    connect(&m_workspace, &Workspace::catalogFailed, this, [this](const Error &error) {
        m_catalogError = error;
        updateBanner();
        updateActions();
    });
    connect(&m_workspace, &Workspace::catalogLoaded, this,
            [this](qsizetype functions, bool changed) {
                m_catalogError.reset();
                updateBanner();
                updateActions();
                say(changed ? counted(functions, tr("Catalogs read, and changed: 1 function."),
                                      tr("Catalogs read, and changed: %1 functions."))
                            : counted(functions, tr("Catalogs read: 1 function."),
                                      tr("Catalogs read: %1 functions.")));
            });
    connect(m_catalogs, &CatalogCommands::message, this, &MainWindow::say);
    connect(m_catalogs, &CatalogCommands::filesChosen, this, [this](const QStringList &files) {
        m_workspace.setCatalogs(files);
        m_store.save(m_workspace.connection());
        m_simulatorPane->view()->setPlace(files, m_workspace.connection().url.description());
        updateActions();
    });
}

void MainWindow::fillConnectionMenu()
{
    m_connectionMenu->clear();
    fillRecentMenu();
    m_connectionMenu->addActions(m_recentMenu->actions());
    m_connectionMenu->addSeparator();
    m_connectionMenu->addActions(
        {m_actions.openDemo, m_actions.newConnection, m_actions.connections});
}

void MainWindow::fillRecentMenu()
{
    m_recentMenu->clear(); // it owns what it is filled with
    for (const Connection &connection : m_store.connections()) {
        QAction *action
            = m_recentMenu->addAction(connection.title().replace(u'&', QStringLiteral("&&")));
        action->setCheckable(true);
        action->setChecked(session()
                           && connection.url.description()
                               == m_workspace.connection().url.description());
        connect(action, &QAction::triggered, this,
                [this, connection] { changeConnection(connection); });
    }
}

void MainWindow::updateActions()
{
    const WindowActions &a = m_actions;
    const bool open = session() != nullptr;
    const bool remote = open && !m_workspace.connection().isDemo();
    const bool writable = open && !session()->policy().readOnly;
    const QString notOpen = open ? QString() : tr("No connection is open");
    const QString whyNoChange = open && !writable ? tr("The connection is read-only") : QString();
    const auto unless
        = [](bool possible, const QString &why) { return possible ? QString() : why; };
    m_tree->setChangeable(whyNoChange);
    m_table->setChangeable(whyNoChange);
    m_panel->setChangeable(whyNoChange);
    const QString noConnection
        = unless(remote, tr("The demo is in this window: it has no connection"));
    for (QAction *action : {a.editConnection, a.enterPassword})
        setWhyNot(action, firstReason(notOpen, noConnection));
    for (QAction *action : {a.retry, a.readOnly, a.closeConnection, a.scan})
        setWhyNot(action, notOpen);
    a.readOnly->setChecked(open && !writable);
    setWhyNot(a.reloadCatalog, firstReason(notOpen, m_catalogs->whyNoneIsLoaded()));
    m_catalogs->update();
    const struct {
        QAction *action;
        NodeKind kind;
        QString none;
    } deletions[]{
        {a.deletePartition, NodeKind::Partition, tr("Nothing in a partition is selected")},
        {a.deleteFunction, NodeKind::Function, tr("Nothing of a function is selected")},
        {a.deleteNamespace, NodeKind::Namespace, tr("Nothing in a namespace is selected")},
    };
    for (const auto &[action, kind, none] : deletions) {
        const auto node = open ? nodeAtHand(kind) : std::nullopt;
        setWhyNot(action, firstReason(notOpen, whyNoChange, unless(node.has_value(), none)));
        if (action->isEnabled())
            action->setStatusTip(tr("Deletes %1").arg(nodeTitle(*node)));
    }
    updateCallActions();
    m_simulatorPane->update();
    const QString nothingDone
        = unless(m_commands->canUndo(), tr("Nothing was done that could be undone"));
    setWhyNot(a.undo, firstReason(notOpen, whyNoChange, nothingDone));
    setWhyNot(a.cancel, unless(m_commands->isRunning(), tr("No operation is running")));
    updateScanActions();
}

void MainWindow::updateCallActions()
{
    const QByteArray &key = m_panel->key();
    m_panel->setCallable(m_calls->whyNot(key, CallMode::Refresh),
                         m_calls->whyNot(key, CallMode::Bypass));
    const QByteArray function = functionAtHand();
    const QString whyNot = m_calls->whyNotInvalidate(function);
    QAction *invalidate = m_actions.invalidateFunction;
    setWhyNot(invalidate, whyNot);
    if (whyNot.isEmpty()) {
        invalidate->setToolTip(tr("Invalidates all of %1").arg(displayKey(function)));
        invalidate->setStatusTip(invalidate->toolTip());
    }
}

void MainWindow::updateScanActions()
{
    using Phase = ScanProgress::Phase;
    const Phase phase = session() ? session()->scanProgress().phase : Phase::Idle;
    const bool active = phase == Phase::Running || phase == Phase::Paused;
    for (QAction *action : {m_actions.pause, m_actions.stopScan})
        setWhyNot(action, active ? QString() : tr("No scan is running"));
    m_actions.pause->setChecked(phase == Phase::Paused);
    setWhyNot(m_actions.resumeScan, phase == Phase::Failed ? QString() : tr("No scan has failed"));
}

} // namespace Cachelens
