// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/playgroundpane.h"
#include "tests/app/restflowfixture.h"
#include "tests/app/window/windowworld.h"
#include "tests/support/manualclock.h"
#include "tests/widgets/accessible.h"
#include "tests/widgets/labels.h"
#include "widgets/entrypanel/entrypanel.h"
#include "widgets/playground/entrylookup.h"
#include "widgets/playground/keyplayground.h"

#include <QAction>
#include <QClipboard>
#include <QDockWidget>
#include <QGuiApplication>
#include <QLineEdit>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace Qt::StringLiterals;

namespace {

const QByteArray flags = ":1:shop.settings.feature_flags::environment:production::";

QAction *actionOf(const MainWindow &window, const QString &text)
{
    for (QAction *found : window.findChildren<QAction *>()) {
        if (found->text().remove(u'&') == text)
            return found;
    }
    return nullptr;
}

QLineEdit *editOf(const QWidget &within, const QString &name)
{
    for (QLineEdit *found : within.findChildren<QLineEdit *>()) {
        if (found->accessibleName() == name)
            return found;
    }
    return nullptr;
}

void type(const QWidget &within, const QString &name, const QString &text)
{
    QLineEdit *line = editOf(within, name);
    line->selectAll();
    QTest::keyClicks(line, text);
}

bool showEntry(MainWindow &window, const QByteArray &key)
{
    if (!QTest::qWaitFor(
            [&] { return window.session() && window.session()->scanProgress().complete(); }))
        return false;
    window.selectKey(key);
    return QTest::qWaitFor([&] {
        return window.panel()->key() == key && window.panel()->state() == EntryPanel::State::Shown;
    });
}

} // namespace

/// The playground's dock in the real window.
class TestPlaygroundPane : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_window.reset(); }

    void anEntryOfTheDemoIsOpenedFromThePanel();
    void theKeyLeadsBackToItsEntry();
    void theDockIsRemembered();
    void everyControlHasAName();
    void aMissIsExplainedOnARealRedis();

private:
    void openDemo();

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<MainWindow> m_window;
};

void TestPlaygroundPane::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_settings
        = std::make_unique<QSettings>(m_folder->filePath(u"settings.ini"_s), QSettings::IniFormat);
}

void TestPlaygroundPane::openDemo()
{
    m_window = std::make_unique<MainWindow>(*m_settings, std::make_shared<ManualClock>());
    m_window->resize(1400, 900);
    m_window->show();
    m_window->openConnection(Connection::demo());
}

void TestPlaygroundPane::anEntryOfTheDemoIsOpenedFromThePanel()
{
    openDemo();
    QVERIFY(showEntry(*m_window, flags));
    const KeyPlayground *playground = m_window->playgroundPane()->playground();
    QVERIFY(!m_window->playgroundPane()->isInSight());
    actionOf(*m_window, u"Open Entry in Key Playground"_s)->trigger();
    QTRY_VERIFY(m_window->playgroundPane()->isInSight());
    QCOMPARE(playground->rawKey(), flags);
    QCOMPARE(editOf(*playground, u"Argument environment"_s)->text(), u"production"_s);
    QTRY_VERIFY(says(*playground, u"a call would report HIT"_s));
    type(*playground, u"Argument environment"_s, u"nowhere"_s);
    QTRY_VERIFY(says(*playground, u"would report MISS, and store its result without an expiry"_s));
}

void TestPlaygroundPane::theKeyLeadsBackToItsEntry()
{
    openDemo();
    QVERIFY(showEntry(*m_window, flags));
    KeyPlayground *playground = m_window->playgroundPane()->playground();
    m_window->showDock(u"playground"_s);
    playground->openFunction("shop.settings.feature_flags");
    type(*playground, u"Argument environment"_s, u"production"_s);
    QTRY_VERIFY(says(*playground, u"a call would report HIT"_s));
    QVERIFY(showEntry(*m_window, ":1:shop.settings.feature_flags::environment:staging::"));
    actionOf(*m_window, u"Show the Playground's Entry"_s)->trigger();
    QTRY_COMPARE(m_window->panel()->key(), flags);

    type(*playground, u"Argument environment"_s, u"staging"_s);
    actionOf(*m_window, u"Compare the Chosen Entry in the Playground"_s)->trigger();
    QVERIFY(says(*playground, u"The keys differ in 1 part."_s));
    actionOf(*m_window, u"Close Connection"_s)->trigger();
    QVERIFY(playground->rawKey().isEmpty());
    QVERIFY(says(*playground, u"Choose a function"_s));
}

void TestPlaygroundPane::theDockIsRemembered()
{
    openDemo();
    const auto hidden = [this] { return m_window->playgroundPane()->dock()->isHidden(); };
    QVERIFY(!hidden());
    QAction *action = actionOf(*m_window, u"Key Playground"_s);
    action->trigger(); // it lies behind another one's tab
    QTRY_VERIFY(action->isChecked());
    QVERIFY(!hidden());
    action->trigger();
    QVERIFY(hidden());
    m_window->close();
    openDemo();
    QVERIFY(hidden());
}

void TestPlaygroundPane::everyControlHasAName()
{
    openDemo();
    QVERIFY(showEntry(*m_window, flags));
    m_window->showDock(u"playground"_s);
    QCOMPARE(namelessControls(*m_window), QStringList());
}

/// A newcomer's way: the entry is there, and a call with "the same" argument misses it.
void TestPlaygroundPane::aMissIsExplainedOnARealRedis()
{
    WindowWorld world;
    loadRestflowFixture(world.server, restflowFixture());
    Connection connection = world.connection();
    connection.catalogs = {QStringLiteral(CACHELENS_TEST_DATA "/restflow-live.catalog.json")};
    world.open(connection);
    const QByteArray key = ":2:users::shop.services.get_user_payload::user_id:int::page:1::v:1";
    QVERIFY(showEntry(*world.window, key));
    const KeyPlayground *playground = world.window->playgroundPane()->playground();
    actionOf(*world.window, u"Open Entry in Key Playground"_s)->trigger();
    QCOMPARE(playground->rawKey(), key);
    QTRY_VERIFY(says(*playground, u"In the cache"_s));

    type(*playground, u"Argument user_id"_s, u"\"int \""_s);
    QTRY_VERIFY(says(*playground, u"a call would report MISS, and store its result for 5:00"_s));
    actionOf(*world.window, u"Compare the Chosen Entry in the Playground"_s)->trigger();
    QVERIFY(says(*playground, u"The keys differ in 1 part."_s));

    actionOf(*world.window, u"Copy Playground's redis-cli Line"_s)->trigger();
    const QString line = QGuiApplication::clipboard()->text();
    QVERIFY2(line.startsWith(u"redis-cli"_s) && line.contains(u"user_id:int ::page:1"_s),
             qPrintable(line));

    // Someone stores it: it is there when it is looked for again.
    (void)world.server.command({"COPY", key, playground->rawKey()});
    type(*playground, u"Argument user_id"_s, u"43"_s);
    type(*playground, u"Argument user_id"_s, u"\"int \""_s);
    QTRY_VERIFY(says(*playground, u"In the cache"_s));
}

QTEST_MAIN(TestPlaygroundPane)
#include "tst_playgroundpane.moc"
