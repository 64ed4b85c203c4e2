// SPDX-License-Identifier: GPL-3.0-or-later
// What a window lets go of, and what it asks before.
#include "tests/app/window/windowworld.h"
#include "widgets/keytree/keytree.h"

#include <QAction>
#include <QMessageBox>
#include <QPushButton>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

#include <algorithm>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

class TestWindowClosing : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingCanBeDoneOverAClosedConnection();
    void theWindowDoesNotCloseOverARunningOperationUnasked();
    void theConnectionDoesNotCloseOverARunningOperationUnasked();
    void whatCanBeUndoneIsNotForgottenUnasked_data();
    void whatCanBeUndoneIsNotForgottenUnasked();

private:
    /// The world's first entry gets another time to live.
    static void change(const WindowWorld &world)
    {
        QVERIFY(world.window->session()->changeTtl(WindowWorld::keyOf("users", 0, 0), 2h));
    }
    /// The server says no more, and an operation waits for it.
    static void hangInAnOperation(WindowWorld &world)
    {
        world.fill("users", 1, 1);
        world.open();
        QTRY_VERIFY(world.hasWholeKeyspace(1));
        world.server.pause();
        change(world);
        QTRY_VERIFY(world.window->actions().cancel->isEnabled());
    }
    static QMessageBox *question(const WindowWorld &world)
    {
        const auto boxes = world.window->findChildren<QMessageBox *>();
        const auto shown = std::ranges::find_if(boxes, &QWidget::isVisible);
        return shown == boxes.end() ? nullptr : *shown;
    }
};

void TestWindowClosing::nothingCanBeDoneOverAClosedConnection()
{
    WindowWorld world;
    world.fill("users", 5, 2);
    world.open();
    QTRY_VERIFY(world.hasWholeKeyspace(10));
    QVERIFY(world.selectNode({QStringLiteral("users")}));
    world.window->actions().closeConnection->trigger();

    QVERIFY(!world.window->session());
    QCOMPARE(world.window->windowTitle(), QStringLiteral("Cachelens"));
    QCOMPARE(world.window->findChild<KeyTree *>()->view()->model()->rowCount(), 0);
    const WindowActions &a = world.window->actions();
    for (const QAction *action :
         {a.retry, a.readOnly, a.closeConnection, a.editConnection, a.enterPassword, a.scan,
          a.pause, a.stopScan, a.resumeScan, a.reloadCatalog, a.deletePartition, a.deleteFunction,
          a.deleteNamespace, a.invalidateFunction, a.undo, a.cancel})
        QVERIFY2(!action->isEnabled(), qPrintable(action->text()));

    world.window->openConnection(world.connection());
    QTRY_VERIFY(world.hasWholeKeyspace(10));
    QVERIFY(a.retry->isEnabled());
}

void TestWindowClosing::theWindowDoesNotCloseOverARunningOperationUnasked()
{
    WindowWorld world;
    hangInAnOperation(world);
    QVERIFY(!QTest::currentTestFailed());

    world.window->close();
    QVERIFY(world.window->isVisible());
    QVERIFY(question(world));
    WindowWorld::button(*question(world), "Keep Running")->click();
    QTRY_VERIFY(!question(world));
    QVERIFY(world.window->session());

    world.window->close();
    WindowWorld::button(*question(world), "Stop")->click();
    QTRY_VERIFY(!world.window->isVisible());
    world.server.resume();
}

void TestWindowClosing::theConnectionDoesNotCloseOverARunningOperationUnasked()
{
    WindowWorld world;
    hangInAnOperation(world);
    QVERIFY(!QTest::currentTestFailed());

    world.window->actions().closeConnection->trigger();
    QVERIFY(world.window->session());
    QVERIFY(question(world));
    WindowWorld::button(*question(world), "Stop")->click();
    QTRY_VERIFY(!world.window->session());
    world.server.resume();
}

void TestWindowClosing::whatCanBeUndoneIsNotForgottenUnasked_data()
{
    QTest::addColumn<bool>("opensAnother");
    QTest::newRow("close the connection") << false;
    QTest::newRow("open another one") << true;
}

void TestWindowClosing::whatCanBeUndoneIsNotForgottenUnasked()
{
    QFETCH(bool, opensAnother);
    WindowWorld world;
    world.fill("users", 1, 1);
    world.open();
    QTRY_VERIFY(world.hasWholeKeyspace(1));
    change(world);
    const WindowActions &a = world.window->actions();
    QTRY_VERIFY(a.undo->isEnabled());
    QAction *leaves = opensAnother ? a.openDemo : a.closeConnection;

    leaves->trigger();
    QVERIFY(question(world));
    WindowWorld::button(*question(world), "Keep Open")->click();
    QTRY_VERIFY(!question(world));
    a.undo->trigger(); // it is there
    QTRY_VERIFY(!a.undo->isEnabled() && !a.cancel->isEnabled());

    leaves->trigger(); // there is nothing to be forgotten any more
    QVERIFY(!question(world));
    if (opensAnother)
        QTRY_COMPARE(world.window->windowTitle(), QStringLiteral("Demo shop - Cachelens"));
    else
        QVERIFY(!world.window->session());
}

QTEST_MAIN(TestWindowClosing)
#include "tst_windowclosing.moc"
