// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/connections/connectiondialog.h"
#include "app/connections/connectionproblem.h"
#include "tests/app/window/windowworld.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QListWidget>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

BackendUrl url(const QByteArray &text)
{
    return *BackendUrl::parse(text);
}

template <typename Control> Control *named(const QWidget &within, const char *name)
{
    for (Control *control : within.findChildren<Control *>()) {
        if (control->accessibleName() == QLatin1String(name))
            return control;
    }
    return nullptr;
}

} // namespace

class TestConnections : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { delete m_dialog; }

    void whatWasSavedIsThereAgain();
    void theOneUsedLastIsInFront();
    void passwordsAreNeverWritten();
    void aPasswordComesFromThisRunElseFromTheEnvironment();
    void whatCannotBeReadIsLeftOut();
    void aConnectionIsMadeByKeyboard();
    void aConnectionIsEditedAndDeleted();
    void aTestSaysWhatItFound();
    void whatIsNoConnectionIsSaid();
    void aPastedUrlFillsTheForm();
    void problemsSayWhatHelps();

private:
    [[nodiscard]] QByteArray written();
    void open(ConnectionStore &store, std::optional<Connection> edited = std::nullopt);

    QTemporaryDir m_folder;
    std::unique_ptr<QSettings> m_settings;
    QPointer<ConnectionDialog> m_dialog;
};

void TestConnections::init()
{
    qunsetenv("CACHELENS_PASSWORD");
    m_settings = std::make_unique<QSettings>(m_folder.filePath(QStringLiteral("settings.ini")),
                                             QSettings::IniFormat);
    m_settings->clear();
}

