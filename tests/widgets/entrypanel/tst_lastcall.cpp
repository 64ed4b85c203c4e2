// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrypanel/entrypanel.h"

#include "tests/widgets/accessible.h"
#include "tests/widgets/livecache.h"
#include "widgets/value/diffview.h"

#include <QAction>
#include <QLabel>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using State = EntryPanel::State;

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
class LastCallTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        SessionOptions options;
        options.catalog = liveCatalog();
        options.tick = 5ms;
        m_cache = std::make_unique<LiveCache>(std::move(options));
        m_panel = std::make_unique<EntryPanel>();
        m_panel->resize(420, 640);
        m_panel->setSession(m_cache->session.get());
        m_panel->show();
    }
    void cleanup()
    {
        m_panel.reset();
        m_cache.reset();
    }

    void callsAreNotSpokenOfWhereNobodyTellsOfThem()
    {
        show(one);
        QVERIFY(!says(u"Last call"_s));
        m_panel->setCallsAreTold(true);
        QVERIFY(says(u"Last call"_s));
        QVERIFY(says(u"none seen yet"_s));
    }

    void theLastCallOfTheEntryIsShownWithItsAge()
    {
        m_panel->setCallsAreTold(true);
        m_panel->noteCall(callOf(one, CacheStatus::Miss), m_cache->clock->now() - 12s);
        show(one);
        QVERIFY(says(u"MISS 12 s ago, 0.3 ms"_s));
        m_panel->noteCall(callOf(two, CacheStatus::Hit), m_cache->clock->now());
        QVERIFY(says(u"MISS 12 s ago, 0.3 ms"_s));
        m_panel->noteCall(callOf(one, CacheStatus::Refresh, true), m_cache->clock->now());
        QVERIFY(says(u"REFRESH, failed just now, 0.3 ms"_s));
        show(two);
        QVERIFY(says(u"HIT just now, 0.3 ms"_s));
        m_cache->clock->advance(3s);
        QTRY_VERIFY(says(u"HIT 3 s ago, 0.3 ms"_s)); // by the panel's own second
        m_panel->setCallsAreTold(true); // of another cache
        QVERIFY(says(u"none seen yet"_s));
    }

    void itsFunctionIsCalledWhereItCanBe()
    {
        show(one);
        const auto actions = m_panel->callActions();
        for (const QAction *action : actions)
            QVERIFY(!action->isEnabled() && !action->toolTip().isEmpty());
        m_panel->setCallable(u"It is read-only"_s, {});
        QVERIFY(!actions[0]->isEnabled());
        QCOMPARE(actions[0]->toolTip(), u"It is read-only"_s);
        QVERIFY(actions[1]->isEnabled());
        m_panel->setCallable({}, {});

        const QSignalSpy refreshed(m_panel.get(), &EntryPanel::refreshRequested);
        const QSignalSpy bypassed(m_panel.get(), &EntryPanel::bypassRequested);
        for (auto *button : m_panel->findChildren<QToolButton *>()) {
            if (button->defaultAction() == actions[0])
                QTest::mouseClick(button, Qt::LeftButton);
        }
        QCOMPARE(refreshed.size(), 1);
        QCOMPARE(refreshed[0][0].toByteArray(), one);
        actions[1]->trigger();
        QCOMPARE(bypassed.size(), 1);
        QCOMPARE(namelessControls(*m_panel), QStringList());
    }

    void aComparisonIsShownForItsEntryOnly()
    {
        show(one);
        QVERIFY(m_panel->value() != nullptr);
        const auto *diff = m_panel->findChild<DiffView *>();
        m_panel->compare(one, shared(1), shared(2), u"Refreshed in 3 ms."_s);
        QTRY_VERIFY(says(u"Refreshed in 3 ms. 1 changed."_s));
        QVERIFY(diff->isVisible());
        show(two);
        QVERIFY(!diff->isVisible());
        m_panel->compare(one, shared(1), shared(2), {}); // comes late
        m_panel->compare(two, nullptr, shared(2), {}); // nothing to compare with
        QVERIFY(!diff->isVisible());
        m_panel->clear();
        QVERIFY(!m_panel->value());
    }

private:
    void show(const QByteArray &key)
    {
        m_panel->showKey(key);
        QTRY_VERIFY(m_panel->key() == key && m_panel->state() == State::Shown);
    }
    [[nodiscard]] bool says(const QString &text) const
    {
        const auto labels = m_panel->findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) {
            return label->isVisible() && label->text().contains(text);
        });
    }

    const QByteArray one = LiveCache::userKey("dict");
    const QByteArray two = LiveCache::userKey("list");
    std::unique_ptr<LiveCache> m_cache;
    std::unique_ptr<EntryPanel> m_panel;
};

QTEST_MAIN(LastCallTest)
#include "tst_lastcall.moc"
