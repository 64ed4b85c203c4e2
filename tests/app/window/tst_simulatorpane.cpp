// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demoshop.h"
#include "app/window/simulatorpane.h"
#include "core/value/valuejson.h"
#include "tests/app/restflowfixture.h"
#include "tests/app/window/windowworld.h"
#include "tests/support/manualclock.h"
#include "tests/widgets/accessible.h"
#include "tests/widgets/labels.h"
#include "widgets/entrypanel/entrypanel.h"
#include "widgets/operations/deletedialog.h"
#include "widgets/simulator/rulesmodel.h"
#include "widgets/simulator/signalform.h"
#include "widgets/simulator/simulatorview.h"

#include <QAction>
#include <QComboBox>
#include <QDockWidget>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QStatusBar>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace Qt::StringLiterals;

namespace {

/// The fixture's catalog, its functions with rules.
const QByteArray rules = R"({"catalog": 1, "functions": [
  {"id": "shop.services.get_user_payload", "ttl": 300,
   "params": [{"name": "user_id"}, {"name": "page", "default": 1}],
   "key": {"namespace": "users", "version": 2,
           "fields": [{"name": "user", "type": "args", "arguments": "user_id", "partition": true},
                      {"name": "version", "type": "constant", "key": "v", "value": "1"},
                      {"name": "page", "type": "args", "arguments": "page"}]},
   "invalidates_on": [{"model": "auth.User", "field_mapping": {"user_id": "kind"},
                       "watch_fields": ["email"], "rewarm": true}]},
  {"id": "shop.services.forever", "ttl": null, "params": [{"name": "name"}],
   "key": {"fields": [{"name": "n", "type": "args", "arguments": "name", "partition": true}]}}
]})";

const QByteArray dictPrefix = ":2:users::shop.services.get_user_payload::user_id:dict::";

SignalDraft draftOf(const QByteArray &json)
{
    const auto draft = SignalDraft::fromJson(json, {});
    if (!draft)
        qFatal("%s", draft.error().message().constData());
    return *draft;
}

const QByteArray dictSaved = R"({"model": "auth.User", "instance": {"kind": "dict"}})";

const QByteArray nobodySaved = R"({"model": "auth.User", "instance": {"kind": "nobody"}})";

/// The window with its simulator in sight.
class Simulated {
public:
    explicit Simulated(MainWindow &shown) : window(shown)
    {
        window.showDock(u"signals"_s);
        const auto ready
            = [this] { return window.session() && window.session()->scanProgress().complete(); };
        if (!QTest::qWaitFor(ready))
            qFatal("the keys are not there");
    }
    [[nodiscard]] SimulatorView &view() const { return *window.simulatorPane()->view(); }
    void simulate(const QByteArray &json) const
    {
        view().form()->setDraft(draftOf(json));
        if (!QTest::qWaitFor([this] { return view().simulator()->isSettled(); }))
            qFatal("the simulation does not end");
    }
    /// Applies it up to the question; null when none comes.
    [[nodiscard]] DeleteDialog *apply() const
    {
        view().applyAction()->trigger();
        DeleteDialog *dialog = nullptr;
        (void)QTest::qWaitFor([&] { return (dialog = window.findChild<DeleteDialog *>()); });
        if (dialog && !WindowWorld::button(*dialog, "Delete")->isEnabled())
            (void)QSignalSpy(dialog, &DeleteDialog::planned).wait();
        return dialog;
    }
    /// Begins a scan, and stops it before it has seen much.
    void forgetKeys() const
    {
        window.session()->startScan({.slice = 1, .keysPerSecond = 1});
        window.session()->cancelScan();
        const auto stopped = [this] {
            return window.session()->scanProgress().phase == ScanProgress::Phase::Canceled;
        };
        if (!QTest::qWaitFor(stopped))
            qFatal("the scan does not stop");
    }
    void choose(const CacheChoice &choice) const
    {
        view().findChild<Simulator *>()->setChoice(choice);
    }
    [[nodiscard]] bool shows(const QString &text) const { return says(view(), text); }
    [[nodiscard]] OperationStatus lastOperation() const
    {
        const auto all = window.session()->operations();
        return all.empty() ? OperationStatus() : all.back();
    }
    /// As it is stored; empty: there is no such entry.
    [[nodiscard]] QByteArray entry(const QByteArray &key) const
    {
        const auto details = window.session()->details(key);
        if (!QTest::qWaitFor([&details] { return details.isFinished(); }))
            qFatal("the entry is not told");
        return details.result()->bytes;
    }
    [[nodiscard]] QString said() const { return window.statusBar()->currentMessage(); }

