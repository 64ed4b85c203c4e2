// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/connections/connection.h"

#include <QHash>
#include <QList>

class QSettings;

namespace Cachelens {

/// The connections that are remembered, the one used last in front. A connection is known by its
/// URL without the password. Passwords are kept for this run only and never written.
class ConnectionStore {
public:
    /// `settings` must outlive the store.
    explicit ConnectionStore(QSettings &settings);

    [[nodiscard]] const QList<Connection> &connections() const { return m_connections; }
    [[nodiscard]] const Connection *find(const BackendUrl &url) const;
    /// Adds it, or replaces the one with its URL.
    void save(Connection connection);
    void remove(const BackendUrl &url);

    /// What was given in this run, else CACHELENS_PASSWORD.
    [[nodiscard]] QByteArray password(const BackendUrl &url) const;
    /// Empty forgets it.
    void setPassword(const BackendUrl &url, const QByteArray &password);
    /// The URL with the password to connect with.
    [[nodiscard]] BackendUrl withPassword(BackendUrl url) const;

private:
    void read();
    void write();

    QSettings &m_settings;
    QList<Connection> m_connections;
    QHash<QByteArray, QByteArray> m_passwords; // by URL without it
};

} // namespace Cachelens
