// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrypanel/entrypanel.h"

#include "tests/widgets/accessible.h"
#include "tests/widgets/entrypanel/entrypanelworld.h"
#include "tests/widgets/labels.h"
#include "widgets/value/diffview.h"

#include <QAction>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

CallEvent callOf(const QByteArray &key, CacheStatus status, bool failed = false)
{
    CallEvent call{"shop.services.get_user_payload", key, {}, failed};
    call.metadata.status = status;
    call.metadata.duration = 300us;
    return call;
}

std::shared_ptr<const Value> shared(int number)
{
    return std::make_shared<const Value>(Value(number));
}

} // namespace

/// What the entry's panel shows of calls, and how its function is called from there.
class TestLastCall : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void callsAreNotSpokenOfWhereNobodyTellsOfThem()
    {
        EntryPanelWorld world;
        world.show(one);
        QVERIFY(!says(world.panel, u"Last call"_s));
        world.panel.setCallsAreTold(true);
        QVERIFY(says(world.panel, u"Last call"_s));
        QVERIFY(says(world.panel, u"none seen yet"_s));
    }

    void theLastCallOfTheEntryIsShownWithItsAge()
    {
        EntryPanelWorld world;
        world.panel.setCallsAreTold(true);
        world.panel.noteCall(callOf(one, CacheStatus::Miss), world.cache.clock->now() - 12s);
        world.show(one);
        QVERIFY(says(world.panel, u"MISS 12 s ago, 0.3 ms"_s));
        world.panel.noteCall(callOf(two, CacheStatus::Hit), world.cache.clock->now());
        QVERIFY(says(world.panel, u"MISS 12 s ago, 0.3 ms"_s));
        world.panel.noteCall(callOf(one, CacheStatus::Refresh, true), world.cache.clock->now());
        QVERIFY(says(world.panel, u"REFRESH, failed just now, 0.3 ms"_s));
        world.show(two);
        QVERIFY(says(world.panel, u"HIT just now, 0.3 ms"_s));
        world.cache.clock->advance(3s);
        QTRY_VERIFY(says(world.panel, u"HIT 3 s ago, 0.3 ms"_s)); // by the panel's own second
        world.panel.setCallsAreTold(true); // of another cache
        QVERIFY(says(world.panel, u"none seen yet"_s));
    }

    void itsFunctionIsCalledWhereItCanBe()
    {
        EntryPanelWorld world;
        world.show(one);
        const auto actions = world.panel.callActions();
        for (const QAction *action : actions)
            QVERIFY(!action->isEnabled() && !action->toolTip().isEmpty());
        world.panel.setCallable(u"It is read-only"_s, {});
        QVERIFY(!actions[0]->isEnabled());
        QCOMPARE(actions[0]->toolTip(), u"It is read-only"_s);
        QVERIFY(actions[1]->isEnabled());
        world.panel.setCallable({}, {});

        const QSignalSpy refreshed(&world.panel, &EntryPanel::refreshRequested);
        const QSignalSpy bypassed(&world.panel, &EntryPanel::bypassRequested);
        for (auto *button : world.panel.findChildren<QToolButton *>()) {
            if (button->defaultAction() == actions[0])
                QTest::mouseClick(button, Qt::LeftButton);
        }
        QCOMPARE(refreshed.size(), 1);
        QCOMPARE(refreshed[0][0].toByteArray(), one);
        actions[1]->trigger();
        QCOMPARE(bypassed.size(), 1);
        QCOMPARE(namelessControls(world.panel), QStringList());
    }

    void aComparisonIsShownForItsEntryOnly()
    {
        EntryPanelWorld world;
        world.show(one);
        QVERIFY(world.panel.value() != nullptr);
        const auto *diff = world.panel.findChild<DiffView *>();
        world.panel.compare(one, shared(1), shared(2), u"Refreshed in 3 ms."_s);
        QTRY_VERIFY(says(world.panel, u"Refreshed in 3 ms. 1 changed."_s));
        QVERIFY(diff->isVisible());
        world.show(two);
        QVERIFY(!diff->isVisible());
        world.panel.compare(one, shared(1), shared(2), {}); // comes late
        world.panel.compare(two, nullptr, shared(2), {}); // nothing to compare with
        QVERIFY(!diff->isVisible());
        world.panel.clear();
        QVERIFY(!world.panel.value());
    }

private:
    const QByteArray one = LiveCache::userKey("dict");
    const QByteArray two = LiveCache::userKey("list");
};

QTEST_MAIN(TestLastCall)
#include "tst_lastcall.moc"
