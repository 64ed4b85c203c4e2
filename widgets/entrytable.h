// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/keyquery.h"

#include <QList>
#include <QPointer>
#include <QWidget>

class QAction;
class QLabel;
class QProgressBar;
class QStackedWidget;
class QTableView;
class QTimer;

namespace Cachelens {

class EntryTableModel;
class Session;

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
    /// Makes the key current as soon as it is among the rows.
    void selectKey(const QByteArray &key);
    [[nodiscard]] QTableView *view() const { return m_view; }

    /// Order and widths of the columns and what they are sorted by.
    [[nodiscard]] QByteArray saveState() const;
    void restoreState(const QByteArray &state);

Q_SIGNALS:
    /// Empty when there is none.
    void currentKeyChanged(const QByteArray &key);
    void deleteRequested(const QList<QByteArray> &keys);
    /// `complete` is false as long as the query runs or the keyspace is not known whole.
    void countChanged(qint64 shown, bool complete);
    /// Why the query has no answer, a pattern that cannot be compiled for one; empty: it has one.
    void queryFailed(const QString &reason);

protected:
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void addActions();
    void updateState();
    void updateTitle();
    void updateActions();
    void updateVisible();
    void resetColumns();
    void tellCurrent();
    void copyKeys();
    void copyRedisCli();
    void copyValue();
    void showContextMenu(const QPoint &position);

    QPointer<Session> m_session;
    EntryTableModel *m_model = nullptr;
    QLabel *m_title = nullptr;
    QLabel *m_count = nullptr;
    QProgressBar *m_progress = nullptr;
    QStackedWidget *m_pages = nullptr;
    QTableView *m_view = nullptr;
    QLabel *m_emptyText = nullptr;
    QTimer *m_second = nullptr;
    QAction *m_copyKey = nullptr;
    QAction *m_copyValue = nullptr;
    QAction *m_copyRedisCli = nullptr;
    QAction *m_delete = nullptr;
    QByteArray m_wanted; ///< of selectKey(), until it is found
    QByteArray m_toldKey;
};

} // namespace Cachelens
