// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/activity/activityfeed.h"
#include "widgets/activity/activityview.h"

#include "tests/support/manualclock.h"
#include "tests/widgets/accessible.h"
#include "tests/widgets/labels.h"
#include "widgets/style/theme.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QApplication>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

using Column = ActivityModel::Column;

ActivityEvent call(CacheStatus status, const QByteArray &key = "1:users::f::user:1::")
{
    CallEvent event{"shop.f", key, {}, false};
    event.metadata.status = status;
    event.metadata.duration = 1200us;
    event.metadata.bytes = 812;
    return {WallTime(1'800'000'000'000ms), event};
}

ActivityEvent removal(RemovalCause cause, Removal what, const QByteArray &key = "1:users::f::")
{
    return {WallTime(1'800'000'000'000ms), RemovalEvent{"shop.f", key, cause, what}};
}

std::vector<ActivityEvent> calls(int count)
{
    std::vector<ActivityEvent> events;
    for (int i = 0; i < count; ++i)
        events.push_back(call(CacheStatus::Hit, "key:" + QByteArray::number(i)));
    return events;
}

class Model {
public:
    explicit Model(std::size_t bound = ActivityModel::defaultBound)
        : model(clock, bound),
          m_tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal)
    {
    }
    [[nodiscard]] QString text(int row, Column column) const
    {
        return model.index(row, column).data().toString();
    }
    [[nodiscard]] QString tip(int row, Column column) const
    {
        return model.index(row, column).data(Qt::ToolTipRole).toString();
    }
    [[nodiscard]] QStringList keys() const
    {
        QStringList keys;
        for (int row = 0; row < model.rowCount(); ++row)
            keys += text(row, Column::KeyColumn);
        return keys;
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    ActivityModel model;

private:
    QAbstractItemModelTester m_tester;
};

/// A view over a feed whose source is in the test's hand.
struct World {
    World()
    {
        feed.setSource([this](std::shared_ptr<CacheObserver> subscribed) {
            observer = std::move(subscribed);
            return Subscription([this] { observer.reset(); });
        });
        view.resize(1200, 240);
        view.show();
    }
    void happens(const std::vector<ActivityEvent> &events)
    {
        for (const ActivityEvent &event : events) {
            if (const auto *called = std::get_if<CallEvent>(&event.what))
                observer->called(*called);
            else if (const auto *removed = std::get_if<RemovalEvent>(&event.what))
                observer->removed(*removed);
        }
        feed.collect();
    }
    [[nodiscard]] QToolButton *button(const QString &name) const
    {
        for (auto *found : view.findChildren<QToolButton *>()) {
            if (found->accessibleName().startsWith(name))
                return found;
        }
        return nullptr;
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    std::shared_ptr<CacheObserver> observer;
    ActivityFeed feed{clock};
    ActivityView view{&feed};
};

} // namespace

class TestActivity : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void listsTheNewestOnTop();
    void saysHowACallWasAnswered();
    void saysWhyEntriesWereRemoved();
    void saysWhatWentWrong();
    void tellsTimesAsTheyMoveOn();
    void keepsAsManyAsItsBoundAndCountsAll();
    void filtersByTextAndKind();
    void dropsAFilteredRowWithItsEvent();
    void countsWhilePausedAndListsAfterwards();
    void forgetsOnClear();
    void everyKindHasAShapeAndAReadableColour();

    void tellsEventsOnATick();
    void showsWhyThereIsNothing();
    void aChipFiltersAndCounts();
    void selectingAnEventRevealsItsEntry();
    void keepsWhatIsReadInPlaceWhileMoreCome();
    void narrowChipsKeepTheirNamesForAScreenReader();
    void everyControlHasAName();
};

void TestActivity::listsTheNewestOnTop()
{
    Model world;
    world.model.append({call(CacheStatus::Hit, "a"), call(CacheStatus::Hit, "b")});
    world.model.append({call(CacheStatus::Hit, "c")});
    QCOMPARE(world.keys(), (QStringList{u"c"_s, u"b"_s, u"a"_s}));
}

