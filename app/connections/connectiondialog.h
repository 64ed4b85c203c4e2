// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/connections/connectionstore.h"

#include <QDialog>

class QLabel;
class QListWidget;
class QPushButton;

namespace Cachelens {

class ConnectionForm;

/// The connections that are remembered: new, edit, delete, try, connect. Opened with open();
/// deletes itself when it is closed.
class ConnectionDialog final : public QDialog {
    Q_OBJECT

public:
    /// `store` must outlive the dialog. `edited`: the one to begin with; none: a new one.
    ConnectionDialog(ConnectionStore &store, std::optional<Connection> edited,
                     QWidget *parent = nullptr);

    /// What the last attempt to reach the server gave; empty while there was none.
    [[nodiscard]] QString outcome() const;

Q_SIGNALS:
    void connectRequested(const Cachelens::Connection &connection);

private:
    void build();
    void fillList(int current);
    void showRow(int row);
    void remove();
    /// Saves what the form says; none, and says why, when that is no connection.
    std::optional<Connection> save();
    void tryConnection();
    void tell(const QString &text, bool bad);

    ConnectionStore &m_store;
    QList<Connection> m_rows; // as listed; the last one, while it is new, is not in the store
    bool m_hasNew = false;
    QListWidget *m_list = nullptr;
    ConnectionForm *m_form = nullptr;
    QPushButton *m_delete = nullptr;
    QPushButton *m_try = nullptr;
    QLabel *m_outcome = nullptr;
    quint64 m_turn = 0;
};

} // namespace Cachelens
