// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/accessible.h"
#include "tests/widgets/labels.h"
#include "tests/widgets/livecache.h"
#include "tests/widgets/playground/silentsession.h"
#include "tests/widgets/tickwatch.h"
#include "widgets/key/displaykey.h"
#include "widgets/key/keylabel.h"
#include "widgets/playground/comparisonmodel.h"
#include "widgets/playground/contributionsmodel.h"
#include "widgets/playground/entrylookup.h"
#include "widgets/playground/keyplayground.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace Qt::StringLiterals;

namespace {

constexpr char payload[] = "shop.services.get_user_payload";
constexpr char report[] = "shop.services.ReportView.report";

/// The playground over what the real services wrote.
struct World {
    explicit World(Catalog catalog = liveCatalog())
        : live(SessionOptions{.policy = {}, .catalog = std::move(catalog)})
    {
        playground.resize(1200, 400);
        playground.show();
        playground.setSession(live.session.get());
    }
    ~World() { playground.setSession(nullptr); }

    [[nodiscard]] QLineEdit *edit(const QString &name) const
    {
        for (QLineEdit *found : playground.findChildren<QLineEdit *>()) {
            if (found->accessibleName() == name)
                return found;
        }
        return nullptr;
    }
    [[nodiscard]] KeyLabel *label(const QString &name) const
    {
        for (KeyLabel *found : playground.findChildren<KeyLabel *>()) {
            if (found->accessibleName() == name)
                return found;
        }
        return nullptr;
    }
    void type(const QString &argument, const QString &text) const
    {
        QLineEdit *line = edit(u"Argument "_s + argument);
        line->selectAll();
        QTest::keyClicks(line, text);
    }
    [[nodiscard]] QAction *action(const QString &text) const
    {
        for (QAction *found : playground.actions()) {
            if (found->text().remove(u'&') == text)
                return found;
        }
        return nullptr;
    }
    /// What is copied by this action.
    [[nodiscard]] QString copied(const QString &text) const
    {
        action(text)->trigger();
        return QGuiApplication::clipboard()->text();
    }

    LiveCache live;
    KeyPlayground playground;
};

} // namespace

class TestKeyPlayground : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theKeyIsPutTogetherAsOneTypes();
    void textIsReadAsJsonWhereItParses();
    void eachSegmentHasItsFieldsColour();
    void aMissingArgumentIsNamed();
    void itSaysWhatACallWouldReport();
    void anEntryWhoseTimeIsOverIsLookedAtAgain();
    void aNewerKeyVoidsTheOlderAnswer();
    void aCacheThatIsAwaySaysSo();
    void whatWasHashedIsShownUnhashed();
    void warningsAreSentences();
    void anEntryIsOpenedWithItsArguments_data();
    void anEntryIsOpenedWithItsArguments();
    void aHashedEntrySaysWhatCannotBeReadBack();
    void anEntryOfNoKnownFunctionIsCompared();
    void twoKeysStandSideBySide();
    void theChosenEntryIsCompared();
    void theKeyIsCopied();
    void withoutACacheAConstructorCanBeWritten();
    void aLongValueDoesNotStopTheLoop();
    void everyControlHasAName();
};

