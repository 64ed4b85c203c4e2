// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/statusline.h"
#include "tests/app/window/windowworld.h"

#include <QAction>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

/// The real window when its server is away, or says no.
class TestWindowRecovery : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aLostServerIsToldAndItsReturnToo();
    void aWrongPasswordIsToldAndAnotherOneWorks_data();
    void aWrongPasswordIsToldAndAnotherOneWorks();
    void aServerThatTakesNoChangesIsNamedUntilItTakesOne();
};

void TestWindowRecovery::aLostServerIsToldAndItsReturnToo()
{
    WindowWorld world;
    world.fill("users", 2, 2);
    world.open();
    QTRY_VERIFY(world.hasWholeKeyspace(4));
    world.server.stop();
    QTRY_VERIFY_WITH_TIMEOUT(!world.banner().isEmpty(), 10'000);
    QVERIFY(world.window->actions().retry->isEnabled());
    const QString doubt = QStringLiteral("until the server was away");
    QTRY_VERIFY2(world.counts().contains(doubt), qPrintable(world.counts()));
    world.server.start();
    world.fill("users", 3, 1);
    world.window->actions().retry->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(world.banner().isEmpty(), 15'000);
    QVERIFY2(world.counts().contains(doubt), qPrintable(world.counts()));
    QVERIFY(world.activate());
    QTest::keyClick(world.window.get(), Qt::Key_F5);
    QTRY_VERIFY(world.hasWholeKeyspace(3));
    QTRY_COMPARE(world.rows()->rowCount(), 3);
    QVERIFY2(!world.counts().contains(doubt), qPrintable(world.counts()));
}

void TestWindowRecovery::aWrongPasswordIsToldAndAnotherOneWorks_data()
{
    QTest::addColumn<QString>("password");
    QTest::newRow("wrong") << QStringLiteral("wrong-word");
    QTest::newRow("none") << QString();
}

void TestWindowRecovery::aWrongPasswordIsToldAndAnotherOneWorks()
{
    QFETCH(QString, password);
    WindowWorld world({.tcp = true, .arguments = {"--requirepass", "right-word"}});
    Connection connection = Connection::to(*BackendUrl::parse(world.server.tcpUrl()));
    connection.url.password = password.toUtf8();
    world.open(connection);
    QTRY_VERIFY_WITH_TIMEOUT(!world.banner().isEmpty(), 10'000);
    QVERIFY2(world.banner().contains(QStringLiteral("password")), qPrintable(world.banner()));
    QVERIFY(!world.banner().contains(QStringLiteral("wrong-word")));
    world.window->actions().enterPassword->trigger();
    QTRY_VERIFY(world.window->findChild<QInputDialog *>());
    auto *line = world.window->findChild<QInputDialog *>()->findChild<QLineEdit *>();
    QCOMPARE(line->echoMode(), QLineEdit::Password);
    QTest::keyClicks(line, QStringLiteral("right-word"));
    QTest::keyClick(line, Qt::Key_Return);
    QTRY_VERIFY2(world.hasWholeKeyspace(0), qPrintable(world.counts()));
    QVERIFY(world.banner().isEmpty());
    world.closeWindow();
    QVERIFY2(!world.settingsFile().contains("right-word"), world.settingsFile());
    QVERIFY(!world.settingsFile().contains("wrong-word"));
    QVERIFY(world.settingsFile().contains("127.0.0.1"));
}

void TestWindowRecovery::aServerThatTakesNoChangesIsNamedUntilItTakesOne()
{
    WindowWorld world;
    world.fill("users", 1, 2);
    world.open();
    QTRY_VERIFY(world.hasWholeKeyspace(2));
    const auto label = [&]() -> const QLabel * {
        for (const QLabel *each : world.window->findChild<StatusLine *>()->findChildren<QLabel *>())
            if (each->accessibleName() == QStringLiteral("Refused changes"))
                return each;
        return nullptr;
    }();
    QVERIFY(label && !label->isVisible());
    const auto change = [&] {
        const QByteArray key = WindowWorld::keyOf("users", 0, 0);
        QVERIFY(world.window->session()->changeTtl(key, std::chrono::minutes(10)));
        QTRY_VERIFY(!world.lastOperation().isActive());
    };
    world.server.command({"REPLICAOF", "127.0.0.1", "1"});
    change();
    QCOMPARE(world.lastOperation().phase, OperationStatus::Phase::Failed);
    QTRY_VERIFY(label->isVisible());
    QVERIFY2(label->text().contains(QStringLiteral("replica")), qPrintable(label->text()));
    QVERIFY2(label->toolTip().contains(QStringLiteral("READONLY")), qPrintable(label->toolTip()));

    world.server.command({"REPLICAOF", "NO", "ONE"});
    change();
    QCOMPARE(world.lastOperation().phase, OperationStatus::Phase::Done);
    QTRY_VERIFY(!label->isVisible());
}

QTEST_MAIN(TestWindowRecovery)
#include "tst_windowrecovery.moc"