    MainWindow &window;
};

/// A key of the demo shop's function that is in its cache, for which customers hardly ever ask.
QByteArray demoKey(const MainWindow &window, const QByteArray &function)
{
    const auto index = window.session()->index();
    QByteArray last;
    for (KeyId id = 0; id < index->idCount(); ++id) {
        const QByteArray key = index->key(id);
        if (index->find(key) && index->reader().read(key).function == function)
            last = std::max(last, key);
    }
    return last;
}

/// The real window on the demo shop, in which time stands still.
struct DemoWindow {
    DemoWindow()
        : settings(folder.filePath(u"settings.ini"_s), QSettings::IniFormat),
          window(settings, clock)
    {
        window.resize(1400, 900);
        window.show();
        window.openConnection(Connection::demo());
    }
    const std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    QTemporaryDir folder;
    QSettings settings;
    MainWindow window;
};

/// The real window on a real Redis with what the real library wrote.
struct FixtureWindow {
    FixtureWindow()
    {
        loadRestflowFixture(world.server, restflowFixture());
        QFile file(world.folder.filePath(u"rules.json"_s));
        if (!file.open(QIODevice::WriteOnly) || file.write(rules) != rules.size())
            qFatal("no catalog");
        connection = world.connection();
        connection.catalogs = {file.fileName()};
    }
    /// With their bytes; sorted.
    [[nodiscard]] std::vector<std::pair<QByteArray, QByteArray>> keys() const
    {
        std::vector<std::pair<QByteArray, QByteArray>> found;
        for (const Resp &key : world.server.command({"KEYS", "*"}).elements)
            found.emplace_back(key.bytes, world.dump(key.bytes));
        std::ranges::sort(found);
        return found;
    }
    WindowWorld world;
    Connection connection;
};

} // namespace

class TestSimulatorPane : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void onRedisExactlyWhatWasShownGoesAndComesBack();
    void onRedisARewarmIsADeleteAndSaysSo();
    void onTheDemoARewarmRefreshes();
    void theInstanceIsTakenFromTheEntry();
    void productionWantsItsName();
    void aReadOnlyConnectionRefuses();
    void nothingInTheCacheIsSaid();
    void nothingIsOnlySaidWhenAllIsKnown();
    void aChosenCacheIsSearchedSeenOrNot();
    void whatIsKnownOfAnUnfinishedScanIsAllThatIsPromised();
    void signalsAreRememberedForTheirConnection();
    void theDockIsRememberedAndNamed();
};

void TestSimulatorPane::onRedisExactlyWhatWasShownGoesAndComesBack()
{
    FixtureWindow fixture;
    const auto before = fixture.keys();
    fixture.world.open(fixture.connection);
    const Simulated simulated(*fixture.world.window);
    simulated.simulate(dictSaved);
    const qsizetype shown = simulated.view().simulator()->simulation()->keys;
    QCOMPARE(shown, 3);
    const QPointer<DeleteDialog> dialog = simulated.apply();
    QVERIFY(dialog);
    QPushButton *button = WindowWorld::button(*dialog, "Delete");
    QVERIFY2(button->text().contains(QString::number(shown)), qPrintable(button->text()));
    QTest::mouseClick(button, Qt::LeftButton);
    QTRY_COMPARE(simulated.lastOperation().phase, OperationStatus::Phase::Done);
    QCOMPARE(simulated.lastOperation().done, shown);
    QCOMPARE(simulated.window.session()->operations().size(), 1U); // one, however many rules
    auto expected = before;
    std::erase_if(expected, [](const auto &entry) { return entry.first.startsWith(dictPrefix); });
    QCOMPARE(fixture.keys(), expected);
    QTRY_COMPARE(simulated.view().simulator()->simulation()->keys, 0);

    simulated.window.actions().undo->trigger();
    QTRY_COMPARE(simulated.lastOperation().phase, OperationStatus::Phase::Undone);
    QCOMPARE(fixture.keys(), before);
}

