// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/connections/cacheaccess.h"
#include "app/connections/connection.h"
#include "app/window/filewatch.h"
#include "core/cached/guardedfunctions.h"
#include "core/keyspace/session.h"

#include <QObject>

#include <memory>

namespace Cachelens {

/// The cache that a window looks at: opens it, reads its catalogs, lets go of it.
class Workspace final : public QObject {
    Q_OBJECT

public:
    explicit Workspace(std::shared_ptr<const Clock> clock, QObject *parent = nullptr);
    ~Workspace() override;

    /// Lets go of what was open. The session is there, and scanning, as soon as the catalogs have
    /// been read. `url`: with the password, if there is one.
    void open(const Connection &connection, const BackendUrl &url);
    void close();
    /// Reads the connection's catalogs anew, and all keys with them. That is done without asking
    /// when the files have changed.
    void reloadCatalogs() { readAgain(Reread::Always); }
    /// Other files, for this connection.
    void setCatalogs(const QStringList &files);
    void setReadOnly(bool readOnly);
    /// Lists the keys anew, as fast as the connection says.
    void scan();

    /// Null when nothing is open.
    [[nodiscard]] Session *session() const { return m_session.get(); }
    /// The functions whose cache it is, as far as the connection's policy lets them be used. Null
    /// when they run elsewhere.
    [[nodiscard]] FunctionLink *functions() const { return m_functions.get(); }
    /// Whether functions run in this process, whose catalog they know themselves.
    [[nodiscard]] bool runsHere() const { return m_cache.demo != nullptr; }
    /// What those functions say of themselves.
    [[nodiscard]] Catalog catalogOfFunctions() const;
    [[nodiscard]] const std::shared_ptr<const Clock> &clock() const { return m_clock; }
    [[nodiscard]] const Connection &connection() const { return m_connection; }

Q_SIGNALS:
    /// The session is about to go: let go of it.
    void closing();
    /// Nothing is open any more.
    void closed();
    void opened();
    /// A catalog could not be read; the connection works without it, or with the one before.
    void catalogFailed(const Cachelens::Error &error);
    /// The connection's catalogs have been read again. `changed`: and are others than before.
    void catalogLoaded(qsizetype functions, bool changed);
    /// What happens to the catalogs' files from now on is noticed.
    void watchingCatalogs();

private:
    enum class Reread { Always, WhenChanged };
    void readAgain(Reread reread);
    void start(const BackendUrl &url, Catalog catalog);
    [[nodiscard]] QList<QByteArray> catalogFiles() const;

    const std::shared_ptr<const Clock> m_clock;
    Connection m_connection;
    OpenedCache m_cache;
    std::unique_ptr<GuardedFunctions> m_functions;
    std::unique_ptr<Session> m_session;
    FileWatch m_files; // the catalogs
    quint64 m_turn = 0; // an answer to an older request is void
};

} // namespace Cachelens