QByteArray TestConnections::written()
{
    m_settings->sync();
    QFile file(m_settings->fileName());
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void TestConnections::open(ConnectionStore &store, std::optional<Connection> edited)
{
    m_dialog = new ConnectionDialog(store, std::move(edited));
    m_dialog->open();
}

void TestConnections::whatWasSavedIsThereAgain()
{
    Connection connection = Connection::to(url("redis://shop@cache.example:6380/4"));
    connection.name = QStringLiteral("Shop \u540d");
    connection.readOnly = true;
    connection.production = true;
    connection.label = QStringLiteral("EU");
    connection.keysPerSecond = 50'000;
    connection.catalogs = {QStringLiteral("/a b/one.json"), QStringLiteral("/two.json")};
    connection.lastUsed = QDateTime::fromMSecsSinceEpoch(1'800'000'000'000, Qt::UTC);
    ConnectionStore(*m_settings).save(connection);
    const ConnectionStore store(*m_settings);
    QCOMPARE(store.connections().size(), 1);
    QVERIFY(store.connections().constFirst() == connection);
    QVERIFY(store.find(url("redis://shop:word@cache.example:6380/4")));
    QVERIFY(!store.find(url("redis://shop@cache.example:6380/5")));
    QCOMPARE(connection.environment(), QStringLiteral("PRODUCTION"));
}

void TestConnections::theOneUsedLastIsInFront()
{
    ConnectionStore store(*m_settings);
    int second = 0;
    for (const char *text : {"redis://a", "redis://b", "unix:///c", "redis://a"}) {
        Connection connection = Connection::to(url(text));
        connection.lastUsed = QDateTime::fromSecsSinceEpoch(++second, Qt::UTC);
        store.save(connection);
    }
    QList<QByteArray> order;
    const ConnectionStore again(*m_settings);
    for (const Connection &connection : again.connections())
        order.append(connection.url.description());
    const QList<QByteArray> expected{url("redis://a").description(), url("unix:///c").description(),
                                     url("redis://b").description()};
    QCOMPARE(order, expected);
}

void TestConnections::passwordsAreNeverWritten()
{
    ConnectionStore store(*m_settings);
    Connection connection;
    connection.url = url("redis://shop:s3cret-word@cache.example");
    store.save(connection);
    store.setPassword(connection.url, "s3cret-word");
    QCOMPARE(store.password(connection.url), QByteArray("s3cret-word"));
    QVERIFY2(!written().contains("s3cret"), written());
    QVERIFY(written().contains("cache.example"));
}

void TestConnections::aPasswordComesFromThisRunElseFromTheEnvironment()
{
    ConnectionStore store(*m_settings);
    const BackendUrl shop = url("redis://shop@cache.example");
    QCOMPARE(store.password(shop), QByteArray());
    qputenv("CACHELENS_PASSWORD", "from-outside");
    QCOMPARE(store.password(shop), QByteArray("from-outside"));
    store.setPassword(shop, "typed");
    QCOMPARE(store.withPassword(shop).password, QByteArray("typed"));
    QCOMPARE(store.withPassword(url("redis://other")).password, QByteArray("from-outside"));
    QCOMPARE(store.withPassword(url("memory:")).password, QByteArray());
    store.remove(shop);
    QCOMPARE(store.password(shop), QByteArray("from-outside"));
    qunsetenv("CACHELENS_PASSWORD");
}

void TestConnections::whatCannotBeReadIsLeftOut()
{
    ConnectionStore(*m_settings).save(Connection::to(url("redis://good")));
    m_settings->beginWriteArray(QStringLiteral("connections"), 2);
    m_settings->setArrayIndex(1);
    m_settings->setValue(QStringLiteral("url"), QStringLiteral("gopher://bad"));
    m_settings->endArray();
    const ConnectionStore store(*m_settings);
    QCOMPARE(store.connections().size(), 1);
    QCOMPARE(store.connections().constFirst().url.host, QByteArray("good"));
}

void TestConnections::aConnectionIsMadeByKeyboard()
{
    ConnectionStore store(*m_settings);
    open(store);
    auto *name = named<QLineEdit>(*m_dialog, "Name");
    QTRY_VERIFY(name->hasFocus());
    QTest::keyClicks(name, QStringLiteral("Staging"));
    auto *host = named<QLineEdit>(*m_dialog, "Host");
    host->selectAll();
    QTest::keyClicks(host, QStringLiteral("cache.example"));
    named<QSpinBox>(*m_dialog, "Database")->setValue(2);
    QTest::keyClicks(named<QLineEdit>(*m_dialog, "Password"), QStringLiteral("s3cret-word"));
    named<QComboBox>(*m_dialog, "Label")->setCurrentText(QStringLiteral("STAGING"));
    QSignalSpy asked(m_dialog, &ConnectionDialog::connectRequested);
    QTest::keyClick(name, Qt::Key_Return);
    QCOMPARE(asked.size(), 1);
    const auto connection = asked.at(0).at(0).value<Connection>();
    QCOMPARE(connection.url.description(), QByteArray("redis://cache.example:6379/2"));
    QCOMPARE(connection.label, QStringLiteral("STAGING"));
    QCOMPARE(store.password(connection.url), QByteArray("s3cret-word"));
    QCOMPARE(store.connections().constFirst().name, QStringLiteral("Staging"));
    QVERIFY2(!written().contains("s3cret"), written());
}

void TestConnections::aConnectionIsEditedAndDeleted()
{
    ConnectionStore store(*m_settings);
    store.save(Connection::to(url("redis://one")));
    store.save(Connection::to(url("unix:///run/two.sock?db=1")));
    open(store, Connection::to(url("unix:///run/two.sock?db=1")));
    QVERIFY(!named<QLineEdit>(*m_dialog, "Host")->isVisible());
    auto *socket = named<QLineEdit>(*m_dialog, "Socket");
    QCOMPARE(socket->text(), QStringLiteral("/run/two.sock"));
    socket->setText(QStringLiteral("/run/three.sock"));
    named<QCheckBox>(*m_dialog, "Read-only: nothing can be changed")->setChecked(true);
    auto *scan = named<QSpinBox>(*m_dialog, "Scan");
    QCOMPARE(scan->text(), QStringLiteral("as fast as it answers"));
    scan->setValue(20'000);
    WindowWorld::button(*m_dialog, "Save")->click();
    QVERIFY(!store.find(url("unix:///run/two.sock?db=1")));
    const Connection *edited = store.find(url("unix:///run/three.sock?db=1"));
    QVERIFY(edited && edited->readOnly);
    QCOMPARE(edited->keysPerSecond, 20'000);

    WindowWorld::button(*m_dialog, "Delete")->click();
    QCOMPARE(store.connections().size(), 1);
    QCOMPARE(ConnectionStore(*m_settings).connections().size(), 1);
    QCOMPARE(named<QListWidget>(*m_dialog, "Connections")->count(), 1);
}

void TestConnections::aTestSaysWhatItFound()
{
    RedisServer server({.tcp = true, .arguments = {"--requirepass", "right-word"}});
    ConnectionStore store(*m_settings);
    open(store, Connection::to(url(server.tcpUrl())));
    auto *password = named<QLineEdit>(*m_dialog, "Password");
    password->setText(QStringLiteral("wrong-word"));
    WindowWorld::button(*m_dialog, "Test")->click();
    QTRY_VERIFY2(m_dialog->outcome().contains(QStringLiteral("WRONGPASS")),
                 qPrintable(m_dialog->outcome()));
    QVERIFY(!m_dialog->outcome().contains(QStringLiteral("wrong-word")));
    password->setText(QStringLiteral("right-word"));
    WindowWorld::button(*m_dialog, "Test")->click();
    QTRY_VERIFY2(m_dialog->outcome().contains(QStringLiteral("answers")),
                 qPrintable(m_dialog->outcome()));
    server.stop();
    WindowWorld::button(*m_dialog, "Test")->click();
    QTRY_VERIFY2(m_dialog->outcome().contains(QStringLiteral("127.0.0.1")),
                 qPrintable(m_dialog->outcome()));
}

void TestConnections::whatIsNoConnectionIsSaid()
{
    ConnectionStore store(*m_settings);
    open(store);
    named<QLineEdit>(*m_dialog, "Host")->clear();
    QSignalSpy asked(m_dialog, &ConnectionDialog::connectRequested);
    WindowWorld::button(*m_dialog, "Connect")->click();
    QCOMPARE(asked.size(), 0);
    QVERIFY(m_dialog->isVisible());
    QVERIFY2(m_dialog->outcome().contains(QStringLiteral("host")), qPrintable(m_dialog->outcome()));
    QVERIFY(store.connections().isEmpty());
}

void TestConnections::aPastedUrlFillsTheForm()
{
    ConnectionStore store(*m_settings);
    open(store);
    auto *host = named<QLineEdit>(*m_dialog, "Host");
    QVERIFY(QTest::qWaitForWindowActive(m_dialog));
    host->setFocus();
    host->clear();
    QTest::keyClicks(host, QStringLiteral("redis://shop:word@cache.example:7000/3"));
    QTest::keyClick(host, Qt::Key_Tab);
    QCOMPARE(host->text(), QStringLiteral("cache.example"));
    QCOMPARE(named<QSpinBox>(*m_dialog, "Port")->value(), 7000);
    QCOMPARE(named<QSpinBox>(*m_dialog, "Database")->value(), 3);
    QCOMPARE(named<QLineEdit>(*m_dialog, "User")->text(), QStringLiteral("shop"));
    QCOMPARE(named<QLineEdit>(*m_dialog, "Password")->text(), QStringLiteral("word"));
}

void TestConnections::problemsSayWhatHelps()
{
    BackendState state;
    state.phase = BackendState::Phase::Ready;
    QVERIFY(!problemOf(state));
    state.phase = BackendState::Phase::Waiting;
    state.error = Error{Error::Code::Unreachable, "connect to", "redis://a", "refused", true};
    const auto waiting = problemOf(state);
    QVERIFY(waiting && waiting->retry && !waiting->password);
    QVERIFY(waiting->text.contains(QStringLiteral("redis://a")));
    state.phase = BackendState::Phase::Refused;
    state.error->code = Error::Code::WrongPassword;
    state.error->retryable = false;
    const auto refused = problemOf(state);
    QVERIFY(refused && refused->password && !refused->retry);
}

QTEST_MAIN(TestConnections)
#include "tst_connections.moc"
