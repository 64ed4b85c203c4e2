// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrypanel/entrypanel.h"

#include "core/backend/redisbackend.h"
#include "tests/support/redisserver.h"
#include "tests/widgets/accessible.h"
#include "tests/widgets/entrypanel/entrypanelworld.h"
#include "tests/widgets/labels.h"
#include "widgets/key/keylabel.h"
#include "widgets/value/bytesview.h"
#include "widgets/value/elementsview.h"
#include "widgets/value/jsonview.h"
#include "widgets/value/valuetreemodel.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using State = EntryPanel::State;

/// What the panel shows of an entry, and when it says that there is none.
class TestEntryPanel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void saysWhatToDoWhenNothingIsChosen()
    {
        EntryPanelWorld world;
        QCOMPARE(world.panel.state(), State::Empty);
        QVERIFY(says(world.panel, u"Choose one in the list"_s));
        world.panel.setSession(nullptr);
        QVERIFY(says(world.panel, u"Connect to a cache"_s));
    }

    void showsAnEntryWithAllThatIsKnownOfIt()
    {
        EntryPanelWorld world;
        world.show(LiveCache::userKey("dict"));
        auto *label = world.panel.findChild<KeyLabel *>();
        QCOMPARE(label->rawKey(), LiveCache::userKey("dict"));
        label->selectAll();
        label->copy();
        QCOMPARE(QGuiApplication::clipboard()->text(),
                 QString::fromLatin1(LiveCache::userKey("dict")));
        QVERIFY(says(world.panel, u"shop.services.get_user_payload"_s));
        QVERIFY(says(world.panel, u"HIT"_s));
        QVERIFY(says(world.panel, u"MISS"_s));
        QVERIFY(says(world.panel, u"pickle 4"_s));
        const auto bytes = world.cache.memory->get(LiveCache::userKey("dict")).value();
        QVERIFY(says(world.panel, QString::number(bytes->size()) + u" bytes, no compression"_s));
        auto *model = world.panel.findChild<ValueTreeModel *>();
        const QModelIndex root = model->index(0, 0);
        model->fetchMore(root);
        QCOMPARE(model->index(1, ValueTreeModel::ValueColumn, root).data().toString(),
                 QStringLiteral("\"Ann\""));
    }

    void showsWhatAnEntryOfEveryKindHolds()
    {
        EntryPanelWorld world;
        for (const QByteArray &key : world.cache.keys) {
            world.panel.showKey(key);
            QTRY_VERIFY2(world.panel.state() == State::Shown, key.constData());
            QVERIFY2(world.panel.details()->decoded || says(world.panel, u"Shown as bytes."_s),
                     key.constData());
            const QAbstractItemModelTester tester(
                world.panel.findChild<ValueTreeModel *>(),
                QAbstractItemModelTester::FailureReportingMode::Fatal);
        }
    }

    void countsTheTtlDown()
    {
        EntryPanelWorld world;
        const QByteArray key = LiveCache::userKey("dict");
        QVERIFY(world.cache.memory->set(key, "42", 65s));
        world.show(key);
        QVERIFY(says(world.panel, u"1:05"_s));
        world.cache.clock->advance(2s);
        QTRY_VERIFY(says(world.panel, u"1:03"_s));
    }

    void saysThatAnEntryIsGoneWhenItsTimeIsOver()
    {
        EntryPanelWorld world;
        const QByteArray key = LiveCache::userKey("dict");
        QVERIFY(world.cache.memory->set(key, "42", 65s));
        world.show(key);
        world.cache.clock->advance(66s);
        QTRY_COMPARE(world.panel.state(), State::Gone);
        QVERIFY(says(world.panel, u"There is no such entry"_s));
    }

    void saysStaleWhenTheResetTimeHasPassed()
    {
        EntryPanelWorld world;
        const QByteArray key = LiveCache::userKey("dict");
        QVERIFY(world.cache.memory->setTtl(key, std::nullopt).value());
        world.show(key);
        QVERIFY(says(world.panel, u"HIT"_s));
        world.cache.clock->advance(10min);
        QTRY_VERIFY(says(world.panel, u"STALE"_s));
    }

    void followsAKeyThatIsWrittenAndDeleted()
    {
        EntryPanelWorld world;
        const QByteArray key = LiveCache::userKey("int");
        world.show(key);
        QVERIFY(world.cache.memory->set(key, "4711", 1h));
        QTRY_COMPARE(world.panel.details()->bytes, QByteArray("4711"));
        QVERIFY(world.cache.memory->remove(std::vector{key}));
        QTRY_COMPARE(world.panel.state(), State::Gone);
        QVERIFY(world.cache.memory->set(key, "1", 1h));
        QTRY_COMPARE(world.panel.state(), State::Shown);
    }

    void keepsWhatIsOpenWhenTheSameBytesAreWrittenAgain()
    {
        EntryPanelWorld world;
        const QByteArray key = LiveCache::userKey("dict");
        world.show(key);
        auto *tree = world.panel.findChild<QTreeView *>();
        const QModelIndex root = tree->model()->index(0, 0);
        tree->model()->fetchMore(root);
        const QPersistentModelIndex chosen = tree->model()->index(2, 0, root);
        tree->setCurrentIndex(chosen);
        QSignalSpy changed(&world.panel, &EntryPanel::stateChanged);
        QVERIFY(world.cache.memory->set(key, world.panel.details()->bytes, 2h));
        QTRY_VERIFY(changed.count() > 0);
        QVERIFY(says(world.panel, u"2:00:00"_s) || says(world.panel, u"2 h"_s));
        QVERIFY(chosen.isValid());
        QCOMPARE(tree->currentIndex(), QModelIndex(chosen));
    }

    void dropsTheAnswerToAnOlderQuestion()
    {
        EntryPanelWorld world;
        world.cache.held->hold();
        world.panel.showKey(LiveCache::userKey("int"));
        QTRY_VERIFY(world.cache.held->waiting() > 0);
        world.panel.showKey(LiveCache::userKey("true"));
        world.cache.held->release();
        QTRY_COMPARE(world.panel.state(), State::Shown);
        QCOMPARE(world.panel.details()->summary.key, LiveCache::userKey("true"));
        QCOMPARE(world.panel.findChild<KeyLabel *>()->rawKey(), LiveCache::userKey("true"));
    }

    void saysThatItReadsOnlyWhenThatTakesLong()
    {
        EntryPanelWorld world;
        world.show(LiveCache::userKey("int"));
        world.cache.held->hold();
        world.panel.showKey(LiveCache::userKey("true"));
        QCOMPARE(world.panel.state(), State::Loading);
        QVERIFY(!says(world.panel, u"Reading the entry"_s));
        QTRY_VERIFY(says(world.panel, u"Reading the entry"_s));
        QVERIFY(!world.deleteButton()->isEnabled());
        world.cache.held->release();
        QTRY_COMPARE(world.panel.state(), State::Shown);
    }

    void saysWhyAnEntryCouldNotBeReadAndTriesAgain()
    {
        EntryPanelWorld world;
        world.cache.held->failWith(
            Error{Error::Code::Timeout, "read", "a key", "no answer in 5 s", true});
        world.panel.showKey(LiveCache::userKey("int"));
        QTRY_COMPARE(world.panel.state(), State::Failed);
        QVERIFY(says(world.panel, u"no answer in 5 s"_s));
        world.cache.held->recover();
        auto *retry = world.button("Try Again");
        QVERIFY(retry && retry->isVisible());
        QTest::keyClick(retry, Qt::Key_Space);
        QTRY_COMPARE(world.panel.state(), State::Shown);
    }

    void keepsWhatIsShownWhenItCannotBeReadAgain()
    {
        EntryPanelWorld world;
        const QByteArray key = LiveCache::userKey("int");
        world.show(key);
        const QByteArray before = world.panel.details()->bytes;
        QSignalSpy told(&world.panel, &EntryPanel::message);
        world.cache.held->failWith({Error::Code::Unreachable, "reach", "the server", "gone", true});
        QVERIFY(world.cache.memory->set(key, "1", 1h));
        QTRY_COMPARE(told.count(), 1);
        QVERIFY(told.front().front().toString().contains(QLatin1String("out of date")));
        QCOMPARE(world.panel.state(), State::Shown);
        QCOMPARE(world.panel.details()->bytes, before);
        world.cache.held->recover();
        QVERIFY(world.cache.memory->set(key, "2", 1h));
        QTRY_COMPARE(world.panel.details()->bytes, QByteArray("2"));
    }

    void readsTheEntryWhenTheServerIsBack()
    {
        EntryPanelWorld world;
        RedisServer server;
        server.command({"SET", "key", "42"});
        SessionOptions options;
        options.pingInterval = 20ms;
        RedisOptions redis;
        redis.firstBackoff = 10ms;
        redis.longestBackoff = 50ms;
        const auto clock = std::make_shared<SystemClock>();
        const auto url = BackendUrl::parse(server.url()).value();
        Session session(std::make_shared<RedisBackend>(url, clock, redis), clock, options);
        world.panel.setSession(&session);
        world.show("key");
        server.stop();
        world.panel.reload();
        QTRY_COMPARE(world.panel.state(), State::Failed);
        server.start(); // without its keys
        QTRY_COMPARE(world.panel.state(), State::Gone);
        world.panel.setSession(nullptr);
    }

    void showsBytesThatCannotBeDecodedAndSaysWhy()
    {
        EntryPanelWorld world;
        const QByteArray key = LiveCache::userKey("int");
        QVERIFY(world.cache.memory->set(key, QByteArray("\x80\x04\xff\xff", 4), 1h));
        world.show(key);
        QVERIFY(says(world.panel, u"Shown as bytes."_s));
        auto *tabs = world.panel.findChild<QTabWidget *>();
        QVERIFY(!tabs->isTabVisible(0));
        QVERIFY(!tabs->isTabVisible(1));
        QVERIFY(world.panel.findChild<BytesView *>()->isVisible());
        QCOMPARE(world.panel.findChild<BytesView *>()->bytes(), QByteArray("\x80\x04\xff\xff", 4));
    }

    void keepsTheChosenTabFromEntryToEntry()
    {
        EntryPanelWorld world;
        world.show(LiveCache::userKey("dict"));
        auto *tabs = world.panel.findChild<QTabWidget *>();
        tabs->setCurrentIndex(1);
        const QByteArray broken = LiveCache::userKey("int");
        QVERIFY(world.cache.memory->set(broken, QByteArray("\x80\x04\xff", 3), 1h));
        world.show(broken);
        QCOMPARE(tabs->currentIndex(), 2);
        world.show(LiveCache::userKey("rows"));
        QCOMPARE(tabs->currentIndex(), 1);
        auto *json = world.panel.findChild<JsonView *>();
        QTRY_VERIFY(json->text());
        QVERIFY(json->text()->text.contains(QLatin1String("\"row 1\"")));
    }

    void showsTheElementsOfOtherTypes()
    {
        EntryPanelWorld world;
        RedisServer server;
        RespCommand hash{"HSET", "session:1"};
        for (int i = 0; i < 300; ++i) {
            hash.push_back("field" + QByteArray::number(i));
            hash.push_back("value");
        }
        server.pipeline({hash,
                         {"RPUSH", "queue", "first", "second"},
                         {"ZADD", "board", "1.5", "ann", "2", "bob"},
                         {"SADD", "tags", "t"},
                         {"XADD", "log", "1-0", "field", "value"}});
        const auto url = BackendUrl::parse(server.url()).value();
        Session session(std::make_shared<RedisBackend>(url, world.cache.clock), world.cache.clock,
                        {});
        world.panel.setSession(&session);
        auto *model = world.panel.findChild<ElementsModel *>();

        world.show("session:1");
        QVERIFY(world.panel.findChild<ElementsView *>()->isVisible());
        QVERIFY(says(world.panel, u"The first 200 of 300 elements of a hash"_s));
        QVERIFY(says(world.panel, u"hash, 300 elements"_s));
        QVERIFY(!world.toolButton("Change TTL…")->isEnabled()); // shown, deleted, and no more
        QVERIFY(world.deleteButton()->isEnabled());
        QCOMPARE(model->rowCount(), 200);
        QVERIFY(model->index(0, 0).data().toString().startsWith(QLatin1String("field")));
        world.show("queue");
        QVERIFY(says(world.panel, u"All elements of a list: 2."_s));
        QCOMPARE(model->index(1, 0).data().toString(), QStringLiteral("second"));
        world.show("board");
        QCOMPARE(model->index(0, 0).data().toString(), QStringLiteral("ann"));
        QCOMPARE(model->index(0, 1).data().toString(), QStringLiteral("1.5"));
        world.show("tags");
        QCOMPARE(model->index(0, 0).data().toString(), QStringLiteral("t"));
        world.show("log");
        QCOMPARE(model->index(0, 1).data().toString(), QStringLiteral("field=value"));
        world.panel.setSession(nullptr);
    }

    void copiesKeyAndValue()
    {
        EntryPanelWorld world;
        world.show(LiveCache::userKey("dict"));
        QSignalSpy told(&world.panel, &EntryPanel::message);
        world.panel.copyKey();
        QCOMPARE(QGuiApplication::clipboard()->text(),
                 QString::fromLatin1(LiveCache::userKey("dict")));
        world.panel.copyValue();
        QTRY_COMPARE(told.count(), 2);
        QVERIFY(QGuiApplication::clipboard()->text().contains(QLatin1String("\"name\": \"Ann\"")));
    }

    void asksForDeletionAndTtlOfTheKeyThatIsShown()
    {
        EntryPanelWorld world;
        const QByteArray key = LiveCache::userKey("dict");
        QSignalSpy deletion(&world.panel, &EntryPanel::deleteRequested);
        QSignalSpy ttl(&world.panel, &EntryPanel::changeTtlRequested);
        QVERIFY(!world.deleteButton()->isEnabled());
        world.show(key);
        QVERIFY(world.deleteButton()->isEnabled());
        QTest::keyClick(world.deleteButton(), Qt::Key_Space);
        QCOMPARE(deletion.takeFirst().front().toByteArray(), key);
        QTest::keyClick(world.toolButton("Change TTL…"), Qt::Key_Space);
        QCOMPARE(ttl.takeFirst().front().toByteArray(), key);
    }

    void changesNothingWhereItMayNotAndSaysWhy()
    {
        EntryPanelWorld world;
        world.show(LiveCache::userKey("dict"));
        const QString usual = world.deleteButton()->toolTip();
        world.panel.setChangeable(QStringLiteral("It is read-only"));
        for (const QToolButton *changes : {world.deleteButton(), world.toolButton("Change TTL…")}) {
            QVERIFY(!changes->isEnabled());
            QCOMPARE(changes->toolTip(), QStringLiteral("It is read-only"));
        }
        world.show(LiveCache::userKey("int"));
        QVERIFY(!world.deleteButton()->isEnabled());
        world.panel.setChangeable({});
        QVERIFY(world.deleteButton()->isEnabled());
        QVERIFY(world.toolButton("Change TTL…")->isEnabled());
        QCOMPARE(world.deleteButton()->toolTip(), usual);
    }

    void marksAKeyThatWasGuessed()
    {
        EntryPanelWorld world;
        world.cache.session->setCatalog(Catalog());
        QTRY_VERIFY(world.cache.session->catalog().isEmpty());
        world.show(LiveCache::userKey("dict"));
        QCOMPARE(world.panel.details()->reading.source, KeyReading::Source::Guess);
        QVERIFY(says(world.panel, u"(a guess)"_s));
    }

    void letsGoOfASessionThatEnds()
    {
        EntryPanelWorld world;
        world.show(LiveCache::userKey("dict"));
        world.cache.session.reset();
        QCOMPARE(world.panel.state(), State::Empty);
        QVERIFY(says(world.panel, u"Connect to a cache"_s));
    }

    void namesEveryControl()
    {
        EntryPanelWorld world;
        world.show(LiveCache::userKey("dict"));
        QCOMPARE(namelessControls(world.panel).join(u','), QString());
    }
};

QTEST_MAIN(TestEntryPanel)
#include "tst_entrypanel.moc"