void TestActivity::saysHowACallWasAnswered()
{
    Model world;
    ActivityEvent failed = call(CacheStatus::Miss);
    std::get<CallEvent>(failed.what).failed = true;
    ActivityEvent stored = call(CacheStatus::Refresh);
    std::get<CallEvent>(stored.what).metadata.stored = true;
    std::get<CallEvent>(stored.what).metadata.functionTime = 800us;
    world.model.append({failed, stored});

    QCOMPARE(world.text(0, Column::StatusColumn), u"REFRESH"_s);
    QCOMPARE(world.text(0, Column::FunctionColumn), u"shop.f"_s);
    QCOMPARE(world.text(0, Column::KeyColumn), u"1:users::f::user:1::"_s);
    QCOMPARE(world.text(0, Column::DurationColumn), u"1.2 ms"_s);
    QCOMPARE(world.text(0, Column::SizeColumn), u"812 B"_s);
    QVERIFY(world.tip(0, Column::StatusColumn).contains(u"stored"_s));
    QVERIFY(world.tip(0, Column::DurationColumn).contains(u"0.8 ms"_s));
    QCOMPARE(world.text(1, Column::StatusColumn), u"MISS, failed"_s);
    QCOMPARE(world.model.index(1, Column::StatusColumn).data(Qt::ForegroundRole).value<QColor>(),
             dangerColor(QApplication::palette()));
}

void TestActivity::saysWhyEntriesWereRemoved()
{
    Model world;
    world.model.append({removal(RemovalCause::Prefix, {12, true}),
                        removal(RemovalCause::Deleted, {1, true}, "one"),
                        removal(RemovalCause::Rule, {0, false})});
    QCOMPARE(world.text(0, Column::StatusColumn), u"REMOVED by a rule"_s);
    QCOMPARE(world.text(0, Column::SizeColumn), u"to be delivered"_s);
    QVERIFY(!world.tip(0, Column::SizeColumn).isEmpty());
    QCOMPARE(world.text(1, Column::StatusColumn), u"REMOVED deleted"_s);
    QCOMPARE(world.text(1, Column::SizeColumn), u"1 entry"_s);
    QCOMPARE(world.text(2, Column::StatusColumn), u"REMOVED by prefix"_s);
    QCOMPARE(world.text(2, Column::SizeColumn), u"12 entries"_s);
    QCOMPARE(world.text(2, Column::DurationColumn), u""_s);
    // Only what is about one entry leads to it.
    QCOMPARE(entryOf(world.model.eventAt(0)), "");
    QCOMPARE(entryOf(world.model.eventAt(1)), "one");
}

void TestActivity::saysWhatWentWrong()
{
    Model world;
    world.model.append({{WallTime(1'800'000'000'000ms),
                         Error{Error::Code::Unreachable, "connect to", "redis", "refused", true}},
                        {WallTime(1'800'000'000'000ms),
                         RuleFailure{"shop.f",
                                     "shop.f/shop.Order",
                                     {Error::Code::ServerError, "run", "the rule", "no disk", true},
                                     nullptr}}});
    QCOMPARE(world.text(1, Column::StatusColumn), u"PROBLEM"_s);
    QCOMPARE(world.text(1, Column::KeyColumn), u"Could not connect to redis: refused"_s);
    QCOMPARE(world.text(0, Column::StatusColumn), u"PROBLEM"_s);
    QCOMPARE(world.text(0, Column::FunctionColumn), u"shop.f"_s);
    QCOMPARE(world.text(0, Column::KeyColumn), u"Could not run the rule: no disk"_s);
    QCOMPARE(world.model.count(ActivityKind::Problem), 2);
}

void TestActivity::tellsTimesAsTheyMoveOn()
{
    Model world;
    world.model.append(calls(1));
    QCOMPARE(world.text(0, Column::TimeColumn), u"just now"_s);
    QVERIFY(world.tip(0, Column::TimeColumn).startsWith(u"2027-01-15"_s));
    world.clock->advance(12s);
    const QSignalSpy changed(&world.model, &ActivityModel::dataChanged);
    world.model.updateTimes();
    QCOMPARE(changed.size(), 1);
    QCOMPARE(world.text(0, Column::TimeColumn), u"12 s ago"_s);
}

void TestActivity::keepsAsManyAsItsBoundAndCountsAll()
{
    Model world(4);
    world.model.append(calls(3));
    world.model.append(calls(3));
    QCOMPARE(world.keys(), (QStringList{u"key:2"_s, u"key:1"_s, u"key:0"_s, u"key:2"_s}));
    world.model.append(calls(100), 7);
    QCOMPARE(world.keys(), (QStringList{u"key:99"_s, u"key:98"_s, u"key:97"_s, u"key:96"_s}));
    QCOMPARE(world.model.count(ActivityKind::Hit), 106);
    QCOMPARE(world.model.total(), 106);
    QCOMPARE(world.model.dropped(), 7);
}