void TestSimulatorPane::onRedisARewarmIsADeleteAndSaysSo()
{
    FixtureWindow fixture;
    fixture.world.open(fixture.connection);
    const Simulated simulated(*fixture.world.window);
    simulated.simulate(dictSaved);
    const QModelIndex outcome = simulated.view().rules()->index(0, RulesModel::OutcomeColumn);
    QCOMPARE(outcome.data().toString(), u"deletes (rewarm)"_s);
    QVERIFY(outcome.data(Qt::ToolTipRole).toString().contains(u"cannot be run from here"_s));
}

void TestSimulatorPane::onTheDemoARewarmRefreshes()
{
    DemoWindow demo;
    const Simulated simulated(demo.window);
    const QByteArray product = "shop.catalog.products.get_product";
    const QByteArray key = demoKey(demo.window, product);
    QVERIFY(!key.isEmpty());
    const KeyReading reading = demo.window.session()->index()->reader().read(key);
    const QByteArray sku = reading.partition.sliced(QByteArray("sku:").size());
    simulated.simulate("{\"model\": \"catalog.Product\", \"update_fields\": [\"price\"], "
                       "\"instance\": {\"sku\": \""
                       + sku + "\"}}");
    const QModelIndex outcome = simulated.view().rules()->index(0, RulesModel::OutcomeColumn);
    QCOMPARE(outcome.data().toString(), u"refreshes"_s);
    QVERIFY(outcome.data(Qt::ToolTipRole).toString().contains(QString::fromUtf8(sku)));
    const RuleVerdict &verdict = simulated.view().simulator()->simulation()->rules[0].verdict;
    const QByteArray stored = redisKey({}, verdict.version, verdict.key);
    const QByteArray before = simulated.entry(stored);
    demo.clock->advance(std::chrono::seconds(1)); // what is run anew says when
    QPointer<DeleteDialog> dialog = simulated.apply();
    QVERIFY(dialog);
    QVERIFY(says(*dialog, u"run anew, and stored: "_s + QString::fromUtf8(product)));
    QTest::mouseClick(WindowWorld::button(*dialog, "Delete"), Qt::LeftButton);
    QTRY_COMPARE(simulated.lastOperation().phase, OperationStatus::Phase::Done);
    const qint64 gone = simulated.lastOperation().done;
    QVERIFY(gone > 0);
    QCOMPARE(simulated.lastOperation().rewarmed, 1);
    QVERIFY(!simulated.entry(stored).isEmpty());
    QVERIFY(simulated.entry(stored) != before);
    QCOMPARE(simulated.window.session()->operations().size(), 1U);

    QTRY_VERIFY(simulated.window.actions().undo->isEnabled());
    simulated.window.actions().undo->trigger();
    QTRY_COMPARE(simulated.lastOperation().phase, OperationStatus::Phase::Undone);
    QCOMPARE(simulated.lastOperation().restored, gone);
    QCOMPARE(simulated.lastOperation().rewarmsUndone, 1);
    QCOMPARE(simulated.entry(stored), before);
}

void TestSimulatorPane::theInstanceIsTakenFromTheEntry()
{
    DemoWindow demo;
    const Simulated simulated(demo.window);
    const QByteArray key = demoKey(demo.window, "shop.users.services.get_profile");
    const QByteArray user
        = demo.window.session()->index()->reader().read(key).partition.sliced(8); // user_id:
    simulated.view().form()->model()->setCurrentText(u"orders.Order"_s);
    QAction *take = nullptr;
    for (QAction *command : simulated.view().commands()) {
        if (command->text().contains(u"Instance"_s))
            take = command;
    }
    QVERIFY(take && !take->isEnabled());
    demo.window.selectKey(key);
    QTRY_VERIFY(take->isEnabled());
    take->trigger();
    auto draft = simulated.view().form()->draft();
    QVERIFY(draft);
    QCOMPARE(draft->model, "auth.User");
    QVERIFY(draft->find("id"));
    QCOMPARE(draft->find("id")->value, QString::fromUtf8(user));
    QVERIFY(draft->attributes.size() > 4); // and what the value has
    QTRY_VERIFY(simulated.view().simulator()->isSettled());
    QVERIFY(simulated.view().simulator()->simulation()->keys > 0);
}

