// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demoshop.h"
#include "core/key/keyreader.h"
#include "tests/app/window/windowworld.h"
#include "tests/support/manualclock.h"
#include "tests/widgets/accessible.h"
#include "tests/widgets/labels.h"
#include "widgets/activity/activityview.h"
#include "widgets/charts/functionsview.h"
#include "widgets/entrypanel/entrypanel.h"
#include "widgets/entrytable/entrytable.h"
#include "widgets/value/diffview.h"

#include <QAction>
#include <QDockWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include <functional>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace Qt::StringLiterals;

namespace {

/// A key of the demo shop that is like this; the shop is the same whenever it opens.
QByteArray demoKey(const std::function<bool(const KeyReading &)> &isWanted)
{
    static const auto keys = [] {
        DemoShop shop(std::make_shared<ManualClock>());
        std::vector<QByteArray> found;
        const auto cursor = shop.backend()->scan({});
        Result<bool> more = true;
        while (more && *more)
            more = cursor->next([&](std::span<const std::string_view> slice) {
                for (const std::string_view key : slice)
                    found.emplace_back(key.data(), static_cast<qsizetype>(key.size()));
            });
        return found;
    }();
    const KeyReader reader = demoCatalog().keyReader();
    QByteArray last; // for which customers hardly ever ask
    for (const QByteArray &key : keys) {
        if (isWanted(reader.read(key)))
            last = std::max(last, key);
    }
    return last;
}

QByteArray keyOf(const QByteArray &function)
{
    return demoKey([&](const KeyReading &reading) {
        return reading.function == function && !reading.suffixHashed;
    });
}

/// The real window on the demo shop.
struct DemoWindow {
    DemoWindow() { open(); }
    void open()
    {
        settings
            = std::make_unique<QSettings>(folder.filePath(u"settings.ini"_s), QSettings::IniFormat);
        window = std::make_unique<MainWindow>(*settings, clock);
        window->resize(1400, 900);
        window->show();
        window->openConnection(Connection::demo());
    }
    [[nodiscard]] QAction *action(const QString &text) const
    {
        for (QAction *found : window->findChildren<QAction *>()) {
            if (found->text().remove(u'&') == text)
                return found;
        }
        return nullptr;
    }
    [[nodiscard]] bool show(const QByteArray &key) const
    {
        if (!QTest::qWaitFor([&] { return window->session()->scanProgress().complete(); }))
            return false;
        window->selectKey(key);
        return QTest::qWaitFor([&] {
            return window->panel()->key() == key
                && window->panel()->state() == EntryPanel::State::Shown;
        });
    }
    [[nodiscard]] ActivityModel *events() const
    {
        return window->findChild<ActivityView *>()->model();
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    QTemporaryDir folder;
    std::unique_ptr<QSettings> settings;
    std::unique_ptr<MainWindow> window;
};

} // namespace

/// What the window shows of functions, and what can be asked of them, in the demo shop.
class TestFunctionPanes : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eventsComeWhileOneLooks();
    void anEventLeadsToItsEntry();
    void functionsAreCounted();
    void refreshShowsWhatHasChanged();
    void bypassShowsWhatARunWouldGive();
    void aHashedKeySaysWhyItCannotBeRefreshed();
    void allOfAFunctionIsInvalidated();
    void aReadOnlyConnectionRefusesAndSaysSo();
    void functionsThatRunElsewhereAreNotCalled();
    void theDocksAreRemembered();
    void everyControlHasAName();
};

void TestFunctionPanes::eventsComeWhileOneLooks()
{
    const DemoWindow demo;
    QTRY_VERIFY(demo.events()->rowCount() > 0);
    QTRY_VERIFY(demo.events()->count(ActivityKind::Hit) > 0);
    demo.action(u"Close Connection"_s)->trigger();
    QCOMPARE(demo.events()->rowCount(), 0);
    QVERIFY(says(*demo.window, u"run elsewhere"_s));
}

void TestFunctionPanes::anEventLeadsToItsEntry()
{
    const DemoWindow demo;
    QTRY_VERIFY(demo.events()->count(ActivityKind::Hit) > 0);
    demo.events()->setPaused(true);
    QTableView *list = demo.window->findChild<ActivityView *>()->list();
    for (int row = 0; row < demo.events()->rowCount(); ++row) {
        const ActivityEvent event = demo.events()->eventAt(row); // a hit's entry is there
        if (activityKind(event) != ActivityKind::Hit)
            continue;
        list->selectRow(row);
        QTRY_COMPARE(demo.window->panel()->key(), entryOf(event));
        QTRY_COMPARE(demo.window->panel()->state(), EntryPanel::State::Shown);
        QVERIFY(says(*demo.window, u"HIT just now"_s));
        return;
    }
    QFAIL("no hit is listed");
}

void TestFunctionPanes::functionsAreCounted()
{
    const DemoWindow demo;
    demo.window->showDock(u"functions"_s);
    const auto *view = demo.window->findChild<FunctionsView *>();
    QTRY_COMPARE(view->model()->rowCount(), static_cast<int>(demoCatalog().functions().size()));
    QVERIFY(view->table()->isVisible());
}