void TestKeyPlayground::theKeyIsPutTogetherAsOneTypes()
{
    World world;
    world.playground.openFunction(payload);
    auto *fields = world.playground.findChild<ContributionsModel *>();
    const QAbstractItemModelTester tester(fields,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    world.type(u"user_id"_s, u"4"_s);
    QCOMPARE(world.playground.rawKey(),
             ":2:users::shop.services.get_user_payload::user_id:4::"
             "page:1::v:1");
    world.type(u"user_id"_s, u"42"_s);
    QCOMPARE(world.playground.rawKey(), LiveCache::userKey("42"));
    world.type(u"page"_s, u"7"_s);
    QCOMPARE(world.playground.rawKey(), LiveCache::userKey("42", 7));
    QCOMPARE(fields->rowCount(), 3);
    const auto cell = [&](int row, int column) { return fields->index(row, column).data(); };
    QCOMPARE(cell(0, ContributionsModel::FieldColumn), u"user"_s);
    QCOMPARE(cell(0, ContributionsModel::PartColumn), u"partition"_s);
    QCOMPARE(cell(0, ContributionsModel::FromColumn), u"user_id"_s);
    QCOMPARE(cell(1, ContributionsModel::TextColumn), u"page:7"_s);
    QCOMPARE(cell(2, ContributionsModel::FromColumn), u"constant"_s);
    QCOMPARE(world.label(u"Prefix of a delete"_s)->rawKey(),
             ":2:users::shop.services.get_user_payload::user_id:42::");
}

void TestKeyPlayground::textIsReadAsJsonWhereItParses()
{
    World world;
    world.playground.openFunction("shop.services.forever");
    const std::pair<QString, QByteArray> typed[]{{u"null"_s, "null"},
                                                 {u"true"_s, "True"},
                                                 {u"True"_s, "True"},
                                                 {u"[1, \"b\"]"_s, "1,b"},
                                                 {u"\"42\""_s, "42"},
                                                 {u"{\"b\": 1, \"a\": 2}"_s, "a:2||b:1"},
                                                 {u"[1, "_s, "[1, "},
                                                 {u"plain text"_s, "plain text"},
                                                 {u"{\"$date\": \"2026-07-24\"}"_s, "2026-07-24"}};
    for (const auto &[text, inKey] : typed) {
        world.edit(u"Argument name"_s)->setText(text);
        QCOMPARE(world.playground.rawKey(), ":1:shop.services.forever::name:" + inKey + "::");
    }
}

void TestKeyPlayground::eachSegmentHasItsFieldsColour()
{
    World world;
    world.playground.openFunction(payload);
    world.type(u"user_id"_s, u"a::page:9"_s); // reads as another field, and is none
    const KeyLabel *label = world.label(u"Key of the call"_s);
    QCOMPARE(label->rawKey(), world.playground.rawKey());
    const auto tintAt = [label](const QString &text) {
        QTextCursor cursor = label->document()->find(text);
        cursor.setPosition(cursor.selectionEnd());
        return cursor.charFormat().background().color();
    };
    const auto *fields = world.playground.findChild<ContributionsModel *>();
    const auto tintOf = [fields](int row) {
        return fields->index(row, ContributionsModel::FieldColumn)
            .data(Qt::BackgroundRole)
            .value<QColor>();
    };
    QCOMPARE(tintAt(u"page:9"_s), tintOf(0));
    QCOMPARE(tintAt(u"page:1"_s), tintOf(1));
    QCOMPARE(tintAt(u"v:1"_s), tintOf(2));
    QVERIFY(tintOf(0) != tintOf(1));
}

void TestKeyPlayground::aMissingArgumentIsNamed()
{
    World world;
    world.playground.openFunction(payload);
    QVERIFY(!world.playground.explanation());
    QVERIFY(says(world.playground, u"argument 'user_id' is missing"_s));
    QVERIFY(!world.action(u"Copy Key as C++"_s)->isEnabled());
    world.type(u"user_id"_s, u"1"_s);
    QVERIFY(world.playground.explanation());
    QVERIFY(world.action(u"Copy Key as C++"_s)->isEnabled());
}

void TestKeyPlayground::itSaysWhatACallWouldReport()
{
    World world;
    world.playground.openFunction(payload);
    world.type(u"user_id"_s, u"dict"_s);
    QTRY_VERIFY(says(world.playground, u"a call would report HIT"_s));
    QVERIFY(world.action(u"Show the Playground's Entry"_s)->isEnabled());
    const QSignalSpy requested(&world.playground, &KeyPlayground::entryRequested);
    world.action(u"Show the Playground's Entry"_s)->trigger();
    QCOMPARE(requested.value(0).value(0).toByteArray(), LiveCache::userKey("dict"));

    (void)world.live.memory->setTtl(LiveCache::userKey("dict"), std::nullopt);
    world.live.clock->advance(std::chrono::minutes(10));
    // It grows older without being typed.
    QTRY_VERIFY(says(world.playground, u"a call would report STALE"_s));

    world.type(u"user_id"_s, u"nobody"_s);
    QTRY_VERIFY(
        says(world.playground, u"a call would report MISS, and store its result for 5:00"_s));
    QVERIFY(!world.action(u"Show the Playground's Entry"_s)->isEnabled());
    (void)world.live.memory->set(world.playground.rawKey(), "no entry", std::nullopt);
    QTRY_VERIFY(says(world.playground, u"is not known"_s)); // told by the backend
}

void TestKeyPlayground::anEntryWhoseTimeIsOverIsLookedAtAgain()
{
    World world;
    const SilentSession silent(world.live);
    world.playground.setSession(silent.session.get());
    world.playground.openFunction(payload);
    world.type(u"user_id"_s, u"dict"_s);
    QTRY_VERIFY(says(world.playground, u"a call would report HIT"_s));
    const auto ttl = world.playground.lookup()->summary().facts.ttl;
    QVERIFY(ttl);
    world.live.clock->advance(*ttl);
    QTRY_VERIFY(says(world.playground, u"a call would report MISS"_s));
    (void)world.live.memory->set(world.playground.rawKey(), "no entry", std::nullopt);
    world.live.clock->advance(std::chrono::seconds(10));
    QTRY_VERIFY(says(world.playground, u"is not known"_s)); // another one wrote it
    world.playground.setSession(nullptr);
}

void TestKeyPlayground::aNewerKeyVoidsTheOlderAnswer()
{
    World world;
    world.playground.openFunction(payload);
    world.live.held->hold();
    world.type(u"user_id"_s, u"42"_s);
    QTRY_VERIFY(world.live.held->waiting() > 0);
    world.type(u"user_id"_s, u"nobody"_s);
    const TickWatch watch;
    QTRY_VERIFY(watch.ticks() > 20);
    QCOMPARE(world.playground.lookup()->state(), EntryLookup::State::Asking);
    world.live.held->release();
    QTRY_VERIFY(says(world.playground, u"would report MISS"_s));
    QCOMPARE(world.playground.lookup()->summary().key, world.playground.rawKey());
    QVERIFY(watch.longest() < TickWatch::allowed);
}

void TestKeyPlayground::aCacheThatIsAwaySaysSo()
{
    World world;
    world.playground.openFunction(payload);
    world.live.held->failWith({Error::Code::Unreachable, "reach", "the shop", "it is away", true});
    world.type(u"user_id"_s, u"42"_s);
    QTRY_VERIFY(says(world.playground, u"it is away"_s));
    QVERIFY(world.playground.explanation()); // the key needs no cache
}

void TestKeyPlayground::whatWasHashedIsShownUnhashed()
{
    World world;
    world.playground.openFunction(report);
    world.type(u"tenant"_s, u"acme"_s);
    world.type(u"region"_s, u"eu"_s);
    QVERIFY(world.playground.explanation()->suffixHashed);
    QVERIFY(
        says(world.playground, u"The suffix has 64 characters, more than 10: its SHA256 stands"_s));
    QVERIFY(world.label(u"Suffix before it is hashed"_s)->isVisible());
    QCOMPARE(world.label(u"Suffix before it is hashed"_s)->rawKey(),
             world.playground.explanation()->unhashedSuffix);
    const auto *fields = world.playground.findChild<ContributionsModel *>();
    const QString why = fields->index(2, ContributionsModel::WhyColumn).data().toString();
    QVERIFY2(why.contains(u"Unhashed: q:*"_s) && why.contains(u"too long"_s), qPrintable(why));
}

void TestKeyPlayground::warningsAreSentences()
{
    World world;
    world.playground.openFunction(payload);
    world.type(u"user_id"_s, u"42"_s);
    QVERIFY(!says(world.playground, QString(QChar(0x26a0))));
    world.type(u"user_id"_s, u"a::page:9"_s);
    QVERIFY(says(world.playground, u"user_id holds ::, which separates"_s));
    world.type(u"user_id"_s, u"\"42\""_s);
    QVERIFY(says(world.playground, u"Another call gets this very key: user_id=42, page=1"_s));
    world.type(u"user_id"_s, u"2026-07-24T10:00:01.25"_s);
    QVERIFY(says(world.playground, u"looks different in every call"_s));
}

void TestKeyPlayground::anEntryIsOpenedWithItsArguments_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QString>("argument");
    QTest::addColumn<QString>("text");
    QTest::newRow("number") << LiveCache::userKey("42") << u"user_id"_s << u"42"_s;
    QTest::newRow("default") << LiveCache::userKey("42") << u"page"_s << u"1"_s;
    QTest::newRow("text") << LiveCache::userKey("null") << u"user_id"_s << u"null"_s;
    QTest::newRow("not as it is") << LiveCache::userKey("1e5") << u"user_id"_s << u"\"1e5\""_s;
    QTest::newRow("prefix of the cache")
        << "shop" + LiveCache::userKey("1") << u"user_id"_s << u"1"_s;
}