void TestSimulatorPane::productionWantsItsName()
{
    FixtureWindow fixture;
    fixture.connection.production = true;
    fixture.connection.name = u"shop"_s;
    fixture.world.open(fixture.connection);
    const Simulated simulated(*fixture.world.window);
    simulated.simulate(dictSaved);
    const auto before = fixture.keys();
    const DeleteDialog *dialog = simulated.apply();
    QVERIFY(dialog);
    QPushButton *button = WindowWorld::button(*dialog, "Delete");
    QVERIFY(!button->isEnabled());
    dialog->findChild<QLineEdit *>()->setText(u"shop"_s);
    QVERIFY(button->isEnabled());
    QCOMPARE(fixture.keys(), before);
}

void TestSimulatorPane::aReadOnlyConnectionRefuses()
{
    FixtureWindow fixture;
    fixture.connection.readOnly = true;
    fixture.world.open(fixture.connection);
    const Simulated simulated(*fixture.world.window);
    simulated.simulate(dictSaved);
    QCOMPARE(simulated.view().simulator()->simulation()->keys, 3); // looking is free
    QVERIFY(!simulated.view().applyAction()->isEnabled());
    QVERIFY(simulated.view().applyAction()->toolTip().contains(u"read-only"_s));
    // It is refused too, whatever a button says.
    const auto before = fixture.keys();
    Q_EMIT simulated.view().applyRequested();
    auto *dialog = simulated.window.findChild<DeleteDialog *>();
    QVERIFY(dialog);
    QVERIFY(says(*dialog, u"read-only"_s));
    QVERIFY(!WindowWorld::button(*dialog, "Delete")->isEnabled());
    QCOMPARE(fixture.keys(), before);
    dialog->reject();
    simulated.window.setReadOnly(false);
    QVERIFY(simulated.view().applyAction()->isEnabled());
}

void TestSimulatorPane::nothingInTheCacheIsSaid()
{
    FixtureWindow fixture;
    fixture.world.open(fixture.connection);
    const Simulated simulated(*fixture.world.window);
    simulated.simulate(nobodySaved);
    simulated.view().applyAction()->trigger();
    QTRY_VERIFY2(simulated.said().contains(u"nothing to do"_s), qPrintable(simulated.said()));
    QTRY_VERIFY(!simulated.window.findChild<DeleteDialog *>());
}

void TestSimulatorPane::nothingIsOnlySaidWhenAllIsKnown()
{
    FixtureWindow fixture;
    fixture.world.open(fixture.connection);
    const Simulated simulated(*fixture.world.window);
    simulated.forgetKeys();
    simulated.simulate(nobodySaved);
    QVERIFY(simulated.shows(u"among the keys that are known so far"_s));
    simulated.view().applyAction()->trigger();
    QTRY_VERIFY2(simulated.said().contains(u"not all keys are known yet. Scan again"_s),
                 qPrintable(simulated.said()));
    QVERIFY(!simulated.said().contains(u"nothing to do"_s));
    QTRY_VERIFY(!simulated.window.findChild<DeleteDialog *>());

    simulated.window.session()->startScan();
    QTRY_VERIFY(simulated.window.session()->scanProgress().complete());
    QTRY_VERIFY(simulated.shows(u"find nothing in the cache"_s));
    simulated.view().applyAction()->trigger();
    QTRY_VERIFY2(simulated.said().contains(u"nothing to do"_s), qPrintable(simulated.said()));
}

