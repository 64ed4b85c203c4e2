// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/keyquery.h"

#include <QHash>
#include <QList>
#include <QPointer>
#include <QWidget>

#include <functional>
#include <memory>

class QAction;
class QLabel;
class QMenu;
class QProgressBar;
class QStackedWidget;
class QTableView;
class QTimer;
class QToolButton;

namespace Cachelens {

class EntryTableModel;
class Session;
class SortMenu;

/// The entries that a query finds, a row each. Its actions() are what can be done with the selected
/// ones.
class EntryTable final : public QWidget {
    Q_OBJECT

public:
    explicit EntryTable(QWidget *parent = nullptr);
    ~EntryTable() override;

    /// Null: none. Shows all entries until setQuery().
    void setSession(Session *session);
    /// Shows what the query finds; the same query again does nothing.
    void setQuery(const KeyQuery &query);
    [[nodiscard]] KeyQuery query() const;

    /// In the order of the rows.
    [[nodiscard]] QList<QByteArray> selectedKeys() const;
    [[nodiscard]] QByteArray currentKey() const;
    /// Makes the key current as soon as it is among the rows.
    void selectKey(const QByteArray &key);
    [[nodiscard]] QTableView *view() const { return m_view; }
    /// What the rows are sorted by, for a menu of the window.
    [[nodiscard]] QMenu *sortMenu() const;
    /// Whether entries can be changed: why not, for a person; empty: they can.
    void setChangeable(const QString &whyNot);

    /// Widths of the columns and what is sorted by.
    [[nodiscard]] QByteArray saveState() const;
    void restoreState(const QByteArray &state);

Q_SIGNALS:
    /// Empty when there is none.
    void currentKeyChanged(const QByteArray &key);
    /// Very many keys are collected on a worker first.
    void deleteRequested(const QList<QByteArray> &keys);
    /// `complete` is false as long as the query runs or the keyspace is not known whole.
    void countChanged(qint64 shown, bool complete);
    /// Why the query has no answer; empty: it has one.
    void queryFailed(const QString &reason);
    /// Something is on the clipboard, or could not be put there: for the status bar.
    void message(const QString &text);

protected:
    void showEvent(QShowEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    struct Kept;

    void setUpView();
    void addActions();
    void connectModel();
    void updateState();
    void updateTitle();
    void updateActions();
    void updateVisible();
    void updateColumns();
    void stretchColumn();
    void updateSortIndicator();
    void keepSelection();
    void restoreSelection();
    void tellCurrent();
    void sortByClicked(int column);
    void sortBy(int column, Qt::SortOrder direction);
    void withSelectedKeys(std::function<void(QList<QByteArray>)> take);
    void requestDeletion();
    void copyKeys();
    void copyRedisCli();
    void copyValue();
    void showContextMenu(const QPoint &position);
    [[nodiscard]] QList<int> selectedRows() const;
    [[nodiscard]] int selectedCount() const;
    [[nodiscard]] QString countText() const;
    [[nodiscard]] QString emptyText() const;
    /// Names of the node and those above it; empty for all entries.
    [[nodiscard]] QString nodePath() const;
    [[nodiscard]] int defaultWidth(int column) const;
    [[nodiscard]] int stretchedColumn() const;

    QPointer<Session> m_session;
    EntryTableModel *m_model = nullptr;
    QLabel *m_title = nullptr;
    QLabel *m_count = nullptr;
    QProgressBar *m_progress = nullptr;
    QToolButton *m_stop = nullptr;
    QStackedWidget *m_pages = nullptr;
    QTableView *m_view = nullptr;
    QLabel *m_empty = nullptr;
    QTimer *m_second = nullptr;
    QTimer *m_fade = nullptr;
    QAction *m_copyKey = nullptr;
    QAction *m_copyValue = nullptr;
    QAction *m_copyRedisCli = nullptr;
    QAction *m_stopSearch = nullptr;
    QAction *m_delete = nullptr;
    SortMenu *m_sortMenu = nullptr;

    std::unique_ptr<Kept> m_kept; ///< selection and place, while the rows are replaced
    QByteArray m_wanted; ///< the key of selectKey(), until it is among the rows
    QByteArray m_told; ///< what currentKeyChanged() last said
    QString m_toldError;
    QString m_whyNoChange;
    QHash<QString, int> m_widths; ///< of columns that were given one, by id
    bool m_restoring = false;
    bool m_settingWidths = false;
    quint64 m_valueTurn = 0;
    quint64 m_keysTurn = 0;
};

} // namespace Cachelens
