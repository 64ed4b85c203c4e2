// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/connections/connection.h"
#include "core/keyspace/session.h"

#include <QPointer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QToolButton;

namespace Cachelens {

/// What stands in the window's status bar: the connection and what it is, how long a round trip
/// takes, and how far the counts can be believed.
class StatusLine final : public QWidget {
    Q_OBJECT

public:
    explicit StatusLine(QWidget *parent = nullptr);

    /// Null: none. The session must be set to null (or another) before it is destroyed.
    void setSession(Session *session, const Connection &connection);
    void setConnection(const Connection &connection);
    /// How complete the counts are, in words.
    [[nodiscard]] QString countsText() const;

Q_SIGNALS:
    /// The scan failed and is to go on.
    void retryRequested();
    /// The scan is to end where it is.
    void stopRequested();

private:
    void updateState(const BackendState &state);
    void updateCounts();

    QPointer<Session> m_session;
    bool m_awaySinceScan = false; ///< the server was not there for a while since the scan began
    QLabel *m_connection = nullptr;
    QLabel *m_environment = nullptr;
    QLabel *m_readOnly = nullptr;
    QLabel *m_refusal = nullptr;
    QLabel *m_latency = nullptr;
    QProgressBar *m_progress = nullptr;
    QLabel *m_counts = nullptr;
    QToolButton *m_stop = nullptr;
    QToolButton *m_retry = nullptr;
};

/// How complete the counts of a scan are: "500,128 keys: whole keyspace". `awaySince`: the server
/// was not there for a while since the scan began.
[[nodiscard]] QString countsText(qint64 keys, const ScanProgress &progress, bool awaySince);

} // namespace Cachelens