void TestSimulatorPane::aChosenCacheIsSearchedSeenOrNot()
{
    FixtureWindow fixture;
    fixture.world.open(fixture.connection);
    const Simulated simulated(*fixture.world.window);
    simulated.forgetKeys();
    simulated.choose({.all = false, .client = QByteArray()});
    simulated.simulate(dictSaved);
    const QPointer<DeleteDialog> dialog = simulated.apply();
    QVERIFY(dialog);
    const QPushButton *button = WindowWorld::button(*dialog, "Delete");
    QVERIFY2(button->text().contains(u'3'), qPrintable(button->text()));
    dialog->reject();
    QTRY_VERIFY(!dialog);

    simulated.simulate(nobodySaved); // of this cache all is known: the server was asked
    simulated.view().applyAction()->trigger();
    QTRY_VERIFY2(simulated.said().contains(u"nothing to do"_s), qPrintable(simulated.said()));

    simulated.choose({.all = false, .client = "unseen"});
    simulated.simulate(dictSaved);
    QCOMPARE(simulated.view().simulator()->simulation()->client, QByteArray("unseen"));
    QCOMPARE(simulated.view().simulator()->simulation()->keys, 0); // of no other one
}

void TestSimulatorPane::whatIsKnownOfAnUnfinishedScanIsAllThatIsPromised()
{
    FixtureWindow fixture;
    fixture.world.open(fixture.connection);
    const Simulated simulated(*fixture.world.window);
    Session *session = simulated.window.session();
    session->startScan({.slice = 1, .keysPerSecond = 50});
    const auto knowsOne = [session] {
        const auto index = session->index();
        for (KeyId id = 0; id < index->idCount(); ++id) {
            if (index->key(id).startsWith(dictPrefix))
                return true;
        }
        return false;
    };
    QTRY_VERIFY(knowsOne());
    session->cancelScan();
    QTRY_COMPARE(session->scanProgress().phase, ScanProgress::Phase::Canceled);
    simulated.simulate(dictSaved);
    QVERIFY(simulated.view().simulator()->simulation()->keys > 0);
    const DeleteDialog *dialog = simulated.apply();
    QVERIFY(dialog);
    QVERIFY(says(*dialog, u"as far as the keys are known"_s));
    QVERIFY(says(*dialog, u"There may be more of it: not all keys are known yet."_s));
}

void TestSimulatorPane::signalsAreRememberedForTheirConnection()
{
    FixtureWindow fixture;
    fixture.world.open(fixture.connection);
    const std::vector<NamedSignal> named{{u"Ann"_s, draftOf(dictSaved)}};
    {
        const Simulated simulated(*fixture.world.window);
        simulated.view().setSignals(named);
        Q_EMIT simulated.view().namedSignalsChanged();
        simulated.window.openConnection(Connection::demo());
        QTRY_VERIFY(simulated.window.session());
        QVERIFY(simulated.view().namedSignals().empty());
    }
    fixture.world.closeWindow();
    fixture.world.open(fixture.connection);
    const Simulated again(*fixture.world.window);
    QCOMPARE(again.view().namedSignals().size(), 1U);
    QCOMPARE(again.view().namedSignals().front().name, u"Ann"_s);
    QCOMPARE(again.view().namedSignals().front().draft.toJson(), named.front().draft.toJson());
}

void TestSimulatorPane::theDockIsRememberedAndNamed()
{
    FixtureWindow fixture;
    fixture.world.open(fixture.connection);
    {
        const Simulated simulated(*fixture.world.window);
        simulated.simulate(dictSaved);
        QVERIFY(simulated.view().isVisible());
        QCOMPARE(namelessControls(*fixture.world.window), QStringList());
        simulated.window.simulatorPane()->dock()->close();
    }
    fixture.world.closeWindow();
    fixture.world.open(fixture.connection);
    QVERIFY(fixture.world.window->simulatorPane()->dock()->isHidden());
    fixture.world.window->showDock(u"signals"_s);
    QVERIFY(!fixture.world.window->simulatorPane()->dock()->isHidden());
}

QTEST_MAIN(TestSimulatorPane)
#include "tst_simulatorpane.moc"
