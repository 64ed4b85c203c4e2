// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/keyspace/sessionworld.h"

#include <QThread>

#include <semaphore>
#include <thread>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

/// What drf-restflow stores as JSON.
QByteArray entryJson(const char *cachedAt, const char *resetAt, qsizetype valueBytes = 4)
{
    return QByteArray(R"({"value": ")") + QByteArray(valueBytes, 'x')
        + R"(", "metadata": {"cached_at": ")" + cachedAt + R"(", "cache_reset_at": )" + resetAt
        + R"(, "cache_status": "MISS"}})";
}

/// The whole answer, checked to be told as SearchBatch promises.
struct Answer {
    std::vector<QByteArray> keys;
    qint64 examined = 0;
    std::optional<Error> error;
};

Answer answerOf(const SessionWorld &world, const KeyQuery &query)
{
    auto future = world.session->search(query);
    Answer answer;
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 20'000))
        qFatal("the search did not end");
    bool last = false;
    std::optional<KeyId> before;
    for (const Result<SearchBatch> &batch : future.results()) {
        if (!batch) {
            answer.error = batch.error();
            return answer;
        }
        if (last || batch->examined < answer.examined || batch->examined > batch->total)
            qFatal("batches out of step");
        last = batch->last;
        answer.examined = batch->examined;
        for (const KeyId id : batch->keys) {
            if (before && id <= *before)
                qFatal("keys out of order");
            before = id;
            answer.keys.push_back(world.session->index()->key(id));
        }
    }
    if (!last)
        qFatal("no last batch");
    return answer;
}

std::set<QByteArray> found(const SessionWorld &world, const KeyQuery &query)
{
    const Answer answer = answerOf(world, query);
    if (answer.error)
        qFatal("%s", answer.error->message().constData());
    return {answer.keys.begin(), answer.keys.end()};
}

const Error away{.code = Error::Code::Unreachable,
                 .attempt = "read",
                 .subject = "server",
                 .reason = "gone",
                 .retryable = true};

} // namespace

class TestSessionSearch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsWhatMatchesInOrder();
    void looksBeneathANodeOnly();
    void emptyIndexAnswersAtOnce();
    void badPatternIsTheOnlyResult();
    void asksAboutExpiryAndSize();
    void asksAboutAgeAndNextCall();
    void serverErrorEndsTheSearch();
    void firstBatchDoesNotWaitForTheLast();
    void longSearchLeavesRoomForAnswers();
    void listenersRunWithoutTheLock();
    void canceledSearchStops();
    void canceledSearchStopsInASlowPattern();
    void summariesReadSmallEntries();
    void detailsOfAnEntry();
    void detailsOfALargeValueAreItsBeginning();
    void detailsOfAMissingKey();
    void answersEndWithTheSession();
    void nextCallFollowsTheTimes();
};

