// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/session.h"

#include <QHash>
#include <QPointer>
#include <QTimer>
#include <QWidget>

class QAction;
class QLabel;
class QScrollArea;
class QVBoxLayout;

namespace Cachelens {

class OperationRow;

/// What has been changed over this connection, the newest on top: how far it is, how long it still
/// takes, cancel, undo, forget.
class OperationsView : public QWidget {
    Q_OBJECT

public:
    explicit OperationsView(QWidget *parent = nullptr);

    /// Null: none. The session must be set to null (or another) before it is destroyed.
    void setSession(Session *session);
    [[nodiscard]] int count() const { return static_cast<int>(m_rows.size()); }

Q_SIGNALS:
    void message(const QString &text); ///< what could not be done: for the status bar

private:
    void receive(const OperationStatus &status);
    void refresh();
    void addRow(const OperationStatus &status);
    void undo(OperationId id);
    void forget(OperationId id);
    void forgetFinished();
    void updateEmpty();

    QPointer<Session> m_session;
    QHash<OperationId, OperationRow *> m_rows;
    QHash<OperationId, OperationStatus> m_pending; // told of since the last refresh
    QTimer m_throttle;
    QAction *m_forgetFinished = nullptr;
    QLabel *m_empty = nullptr;
    QScrollArea *m_scroll = nullptr;
    QVBoxLayout *m_list = nullptr;
};

} // namespace Cachelens