void TestFunctionPanes::refreshShowsWhatHasChanged()
{
    const DemoWindow demo;
    const QByteArray key = keyOf("shop.catalog.products.get_product");
    QVERIFY(demo.show(key));
    QAction *refresh = demo.action(u"Refresh Entry"_s);
    QVERIFY(refresh->isEnabled());
    demo.clock->advance(std::chrono::seconds(1)); // prices change in time
    refresh->trigger();
    const auto *diff = demo.window->panel()->findChild<DiffView *>();
    QTRY_VERIFY(diff->isVisible() && diff->text());
    QVERIFY(diff->text()->text.contains(u"\n- "_s) && diff->text()->text.contains(u"\n+ "_s));
    QVERIFY(says(*demo.window, u"Refreshed in"_s));
    QTRY_VERIFY(says(*demo.window, u"REFRESH just now"_s));

    QVERIFY(demo.show(keyOf("shop.users.services.get_profile")));
    QVERIFY(!diff->isVisible()); // it was another entry's
}

void TestFunctionPanes::bypassShowsWhatARunWouldGive()
{
    const DemoWindow demo;
    const QByteArray key = keyOf("shop.catalog.products.get_product");
    QVERIFY(demo.show(key));
    const QByteArray before = demo.window->panel()->details()->bytes;
    demo.action(u"Bypass Cache"_s)->trigger();
    QTRY_VERIFY(says(*demo.window, u"Bypassed in"_s));
    QTRY_VERIFY(says(*demo.window, u"BYPASS just now"_s));
    QCOMPARE(demo.window->panel()->details()->bytes, before);
}

void TestFunctionPanes::aHashedKeySaysWhyItCannotBeRefreshed()
{
    const DemoWindow demo;
    const QByteArray key = demoKey([](const KeyReading &reading) { return reading.suffixHashed; });
    QVERIFY(!key.isEmpty());
    QVERIFY(demo.show(key));
    const QAction *refresh = demo.action(u"Refresh Entry"_s);
    QVERIFY(!refresh->isEnabled());
    QVERIFY2(refresh->toolTip().contains(u"hash"_s), qPrintable(refresh->toolTip()));
    QVERIFY(demo.show(keyOf("shop.users.services.get_profile")));
    QVERIFY(refresh->isEnabled());
}

void TestFunctionPanes::allOfAFunctionIsInvalidated()
{
    const DemoWindow demo;
    QVERIFY(demo.show(keyOf("shop.orders.services.order_total")));
    demo.window->entries()->view()->setFocus();
    QAction *invalidate = demo.action(u"Invalidate All of Function…"_s);
    QVERIFY(invalidate->isEnabled());
    invalidate->trigger();
    auto *box = demo.window->findChild<QMessageBox *>();
    QVERIFY(box && box->text().contains(u"shop.orders.services.order_total"_s));
    QTest::mouseClick(WindowWorld::button(*box, "Invalidate"), Qt::LeftButton);
    const auto removed = [&] {
        for (int row = 0; row < demo.events()->rowCount(); ++row) {
            const ActivityEvent &event = demo.events()->eventAt(row);
            const auto *removal = std::get_if<RemovalEvent>(&event.what);
            if (removal && removal->function == "shop.orders.services.order_total"
                && removal->cause == RemovalCause::Prefix && removal->removal.entries > 10)
                return true;
        }
        return false;
    };
    QTRY_VERIFY(removed());
}

void TestFunctionPanes::aReadOnlyConnectionRefusesAndSaysSo()
{
    const DemoWindow demo;
    QVERIFY(demo.show(keyOf("shop.catalog.products.get_product")));
    demo.window->setReadOnly(true);
    for (const QString &text : {u"Refresh Entry"_s, u"Invalidate All of Function…"_s}) {
        QVERIFY(!demo.action(text)->isEnabled());
        QVERIFY2(demo.action(text)->toolTip().contains(u"read-only"_s),
                 qPrintable(demo.action(text)->toolTip()));
    }
    QVERIFY(demo.action(u"Bypass Cache"_s)->isEnabled()); // it changes nothing
    demo.window->setReadOnly(false);
    QVERIFY(demo.action(u"Refresh Entry"_s)->isEnabled());
}

void TestFunctionPanes::functionsThatRunElsewhereAreNotCalled()
{
    WindowWorld world;
    world.fill("users", 1, 1);
    world.open();
    world.window->selectKey(WindowWorld::keyOf("users", 0, 0));
    QTRY_COMPARE(world.window->panel()->state(), EntryPanel::State::Shown);
    for (const QAction *action : world.window->panel()->callActions()) {
        QVERIFY(!action->isEnabled());
        QVERIFY2(action->toolTip().contains(u"run elsewhere"_s), qPrintable(action->toolTip()));
    }
    QVERIFY(!world.window->actions().invalidateFunction->isEnabled());
}

void TestFunctionPanes::theDocksAreRemembered()
{
    DemoWindow demo;
    const auto dock
        = [&](const QString &name) { return demo.window->findChild<QDockWidget *>(name); };
    QVERIFY(dock(u"activity"_s)->isVisible());
    demo.action(u"Activity"_s)->trigger();
    QVERIFY(!dock(u"activity"_s)->isVisible());
    demo.window->close();
    demo.window.reset();
    demo.open();
    QVERIFY(dock(u"activity"_s)->isHidden());
    QVERIFY(!dock(u"functions"_s)->isHidden());
}

void TestFunctionPanes::everyControlHasAName()
{
    const DemoWindow demo;
    QTRY_VERIFY(demo.events()->rowCount() > 0);
    for (const QString &name : {u"activity"_s, u"functions"_s}) {
        demo.window->showDock(name);
        QCOMPARE(namelessControls(*demo.window), QStringList());
    }
}

QTEST_MAIN(TestFunctionPanes)
#include "tst_functionpanes.moc"
