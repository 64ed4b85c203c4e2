// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/workspace.h"

#include "app/demo/demoshop.h"
#include "widgets/whenready.h"

#include <QFile>
#include <QtConcurrent>

namespace Cachelens {

Workspace::Workspace(std::shared_ptr<const Clock> clock, QObject *parent)
    : QObject(parent), m_clock(std::move(clock))
{
}

Workspace::~Workspace()
{
    close();
}

void Workspace::open(const Connection &connection, const BackendUrl &url)
{
    close();
    m_connection = connection;
    if (connection.catalogs.isEmpty()) { // nothing to be read
        start(url, loadCatalogs({}, connection.url).value_or(Catalog()));
        return;
    }
    whenReady(readCatalogs(), this, [this, url, turn = m_turn](const Result<Catalog> &catalog) {
        if (turn != m_turn)
            return;
        start(url, catalog.value_or(Catalog()));
        if (!catalog)
            Q_EMIT catalogFailed(catalog.error());
    });
}

void Workspace::close()
{
    ++m_turn;
    if (m_session)
        Q_EMIT closing();
    m_session.reset();
    m_functions.reset();
    m_cache = {};
}

void Workspace::reloadCatalogs()
{
    if (!m_session || m_connection.catalogs.isEmpty())
        return;
    whenReady(readCatalogs(), this, [this, turn = m_turn](const Result<Catalog> &catalog) {
        if (turn != m_turn)
            return;
        if (!catalog) {
            Q_EMIT catalogFailed(catalog.error());
            return;
        }
        m_session->setCatalog(*catalog);
        Q_EMIT catalogLoaded(static_cast<qsizetype>(catalog->functions().size()));
    });
}

void Workspace::setReadOnly(bool readOnly)
{
    m_connection.readOnly = readOnly;
    if (m_session)
        m_session->setReadOnly(readOnly);
    if (m_functions)
        m_functions->setReadOnly(readOnly);
}

void Workspace::start(const BackendUrl &url, Catalog catalog)
{
    m_cache = openCache(url, m_clock);
    if (m_cache.functions)
        m_functions = std::make_unique<GuardedFunctions>(
            *m_cache.functions,
            GuardedFunctions::Policy{m_connection.readOnly, m_connection.production});
    if (m_cache.demo)
        m_cache.demo->start();
    SessionOptions options;
    options.policy = m_connection.policy();
    options.catalog = std::move(catalog);
    m_session = std::make_unique<Session>(m_cache.backend, m_clock, std::move(options));
    Q_EMIT opened();
    m_session->startScan();
}

QFuture<Result<Catalog>> Workspace::readCatalogs() const
{
    QList<QByteArray> files;
    for (const QString &file : m_connection.catalogs)
        files.append(QFile::encodeName(file));
    return QtConcurrent::run([files, url = m_connection.url] { return loadCatalogs(files, url); });
}

} // namespace Cachelens
