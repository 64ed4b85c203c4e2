// SPDX-License-Identifier: GPL-3.0-or-later
#include <core/sql/sqltransaction.h>

#include <QCoreApplication>

#include <cstdio>

using namespace Cachelens;

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    auto database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"));
    database.setDatabaseName(QStringLiteral(":memory:"));
    if (!database.open())
        return 1;
    const SignalOutlet outlet(
        [](const std::vector<Signal> &batch) { std::printf("%zu went out\n", batch.size()); });
    auto transaction = SqlTransaction::begin(database, outlet);
    if (!transaction)
        return 1;
    Signal saved;
    saved.model = "shop.Product";
    outlet.send(saved);
    std::puts("committing");
    return transaction->commit() ? 0 : 1;
}
