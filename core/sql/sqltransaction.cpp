// SPDX-License-Identifier: MIT
#include "core/sql/sqltransaction.h"

#include <QSqlDriver>
#include <QSqlError>
#include <QSqlQuery>

namespace Cachelens {

namespace {

constexpr char s_begin[] = "begin a transaction on";
constexpr char s_commit[] = "commit the transaction on";
constexpr char s_rollback[] = "roll back the transaction on";

bool isLost(const QSqlDatabase &database, const QSqlError &error)
{
    // The type of the error says nothing: SQLite's driver has ConnectionError for a bad statement.
    if (!database.isOpen())
        return true;
    // CR_SERVER_GONE_ERROR and CR_SERVER_LOST of the MySQL protocol.
    return database.driver()->dbmsType() == QSqlDriver::MySqlServer
        && (error.nativeErrorCode() == QLatin1String("2006")
            || error.nativeErrorCode() == QLatin1String("2013"));
}

} // namespace

SqlTransaction::SqlTransaction(const QSqlDatabase &database, const SignalOutlet &outlet)
    : m_database(database), m_scope(outlet, database.connectionName().toUtf8())
{
    if (const int depth = m_scope.depth(); depth > 0)
        m_savepoint = "cachelens_" + QByteArray::number(depth);
}

SqlTransaction::~SqlTransaction()
{
    (void)rollback();
}

Result<SqlTransaction> SqlTransaction::begin(const QSqlDatabase &database,
                                             const SignalOutlet &outlet)
{
    SqlTransaction transaction(database, outlet);
    Result<void> begun;
    if (database.isOpen() && !database.driver()->hasFeature(QSqlDriver::Transactions)) {
        begun = failure({.code = Error::Code::Unsupported,
                         .attempt = s_begin,
                         .subject = database.connectionName().toUtf8(),
                         .reason = "its driver knows no transactions"});
    } else if (!transaction.m_savepoint.isEmpty()) {
        begun = transaction.run("SAVEPOINT " + transaction.m_savepoint, s_begin);
    } else if (!transaction.m_database.transaction()) {
        begun = failure(transaction.error(database.lastError(), s_begin));
    }
    if (!begun) {
        transaction.m_scope.rollback();
        return failure(std::move(begun.error()));
    }
    return transaction;
}

Result<void> SqlTransaction::commit()
{
    return m_scope.commit([this] { return commitDatabase(); });
}

Result<void> SqlTransaction::rollback()
{
    if (!m_scope.isOpen())
        return {};
    m_scope.rollback();
    return rollbackDatabase();
}

Result<void> SqlTransaction::commitDatabase()
{
    Result<void> done;
    if (!m_savepoint.isEmpty())
        done = run("RELEASE SAVEPOINT " + m_savepoint, s_commit);
    else if (!m_database.commit())
        done = failure(error(m_database.lastError(), s_commit));
    if (!done)
        done.error().maybeDone = !rollbackDatabase();
    return done;
}

Result<void> SqlTransaction::rollbackDatabase()
{
    if (m_savepoint.isEmpty()) {
        if (!m_database.rollback())
            return failure(error(m_database.lastError(), s_rollback));
        return {};
    }
    if (auto done = run("ROLLBACK TO SAVEPOINT " + m_savepoint, s_rollback); !done)
        return done;
    return run("RELEASE SAVEPOINT " + m_savepoint, s_rollback);
}

Result<void> SqlTransaction::run(const QByteArray &statement, const QByteArray &attempt)
{
    QSqlQuery query(m_database);
    if (!query.exec(QString::fromLatin1(statement)))
        return failure(error(query.lastError(), attempt));
    return {};
}

Error SqlTransaction::error(const QSqlError &error, const QByteArray &attempt) const
{
    const QByteArray said = error.databaseText().trimmed().toUtf8();
    const bool lost = isLost(m_database, error);
    return {.code = lost ? Error::Code::Unreachable : Error::Code::ServerError,
            .attempt = attempt,
            .subject = m_database.connectionName().toUtf8(),
            .reason = !said.isEmpty() ? said
                : m_database.isOpen() ? error.driverText().trimmed().toUtf8()
                                      : QByteArray("the connection is closed"),
            .retryable = lost};
}

} // namespace Cachelens
