// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cached/asynccachedfunction.h"
#include "tests/core/cached/cachedworld.h"

#include <QSemaphore>
#include <QTest>

#include <thread>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;

namespace {

class Account {
    Q_GADGET
    Q_PROPERTY(int id MEMBER id CONSTANT)
    Q_PROPERTY(QString name MEMBER name)

public:
    int id = 0;
    QString name;
    bool operator==(const Account &) const = default;
};

class Author : public QObject {
    Q_OBJECT
    Q_PROPERTY(int id MEMBER m_id CONSTANT)

public:
    explicit Author(int id) : m_id(id) { }

private:
    int m_id;
};

class Book : public QObject {
    Q_OBJECT
    Q_PROPERTY(Author *author MEMBER m_author)
    Q_PROPERTY(Book *sequel MEMBER m_sequel)
    Q_PROPERTY(Account account MEMBER m_account)

public:
    explicit Book(Author *author) : m_author(author) { }

    Author *m_author;
    Book *m_sequel = this;
    Account m_account;
};

struct PageKey : KeyConstructor {
    PageKey()
    {
        field("user", ArgsKeyField("user_id").partition());
        field("page", ArgsKeyField("page"));
    }
};

InvalidationRule rule(const char *attribute = "id", bool rewarm = false)
{
    InvalidationRule rule;
    rule.model = "auth.User";
    rule.fieldMapping = {{"user_id", attribute}};
    rule.rewarm = rewarm;
    return rule;
}

Value user(int id)
{
    return Value::map({{Value::string("id"), Value(id)}});
}

Signal savedUser(int id)
{
    Signal signal;
    signal.model = "auth.User";
    signal.instance = user(id);
    return signal;
}

class HeldDispatcher final : public Dispatcher {
public:
    Dispatched dispatch(RuleJob job, std::shared_ptr<const RuleRunner> runner) override
    {
        m_held.emplace_back(std::move(job), std::move(runner));
        return {};
    }
    RuleFailures runAll()
    {
        RuleFailures all;
        for (const auto &[job, runner] : m_held) {
            const RuleFailures failures = runner->run(job).result();
            all.insert(all.end(), failures.begin(), failures.end());
        }
        return all;
    }

private:
    std::vector<std::pair<RuleJob, std::shared_ptr<const RuleRunner>>> m_held;
};

/// get_page(user_id, page=1), which answers with the number of its run.
struct PageWorld : CachedWorld {
    std::shared_ptr<EventLog> log = std::make_shared<EventLog>();
    Subscription observing = cache.observe(log);
    int runs = 0;
    std::function<void()> during = [] {};

    auto function(std::vector<InvalidationRule> rules)
    {
        return std::make_unique<CachedFunction<int(int, int), RequiredParameter<"user_id">,
                                               OptionalParameter<"page", int>>>(
            cache, "app.get_page", parameters("user_id"_p, "page"_p = 1),
            [this](int, int) {
                during();
                return ++runs;
            },
            FunctionOptions<int>{.key = PageKey(), .rules = std::move(rules)});
    }
};

} // namespace

