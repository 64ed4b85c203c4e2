// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/connections/connection.h"

#include <QCoreApplication>

namespace Cachelens {

Connection Connection::demo()
{
    Connection connection;
    connection.name = QCoreApplication::translate("Connection", "Demo shop");
    connection.url.scheme = BackendUrl::Scheme::Memory;
    return connection;
}

Connection Connection::to(BackendUrl url)
{
    if (url.scheme == BackendUrl::Scheme::Memory)
        return demo();
    Connection connection;
    connection.url = std::move(url);
    connection.url.password.clear();
    return connection;
}

QString Connection::title() const
{
    return name.isEmpty() ? QString::fromUtf8(url.description()) : name;
}

QString Connection::environment() const
{
    return production ? QCoreApplication::translate("Connection", "PRODUCTION") : label;
}

ConnectionPolicy Connection::policy() const
{
    return {title().toUtf8(), readOnly, production};
}

} // namespace Cachelens
