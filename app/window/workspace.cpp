// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/workspace.h"

#include "app/demo/demoshop.h"
#include "app/demo/functioncatalog.h"
#include "widgets/whenready.h"

#include <QFile>
#include <QtConcurrent>

namespace Cachelens {

Workspace::Workspace(std::shared_ptr<const Clock> clock, QObject *parent)
    : QObject(parent), m_clock(std::move(clock))
{
    connect(&m_files, &FileWatch::changed, this, [this] { readAgain(Reread::WhenChanged); });
    connect(&m_files, &FileWatch::watching, this, &Workspace::watchingCatalogs);
}

Workspace::~Workspace()
{
    close();
}

void Workspace::open(const Connection &connection, const BackendUrl &url)
{
    close();
    m_connection = connection;
    m_files.setFiles(connection.catalogs);
    if (connection.catalogs.isEmpty()) { // nothing to be read
        start(url, loadCatalogs({}, connection.url).value_or(Catalog()));
        return;
    }
    whenReady(QtConcurrent::run(loadCatalogs, catalogFiles(), connection.url), this,
              [this, url, turn = m_turn](const Result<Catalog> &catalog) {
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
    if (!m_session)
        return;
    Q_EMIT closing();
    m_session.reset();
    m_functions.reset();
    m_cache = {};
    Q_EMIT closed();
}

void Workspace::setCatalogs(const QStringList &files)
{
    if (!m_session)
        return;
    m_connection.catalogs = files;
    m_files.setFiles(files);
    readAgain(Reread::Always);
}

void Workspace::readAgain(Reread reread)
{
    if (!m_session)
        return;
    struct Read {
        Catalog catalog;
        bool changed;
    };
    const auto read
        = [files = catalogFiles(), url = m_connection.url, before = m_session->catalog()] {
              return loadCatalogs(files, url).map([&before](Catalog now) {
                  const bool changed = now.toJson() != before.toJson();
                  return Read{std::move(now), changed};
              });
          };
    whenReady(QtConcurrent::run(read), this,
              [this, reread, turn = ++m_turn](const Result<Read> &answer) {
                  if (turn != m_turn)
                      return;
                  if (!answer) {
                      Q_EMIT catalogFailed(answer.error());
                      return;
                  }
                  if (answer->changed || reread == Reread::Always)
                      m_session->setCatalog(answer->catalog);
                  Q_EMIT catalogLoaded(static_cast<qsizetype>(answer->catalog.functions().size()),
                                       answer->changed);
              });
}

Catalog Workspace::catalogOfFunctions() const
{
    return m_cache.demo ? catalogOf(m_cache.demo->cache()) : Catalog();
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
    scan();
}

void Workspace::scan()
{
    if (!m_session)
        return;
    ScanOptions options;
    if (m_connection.keysPerSecond > 0)
        options.keysPerSecond = m_connection.keysPerSecond;
    m_session->startScan(options);
}

QList<QByteArray> Workspace::catalogFiles() const
{
    QList<QByteArray> files;
    for (const QString &file : m_connection.catalogs)
        files.append(QFile::encodeName(file));
    return files;
}

} // namespace Cachelens
