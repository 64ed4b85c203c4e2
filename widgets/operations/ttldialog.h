// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/session.h"

#include <QDialog>
#include <QPointer>
#include <QTimer>

class QLabel;
class QLineEdit;
class QPushButton;

namespace Cachelens {

/// Changes or removes the TTL of one key; its value stays byte for byte. Opened with open();
/// deletes itself when it is closed.
class TtlDialog : public QDialog {
    Q_OBJECT

public:
    /// `current`: none for no expiry.
    TtlDialog(Session *session, QByteArray key, std::optional<std::chrono::milliseconds> current,
              QWidget *parent = nullptr);

Q_SIGNALS:
    void started(Cachelens::OperationId id);

private:
    void build();
    void check();
    void say(const QString &text, bool wrong);
    void apply();

    QPointer<Session> m_session;
    const QByteArray m_key;
    const std::optional<std::chrono::milliseconds> m_current;
    QTimer m_second;
    QLineEdit *m_text = nullptr;
    QLabel *m_outcome = nullptr;
    QPushButton *m_apply = nullptr;
};

} // namespace Cachelens
