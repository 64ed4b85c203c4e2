// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/connections/connectiondialog.h"
#include "app/stallmonitor.h"
#include "app/window/banner.h"
#include "app/window/functionpanes.h"
#include "app/window/screenshot.h"
#include "app/window/statusline.h"
#include "tests/app/program.h"
#include "tests/app/window/windowworld.h"
#include "tests/widgets/accessible.h"
#include "widgets/commands/commandpalette.h"
#include "widgets/entrypanel/entrypanel.h"
#include "widgets/entrytable/entrytable.h"
#include "widgets/entrytable/filterbar.h"
#include "widgets/keytree/keytree.h"

#include <QAbstractItemView>
#include <QAction>
#include <QDialog>
#include <QDockWidget>
#include <QFile>
#include <QImage>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QTimer>
#include <QToolButton>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

QByteArray onlyKeyOfTheDemo()
{
    return ":1:shop.settings.feature_flags::environment:production::";
}

} // namespace

/// The window as such: on the demo, with the keyboard, remembered, drawn.
class TestWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_window.reset(); }

    void everyControlHasAName();
    void everyControlOfTheConnectionDialogHasAName();
    void everyCommandIsInThePalette();
    void everyButtonIsACommand();
    void noTwoCommandsShareAShortcut();
    void noTwoLinesOfAMenuShareAMnemonic();
    void f6GoesRoundThePanes();
    void aDockBehindAnotherComesToTheFront();
    void fitsASmallScreen();
    void placesAreRemembered();
    void theLastConnectionIsOpenedAgain();
    void aBrokenCatalogIsToldWithItsPlace();
    void countsSayHowFarTheyCanBeBelieved();
    void thePictureIsDrawnWhenAllIsThere();
    void aPictureOfWhatNeverComesFails();
    void theProgramDrawsItsWindow_data();
    void theProgramDrawsItsWindow();
    void aStallIsMeasured();

private:
    void open(const Connection &connection = Connection::demo());
    [[nodiscard]] QTableView *table() const { return m_window->entries()->view(); }

    QTemporaryDir m_folder;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<MainWindow> m_window;
};

void TestWindow::init()
{
    m_settings = std::make_unique<QSettings>(m_folder.filePath(QStringLiteral("settings.ini")),
                                             QSettings::IniFormat);
    m_settings->clear();
}

void TestWindow::open(const Connection &connection)
{
    m_window.reset();
    m_window = std::make_unique<MainWindow>(*m_settings, std::make_shared<SystemClock>());
    m_window->show();
    m_window->openConnection(connection);
}

void TestWindow::everyControlHasAName()
{
    open();
    QTRY_VERIFY(table()->model()->rowCount() > 300);
    m_window->selectKey(onlyKeyOfTheDemo());
    QTRY_COMPARE(m_window->panel()->state(), EntryPanel::State::Shown);
    const QStringList nameless = namelessControls(*m_window);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QStringLiteral(", "))));
}

void TestWindow::everyControlOfTheConnectionDialogHasAName()
{
    open();
    m_window->actions().connections->trigger();
    auto *dialog = m_window->findChild<ConnectionDialog *>();
    QVERIFY(dialog && dialog->isVisible());
    const QStringList nameless = namelessControls(*dialog);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QStringLiteral(", "))));
}

void TestWindow::everyCommandIsInThePalette()
{
    open();
    QTRY_VERIFY(table()->model()->rowCount() > 300);
    QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
    auto *palette = m_window->findChild<CommandPalette *>();
    QTRY_VERIFY(palette->isVisible());
    const QAbstractItemModel *commands = palette->findChild<QListView *>()->model();
    QStringList texts;
    for (int row = 0; row < commands->rowCount(); ++row)
        texts.append(commands->index(row, 0).data().toString());
    for (const char *expected : {"New Connection",
                                 "Connections",
                                 "Read-only",
                                 "Dark Theme",
                                 "Filter",
                                 "Scan Again",
                                 "Delete Partition",
                                 "Delete Function",
                                 "Delete Namespace",
                                 "Undo Last Operation",
                                 "Keyboard Shortcuts",
                                 "Operations",
                                 "Delete Entry",
                                 "Change TTL",
                                 "Copy Entry's Key",
                                 "Match Case",
                                 "Filter by Time to Live",
                                 "Stop the Search",
                                 "Sort Entries By: TTL",
                                 "Sort Entries By: Descending",
                                 "Show Value as JSON",
                                 "Load the Whole Value",
                                 "Show All Keys",
                                 "Go On with the Scan",
                                 "Forget Finished Operations",
                                 "Open Recent: Demo shop"})
        QVERIFY2(std::ranges::any_of(texts,
                                     [expected](const QString &text) {
                                         return text.startsWith(QLatin1String(expected));
                                     }),
                 expected);
    // Chosen by a few letters, and run.
    QTest::keyClicks(palette->findChild<QLineEdit *>(), QStringLiteral("dark theme"));
    QTest::keyClick(palette->findChild<QLineEdit *>(), Qt::Key_Return);
    QTRY_VERIFY(m_window->actions().darkTheme->isChecked());
    m_window->setTheme(ThemeChoice::System);
}