void TestSessionSearch::findsWhatMatchesInOrder()
{
    SessionWorld world;
    world.fill(3000, 5);
    world.set("plain");
    QVERIFY(world.scanWhole());
    const Answer all = answerOf(world, {});
    QCOMPARE(all.keys.size(), size_t(15'001));
    QCOMPARE(all.examined, 15'001);
    using Syntax = KeyQuery::Syntax;
    std::set<QByteArray> pages;
    for (int page = 0; page < 5; ++page)
        pages.insert(userKey(1234, page));
    QCOMPARE(found(world, {.pattern = "USER_ID:1234::"}), pages);
    QCOMPARE(found(world, {.pattern = "*::user_id:1234::*", .syntax = Syntax::Glob}), pages);
    QCOMPARE(found(world, {.pattern = "id:1234:", .syntax = Syntax::Regex}), pages);
    QCOMPARE(found(world, {.pattern = "nowhere"}), std::set<QByteArray>());
}

void TestSessionSearch::looksBeneathANodeOnly()
{
    SessionWorld world;
    world.fill(10, 5);
    world.set("page:1");
    QVERIFY(world.scanWhole());
    const auto index = world.session->index();
    const NodeId partition = index->nodeOf(*index->find(userKey(7, 1)));
    QCOMPARE(found(world, {.within = partition, .pattern = "page:1"}),
             (std::set<QByteArray>{userKey(7, 1)}));
    const Answer all = answerOf(world, {.within = partition});
    QCOMPARE(all.keys.size(), size_t(5));
    QCOMPARE(all.examined, 5);
}

void TestSessionSearch::emptyIndexAnswersAtOnce()
{
    SessionWorld world;
    const Answer answer = answerOf(world, {.pattern = "x"});
    QVERIFY(answer.keys.empty());
    QCOMPARE(answer.examined, 0);
}

void TestSessionSearch::badPatternIsTheOnlyResult()
{
    SessionWorld world;
    const auto future = world.session->search({.pattern = "a(", .syntax = KeyQuery::Syntax::Regex});
    QVERIFY(future.isFinished());
    QCOMPARE(future.resultCount(), 1);
    QCOMPARE(future.result().error().code, Error::Code::InvalidInput);
}

void TestSessionSearch::asksAboutExpiryAndSize()
{
    SessionWorld world;
    world.set(userKey(0, 0), "12345");
    world.set(userKey(0, 1), "12345", 10s);
    world.set(userKey(0, 2), "123456789", 100s);
    QVERIFY(world.scanWhole());
    using Expiry = KeyQuery::Expiry;
    const auto keys = [](std::initializer_list<int> pages) {
        std::set<QByteArray> expected;
        for (const int page : pages)
            expected.insert(userKey(0, page));
        return expected;
    };
    QCOMPARE(found(world, {.expiry = Expiry::Never}), keys({0}));
    QCOMPARE(found(world, {.expiry = Expiry::Within}), keys({1, 2}));
    QCOMPARE(found(world, {.expiry = Expiry::Within, .ttl = {.max = 10s}}), keys({1}));
    QCOMPARE(found(world, {.expiry = Expiry::Within, .ttl = {.min = 11s}}), keys({2}));
    QCOMPARE(found(world, {.size = {.min = 6}}), keys({2}));
    QCOMPARE(found(world, {.size = {.max = 5}}), keys({0, 1}));
    QCOMPARE(found(world, {.pattern = "page:1", .size = {.max = 5}}), keys({1}));
    // What went away since the scan is not there to be found.
    world.clock->advance(10s);
    QCOMPARE(found(world, {.size = {.max = 5}}), keys({0}));
}

void TestSessionSearch::asksAboutAgeAndNextCall()
{
    // The clock of a test begins at 2027-01-15T08:00:00 UTC.
    SessionWorld world;
    const QByteArray fresh = userKey(0, 0);
    const QByteArray stale = userKey(0, 1);
    const QByteArray endless = userKey(0, 2);
    const QByteArray opaque = userKey(0, 3);
    world.set(fresh, entryJson("2027-01-15T07:59:00+00:00", R"("2027-01-15T08:05:00+00:00")"));
    world.set(stale, entryJson("2027-01-15T07:00:00+00:00", R"("2027-01-15T07:30:00+00:00")"));
    world.set(endless, entryJson("2027-01-15T06:00:00+00:00", "null"));
    world.set(opaque, "not an entry");
    // Larger than what a table reads of its rows, and than one round trip.
    const QByteArray large = userKey(0, 4);
    const QByteArray huge = userKey(0, 5);
    world.set(large, entryJson("2027-01-14T07:00:00+00:00", "null", 100'000));
    world.set(huge, entryJson("2027-01-14T07:00:00+00:00", "null", 5'000'000));
    QVERIFY(world.scanWhole());
    using Keys = std::set<QByteArray>;
    QCOMPARE(found(world, {.age = {.min = 24h}}), (Keys{large, huge}));
    QCOMPARE(found(world, {.age = {.max = 24h}, .nextCall = NextCall::Hit}),
             (Keys{fresh, endless}));
    QCOMPARE(found(world, {.nextCall = NextCall::Hit}), (Keys{fresh, endless, large, huge}));
    QCOMPARE(found(world, {.nextCall = NextCall::Stale}), Keys{stale});
    QCOMPARE(found(world, {.nextCall = NextCall::Unknown}), Keys{opaque});
    QCOMPARE(found(world, {.age = {.max = 1min}}), Keys{fresh});
    const Range<std::chrono::milliseconds> hours{.min = 59min, .max = 3h};
    QCOMPARE(found(world, {.age = hours}), (Keys{stale, endless}));
    QCOMPARE(found(world, {.age = hours, .nextCall = NextCall::Hit}), Keys{endless});
}

void TestSessionSearch::serverErrorEndsTheSearch()
{
    SessionWorld world;
    world.fill(10, 1);
    QVERIFY(world.scanWhole());
    world.backend->failWith(away);
    const Answer answer = answerOf(world, {.size = {.min = 1}});
    QCOMPARE(answer.error, away);
    world.backend->recover();
    QCOMPARE(found(world, {.size = {.min = 1}}).size(), size_t(10));
}

void TestSessionSearch::firstBatchDoesNotWaitForTheLast()
{
    SessionWorld world;
    world.fill(4000, 5);
    QVERIFY(world.scanWhole());
    world.backend->hold();
    auto future = world.session->search({.size = {.min = 1}});
    QTRY_VERIFY(world.backend->waiting() > 0);
    QVERIFY(eventLoopTurns());
    QVERIFY(!future.isFinished());
    const bool told = QTest::qWaitFor([&] {
        world.backend->hold(1);
        return future.resultCount() > 0;
    });
    QVERIFY(told);
    QVERIFY(!future.resultAt(0)->keys.empty());
    QVERIFY(!future.isFinished());
    world.backend->release();
    QTRY_VERIFY(future.isFinished());
    QVERIFY(future.resultAt(future.resultCount() - 1)->last);
}

void TestSessionSearch::longSearchLeavesRoomForAnswers()
{
    constexpr int threads = 8; // more than what answers at once
    SessionWorld world({.searchThreads = threads});
    world.fill(8000, 5);
    QVERIFY(world.scanWhole());
    world.backend->holdManyValues();
    auto search = world.session->search({.nextCall = NextCall::Unknown});
    QTRY_COMPARE(world.backend->waiting(), threads);
    const auto details = resultOf(world.session->details(userKey(1, 1)));
    QVERIFY(details);
    QCOMPARE(details->bytes, "value");
    QVERIFY(!search.isFinished());
    world.backend->release();
    QTRY_VERIFY(search.isFinished());
    QVERIFY(search.resultAt(search.resultCount() - 1)->last);
}

void TestSessionSearch::listenersRunWithoutTheLock()
{
    SessionWorld world({.searchThreads = 2});
    world.fill(4000, 5);
    QVERIFY(world.scanWhole());
    world.backend->failWith(away);
    world.backend->hold();
    auto failing = world.session->search({.size = {.min = 1}});
    QTRY_COMPARE(world.backend->waiting(), 2);
    auto next = world.session->search({});
    std::binary_semaphore mayEnd(0);
    const auto listener = failing.then(QtFuture::Launch::Sync, [&](const Result<SearchBatch> &) {
        world.backend->recover();
        world.backend->release();
        mayEnd.acquire();
    });
    // The thread that failed stays with its listener; the other one goes on to the next search.
    world.backend->hold(1);
    const bool wentOn = QTest::qWaitFor([&] { return next.isFinished(); });
    mayEnd.release();
    QVERIFY(wentOn);
    QTRY_VERIFY(listener.isFinished());
}

void TestSessionSearch::canceledSearchStops()
{
    SessionWorld world;
    world.fill(4000, 5);
    QVERIFY(world.scanWhole());
    world.backend->hold();
    auto future = world.session->search({.size = {.min = 1}});
    QTRY_VERIFY(world.backend->waiting() > 0);
    future.cancel();
    world.backend->release();
    QTRY_VERIFY(future.isFinished());
    QVERIFY(future.isCanceled());
    for (int i = 0; i < future.resultCount(); ++i)
        QVERIFY(!future.resultAt(i)->last);
}

void TestSessionSearch::canceledSearchStopsInASlowPattern()
{
    SessionWorld world;
    for (int i = 0; i < 4000; ++i)
        world.set(QByteArray(40, 'a') + QByteArray::number(i));
    QVERIFY(world.scanWhole());
    auto future = world.session->search({.pattern = "^(a+)+$", .syntax = KeyQuery::Syntax::Regex});
    QVERIFY(eventLoopTurns());
    QVERIFY(!future.isFinished());
    future.cancel();
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 30'000);
}

void TestSessionSearch::summariesReadSmallEntries()
{
    SessionWorld world;
    const QByteArray entry
        = entryJson("2027-01-15T07:59:00+00:00", R"("2027-01-15T08:05:00+00:00")");
    world.set(userKey(0, 0), entry, 100s);
    world.set(userKey(0, 1), entry + QByteArray(100'000, ' '));
    world.set("plain", entry);
    const auto answer
        = resultOf(world.session->summaries({userKey(0, 1), "missing", userKey(0, 0), "plain"}));
    QVERIFY(answer);
    QCOMPARE(answer->size(), size_t(4));
    const EntrySummary &large = answer->at(0);
    QCOMPARE(large.key, userKey(0, 1));
    QCOMPARE(large.facts.size, entry.size() + 100'000);
    QVERIFY(!large.metadata);
    QCOMPARE(large.nextCall, NextCall::Unknown);
    QCOMPARE(answer->at(1).facts.type, KeyType::None);
    QCOMPARE(answer->at(1).nextCall, NextCall::Miss);
    const EntrySummary &small = answer->at(2);
    QCOMPARE(small.facts.ttl, 100s);
    QCOMPARE(small.metadata->cacheStatus, "MISS");
    QCOMPARE(small.nextCall, NextCall::Hit);
    QCOMPARE(small.readAt, world.clock->now());
    QVERIFY(!answer->at(3).metadata);
}

void TestSessionSearch::detailsOfAnEntry()
{
    SessionWorld world;
    const QByteArray entry
        = entryJson("2027-01-15T07:00:00+00:00", R"("2027-01-15T07:30:00+00:00")");
    world.set(userKey(42, 7), entry, 100s);
    const auto details = resultOf(world.session->details(userKey(42, 7)));
    QVERIFY(details);
    QCOMPARE(details->bytes, entry);
    QVERIFY(!details->partial);
    QCOMPARE(details->reading.source, KeyReading::Source::Catalog);
    QCOMPARE(details->reading.partition, "user_id:42");
    QVERIFY(details->decoded);
    QVERIFY(details->decoded->restflow);
    QCOMPARE(details->decoded->serializer, Serializer::Json);
    QCOMPARE(details->summary.nextCall, NextCall::Stale);
    QCOMPARE(details->summary.facts.ttl, 100s);

    world.set("garbage", "\x80\x04garbage");
    const auto garbage = resultOf(world.session->details("garbage"));
    QVERIFY(garbage);
    QCOMPARE(garbage->decoded.error().code, Error::Code::Undecodable);
    QCOMPARE(garbage->reading.source, KeyReading::Source::Foreign);
}

void TestSessionSearch::detailsOfALargeValueAreItsBeginning()
{
    SessionWorld world({.details = {.maxBytes = 1000, .headBytes = 100}});
    QByteArray value = "\"" + QByteArray(5000, 'x') + "\"";
    world.set("large", value);
    const auto head = resultOf(world.session->details("large"));
    QVERIFY(head);
    QVERIFY(head->partial);
    QCOMPARE(head->bytes, value.first(100));
    QCOMPARE(head->summary.facts.size, value.size());
    QCOMPARE(head->decoded.error().code, Error::Code::LimitExceeded);
    const auto whole = resultOf(world.session->details("large", true));
    QVERIFY(whole);
    QVERIFY(!whole->partial);
    QCOMPARE(whole->bytes, value);
    QVERIFY(whole->decoded);
}

void TestSessionSearch::detailsOfAMissingKey()
{
    SessionWorld world;
    const auto details = resultOf(world.session->details(userKey(1, 1)));
    QVERIFY(details);
    QCOMPARE(details->summary.facts.type, KeyType::None);
    QCOMPARE(details->summary.nextCall, NextCall::Miss);
    QCOMPARE(details->decoded.error().code, Error::Code::NotFound);
}

void TestSessionSearch::answersEndWithTheSession()
{
    SessionWorld world;
    world.fill(4000, 5);
    QVERIFY(world.scanWhole());
    world.backend->hold();
    std::vector<QFuture<Result<EntryDetails>>> answers;
    for (int i = 0; i < 20; ++i)
        answers.push_back(world.session->details(userKey(i, 0)));
    const auto search = world.session->search({.size = {.min = 1}});
    const auto plan = world.session->planDeletion({.prefixes = {":1:"}});
    QTRY_VERIFY(world.backend->waiting() > 0);
    std::thread releaser([&] { world.backend->release(); });
    world.session.reset();
    releaser.join();
    for (const auto &answer : answers)
        QVERIFY(answer.isFinished());
    QVERIFY(search.isFinished());
    QVERIFY(plan.isFinished());
}

void TestSessionSearch::nextCallFollowsTheTimes()
{
    const WallTime now(1'000'000ms);
    const KeyFacts there{.type = KeyType::String, .ttl = {}, .size = 1};
    const auto metadata = [](std::optional<QByteArray> text, std::optional<qint64> ms) {
        EntryMetadata times;
        times.cacheResetAt = std::move(text);
        times.resetAtMs = ms;
        return std::optional(times);
    };
    QCOMPARE(nextCall({}, {}, now), NextCall::Miss);
    QCOMPARE(nextCall(there, {}, now), NextCall::Unknown);
    QCOMPARE(nextCall(there, metadata({}, {}), now), NextCall::Hit);
    QCOMPARE(nextCall(there, metadata("t", 1'000'001), now), NextCall::Hit);
    QCOMPARE(nextCall(there, metadata("t", 1'000'000), now), NextCall::Stale);
    QCOMPARE(nextCall(there, metadata("unreadable", {}), now), NextCall::Unknown);
}

QTEST_GUILESS_MAIN(TestSessionSearch)
#include "tst_sessionsearch.moc"
