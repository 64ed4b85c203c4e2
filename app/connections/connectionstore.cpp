// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/connections/connectionstore.h"

#include "app/connections/cacheaccess.h"

#include <QSettings>

#include <algorithm>

namespace Cachelens {

namespace {

const QString group = QStringLiteral("connections");

} // namespace

ConnectionStore::ConnectionStore(QSettings &settings) : m_settings(settings)
{
    read();
}

const Connection *ConnectionStore::find(const BackendUrl &url) const
{
    const QByteArray wanted = url.description();
    const auto found = std::ranges::find_if(
        m_connections, [&wanted](const Connection &c) { return c.url.description() == wanted; });
    return found == m_connections.end() ? nullptr : &*found;
}

void ConnectionStore::save(Connection connection)
{
    connection.url.password.clear();
    m_connections.removeIf([&connection](const Connection &c) {
        return c.url.description() == connection.url.description();
    });
    m_connections.append(std::move(connection));
    std::ranges::stable_sort(m_connections, std::greater(), &Connection::lastUsed);
    write();
}

void ConnectionStore::remove(const BackendUrl &url)
{
    m_connections.removeIf(
        [&url](const Connection &c) { return c.url.description() == url.description(); });
    setPassword(url, {});
    write();
}

QByteArray ConnectionStore::password(const BackendUrl &url) const
{
    return withPassword(url).password;
}

void ConnectionStore::setPassword(const BackendUrl &url, const QByteArray &password)
{
    if (password.isEmpty())
        m_passwords.remove(url.description());
    else
        m_passwords.insert(url.description(), password);
}

BackendUrl ConnectionStore::withPassword(BackendUrl url) const
{
    if (url.password.isEmpty())
        url.password = m_passwords.value(url.description());
    return withPasswordFromEnvironment(std::move(url));
}

void ConnectionStore::read()
{
    const int count = m_settings.beginReadArray(group);
    for (int i = 0; i < count; ++i) {
        m_settings.setArrayIndex(i);
        auto url = BackendUrl::parse(m_settings.value(QStringLiteral("url")).toString().toUtf8());
        if (!url)
            continue; // written by hand, or by a version that knows more
        Connection connection = Connection::to(std::move(*url));
        connection.name = m_settings.value(QStringLiteral("name")).toString();
        connection.readOnly = m_settings.value(QStringLiteral("readOnly")).toBool();
        connection.production = m_settings.value(QStringLiteral("production")).toBool();
        connection.label = m_settings.value(QStringLiteral("label")).toString();
        connection.catalogs = m_settings.value(QStringLiteral("catalogs")).toStringList();
        connection.keysPerSecond = m_settings.value(QStringLiteral("keysPerSecond")).toInt();
        connection.lastUsed = m_settings.value(QStringLiteral("lastUsed")).toDateTime();
        m_connections.append(std::move(connection));
    }
    m_settings.endArray();
}

void ConnectionStore::write()
{
    m_settings.remove(group);
    m_settings.beginWriteArray(group, static_cast<int>(m_connections.size()));
    for (int i = 0; i < m_connections.size(); ++i) {
        const Connection &connection = m_connections.at(i);
        m_settings.setArrayIndex(i);
        m_settings.setValue(QStringLiteral("url"), QString::fromUtf8(connection.url.description()));
        m_settings.setValue(QStringLiteral("name"), connection.name);
        m_settings.setValue(QStringLiteral("readOnly"), connection.readOnly);
        m_settings.setValue(QStringLiteral("production"), connection.production);
        m_settings.setValue(QStringLiteral("label"), connection.label);
        m_settings.setValue(QStringLiteral("catalogs"), connection.catalogs);
        m_settings.setValue(QStringLiteral("keysPerSecond"), connection.keysPerSecond);
        m_settings.setValue(QStringLiteral("lastUsed"), connection.lastUsed);
    }
    m_settings.endArray();
}

} // namespace Cachelens