class TestCachedRules : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aSignalRemovesTheUsersEntriesAndNoOthers()
    {
        PageWorld world;
        const auto page = world.function({rule()});
        (*page)(42, 1);
        (*page)(42, 2);
        (*page)(7, 1);
        world.cache.saved("auth.User", user(42));
        QVERIFY(!page->getCacheOnly(42, 1));
        QVERIFY(!page->getCacheOnly(42, 2));
        QVERIFY(page->getCacheOnly(7, 1));

        const auto removals = world.log->removals();
        QCOMPARE(removals.size(), size_t(1));
        QCOMPARE(removals[0].cause, RemovalCause::Rule);
        QCOMPARE(removals[0].function, QByteArray("app.get_page"));
        QCOMPARE(removals[0].removal.entries, 2);
    }

    void aSaveSaysWhatItKnows()
    {
        PageWorld world;
        InvalidationRule watching = rule();
        watching.watchFields = {"mail"};
        const auto page = world.function({watching});
        const auto isThere = [&](int id) { return page->getCacheOnly(id).has_value(); };
        (*page)(42);
        (*page)(41);
        world.cache.saved("auth.User", user(42), {.created = true});
        QVERIFY(isThere(42));
        world.cache.saved("auth.User", user(42), {.updateFields = {{"name"}}});
        QVERIFY(isThere(42));
        world.cache.saved("auth.User", user(42),
                          {.updateFields = {{"mail"}}, .oldValues = user(41)});
        QVERIFY(!isThere(42));
        QVERIFY(!isThere(41));
    }

    void aGadgetIsSentByItsProperties()
    {
        PageWorld world;
        const auto page = world.function({rule()});
        (*page)(42);
        Account account;
        account.id = 42;
        world.cache.deleted("auth.User", account);
        QVERIFY(!page->getCacheOnly(42));
    }

    void anObjectIsSentByItsPropertiesAsItIsNow()
    {
        PageWorld world;
        const auto held = std::make_shared<HeldDispatcher>();
        InvalidationRule later = rule("author.id");
        later.ownDispatcher = held;
        const auto page = world.function({later});
        (*page)(42);
        {
            Author author(42);
            const Book book(&author); // its own sequel
            world.cache.saved("auth.User", book);
        }
        QVERIFY(page->getCacheOnly(42));
        QVERIFY(held->runAll().empty());
        QVERIFY(!page->getCacheOnly(42));
    }

    void anObjectsGadgetIsTakenWhole()
    {
        Author author(42);
        Book book(&author);
        book.m_account.id = 9;
        const Value instance = attributesOf(book);
        const Value *id = attributeOf(instance, "account.id");
        QVERIFY(id);
        QCOMPARE(id->toInt(), 9);
    }

    void manySignalsAreSentAtOnce()
    {
        PageWorld world;
        const auto page = world.function({rule()});
        (*page)(1);
        (*page)(2);
        world.cache.send({savedUser(1), savedUser(2)});
        QVERIFY(!page->getCacheOnly(1));
        QVERIFY(!page->getCacheOnly(2));
    }

    void aRewarmDropsThePartitionAndStoresTheCallAnew()
    {
        PageWorld world;
        const auto page = world.function({rule("id", true)});
        (*page)(42, 1);
        (*page)(42, 2);
        world.cache.saved("auth.User", user(42));
        QCOMPARE(page->getCacheOnly(42, 1), std::optional(3));
        QVERIFY(!page->getCacheOnly(42, 2));
    }

    void aRewarmThatFailsHasDeleted()
    {
        PageWorld world;
        const auto page = world.function({rule("id", true)});
        (*page)(42);
        world.during = [] { throw std::runtime_error("no database"); };
        world.cache.saved("auth.User", user(42));
        QVERIFY(!page->getCacheOnly(42));
        const auto failures = world.log->ruleFailures();
        QCOMPARE(failures.size(), size_t(1));
        QVERIFY(failures[0].error.reason.contains("no database"));
    }

    void aRewarmWithAnArgumentOfAnotherTypeHasDeleted()
    {
        PageWorld world;
        const auto page = world.function({rule("id", true)});
        (*page)(42);
        world.cache.saved("auth.User", Value::map({{Value::string("id"), Value::string("42")}}));
        QVERIFY(!page->getCacheOnly(42));
        QCOMPARE(world.runs, 1);
        QCOMPARE(world.log->ruleFailures().size(), size_t(1));
        QVERIFY(world.log->ruleFailures()[0].error.message().contains("user_id"));
    }

    void whatBeganBeforeTheSignalIsNotStoredAfterIt()
    {
        PageWorld world;
        const auto page = world.function({rule()});
        world.during = [&] { world.cache.saved("auth.User", user(42)); };
        QCOMPARE((*page)(42), 1);
        QVERIFY(!page->getCacheOnly(42));
    }

    void aFailureIsThrownWhereTheCacheSaysSo()
    {
        const auto clock = std::make_shared<ManualClock>();
        Cache cache(std::make_shared<MemoryBackend>(clock), {.raiseException = true},
                    {.clock = clock});
        const CachedFunction page(
            cache, "app.get_page", parameters("user_id"_p),
            [](int id) -> int {
                if (id == 42)
                    throw std::runtime_error("no database");
                return id;
            },
            {.key = InlineKeyConstructor({{"user", ArgsKeyField("user_id").partition()}}),
             .rules = {rule("id", true)}});
        QVERIFY_THROWS_EXCEPTION(RulesFailed, cache.saved("auth.User", user(42)));
        cache.saved("auth.User", user(7));
        QCOMPARE(page.getCacheOnly(7), std::optional(7));
    }

    void anAsynchronousFunctionIsRewarmedWithoutWaiting()
    {
        CachedWorld world;
        QPromise<int> promise;
        promise.start();
        QSemaphore began;
        const AsyncCachedFunction page(
            world.cache, "app.get_page", parameters("user_id"_p),
            [&](int) {
                began.release();
                return promise.future();
            },
            {.key = InlineKeyConstructor({{"user", ArgsKeyField("user_id").partition()}}),
             .rules = {rule("id", true)}});
        auto done = world.cache.saved("auth.User", user(42));
        began.acquire();
        QVERIFY(!done.isFinished());
        promise.addResult(5);
        promise.finish();
        done.waitForFinished();
        QCOMPARE(page.getCacheOnlyAsync(42).result(), std::optional(5));
    }

    void anAsynchronousFunctionThatFailsHasDeletedAndIsReported()
    {
        CachedWorld world;
        const auto log = std::make_shared<EventLog>();
        const Subscription observing = world.cache.observe(log);
        std::atomic<bool> fails = false;
        const AsyncCachedFunction page(
            world.cache, "app.get_page", parameters("user_id"_p),
            [&](int id) {
                return fails ? QtFuture::makeExceptionalFuture<int>(
                           std::make_exception_ptr(std::runtime_error("no database")))
                             : QtFuture::makeReadyFuture(id);
            },
            {.key = InlineKeyConstructor({{"user", ArgsKeyField("user_id").partition()}}),
             .rules = {rule("id", true)}});
        QCOMPARE(page(42).result(), 42);
        fails = true;
        world.cache.saved("auth.User", user(42)).waitForFinished();
        QVERIFY(!page.getCacheOnlyAsync(42).result());
        QCOMPARE(log->ruleFailures().size(), size_t(1));
    }

    void aJobOutlivesItsFunction()
    {
        PageWorld world;
        const auto held = std::make_shared<HeldDispatcher>();
        std::vector<InvalidationRule> rules{rule(), rule("id", true)};
        for (InvalidationRule &each : rules)
            each.ownDispatcher = held;
        auto page = world.function(rules);
        (*page)(42);
        world.cache.saved("auth.User", user(42));
        page.reset();
        const RuleFailures failures = held->runAll();
        QCOMPARE(failures.size(), size_t(1));
        QCOMPARE(failures[0].error.code, Error::Code::NotFound);
        QCOMPARE(world.runs, 1);
        QVERIFY(!world.function({})->getCacheOnly(42));
    }

    void aFunctionsRulesGoWithIt()
    {
        PageWorld world;
        {
            const auto page = world.function({rule()});
            QCOMPARE(world.cache.rules().models(), std::vector<QByteArray>{"auth.User"});
        }
        QVERIFY(world.cache.rules().models().empty());
        const auto again = world.function({rule()});
        (*again)(42);
        world.cache.saved("auth.User", user(42));
        QVERIFY(!again->getCacheOnly(42));
    }

    void aNameIsFreeWhoeverStillHoldsTheFunction()
    {
        PageWorld world;
        auto page = world.function({rule()});
        const auto held = world.cache.find("app.get_page");
        QVERIFY(held);
        page.reset();
        QVERIFY(!world.cache.find("app.get_page"));
        QVERIFY(world.cache.rules().models().empty());
        const auto again = world.function({rule()});
        QVERIFY(world.cache.find("app.get_page") != held);
        QCOMPARE(world.cache.rules().models(), std::vector<QByteArray>{"auth.User"});
    }

    void theCacheWaitsForItsThreads()
    {
        const auto clock = std::make_shared<ManualClock>();
        const auto backend = std::make_shared<MemoryBackend>(clock);
        QSemaphore began;
        std::atomic<bool> ended = false;
        {
            Cache cache(backend, {}, {.clock = clock});
            InvalidationRule slow;
            slow.model = "auth.User";
            slow.dispatcher = "thread";
            slow.invalidate = [&](const RuleRun &) {
                began.release();
                std::this_thread::yield();
                ended = true;
            };
            const CachedFunction page(cache, "app.get_page", parameters("user_id"_p),
                                      [](int id) { return id; }, {.rules = {slow}});
            cache.saved("auth.User", user(42));
            began.acquire();
        }
        QVERIFY(ended);
    }

    void signalsOfManyThreads()
    {
        PageWorld world;
        const CachedFunction page(
            world.cache, "app.get_double", parameters("user_id"_p), [](int id) { return 2 * id; },
            {.key = InlineKeyConstructor({{"user", ArgsKeyField("user_id").partition()}}),
             .rules = {rule(), rule("id", true)}});
        std::atomic<bool> allRight = true;
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < 4; ++thread)
                threads.emplace_back([&, thread] {
                    for (int i = 0; i < 50; ++i) {
                        allRight = allRight && page(i % 5) == 2 * (i % 5);
                        world.cache.saved("auth.User", user(i % 5));
                        const CachedFunction passing(
                            world.cache, "app.passing" + QByteArray::number(thread),
                            parameters("user_id"_p), [](int id) { return id; },
                            {.rules = {rule()}});
                    }
                });
        }
        QVERIFY(allRight);
        QVERIFY(world.log->ruleFailures().empty());
        QCOMPARE(world.cache.rules().explain(savedUser(1)).size(), size_t(2));
    }

    void impossibleRulesThrowAndLeaveTheNameFree()
    {
        PageWorld world;
        InvalidationRule impossible = rule();
        impossible.fieldMapping = {{"author", "id"}};
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, world.function({impossible}));
        QVERIFY(world.cache.functions().empty());
        QCOMPARE((*world.function({rule()}))(42), 1);
    }

    void whatIsSeldomMeantCanBeRead()
    {
        PageWorld world;
        InvalidationRule wide = rule();
        wide.fieldMapping = {{"page", "id"}};
        auto page = world.function({wide});
        const auto notes = world.cache.ruleNotes();
        QCOMPARE(notes.size(), size_t(1));
        QCOMPARE(notes[0].function, QByteArray("app.get_page"));
        page.reset();
        QVERIFY(world.cache.ruleNotes().empty());
    }
};

QTEST_GUILESS_MAIN(TestCachedRules)
#include "tst_cachedrules.moc"