void TestActivity::filtersByTextAndKind()
{
    Model world;
    world.model.append({call(CacheStatus::Hit, "user:1"), call(CacheStatus::Miss, "user:2"),
                        removal(RemovalCause::Expired, {1, true}, "user:1")});
    ActivityFilter filter;
    filter.text = "USER:1";
    world.model.setFilter(filter);
    QCOMPARE(world.keys(), (QStringList{u"user:1"_s, u"user:1"_s}));
    filter.kinds.reset(static_cast<std::size_t>(ActivityKind::Removal));
    world.model.setFilter(filter);
    QCOMPARE(world.model.rowCount(), 1);
    QCOMPARE(world.text(0, Column::StatusColumn), u"HIT"_s);
    // What comes now goes through it too.
    world.model.append({call(CacheStatus::Hit, "user:2"), call(CacheStatus::Stale, "user:1")});
    QCOMPARE(world.model.rowCount(), 2);
    QCOMPARE(world.text(0, Column::StatusColumn), u"STALE"_s);
    filter.text = "SHOP.F";
    world.model.setFilter(filter);
    QCOMPARE(world.model.rowCount(), 4);
    world.model.setFilter({});
    QCOMPARE(world.model.rowCount(), 5);
}

void TestActivity::dropsAFilteredRowWithItsEvent()
{
    Model world(3);
    ActivityFilter filter;
    filter.text = "b";
    world.model.setFilter(filter);
    const auto of
        = [](const char *key) { return std::vector<ActivityEvent>{call(CacheStatus::Hit, key)}; };
    for (const char *key : {"a", "b1", "c"})
        world.model.append(of(key));
    QCOMPARE(world.keys(), (QStringList{u"b1"_s}));
    world.model.append(of("d"));
    QCOMPARE(world.keys(), (QStringList{u"b1"_s}));
    world.model.append(of("b2"));
    QCOMPARE(world.keys(), (QStringList{u"b2"_s}));
}

void TestActivity::countsWhilePausedAndListsAfterwards()
{
    Model world(3);
    world.model.append(calls(1));
    world.model.setPaused(true);
    world.model.append(calls(2));
    world.model.append({call(CacheStatus::Miss, "late")});
    QCOMPARE(world.keys(), (QStringList{u"key:0"_s}));
    QCOMPARE(world.model.heldBack(), 3);
    QCOMPARE(world.model.count(ActivityKind::Hit), 3);
    QCOMPARE(world.model.count(ActivityKind::Miss), 1);
    world.model.setPaused(false);
    QCOMPARE(world.keys(), (QStringList{u"late"_s, u"key:1"_s, u"key:0"_s}));
    QCOMPARE(world.model.heldBack(), 0);
}

void TestActivity::forgetsOnClear()
{
    Model world;
    world.model.append(calls(5), 2);
    world.model.setPaused(true);
    world.model.append(calls(2));
    world.model.clear();
    QCOMPARE(world.model.rowCount(), 0);
    QCOMPARE(world.model.total(), 0);
    QCOMPARE(world.model.dropped(), 0);
    world.model.setPaused(false);
    QCOMPARE(world.model.rowCount(), 0);
    world.model.append(calls(1));
    QCOMPARE(world.keys(), (QStringList{u"key:0"_s}));
}

void TestActivity::everyKindHasAShapeAndAReadableColour()
{
    const auto luminance = [](const QColor &color) {
        const auto linear = [](float c) {
            return c <= 0.03928F ? c / 12.92F : std::pow((c + 0.055F) / 1.055F, 2.4F);
        };
        return 0.2126F * linear(color.redF()) + 0.7152F * linear(color.greenF())
            + 0.0722F * linear(color.blueF());
    };
    for (const ThemeChoice theme : {ThemeChoice::Light, ThemeChoice::Dark}) {
        applyTheme(*qApp, theme);
        const QPalette palette = QApplication::palette();
        QList<QImage> shapes;
        for (const ActivityKind kind : activityKinds) {
            const ActivityStyle style = activityStyle(kind, palette);
            const float a = luminance(style.color) + 0.05F;
            const float b = luminance(palette.color(QPalette::Base)) + 0.05F;
            QVERIFY2(std::max(a, b) / std::min(a, b) >= 4.5F, qPrintable(style.text));
            QVERIFY(!style.text.isEmpty());
            const QImage shape
                = style.icon.pixmap(16, 16).toImage().convertedTo(QImage::Format_Alpha8);
            QVERIFY2(!shapes.contains(shape), qPrintable(style.text));
            shapes.append(shape);
        }
    }
    applyTheme(*qApp, ThemeChoice::Light);
}