void TestWindow::everyButtonIsACommand()
{
    open();
    const QList<QAction *> commands = allActions(*m_window);
    int buttons = 0;
    for (const QToolButton *button : m_window->findChildren<QToolButton *>()) {
        // A line edit's own are icons inside it.
        if (!button->defaultAction() || button->parent()->inherits("QLineEdit"))
            continue;
        ++buttons;
        QVERIFY2(commands.contains(button->defaultAction()),
                 qPrintable(button->defaultAction()->text()));
    }
    QVERIFY(buttons >= 8);
}

void TestWindow::noTwoCommandsShareAShortcut()
{
    open();
    // Two are heard in the same place when one is of the whole window, or of a widget around the
    // other's.
    const auto meet = [](const QAction *one, const QAction *other) {
        if (one->shortcutContext() == Qt::WindowShortcut
            || other->shortcutContext() == Qt::WindowShortcut)
            return true;
        const auto *a = qobject_cast<const QWidget *>(one->parent());
        const auto *b = qobject_cast<const QWidget *>(other->parent());
        return a == b || a->isAncestorOf(b) || b->isAncestorOf(a);
    };
    QMultiHash<QKeySequence, const QAction *> taken;
    for (const QAction *action : allActions(*m_window)) {
        for (const QKeySequence &keys : action->shortcuts()) {
            for (const QAction *other : taken.values(keys))
                QVERIFY2(!meet(action, other),
                         qPrintable(keys.toString() + QStringLiteral(": ") + action->text()
                                    + QStringLiteral(", ") + other->text()));
            taken.insert(keys, action);
        }
    }
    QVERIFY(taken.size() > 20);
}

void TestWindow::noTwoLinesOfAMenuShareAMnemonic()
{
    open();
    const auto check = [](const QList<QAction *> &actions) {
        QHash<QKeySequence, QString> taken;
        for (const QAction *action : actions) {
            const QKeySequence mnemonic = QKeySequence::mnemonic(action->text());
            if (action->isSeparator())
                continue;
            QVERIFY2(!mnemonic.isEmpty(), qPrintable(action->text()));
            QVERIFY2(!taken.contains(mnemonic),
                     qPrintable(action->text() + QStringLiteral(", ") + taken.value(mnemonic)));
            taken.insert(mnemonic, action->text());
        }
    };
    check(m_window->menuBar()->actions());
    for (const QAction *menu : m_window->menuBar()->actions())
        check(menu->menu()->actions());
}

void TestWindow::f6GoesRoundThePanes()
{
    open();
    QTRY_VERIFY(table()->model()->rowCount() > 300);
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    m_window->selectKey(onlyKeyOfTheDemo());
    QTRY_COMPARE(m_window->panel()->state(), EntryPanel::State::Shown);
    // Of the docks, which lie on top of each other, the one in sight.
    const QList<const QWidget *> panes{m_window->findChild<KeyTree *>(), m_window->entries(),
                                       m_window->panel(), m_window->functionPanes()->activityDock(),
                                       m_window->findChild<FilterBar *>()};
    m_window->actions().focusFilter->trigger();
    for (const QWidget *pane : panes) {
        QTest::keyClick(m_window.get(), Qt::Key_F6);
        QTRY_VERIFY2(pane->isAncestorOf(QApplication::focusWidget()),
                     pane->metaObject()->className());
        // Where the arrow keys do something.
        if (pane == m_window->findChild<KeyTree *>() || pane == m_window->entries())
            QVERIFY(qobject_cast<QAbstractItemView *>(QApplication::focusWidget()));
    }
    QTest::keyClick(m_window.get(), Qt::Key_F6, Qt::ShiftModifier);
    QTRY_VERIFY(!m_window->findChild<FilterBar *>()->isAncestorOf(QApplication::focusWidget()));
}

