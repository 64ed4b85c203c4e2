// SPDX-License-Identifier: MIT
#pragma once

#include "core/invalidation/transactionscope.h"

#include <QSqlDatabase>

class QSqlError;

namespace Cachelens {

/// A transaction of a QSqlDatabase that holds the signals of its thread, see TransactionScope:
/// they go out after the database has committed. Within another one on the same connection it is a
/// SAVEPOINT, as SQLite, MariaDB, MySQL and PostgreSQL know it. The destructor rolls back. Belongs
/// to the thread of its connection; all transactions of one connection use one outlet.
class SqlTransaction {
public:
    /// An error when the database does not begin: Unsupported when its driver knows no
    /// transactions, Unreachable when the connection is closed or MariaDB's is lost.
    [[nodiscard]] static Result<SqlTransaction> begin(const QSqlDatabase &database,
                                                      const SignalOutlet &outlet);

    SqlTransaction(SqlTransaction &&) noexcept = default;
    SqlTransaction &operator=(SqlTransaction &&) = delete;
    ~SqlTransaction();

    /// When the database does not commit, what was done is rolled back and the signals are
    /// dropped. The error says `maybeDone` when the rollback did not reach the database either: it
    /// may have committed all the same, and who must be certain drops what the entries hang on.
    [[nodiscard]] Result<void> commit();
    /// Drops the signals in any case. Nothing when it has ended already.
    Result<void> rollback();

private:
    SqlTransaction(const QSqlDatabase &database, const SignalOutlet &outlet);

    [[nodiscard]] Result<void> run(const QByteArray &statement, const QByteArray &attempt);
    [[nodiscard]] Result<void> commitDatabase();
    [[nodiscard]] Result<void> rollbackDatabase();
    [[nodiscard]] Error error(const QSqlError &error, const QByteArray &attempt) const;

    QSqlDatabase m_database;
    TransactionScope m_scope;
    QByteArray m_savepoint; ///< its name; empty for the outermost
};

} // namespace Cachelens
