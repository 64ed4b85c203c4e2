// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/connections/connection.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLineEdit;
class QListWidget;
class QPushButton;
class QSpinBox;

namespace Cachelens {

/// What is known of one connection, to be edited. A URL that is pasted as the host fills the rest.
class ConnectionForm final : public QWidget {
    Q_OBJECT

public:
    explicit ConnectionForm(QWidget *parent = nullptr);

    /// `password`: the one remembered for this run, if there is one.
    void show(const Connection &connection, const QByteArray &password);
    /// What the form says, or what is wrong with it. `lastUsed` is what was shown.
    [[nodiscard]] Result<Connection> connection() const;
    [[nodiscard]] QByteArray password() const;
    void focusFirst();

Q_SIGNALS:
    void edited();

private:
    [[nodiscard]] QWidget *buildCatalogs();
    void updateKind();
    void takePastedUrl();
    void setUrl(const BackendUrl &url);
    void addCatalogs();
    [[nodiscard]] BackendUrl::Scheme scheme() const;

    QFormLayout *m_layout = nullptr;
    QLineEdit *m_name = nullptr;
    QComboBox *m_kind = nullptr;
    QLineEdit *m_host = nullptr;
    QSpinBox *m_port = nullptr;
    QLineEdit *m_path = nullptr;
    QSpinBox *m_database = nullptr;
    QLineEdit *m_user = nullptr;
    QLineEdit *m_password = nullptr;
    QComboBox *m_label = nullptr;
    QSpinBox *m_scanSpeed = nullptr;
    QCheckBox *m_production = nullptr;
    QCheckBox *m_readOnly = nullptr;
    QListWidget *m_catalogs = nullptr;
    QPushButton *m_removeCatalog = nullptr;
    QDateTime m_lastUsed;
};

} // namespace Cachelens
