// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrypanel/entrypanel.h"

#include "core/backend/redisbackend.h"
#include "tests/support/redisserver.h"
#include "tests/widgets/accessible.h"
#include "tests/widgets/livecache.h"
#include "tests/widgets/tickwatch.h"
#include "widgets/key/keylabel.h"
#include "widgets/value/bytesview.h"
#include "widgets/value/elementsview.h"
#include "widgets/value/jsonview.h"
#include "widgets/value/valuetreemodel.h"
#include "widgets/value/valueview.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using State = EntryPanel::State;

namespace {

/// A Python string of so many characters, pickled as protocol 4 does.
QByteArray pickledText(quint32 size)
{
    QByteArray pickle("\x80\x04"
                      "X",
                      3);
    for (int shift = 0; shift < 32; shift += 8)
        pickle += static_cast<char>(size >> shift);
    return pickle + QByteArray(size, 'x') + '.';
}

} // namespace

class EntryPanelTest : public QObject {
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
        m_cache->held->release();
        m_panel.reset();
        m_cache.reset();
    }

    void saysWhatToDoWhenNothingIsChosen()
    {
        QCOMPARE(m_panel->state(), State::Empty);
        QVERIFY(says("Choose one in the list"));
        m_panel->setSession(nullptr);
        QVERIFY(says("Connect to a cache"));
    }

    void showsAnEntryWithAllThatIsKnownOfIt()
    {
        show(LiveCache::userKey("dict"));
        auto *label = m_panel->findChild<KeyLabel *>();
        QCOMPARE(label->rawKey(), LiveCache::userKey("dict"));
        label->selectAll();
        label->copy();
        QCOMPARE(QGuiApplication::clipboard()->text(),
                 QString::fromLatin1(LiveCache::userKey("dict")));
        QVERIFY(says("shop.services.get_user_payload"));
        QVERIFY(says("HIT"));
        QVERIFY(says("MISS"));
        QVERIFY(says("pickle 4"));
        const auto bytes = m_cache->memory->get(LiveCache::userKey("dict")).value();
        QVERIFY(says((QByteArray::number(bytes->size()) + " bytes, no compression").constData()));
        auto *model = m_panel->findChild<ValueTreeModel *>();
        const QModelIndex root = model->index(0, 0);
        model->fetchMore(root);
        QCOMPARE(model->index(1, ValueTreeModel::ValueColumn, root).data().toString(),
                 QStringLiteral("\"Ann\""));
    }

    void showsWhatAnEntryOfEveryKindHolds()
    {
        for (const QByteArray &key : m_cache->keys) {
            m_panel->showKey(key);
            QTRY_VERIFY2(m_panel->state() == State::Shown, key.constData());
            QVERIFY2(m_panel->details()->decoded || says("Shown as bytes."), key.constData());
            const QAbstractItemModelTester tester(
                m_panel->findChild<ValueTreeModel *>(),
                QAbstractItemModelTester::FailureReportingMode::Fatal);
        }
    }

    void countsTheTtlDown()
    {
        const QByteArray key = LiveCache::userKey("dict");
        QVERIFY(m_cache->memory->set(key, "42", 65s));
        show(key);
        QVERIFY(says("1:05"));
        m_cache->clock->advance(2s);
        QTRY_VERIFY(says("1:03"));
    }

    void saysThatAnEntryIsGoneWhenItsTimeIsOver()
    {
        const QByteArray key = LiveCache::userKey("dict");
        QVERIFY(m_cache->memory->set(key, "42", 65s));
        show(key);
        m_cache->clock->advance(66s);
        QTRY_COMPARE(m_panel->state(), State::Gone);
        QVERIFY(says("There is no such entry"));
    }

    void saysStaleWhenTheResetTimeHasPassed()
    {
        const QByteArray key = LiveCache::userKey("dict");
        QVERIFY(m_cache->memory->setTtl(key, std::nullopt).value());
        show(key);
        QVERIFY(says("HIT"));
        m_cache->clock->advance(10min);
        QTRY_VERIFY(says("STALE"));
    }

    void followsAKeyThatIsWrittenAndDeleted()
    {
        const QByteArray key = LiveCache::userKey("int");
        show(key);
        QVERIFY(m_cache->memory->set(key, "4711", 1h));
        QTRY_COMPARE(m_panel->details()->bytes, QByteArray("4711"));
        QVERIFY(m_cache->memory->remove(std::vector{key}));
        QTRY_COMPARE(m_panel->state(), State::Gone);
        QVERIFY(m_cache->memory->set(key, "1", 1h));
        QTRY_COMPARE(m_panel->state(), State::Shown);
    }

    void keepsWhatIsOpenWhenTheSameBytesAreWrittenAgain()
    {
        const QByteArray key = LiveCache::userKey("dict");
        show(key);
        auto *tree = m_panel->findChild<QTreeView *>();
        const QModelIndex root = tree->model()->index(0, 0);
        tree->model()->fetchMore(root);
        const QPersistentModelIndex chosen = tree->model()->index(2, 0, root);
        tree->setCurrentIndex(chosen);
        QSignalSpy changed(m_panel.get(), &EntryPanel::stateChanged);
        QVERIFY(m_cache->memory->set(key, m_panel->details()->bytes, 2h));
        QTRY_VERIFY(changed.count() > 0);
        QVERIFY(says("2:00:00") || says("2 h"));
        QVERIFY(chosen.isValid());
        QCOMPARE(tree->currentIndex(), QModelIndex(chosen));
    }

    void dropsTheAnswerToAnOlderQuestion()
    {
        m_cache->held->hold();
        m_panel->showKey(LiveCache::userKey("int"));
        QTRY_VERIFY(m_cache->held->waiting() > 0);
        m_panel->showKey(LiveCache::userKey("true"));
        m_cache->held->release();
        QTRY_COMPARE(m_panel->state(), State::Shown);
        QCOMPARE(m_panel->details()->summary.key, LiveCache::userKey("true"));
        QCOMPARE(m_panel->findChild<KeyLabel *>()->rawKey(), LiveCache::userKey("true"));
    }

    void saysThatItReadsOnlyWhenThatTakesLong()
    {
        show(LiveCache::userKey("int"));
        m_cache->held->hold();
        m_panel->showKey(LiveCache::userKey("true"));
        QCOMPARE(m_panel->state(), State::Loading);
        QVERIFY(!says("Reading the entry"));
        QTRY_VERIFY(says("Reading the entry"));
        QVERIFY(!deleteButton()->isEnabled());
        m_cache->held->release();
        QTRY_COMPARE(m_panel->state(), State::Shown);
    }

    void saysWhyAnEntryCouldNotBeReadAndTriesAgain()
    {
        m_cache->held->failWith(
            Error{Error::Code::Timeout, "read", "a key", "no answer in 5 s", true});
        m_panel->showKey(LiveCache::userKey("int"));
        QTRY_COMPARE(m_panel->state(), State::Failed);
        QVERIFY(says("no answer in 5 s"));
        m_cache->held->recover();
        auto *retry = button("Try Again");
        QVERIFY(retry && retry->isVisible());
        QTest::keyClick(retry, Qt::Key_Space);
        QTRY_COMPARE(m_panel->state(), State::Shown);
    }

    void keepsWhatIsShownWhenItCannotBeReadAgain()
    {
        const QByteArray key = LiveCache::userKey("int");
        show(key);
        const QByteArray before = m_panel->details()->bytes;
        QSignalSpy told(m_panel.get(), &EntryPanel::message);
        m_cache->held->failWith({Error::Code::Unreachable, "reach", "the server", "gone", true});
        QVERIFY(m_cache->memory->set(key, "1", 1h));
        QTRY_COMPARE(told.count(), 1);
        QVERIFY(told.front().front().toString().contains(QLatin1String("out of date")));
        QCOMPARE(m_panel->state(), State::Shown);
        QCOMPARE(m_panel->details()->bytes, before);
        m_cache->held->recover();
        QVERIFY(m_cache->memory->set(key, "2", 1h));
        QTRY_COMPARE(m_panel->details()->bytes, QByteArray("2"));
    }

    void readsTheEntryWhenTheServerIsBack()
    {
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
        m_panel->setSession(&session);
        show("key");
        server.stop();
        m_panel->reload();
        QTRY_COMPARE(m_panel->state(), State::Failed);
        server.start(); // without its keys
        QTRY_COMPARE(m_panel->state(), State::Gone);
        m_panel->setSession(nullptr);
    }

    void showsBytesThatCannotBeDecodedAndSaysWhy()
    {
        const QByteArray key = LiveCache::userKey("int");
        QVERIFY(m_cache->memory->set(key, QByteArray("\x80\x04\xff\xff", 4), 1h));
        show(key);
        QVERIFY(says("Shown as bytes."));
        auto *tabs = m_panel->findChild<QTabWidget *>();
        QVERIFY(!tabs->isTabVisible(0));
        QVERIFY(!tabs->isTabVisible(1));
        QVERIFY(m_panel->findChild<BytesView *>()->isVisible());
        QCOMPARE(m_panel->findChild<BytesView *>()->bytes(), QByteArray("\x80\x04\xff\xff", 4));
    }

    void keepsTheChosenTabFromEntryToEntry()
    {
        show(LiveCache::userKey("dict"));
        auto *tabs = m_panel->findChild<QTabWidget *>();
        tabs->setCurrentIndex(1);
        const QByteArray broken = LiveCache::userKey("int");
        QVERIFY(m_cache->memory->set(broken, QByteArray("\x80\x04\xff", 3), 1h));
        show(broken);
        QCOMPARE(tabs->currentIndex(), 2);
        show(LiveCache::userKey("rows"));
        QCOMPARE(tabs->currentIndex(), 1);
        auto *json = m_panel->findChild<JsonView *>();
        QTRY_VERIFY(json->text());
        QVERIFY(json->text()->text.contains(QLatin1String("\"row 1\"")));
    }

    void showsTheBeginningOfALargeValueAndAllOfItWhenAsked()
    {
        const QByteArray key = LiveCache::userKey("long");
        constexpr quint32 size = 50'000'000;
        QVERIFY(m_cache->memory->set(key, pickledText(size), 1h));
        TickWatch watch;
        show(key);
        QVERIFY(m_panel->details()->partial);
        QVERIFY(says("Only its beginning was fetched"));
        auto *all = button("Load all 50 MB");
        QVERIFY(all && all->isVisible());
        QTest::mouseClick(all, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(m_panel->details() && !m_panel->details()->partial, 30'000);
        QVERIFY(!all->isVisible());
        QCOMPARE(m_panel->details()->decoded->value.text().size(), static_cast<qsizetype>(size));

        auto *tabs = m_panel->findChild<QTabWidget *>();
        auto *view = m_panel->findChild<ValueView *>();
        QSignalSpy json(view, &ValueView::jsonReady);
        tabs->setCurrentIndex(1);
        QTRY_VERIFY_WITH_TIMEOUT(!json.isEmpty(), 30'000);
        QVERIFY(says("The first"));
        tabs->setCurrentIndex(2);
        show(LiveCache::userKey("int")); // and letting go of it takes no time either
        const int before = watch.ticks();
        QTRY_VERIFY(watch.ticks() > before + 10);
        QVERIFY2(watch.longest() < TickWatch::allowed,
                 qPrintable(QString::number(watch.longest().count())));
    }

    void doesNotStallOnAValueOfAMillionItems()
    {
        // A pickled list of a million ones: MARK, BININT1 ..., APPENDS.
        QByteArray pickle("\x80\x04](", 4);
        pickle += QByteArray("K\x01", 2).repeated(1'000'000);
        pickle += "e.";
        const QByteArray key = LiveCache::userKey("list");
        QVERIFY(m_cache->memory->set(key, pickle, 1h));
        TickWatch watch;
        show(key);
        QVERIFY(m_panel->details()->decoded.has_value());
        QCOMPARE(m_panel->details()->decoded->value.items().size(), 1'000'000U);
        auto *tabs = m_panel->findChild<QTabWidget *>();
        QSignalSpy json(m_panel->findChild<ValueView *>(), &ValueView::jsonReady);
        tabs->setCurrentIndex(1);
        QTRY_VERIFY_WITH_TIMEOUT(!json.isEmpty(), 30'000);
        show(LiveCache::userKey("int"));
        QVERIFY2(watch.longest() < TickWatch::allowed,
                 qPrintable(QString::number(watch.longest().count())));
    }

    void fetchesFurtherItemsWhereOneScrollsTo()
    {
        // {"items": [1, ... 1000 times], "last": 1}: the end of the list is not the end of the
        // tree.
        const QByteArray json
            = "{\"items\": [1" + QByteArray(",1").repeated(999) + "], \"last\": 1}";
        const QByteArray key = LiveCache::userKey("list");
        QVERIFY(m_cache->memory->set(key, json, 1h));
        show(key);
        auto *tree = m_panel->findChild<QTreeView *>();
        const QModelIndex root = tree->model()->index(0, 0);
        const QPersistentModelIndex items = tree->model()->index(0, 0, root);
        tree->expand(items);
        QTRY_VERIFY(tree->model()->rowCount(items) >= ValueTreeModel::chunk);
        for (int i = 0; i < 10 && tree->model()->rowCount(items) < 1000; ++i) {
            const int rows = tree->model()->rowCount(items);
            tree->scrollTo(tree->model()->index(rows - 1, 0, items));
            QTRY_VERIFY(tree->model()->rowCount(items) > rows);
        }
        QCOMPARE(tree->model()->rowCount(items), 1000);
    }

    void showsTheElementsOfOtherTypes()
    {
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
        Session session(std::make_shared<RedisBackend>(url, m_cache->clock), m_cache->clock, {});
        m_panel->setSession(&session);
        auto *model = m_panel->findChild<ElementsModel *>();

        show("session:1");
        QVERIFY(m_panel->findChild<ElementsView *>()->isVisible());
        QVERIFY(says("The first 200 of 300 elements of a hash"));
        QVERIFY(says("hash, 300 elements"));
        QVERIFY(!toolButton("Change TTL…")->isEnabled()); // shown, deleted, and no more
        QVERIFY(deleteButton()->isEnabled());
        QCOMPARE(model->rowCount(), 200);
        QVERIFY(model->index(0, 0).data().toString().startsWith(QLatin1String("field")));
        show("queue");
        QVERIFY(says("All elements of a list: 2."));
        QCOMPARE(model->index(1, 0).data().toString(), QStringLiteral("second"));
        show("board");
        QCOMPARE(model->index(0, 0).data().toString(), QStringLiteral("ann"));
        QCOMPARE(model->index(0, 1).data().toString(), QStringLiteral("1.5"));
        show("tags");
        QCOMPARE(model->index(0, 0).data().toString(), QStringLiteral("t"));
        show("log");
        QCOMPARE(model->index(0, 1).data().toString(), QStringLiteral("field=value"));
        m_panel->setSession(nullptr);
    }

    void holdsTheModelOfElementsOfEveryType()
    {
        ElementsModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        const std::vector<std::pair<KeyType, std::vector<QByteArray>>> kinds{
            {KeyType::List, {"a"}},
            {KeyType::Set, {"\xff"}},
            {KeyType::SortedSet, {"a", "1"}},
            {KeyType::Hash, {"f", "v"}},
            {KeyType::Stream, {"1-0", "f", "v", "g", "w"}}};
        for (const auto &[type, element] : kinds) {
            EntryDetails details;
            details.summary.facts = {type, std::nullopt, 1};
            details.elements = {element};
            model.setEntry(std::make_shared<const EntryDetails>(details));
            QCOMPARE(model.rowCount(), 1);
        }
        QCOMPARE(model.index(0, 1).data().toString(), QStringLiteral("f=v, g=w"));
        model.setEntry(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }

    void copiesKeyAndValue()
    {
        show(LiveCache::userKey("dict"));
        QSignalSpy told(m_panel.get(), &EntryPanel::message);
        m_panel->copyKey();
        QCOMPARE(QGuiApplication::clipboard()->text(),
                 QString::fromLatin1(LiveCache::userKey("dict")));
        m_panel->copyValue();
        QTRY_COMPARE(told.count(), 2);
        QVERIFY(QGuiApplication::clipboard()->text().contains(QLatin1String("\"name\": \"Ann\"")));
    }

    void asksForDeletionAndTtlOfTheKeyThatIsShown()
    {
        const QByteArray key = LiveCache::userKey("dict");
        QSignalSpy deletion(m_panel.get(), &EntryPanel::deleteRequested);
        QSignalSpy ttl(m_panel.get(), &EntryPanel::changeTtlRequested);
        QVERIFY(!deleteButton()->isEnabled());
        show(key);
        QVERIFY(deleteButton()->isEnabled());
        QTest::keyClick(deleteButton(), Qt::Key_Space);
        QCOMPARE(deletion.takeFirst().front().toByteArray(), key);
        QTest::keyClick(toolButton("Change TTL…"), Qt::Key_Space);
        QCOMPARE(ttl.takeFirst().front().toByteArray(), key);
    }

    void changesNothingWhereItMayNotAndSaysWhy()
    {
        show(LiveCache::userKey("dict"));
        const QString usual = deleteButton()->toolTip();
        m_panel->setChangeable(QStringLiteral("It is read-only"));
        for (const QToolButton *changes : {deleteButton(), toolButton("Change TTL…")}) {
            QVERIFY(!changes->isEnabled());
            QCOMPARE(changes->toolTip(), QStringLiteral("It is read-only"));
        }
        show(LiveCache::userKey("int"));
        QVERIFY(!deleteButton()->isEnabled());
        m_panel->setChangeable({});
        QVERIFY(deleteButton()->isEnabled());
        QVERIFY(toolButton("Change TTL…")->isEnabled());
        QCOMPARE(deleteButton()->toolTip(), usual);
    }

    void marksAKeyThatWasGuessed()
    {
        m_cache->session->setCatalog(Catalog());
        QTRY_VERIFY(m_cache->session->catalog().isEmpty());
        show(LiveCache::userKey("dict"));
        QCOMPARE(m_panel->details()->reading.source, KeyReading::Source::Guess);
        QVERIFY(says("(a guess)"));
    }

    void letsGoOfASessionThatEnds()
    {
        show(LiveCache::userKey("dict"));
        m_cache->session.reset();
        QCOMPARE(m_panel->state(), State::Empty);
        QVERIFY(says("Connect to a cache"));
    }

    void namesEveryControl()
    {
        show(LiveCache::userKey("dict"));
        QCOMPARE(namelessControls(*m_panel).join(u','), QString());
    }

private:
    void show(const QByteArray &key)
    {
        m_panel->showKey(key);
        QTRY_COMPARE_WITH_TIMEOUT(m_panel->state(), State::Shown, 30'000);
    }
    /// Whether a label in sight has this in its text.
    bool says(const char *text)
    {
        const auto labels = m_panel->findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) {
            return label->isVisible() && label->text().contains(QString::fromUtf8(text));
        });
    }
    template <typename Button> Button *find(const char *text)
    {
        const auto buttons = m_panel->findChildren<Button *>();
        for (Button *button : buttons) {
            if (button->text().remove(u'&') == QString::fromUtf8(text)
                || button->accessibleName() == QString::fromUtf8(text))
                return button;
        }
        return nullptr;
    }
    QPushButton *button(const char *text) { return find<QPushButton>(text); }
    QToolButton *toolButton(const char *text) { return find<QToolButton>(text); }
    QToolButton *deleteButton() { return toolButton("Delete Entry…"); }

    std::unique_ptr<LiveCache> m_cache;
    std::unique_ptr<EntryPanel> m_panel;
};

QTEST_MAIN(EntryPanelTest)
#include "tst_entrypanel.moc"