void TestWindow::aDockBehindAnotherComesToTheFront()
{
    open();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    auto *dock = m_window->findChild<QDockWidget *>(QStringLiteral("operations"));
    const auto isInSight = [dock] { return !dock->visibleRegion().isEmpty(); };
    const auto actions = m_window->findChildren<QAction *>();
    const auto action = std::find_if(actions.begin(), actions.end(), [](const QAction *each) {
        return each->text() == QStringLiteral("&Operations");
    });
    QVERIFY(action != actions.end());
    QVERIFY(!isInSight());
    QVERIFY(!(*action)->isChecked());
    (*action)->trigger();
    QTRY_VERIFY(isInSight());
    QTRY_VERIFY((*action)->isChecked());
    (*action)->trigger();
    QTRY_VERIFY(dock->isHidden());
    QTRY_VERIFY(!(*action)->isChecked());
    (*action)->trigger();
    QTRY_VERIFY(isInSight());
}

void TestWindow::fitsASmallScreen()
{
    open();
    QTRY_VERIFY(table()->model()->rowCount() > 300);
    m_window->selectKey(onlyKeyOfTheDemo());
    QTRY_COMPARE(m_window->panel()->state(), EntryPanel::State::Shown);
    // 1600 x 1000 at 200 %, less the desktop's own.
    m_window->resize(784, 452);
    QTRY_VERIFY2(
        m_window->width() <= 784 && m_window->height() <= 452,
        qPrintable(QStringLiteral("%1 x %2").arg(m_window->width()).arg(m_window->height())));
}

void TestWindow::placesAreRemembered()
{
    open();
    m_window->resize(1260, 640);
    m_window->actions().darkTheme->trigger();
    auto *dock = m_window->findChild<QDockWidget *>(QStringLiteral("operations"));
    dock->hide();
    QTRY_VERIFY(table()->model()->columnCount() > 2);
    m_window->close();
    open();
    QCOMPARE(m_window->size(), QSize(1260, 640));
    QVERIFY(m_window->actions().darkTheme->isChecked());
    QVERIFY(!m_window->findChild<QDockWidget *>(QStringLiteral("operations"))->isVisible());
    m_window->setTheme(ThemeChoice::System);
}

void TestWindow::theLastConnectionIsOpenedAgain()
{
    {
        const MainWindow first(*m_settings, std::make_shared<SystemClock>());
        QVERIFY(first.lastConnection().isDemo());
    }
    const RedisServer server;
    Connection connection = Connection::to(*BackendUrl::parse(server.url(3)));
    connection.name = QStringLiteral("three");
    connection.catalogs = {QStringLiteral("/no/such/catalog.json")};
    open();
    open(connection);
    m_window->close();
    const MainWindow next(*m_settings, std::make_shared<SystemClock>());
    const Connection last = next.lastConnection();
    QCOMPARE(last.name, connection.name);
    QCOMPARE(last.url, connection.url);
    QCOMPARE(last.catalogs, connection.catalogs);
    QVERIFY(last.lastUsed.isValid());
}

