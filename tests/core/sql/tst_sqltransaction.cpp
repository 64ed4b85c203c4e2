// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/memorybackend.h"
#include "core/cached/cachedfunction.h"
#include "core/sql/sqltransaction.h"
#include "tests/core/sql/mariadbserver.h"

#include <QSqlError>
#include <QSqlQuery>
#include <QTest>

#include <stdexcept>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace Qt::StringLiterals;

namespace {

/// A connection that is gone from Qt's list when it is let go of.
class Connection {
public:
    Connection(const QString &driver, const QString &databaseName, const QString &socket = {})
        : m_name(u"users%1"_s.arg(s_count++)), database(QSqlDatabase::addDatabase(driver, m_name))
    {
        database.setDatabaseName(databaseName);
        if (!socket.isEmpty()) {
            database.setUserName(u"root"_s);
            database.setConnectOptions(u"UNIX_SOCKET="_s + socket);
        }
        if (!database.open()) {
            const QString package
                = driver == u"QMYSQL" ? u"libqt6sql6-mysql"_s : u"libqt6sql6-sqlite"_s;
            const QString said = database.lastError().text();
            throw std::runtime_error(
                (driver + u" (package "_s + package + u"): "_s + said).toStdString());
        }
    }
    ~Connection()
    {
        database = {};
        QSqlDatabase::removeDatabase(m_name);
    }
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    void run(const QString &statement)
    {
        QSqlQuery query(database);
        if (!query.exec(statement))
            throw std::runtime_error(query.lastError().text().toStdString());
    }
    void add(int id) { run(u"INSERT INTO users VALUES (%1)"_s.arg(id)); }
    QList<int> ids()
    {
        QSqlQuery query(u"SELECT id FROM users ORDER BY id"_s, database);
        QList<int> ids;
        while (query.next())
            ids += query.value(0).toInt();
        return ids;
    }

private:
    static inline int s_count = 0;
    QString m_name;

public:
    QSqlDatabase database;
};

Signal userSaved(int id)
{
    Signal signal;
    signal.model = "auth.User";
    signal.instance = Value::map({{Value::string("id"), Value(id)}});
    return signal;
}

} // namespace

/// What a database commits and what it rolls back is what signals do; on SQLite and on MariaDB.
class TestSqlTransaction : public QObject {
    Q_OBJECT

    using Batches = QList<QList<int>>;

    std::unique_ptr<MariaDbServer> m_server;
    QTemporaryDir m_folder;
    std::unique_ptr<Connection> m_writer;
    std::unique_ptr<Connection> m_reader;
    Batches m_delivered;
    QList<int> m_seenOnDelivery;
    const SignalOutlet m_outlet{[this](const std::vector<Signal> &batch) {
        m_seenOnDelivery = m_reader ? m_reader->ids() : QList<int>();
        QList<int> ids;
        for (const Signal &signal : batch)
            ids += int(signal.instance.find("id")->toInt());
        m_delivered += ids;
    }};