void TestActivity::tellsEventsOnATick()
{
    World world;
    const QSignalSpy arrived(&world.feed, &ActivityFeed::arrived);
    world.observer->called(std::get<CallEvent>(call(CacheStatus::Hit).what));
    QCOMPARE(arrived.size(), 0);
    QTRY_COMPARE(arrived.size(), 1);
    QCOMPARE(world.view.model()->rowCount(), 1);
    world.feed.collect();
    QCOMPARE(arrived.size(), 1); // nothing came: nothing is told
    world.feed.setSource({});
    QVERIFY(!world.observer);
    QCOMPARE(world.view.model()->rowCount(), 0);
}

void TestActivity::showsWhyThereIsNothing()
{
    World world;
    QVERIFY(says(world.view, u"No calls yet"_s));
    world.happens(calls(2));
    QVERIFY(!says(world.view, u"No calls yet"_s));
    QVERIFY(world.view.list()->isVisible());
    world.view.findChild<QLineEdit *>()->setText(u"nowhere"_s);
    QVERIFY(says(world.view, u"No event passes the filter"_s));
    QTest::keyClick(&world.view, Qt::Key_Escape);
    QVERIFY(world.view.list()->isVisible());
    world.feed.setSource({});
    QVERIFY(says(world.view, u"run elsewhere"_s));
}

void TestActivity::aChipFiltersAndCounts()
{
    World world;
    world.happens({call(CacheStatus::Hit), call(CacheStatus::Hit), call(CacheStatus::Miss)});
    QToolButton *hit = world.button(u"HIT"_s);
    QVERIFY(hit);
    QCOMPARE(hit->text(), u"HIT 2"_s);
    QCOMPARE(world.button(u"MISS"_s)->text(), u"MISS 1"_s);
    QTest::mouseClick(hit, Qt::LeftButton);
    QCOMPARE(world.view.model()->rowCount(), 1);

    QTest::mouseClick(world.button(u"Pause"_s), Qt::LeftButton);
    world.happens(calls(3));
    QVERIFY(says(world.view, u"Paused: 3 since"_s));
    QCOMPARE(hit->text(), u"HIT 5"_s);
    QTest::mouseClick(world.button(u"Clear"_s), Qt::LeftButton);
    QCOMPARE(hit->text(), u"HIT 0"_s);
}

void TestActivity::selectingAnEventRevealsItsEntry()
{
    World world;
    world.happens({call(CacheStatus::Hit, "a"), removal(RemovalCause::Prefix, {2, true}),
                   call(CacheStatus::Hit, "b")});
    const QSignalSpy requested(&world.view, &ActivityView::entryRequested);
    world.view.list()->setFocus();
    QTest::keyClick(world.view.list(), Qt::Key_Down);
    QTest::keyClick(world.view.list(), Qt::Key_Down);
    QTest::keyClick(world.view.list(), Qt::Key_Down);
    QVERIFY(!requested.isEmpty());
    QCOMPARE(requested.constLast().constFirst().toByteArray(), "a");
    const auto revealed = requested.size();
    world.happens({call(CacheStatus::Hit, "c")}); // moves the row, not the choice
    QCOMPARE(requested.size(), revealed);
}

void TestActivity::keepsWhatIsReadInPlaceWhileMoreCome()
{
    World world;
    world.happens(calls(200));
    QTableView *list = world.view.list();
    list->scrollTo(world.view.model()->index(100, 0), QAbstractItemView::PositionAtTop);
    const QString read = list->indexAt({0, 0}).siblingAtColumn(Column::KeyColumn).data().toString();
    world.happens(calls(30));
    QCOMPARE(list->indexAt({0, 0}).siblingAtColumn(Column::KeyColumn).data().toString(), read);
    list->scrollToTop();
    world.happens({call(CacheStatus::Hit, "newest")});
    QCOMPARE(list->indexAt({0, 0}).siblingAtColumn(Column::KeyColumn).data().toString(),
             u"newest"_s);
}

void TestActivity::narrowChipsKeepTheirNamesForAScreenReader()
{
    World world;
    world.happens(calls(2));
    world.view.resize(500, 200);
    QToolButton *hit = world.button(u"HIT 2"_s);
    QVERIFY(hit);
    QCOMPARE(hit->text(), u"2"_s);
    QVERIFY(world.view.minimumSizeHint().width() <= 500);
    world.view.resize(1200, 200);
    QCOMPARE(hit->text(), u"HIT 2"_s);
}

void TestActivity::everyControlHasAName()
{
    World world;
    world.happens(calls(1));
    QCOMPARE(namelessControls(world.view), QStringList());
}

QTEST_MAIN(TestActivity)
#include "tst_activity.moc"
