// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/playground/entrylookup.h"

#include "tests/widgets/playground/silentsession.h"

#include <QSignalSpy>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

/// What a call would find in the cache, asked for without a widget.
class TestEntryLookup : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsOldIsAskedOnceMoreAndStandsMeanwhile();
};

void TestEntryLookup::whatIsOldIsAskedOnceMoreAndStandsMeanwhile()
{
    const LiveCache live;
    const SilentSession silent(live);
    EntryLookup lookup;
    QSignalSpy changed(&lookup, &EntryLookup::changed);
    lookup.setSession(silent.session.get());
    lookup.ask(LiveCache::userKey("dict"));
    QTRY_COMPARE(lookup.nextCall(), NextCall::Hit);
    changed.clear();

    silent.held->hold();
    lookup.tick();
    QCOMPARE(silent.held->waiting(), 0); // it is as new as can be
    for (int i = 0; i < 3; ++i) {
        live.clock->advance(std::chrono::seconds(6));
        lookup.tick();
        QTRY_COMPARE(silent.held->waiting(), 1);
        QCOMPARE(lookup.state(), EntryLookup::State::Answered);
        QCOMPARE(lookup.nextCall(), NextCall::Hit);
    }
    QVERIFY(changed.isEmpty());
    (void)live.memory->remove(std::vector{LiveCache::userKey("dict")});
    silent.held->release();
    QTRY_COMPARE(lookup.nextCall(), NextCall::Miss);
    QCOMPARE(changed.size(), 1);

    silent.held->failWith({Error::Code::Timeout, "reach", "the shop", "it is slow", true});
    live.clock->advance(std::chrono::seconds(6));
    lookup.tick();
    QTRY_COMPARE(lookup.state(), EntryLookup::State::Failed);
    silent.held->recover();
    live.clock->advance(std::chrono::seconds(6));
    lookup.tick();
    QTRY_COMPARE(lookup.state(), EntryLookup::State::Answered);
    lookup.setSession(nullptr);
}

QTEST_MAIN(TestEntryLookup)
#include "tst_entrylookup.moc"