    std::unique_ptr<Connection> connectTo(const QString &driver)
    {
        if (driver == u"QMYSQL")
            return std::make_unique<Connection>(driver, u"shop"_s, m_server->socketPath());
        return std::make_unique<Connection>(driver, m_folder.filePath(u"shop.sqlite"_s));
    }
    void saveUser(int id)
    {
        m_writer->add(id);
        m_outlet.send(userSaved(id));
    }
    Result<SqlTransaction> begin() { return SqlTransaction::begin(m_writer->database, m_outlet); }

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<MariaDbServer>();
        Connection(u"QMYSQL"_s, {}, m_server->socketPath()).run(u"CREATE DATABASE shop"_s);
    }

    void init()
    {
        m_delivered.clear();
        m_seenOnDelivery.clear();
        QFETCH_GLOBAL(QString, driver);
        m_writer = connectTo(driver);
        m_writer->run(u"DROP TABLE IF EXISTS users"_s);
        m_writer->run(u"CREATE TABLE users (id INT PRIMARY KEY)"_s);
        m_reader = connectTo(driver);
    }
    void cleanup()
    {
        m_reader.reset();
        m_writer.reset();
    }

    void initTestCase_data()
    {
        QTest::addColumn<QString>("driver");
        QTest::newRow("QSQLITE") << u"QSQLITE"_s;
        QTest::newRow("QMYSQL") << u"QMYSQL"_s;
    }

    void signalsGoOutAfterTheCommit()
    {
        auto transaction = begin();
        QVERIFY2(transaction, transaction ? "" : transaction.error().message().constData());
        saveUser(1);
        saveUser(2);
        QCOMPARE(m_delivered, Batches());
        QCOMPARE(m_reader->ids(), QList<int>());
        QVERIFY(transaction->commit());
        QCOMPARE(m_delivered, Batches({{1, 2}}));
        QCOMPARE(m_seenOnDelivery, QList<int>({1, 2}));
        saveUser(3);
        QCOMPARE(m_delivered, Batches({{1, 2}, {3}}));
    }

    // The entry of a row goes when the row is committed, and stays when it is not.
    void entriesOfACacheGoWithTheCommit()
    {
        using namespace Literals;
        const auto clock = std::make_shared<SystemClock>();
        Cache cache(std::make_shared<MemoryBackend>(clock));
        InvalidationRule rule;
        rule.model = "auth.User";
        rule.fieldMapping = {{"user_id", "id"}};
        const CachedFunction known(
            cache, "shop.is_known", parameters("user_id"_p),
            [this](int id) { return m_reader->ids().contains(id); },
            {.key = InlineKeyConstructor({{"user", ArgsKeyField("user_id").partition()}}),
             .rules = {rule}});
        const auto user = [](int id) { return Value::map({{Value::string("id"), Value(id)}}); };
        QVERIFY(!known(1));

        auto dropped = SqlTransaction::begin(m_writer->database, cache.outlet());
        m_writer->add(1);
        cache.saved("auth.User", user(1));
        QVERIFY(dropped->rollback());
        QVERIFY(known.getCacheOnly(1));

        auto kept = SqlTransaction::begin(m_writer->database, cache.outlet());
        m_writer->add(1);
        cache.saved("auth.User", user(1));
        QVERIFY(known.getCacheOnly(1)); // whoever asks now would store the old row again
        QVERIFY(kept->commit());
        QVERIFY(!known.getCacheOnly(1));
        QVERIFY(known(1));
        cache.deleted("auth.User", user(1));
        QVERIFY(!known.getCacheOnly(1));
    }

    void aRollbackTakesBothBack()
    {
        auto transaction = begin();
        saveUser(1);
        QVERIFY(transaction->rollback());
        QCOMPARE(m_reader->ids(), QList<int>());
        QCOMPARE(m_delivered, Batches());
        const auto late = transaction->commit();
        QVERIFY(!late && late.error().code == Error::Code::InvalidInput);
    }

    void anExceptionRollsBack()
    {
        const auto fails = [this] {
            const auto transaction = begin();
            saveUser(1);
            throw std::runtime_error("no such product");
        };
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, fails());
        QCOMPARE(m_reader->ids(), QList<int>());
        QCOMPARE(m_delivered, Batches());
    }

    void aNestedOneIsASavepoint()
    {
        auto outer = begin();
        saveUser(1);
        {
            auto dropped = begin();
            QVERIFY(dropped);
            saveUser(2);
            auto innermost = begin();
            saveUser(3);
            QVERIFY(innermost->commit());
            QVERIFY(dropped->rollback());
        }
        {
            auto kept = begin();
            saveUser(4);
            QVERIFY(kept->commit());
        }
        saveUser(5);
        QCOMPARE(m_delivered, Batches());
        QVERIFY(outer->commit());
        QCOMPARE(m_reader->ids(), QList<int>({1, 4, 5}));
        QCOMPARE(m_delivered, Batches({{1, 4, 5}}));
    }

    void anOuterRollbackEndsWhatIsWithin()
    {
        auto outer = begin();
        auto inner = begin();
        saveUser(1);
        const auto early = outer->commit();
        QVERIFY(!early && early.error().code == Error::Code::InvalidInput);
        QVERIFY(outer->rollback());
        QVERIFY(!inner->commit());
        QCOMPARE(m_reader->ids(), QList<int>());
        QCOMPARE(m_delivered, Batches());
        saveUser(2);
        QCOMPARE(m_delivered, Batches({{2}}));
    }

    void aFailedReleaseDropsTheInnerSignalsAndSaysSo()
    {
        auto outer = begin();
        saveUser(1);
        auto inner = begin();
        saveUser(2);
        // Somebody's code took the savepoint away.
        m_writer->run(u"RELEASE SAVEPOINT cachelens_1"_s);
        const auto committed = inner->commit();
        QVERIFY(!committed);
        QCOMPARE(committed.error().code, Error::Code::ServerError);
        QVERIFY(committed.error().maybeDone);
        QVERIFY2(committed.error().reason.toLower().contains("savepoint"),
                 committed.error().message().constData());
        QVERIFY(outer->commit());
        QCOMPARE(m_delivered, Batches({{1}}));
    }

    void whatIsNotBegunHoldsNothing()
    {
        QFETCH_GLOBAL(QString, driver);
        if (driver == u"QMYSQL") {
            // BEGIN commits there what was open; a closed connection is what both refuse.
            m_writer->database.close();
        } else {
            QVERIFY(m_writer->database.transaction());
        }
        const auto transaction = begin();
        QVERIFY(!transaction);
        QCOMPARE(transaction.error().code,
                 driver == u"QMYSQL" ? Error::Code::Unreachable : Error::Code::ServerError);
        QCOMPARE(transaction.error().subject, m_writer->database.connectionName().toUtf8());
        QVERIFY(!transaction.error().reason.isEmpty());
        m_outlet.send(userSaved(1));
        QCOMPARE(m_delivered, Batches({{1}}));
    }
};