void TestKeyPlayground::anEntryIsOpenedWithItsArguments()
{
    QFETCH(QByteArray, key);
    QFETCH(QString, argument);
    QFETCH(QString, text);
    World world;
    world.playground.openKey(key);
    QCOMPARE(world.playground.rawKey(), key);
    QCOMPARE(world.edit(u"Argument "_s + argument)->text(), text);
    QVERIFY(!says(world.playground, u"read back"_s));
}

void TestKeyPlayground::aHashedEntrySaysWhatCannotBeReadBack()
{
    World world;
    const QByteArray key = ":1:reports::shop.services.ReportView.report::region:eu::tenant:acme::"
                           "8e39e58756d9f70680b049d7e0967b056e9e0aac5a34ee072cd348d3e3ea558b";
    world.playground.openKey(key);
    QCOMPARE(world.edit(u"Argument tenant"_s)->text(), u"acme"_s);
    QCOMPARE(world.edit(u"Argument region"_s)->text(), u"eu"_s);
    QVERIFY(says(world.playground, u"the end of the key is a hash"_s));
    QCOMPARE(world.edit(u"Other key"_s)->text(), displayKey(key)); // to try arguments against it
    QCOMPARE(world.playground.findChild<ComparisonModel *>()->differences(), 1); // the hash
}

