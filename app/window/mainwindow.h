// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/connections/connectionstore.h"
#include "app/window/windowactions.h"
#include "app/window/workspace.h"

#include <QMainWindow>

class QDockWidget;
class QSettings;
class QSplitter;
class QToolButton;

namespace Cachelens {

class Banner;
class CacheCommands;
class CatalogCommands;
class CommandPalette;
class EntryPanel;
class EntryTable;
class FilterBar;
class FunctionCommands;
class FunctionPanes;
class KeyTree;
class OperationsView;
class PlaygroundPane;
class SimulatorPane;
class StatusLine;

/// The window: the panes around one cache, and the commands that reach all of them.
class MainWindow final : public QMainWindow {
    Q_OBJECT

public:
    /// `settings` must outlive the window.
    MainWindow(QSettings &settings, std::shared_ptr<const Clock> clock, QWidget *parent = nullptr);
    ~MainWindow() override;

    /// Remembers the connection and looks at its cache. A password in its URL is kept for this run.
    /// What was open is let go without asking.
    void openConnection(Connection connection);
    /// The connection used last; without one, the demo.
    [[nodiscard]] Connection lastConnection() const;
    /// What is remembered of a connection to this URL; else one that has only the URL.
    [[nodiscard]] Connection connectionTo(const BackendUrl &url) const;

    /// For this run: it is not remembered.
    void setTheme(ThemeChoice choice);
    /// For as long as this connection is open.
    void setReadOnly(bool readOnly);
    /// Of the dock with this name.
    void showDock(const QString &name);
    void selectKey(const QByteArray &key);

    [[nodiscard]] Session *session() const { return m_workspace.session(); }
    [[nodiscard]] const WindowActions &actions() const { return m_actions; }
    [[nodiscard]] EntryTable *entries() const { return m_table; }
    [[nodiscard]] EntryPanel *panel() const { return m_panel; }
    [[nodiscard]] CatalogCommands *catalogs() const { return m_catalogs; }
    [[nodiscard]] const FunctionPanes *functionPanes() const { return m_functionPanes; }
    [[nodiscard]] PlaygroundPane *playgroundPane() const { return m_playgroundPane; }
    [[nodiscard]] const SimulatorPane *simulatorPane() const { return m_simulatorPane; }

protected:
    void closeEvent(QCloseEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void buildPanes();
    [[nodiscard]] QWidget *buildTopBar(QWidget *parent);
    void buildMenus();
    void connectActions();
    void connectPanes();
    void connectFunctions();
    void connectCatalogs();
    void restore();
    void remember();

    void useSession(Session *session);
    void showConnection(const QString &title);
    /// Tells what was done, or why not, for a while.
    void say(const QString &text);
    void updateActions();
    void updateBanner();
    void updateScanActions();
    void updateCallActions();
    void revealEntry(const QByteArray &key);
    void recover(const BackendState &state);
    void followScan(const ScanProgress &progress);
    void chooseTheme();
    void askPassword();
    /// As openConnection(), and asks first when something would be lost.
    void changeConnection(const Connection &connection);
    void retry();
    void editConnections(std::optional<Connection> edited);
    void fillConnectionMenu();
    void fillRecentMenu();
    void focusPane(int step);
    /// Null when there is none in sight.
    [[nodiscard]] QWidget *firstControlOf(QWidget *pane) const;
    [[nodiscard]] std::optional<NodeInfo> nodeAtHand(NodeKind kind) const;
    /// The function at hand, as the catalog names it; empty when it names none.
    [[nodiscard]] QByteArray functionAtHand() const;

    QSettings &m_settings;
    ConnectionStore m_store;
    Workspace m_workspace;
    const WindowActions m_actions;
    CacheCommands *m_commands = nullptr;
    FunctionCommands *m_calls = nullptr;
    CatalogCommands *m_catalogs = nullptr;
    std::optional<Error> m_catalogError;

    QMenu *m_connectionMenu = nullptr; ///< of the button in the top bar
    QMenu *m_recentMenu = nullptr; ///< the connections that are known
    QToolButton *m_connectionButton = nullptr;
    FilterBar *m_filter = nullptr;
    Banner *m_banner = nullptr;
    QSplitter *m_splitter = nullptr;
    KeyTree *m_tree = nullptr;
    EntryTable *m_table = nullptr;
    EntryPanel *m_panel = nullptr;
    FunctionPanes *m_functionPanes = nullptr;
    PlaygroundPane *m_playgroundPane = nullptr;
    SimulatorPane *m_simulatorPane = nullptr;
    OperationsView *m_operations = nullptr;
    QDockWidget *m_operationsDock = nullptr;
    StatusLine *m_statusLine = nullptr;
    CommandPalette *m_palette = nullptr;
};

} // namespace Cachelens