/// What only one of the two can be made to do.
class TestLostCommit : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingGoesOutWhenTheServerDies()
    {
        MariaDbServer server;
        Connection connection(u"QMYSQL"_s, {}, server.socketPath());
        connection.run(u"CREATE DATABASE shop"_s);
        connection.run(u"USE shop"_s);
        connection.run(u"CREATE TABLE users (id INT PRIMARY KEY)"_s);
        int delivered = 0;
        const SignalOutlet outlet([&delivered](const std::vector<Signal> &) { ++delivered; });
        auto outer = SqlTransaction::begin(connection.database, outlet);
        connection.add(1);
        outlet.send(userSaved(1));
        auto inner = SqlTransaction::begin(connection.database, outlet);
        connection.add(2);
        outlet.send(userSaved(2));
        server.kill();
        for (auto *transaction : {&*inner, &*outer}) {
            const auto committed = transaction->commit();
            QVERIFY(!committed);
            QCOMPARE(committed.error().code, Error::Code::Unreachable);
            QVERIFY(committed.error().maybeDone);
            QVERIFY2(committed.error().message().startsWith("Could not commit the transaction on "),
                     committed.error().message().constData());
        }
        QCOMPARE(delivered, 0);
        outlet.send(userSaved(3));
        QCOMPARE(delivered, 1);
        const auto next = SqlTransaction::begin(connection.database, outlet);
        QVERIFY(!next && next.error().code == Error::Code::Unreachable);
    }

    void aBusyDatabaseRollsBack()
    {
        QTemporaryDir folder;
        Connection writer(u"QSQLITE"_s, folder.filePath(u"shop.sqlite"_s));
        Connection reader(u"QSQLITE"_s, folder.filePath(u"shop.sqlite"_s));
        writer.run(u"PRAGMA busy_timeout = 0"_s);
        writer.run(u"CREATE TABLE users (id INT PRIMARY KEY)"_s);
        int delivered = 0;
        const SignalOutlet outlet([&delivered](const std::vector<Signal> &) { ++delivered; });
        {
            reader.run(u"BEGIN"_s);
            QCOMPARE(reader.ids(), QList<int>()); // holds a read lock, which a commit waits for
            auto transaction = SqlTransaction::begin(writer.database, outlet);
            writer.add(1);
            outlet.send(userSaved(1));
            const auto committed = transaction->commit();
            QVERIFY(!committed);
            QCOMPARE(committed.error().code, Error::Code::ServerError);
            QVERIFY(!committed.error().maybeDone);
        }
        reader.run(u"COMMIT"_s);
        QCOMPARE(writer.ids(), QList<int>());
        QCOMPARE(delivered, 0);
        auto again = SqlTransaction::begin(writer.database, outlet);
        QVERIFY(again && again->commit());
    }
};

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    try {
        TestSqlTransaction both;
        TestLostCommit lost;
        const int failures = QTest::qExec(&both, argc, argv);
        return failures + QTest::qExec(&lost, argc, argv);
    } catch (const std::exception &error) {
        qCritical("%s", error.what());
        return 1;
    }
}

#include "tst_sqltransaction.moc"