void TestKeyPlayground::anEntryOfNoKnownFunctionIsCompared()
{
    World world{Catalog()};
    QVERIFY(says(world.playground, u"No catalog names the functions of this cache"_s));
    const QSignalSpy message(&world.playground, &KeyPlayground::message);
    world.playground.openKey(LiveCache::userKey("42"));
    QVERIFY(message.value(0).value(0).toString().contains(u"No catalog names the function"_s));
    QCOMPARE(world.edit(u"Other key"_s)->text(), displayKey(LiveCache::userKey("42")));
}

void TestKeyPlayground::twoKeysStandSideBySide()
{
    World world;
    world.playground.openFunction(payload);
    auto *parts = world.playground.findChild<ComparisonModel *>();
    const QAbstractItemModelTester tester(parts,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    world.playground.compareWith("users::shop.services.get_user_payload::user_id:Ada::page:2::v:1");
    QVERIFY(says(world.playground, u"no key yet to compare with"_s));
    world.type(u"user_id"_s, u"ada"_s);
    QVERIFY(says(world.playground, u"The keys differ in 2 parts."_s));
    QStringList different;
    for (int row = 0; row < parts->rowCount(); ++row) {
        if (!parts->index(row, 0).data(ComparisonModel::SameRole).toBool()) {
            QStringList cells;
            for (int column = 0; column < ComparisonModel::ColumnCount; ++column)
                cells.append(parts->index(row, column).data().toString());
            different.append(cells.join(u'|'));
        }
    }
    QCOMPARE(different,
             (QStringList{u"user: user_id|ada|Ada|differs in upper and lower case only"_s,
                          u"page|1|2|differs"_s}));
    world.edit(u"Other key"_s)->setText(displayKey(world.playground.rawKey()));
    QVERIFY(says(world.playground, u"The keys are the same."_s));
}

void TestKeyPlayground::theChosenEntryIsCompared()
{
    World world;
    world.playground.openFunction(payload);
    world.type(u"user_id"_s, u"1"_s);
    QAction *compare = world.action(u"Compare the Chosen Entry in the Playground"_s);
    QVERIFY(!compare->isEnabled());
    world.playground.setEntryAtHand(LiveCache::userKey("2"));
    compare->trigger();
    QVERIFY(says(world.playground, u"The keys differ in 1 part."_s));
}

void TestKeyPlayground::theKeyIsCopied()
{
    World world;
    world.playground.openFunction(payload);
    world.type(u"user_id"_s, u"42"_s);
    QCOMPARE(world.copied(u"Copy Playground's Key"_s), displayKey(LiveCache::userKey("42")));
    QCOMPARE(world.copied(u"Copy Playground's Prefix"_s),
             u":2:users::shop.services.get_user_payload::user_id:42::"_s);
    QVERIFY(world.copied(u"Copy Key as C++"_s).contains(u"struct GetUserPayloadKey"_s));
    QVERIFY(world.copied(u"Copy Key as Python"_s).contains(u"get_cache_key(user_id=42)"_s));
    QVERIFY(!world.action(u"Copy Playground's redis-cli Line"_s)->isEnabled()); // it is no Redis
}

void TestKeyPlayground::withoutACacheAConstructorCanBeWritten()
{
    KeyPlayground playground;
    playground.resize(1200, 400);
    playground.show();
    QVERIFY2(playground.problem().contains(u"give one a name in Constructor"_s),
             qPrintable(playground.problem()));
    const auto edit = [&](const QString &name) {
        const auto edits = playground.findChildren<QLineEdit *>();
        return *std::find_if(edits.begin(), edits.end(), [&](const QLineEdit *found) {
            return found->accessibleName() == name;
        });
    };
    QTest::keyClicks(edit(u"Function"_s), u"shop.f"_s);
    QCOMPARE(playground.rawKey(), ":1:shop.f::");
    QTest::keyClicks(edit(u"Parameters"_s), u"a"_s);
    QVERIFY(playground.problem().contains(u"'a' is missing"_s));
    QTest::keyClicks(edit(u"Parameters"_s), u"=5"_s);
    QTest::keyClicks(edit(u"Namespace"_s), u"ns"_s);
    QCOMPARE(playground.rawKey(), ":1:ns::shop.f::a:5");
    QVERIFY(says(playground, u"Not connected"_s));
}

void TestKeyPlayground::aLongValueDoesNotStopTheLoop()
{
    World world;
    world.playground.openFunction(payload);
    world.type(u"user_id"_s, u"1"_s);
    QLineEdit *page = world.edit(u"Argument page"_s);
    const TickWatch watch;
    page->setText(QString(page->maxLength(), u'x'));
    QTRY_VERIFY(says(world.playground, u"would report MISS"_s));
    QVERIFY(says(world.playground, u"and stays whole"_s));
    QVERIFY2(watch.longest() < TickWatch::allowed,
             qPrintable(QString::number(watch.longest().count())));
}

void TestKeyPlayground::everyControlHasAName()
{
    World world;
    world.playground.openFunction(payload);
    QCOMPARE(namelessControls(world.playground), QStringList());
}

QTEST_MAIN(TestKeyPlayground)
#include "tst_keyplayground.moc"