void TestWindow::aBrokenCatalogIsToldWithItsPlace()
{
    QFile file(m_folder.filePath(QStringLiteral("broken.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\"catalog\": 1,\n \"functions\": [\n  {\"id\": \"m.f\", \"tll\": 3}]}\n");
    file.close();
    const RedisServer server;
    Connection connection = Connection::to(*BackendUrl::parse(server.url()));
    connection.catalogs = {file.fileName()};
    open(connection);
    const auto *banner = m_window->findChild<Banner *>();
    QTRY_VERIFY(banner->isVisible());
    QVERIFY2(banner->text().contains(QStringLiteral("broken.json")), qPrintable(banner->text()));
    QVERIFY2(banner->text().contains(QStringLiteral("line 3")), qPrintable(banner->text()));
    QVERIFY2(banner->text().contains(QStringLiteral("tll")), qPrintable(banner->text()));
    const auto *status = m_window->findChild<StatusLine *>();
    QTRY_VERIFY(status->countsText().contains(QStringLiteral("whole keyspace")));

    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write("{\"catalog\": 1, \"functions\": [{\"id\": \"m.f\"}]}");
    file.close();
    m_window->actions().reloadCatalog->trigger();
    QTRY_VERIFY(!banner->isVisible());
    QTRY_COMPARE(m_window->session()->catalog().functions().size(), 1U);
}

void TestWindow::countsSayHowFarTheyCanBeBelieved()
{
    using Phase = ScanProgress::Phase;
    ScanProgress progress;
    progress.expected = 200'000;
    progress.looked = 76'000;
    progress.phase = Phase::Running;
    QVERIFY(countsText(75'999, progress, false).contains(QStringLiteral("38 % scanned")));
    QVERIFY(countsText(75'999, progress, false).contains(QStringLiteral("lower bounds")));
    progress.remaining = 12s;
    QVERIFY(countsText(75'999, progress, false).contains(QStringLiteral("12 s left")));
    QVERIFY(countsText(75'999, progress, false).contains(QStringLiteral("lower bounds")));
    progress.phase = Phase::Paused;
    QVERIFY(countsText(75'999, progress, false).contains(QStringLiteral("paused at 38 %")));
    progress.phase = Phase::Failed;
    QVERIFY(countsText(75'999, progress, false).contains(QStringLiteral("failed")));
    QVERIFY(countsText(75'999, progress, false).contains(QStringLiteral("lower bounds")));
    // More keys than were counted at first: it is not done before it is done.
    progress.looked = 300'000;
    progress.phase = Phase::Running;
    QVERIFY(countsText(300'000, progress, false).contains(QStringLiteral("99 %")));
    progress.phase = Phase::Complete;
    QCOMPARE(countsText(500'128, progress, false),
             QLocale().toString(500'128) + QStringLiteral(" keys: whole keyspace"));
}

void TestWindow::thePictureIsDrawnWhenAllIsThere()
{
    open();
    const QString file = m_folder.filePath(QStringLiteral("picture.png"));
    Screenshot screenshot(*m_window, file, onlyKeyOfTheDemo());
    QSignalSpy drawn(&screenshot, &Screenshot::drawn);
    screenshot.start();
    QTRY_COMPARE_WITH_TIMEOUT(drawn.size(), 1, 20'000);
    QCOMPARE(m_window->panel()->state(), EntryPanel::State::Shown);
    const QImage image(file);
    QCOMPARE(image.size(), m_window->size() * m_window->devicePixelRatio());
}

void TestWindow::aPictureOfWhatNeverComesFails()
{
    open();
    QTRY_VERIFY(table()->model()->rowCount() > 300);
    Screenshot screenshot(*m_window, m_folder.filePath(QStringLiteral("never.png")), "no such key",
                          3000ms);
    QSignalSpy failed(&screenshot, &Screenshot::failed);
    screenshot.start();
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, 20'000);
    QVERIFY(failed.at(0).at(0).value<Error>().reason.contains("no such key"));
    QVERIFY(!QFile::exists(m_folder.filePath(QStringLiteral("never.png"))));
}

void TestWindow::theProgramDrawsItsWindow_data()
{
    QTest::addColumn<QList<QByteArray>>("arguments");
    QTest::addColumn<QSize>("size");
    QTest::newRow("light") << QList<QByteArray>{"--theme", "light"} << QSize(1280, 720);
    QTest::newRow("dark") << QList<QByteArray>{"--theme", "dark"} << QSize(1280, 720);
    QTest::newRow("200 %") << QList<QByteArray>{"--scale", "2"} << QSize(2560, 1440);
}

void TestWindow::theProgramDrawsItsWindow()
{
    QFETCH(const QList<QByteArray>, arguments);
    QFETCH(const QSize, size);
    const QString file = m_folder.filePath(QStringLiteral("program.png"));
    const ProgramRun run = runProgram(
        QList<QByteArray>{"--demo", "--size", "1280x720", "--screenshot", QFile::encodeName(file),
                          "--dock", "operations", "--report-stalls"}
            + arguments,
        {.standardInput = {}, .password = {}, .platform = "offscreen"});
    QVERIFY2(run.exitCode == 0, run.errors);
    QVERIFY2(run.errors.contains("longest stall: "), run.errors);
    QVERIFY2(run.errors.contains("first paint after: "), run.errors);
    QCOMPARE(QImage(file).size(), size);
}

void TestWindow::aStallIsMeasured()
{
    StallMonitor monitor;
    QWidget painted; // what comes before the first paint is the start, and no stall
    painted.show();
    QTRY_VERIFY(monitor.firstPaint());
    bool over = false;
    QTimer::singleShot(0, this, [&over] {
        const auto end = std::chrono::steady_clock::now() + 120ms;
        while (std::chrono::steady_clock::now() < end) { }
        over = true;
    });
    QTRY_VERIFY(over);
    QTRY_VERIFY(monitor.longest() >= 120ms);
    monitor.reset();
    QCOMPARE(monitor.longest(), 0us);
    QVERIFY(processAge() > 0ms);
}

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
