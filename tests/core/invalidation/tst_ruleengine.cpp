// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/invalidation/ruleworld.h"

#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

InvalidationRule custom(Invalidator invalidator)
{
    InvalidationRule rule = byUser();
    rule.fieldMapping.clear();
    rule.invalidate = std::move(invalidator);
    return rule;
}

/// Removes nothing, and throws.
InvalidationRule failing()
{
    return custom([](const RuleRun &) { throw std::runtime_error("no mail server"); });
}

Signal savedBook(Value instance)
{
    Signal signal;
    signal.model = "auth.User";
    signal.instance = std::move(instance);
    return signal;
}

} // namespace

Q_DECLARE_METATYPE(Cachelens::InvalidationRule)
Q_DECLARE_METATYPE(Cachelens::Signal)

class TestRuleEngine : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eachGateDecidesWhetherAnythingIsDone_data()
    {
        QTest::addColumn<InvalidationRule>("rule");
        QTest::addColumn<Signal>("passes");
        QTest::addColumn<Signal>("stops");

        Signal created = savedUser();
        created.created = true;
        InvalidationRule rule = byUser();
        QTest::newRow("trigger_on_create") << rule << savedUser() << created;

        Signal name = savedUser();
        name.updateFields = {{"name"}};
        Signal mail = savedUser();
        mail.updateFields = {{"mail"}};
        rule.watchFields = {"mail"};
        QTest::newRow("watch_fields") << rule << mail << name;

        rule = byUser();
        rule.invalidateWhen = {{"active", false, Value(true)}};
        const Signal active = savedBook(attributes({{"id", Value(42)}, {"active", Value(true)}}));
        QTest::newRow("invalidate_when") << rule << active << savedUser();

        rule.invalidateWhen = {{"active", true, Value(true)}};
        QTest::newRow("invalidate_when !") << rule << savedUser() << active;

        QTest::newRow("require_args") << byUser() << savedUser() << savedBook(attributes({}));
    }
    void eachGateDecidesWhetherAnythingIsDone()
    {
        QFETCH(InvalidationRule, rule);
        QFETCH(Signal, passes);
        QFETCH(Signal, stops);
        RuleWorld world;
        world.add({rule});
        world.engine->send({stops});
        QCOMPARE(world.target->done(), std::vector<QByteArray>());
        world.engine->send({passes});
        QCOMPARE(world.target->done().size(), size_t(1));
    }

    void theOldValuesEntriesGoToo()
    {
        RuleWorld world;
        world.add({byUser()});
        Signal signal = savedUser(42);
        signal.oldValues = attributes({{"id", Value(41)}});
        world.engine->send({signal});
        QCOMPARE(world.target->done().size(), size_t(2));
        QVERIFY(world.target->done()[0].contains("42"));
        QVERIFY(world.target->done()[1].contains("41"));
    }

    void aSignalOfAnotherModelDoesNothing()
    {
        RuleWorld world;
        world.add({byUser()});
        Signal signal = savedUser();
        signal.model = "shop.Book";
        QVERIFY(world.engine->send({signal}).isFinished());
        QCOMPARE(world.target->done(), std::vector<QByteArray>());
    }

    void rewarmDropsThePartitionFirst()
    {
        RuleWorld world;
        InvalidationRule rule = byUser();
        rule.rewarm = true;
        world.add({rule});
        world.engine->send({savedUser()});
        const auto done = world.target->done();
        QCOMPARE(done.size(), size_t(2));
        QVERIFY(done[0].startsWith("delete "));
        QCOMPARE(done[1], QByteArray("refresh app.get_page"));
    }

    void aRewarmThatFailsHasDeletedAndSaysSo()
    {
        RuleWorld world;
        InvalidationRule rule = byUser();
        rule.rewarm = true;
        world.add({rule});
        world.target->throwing = true;
        world.engine->send({savedUser()});
        QVERIFY(world.target->done().front().startsWith("delete "));
        QCOMPARE(world.reported.size(), size_t(1));
        QVERIFY(world.reported[0].error.reason.contains("no database"));
        QVERIFY(world.reported[0].thrown);
    }

    void aRefreshGoesOnThoughNothingCouldBeRemoved()
    {
        RuleWorld world;
        InvalidationRule rule = byUser();
        rule.rewarm = true;
        world.add({rule});
        world.target->failing = {"app.get_page"};
        world.engine->send({savedUser()});
        QCOMPARE(world.target->done().back(), QByteArray("refresh app.get_page"));
        QCOMPARE(world.reported.size(), size_t(1));
        QCOMPARE(world.reported[0].error.code, Error::Code::Unsupported);
    }

    void whatAnswersLaterIsNotWaitedForAndNotThrown()
    {
        RuleWorld world(true);
        InvalidationRule rule = byUser();
        rule.rewarm = true;
        world.add({rule});
        world.target->later = std::make_shared<QPromise<Result<void>>>();
        world.target->later->start();
        const auto done = world.engine->send({savedUser()});
        QVERIFY(!done.isFinished());
        world.target->later->setException(std::make_exception_ptr(std::runtime_error("too late")));
        world.target->later->finish();
        QVERIFY(done.isFinished());
        QCOMPARE(world.reported.size(), size_t(1));
        QVERIFY(world.reported[0].error.reason.contains("too late"));
    }

    void aFutureThatIsGivenUpIsAFailure()
    {
        RuleWorld world;
        InvalidationRule rule = byUser();
        rule.rewarm = true;
        world.add({rule});
        world.target->later = std::make_shared<QPromise<Result<void>>>();
        world.target->later->start();
        const auto done = world.engine->send({savedUser()});
        world.target->later.reset();
        QVERIFY(done.isFinished());
        QCOMPARE(world.reported.size(), size_t(1));
    }

    void anErrorInOneRuleStopsNoOther()
    {
        for (const bool batch : {false, true}) {
            RuleWorld world(true);
            std::vector<InvalidationRule> rules{failing(), byUser()};
            for (InvalidationRule &rule : rules)
                rule.batch = batch;
            world.add(rules);
            QVERIFY_THROWS_EXCEPTION(RulesFailed, world.engine->send({savedUser()}));
            QCOMPARE(world.target->done().size(), size_t(1));
        }
    }

    void allThatRaisesIsThrownTogether()
    {
        RuleWorld world(true);
        InvalidationRule quiet = failing();
        quiet.raiseException = false;
        world.add({failing(), quiet, failing()});
        try {
            world.engine->send({savedUser()});
            QFAIL("nothing was thrown");
        } catch (const RulesFailed &failed) {
            QCOMPARE(failed.failures().size(), size_t(2));
            QCOMPARE(failed.failures()[0].rule, QByteArray("app.get_page/auth.User"));
            QCOMPARE(failed.failures()[1].rule, QByteArray("app.get_page/auth.User#3"));
            QVERIFY(QByteArray(failed.what()).contains("no mail server"));
        }
        QCOMPARE(world.reported.size(), size_t(1));
        QCOMPARE(world.reported[0].rule, QByteArray("app.get_page/auth.User#2"));
    }

    void theRuleDecidesThenTheDispatcherThenTheCache_data()
    {
        QTest::addColumn<int>("rule"); // -1: does not say
        QTest::addColumn<int>("dispatcher");
        QTest::addColumn<bool>("cache");
        QTest::addColumn<bool>("raises");
        QTest::newRow("nobody") << -1 << -1 << false << false;
        QTest::newRow("the cache") << -1 << -1 << true << true;
        QTest::newRow("the dispatcher") << -1 << 1 << false << true;
        QTest::newRow("the dispatcher, not") << -1 << 0 << true << false;
        QTest::newRow("the rule") << 1 << 0 << false << true;
        QTest::newRow("the rule, not") << 0 << 1 << true << false;
    }
    void theRuleDecidesThenTheDispatcherThenTheCache()
    {
        QFETCH(int, rule);
        QFETCH(int, dispatcher);
        QFETCH(bool, cache);
        QFETCH(bool, raises);
        RuleWorld world(cache);
        InvalidationRule fails = failing();
        if (rule >= 0)
            fails.raiseException = rule == 1;
        if (dispatcher >= 0)
            fails.dispatcherOptions = attributes({{"raise_exception", Value(dispatcher == 1)}});
        world.add({fails});
        bool raised = false;
        try {
            world.engine->send({savedUser()});
        } catch (const RulesFailed &) {
            raised = true;
        }
        QCOMPARE(raised, raises);
        QCOMPARE(world.reported.empty(), raises);
    }

    void whatFailsOnAnotherThreadIsReported()
    {
        RuleWorld world(true);
        InvalidationRule rule = failing();
        rule.dispatcher = "thread";
        world.add({rule});
        world.engine->send({savedUser()}).waitForFinished();
        const QMutexLocker lock(&world.mutex);
        QCOMPARE(world.reported.size(), size_t(1));
    }

    void aDispatcherThatThrowsFailsItsJobOnly()
    {
        RuleWorld world;
        world.held->throwing = true;
        world.held->raises = true;
        world.add({byUser("held"), byUser()});
        QVERIFY_THROWS_EXCEPTION(RulesFailed, world.engine->send({savedUser()}));
        QCOMPARE(world.target->done().size(), size_t(1));
    }

    void anInvalidatorIsToldOfTheSignal()
    {
        RuleWorld world;
        std::vector<Signal> told;
        world.add({custom([&told](const RuleRun &run) { told.push_back(run.signal); })});
        world.engine->send({savedUser(7)});
        QCOMPARE(told, std::vector<Signal>{savedUser(7)});
        QCOMPARE(world.target->done(), std::vector<QByteArray>());
    }

    void anInvalidatorMayAnswerLater()
    {
        RuleWorld world;
        QPromise<int> promise;
        promise.start();
        world.add({custom([&promise](const RuleRun &) { return promise.future(); })});
        const auto done = world.engine->send({savedUser()});
        QVERIFY(!done.isFinished());
        promise.addResult(1);
        promise.finish();
        QVERIFY(done.isFinished());
        QVERIFY(world.reported.empty());
    }

    void anInvalidatorMayBeRegisteredByName()
    {
        RuleWorld world;
        int runs = 0;
        world.engine->invalidators().add("search", [&runs](const RuleRun &) { ++runs; });
        InvalidationRule rule = byUser();
        rule.fieldMapping.clear();
        rule.invalidator = "search";
        world.add({rule});
        world.engine->send({savedUser()});
        QCOMPARE(runs, 1);

        world.engine->invalidators().remove("search");
        world.engine->send({savedUser()});
        QCOMPARE(runs, 1);
        QCOMPARE(world.reported.size(), size_t(1));
        QCOMPARE(world.reported[0].error.code, Error::Code::NotFound);
    }

    void impossibleRulesAreRefusedByName_data()
    {
        QTest::addColumn<InvalidationRule>("rule");
        QTest::addColumn<QByteArray>("why");
        QTest::newRow("dispatcher") << byUser("celery") << QByteArray("celery");
        InvalidationRule rule = byUser();
        rule.dispatcherOptions = attributes({{"threads", Value(4)}});
        QTest::newRow("its options") << rule << QByteArray("threads");
        rule = byUser();
        rule.fieldMapping.clear();
        rule.invalidator = "search";
        QTest::newRow("invalidator") << rule << QByteArray("search");
        rule = failing();
        rule.fieldMapping = byUser().fieldMapping;
        QTest::newRow("invalidator and mapping") << rule << QByteArray("field mapping");
        rule = failing();
        rule.invalidator = "search";
        QTest::newRow("two invalidators") << rule << QByteArray("names another");
    }
    void impossibleRulesAreRefusedByName()
    {
        QFETCH(InvalidationRule, rule);
        QFETCH(QByteArray, why);
        RuleWorld world;
        try {
            world.add({rule});
            QFAIL("it was registered");
        } catch (const std::invalid_argument &refused) {
            QVERIFY(QByteArray(refused.what()).contains("app.get_page/auth.User"));
            QVERIFY2(QByteArray(refused.what()).contains(why), refused.what());
        }
        QVERIFY(world.engine->models().empty());
    }

    void rulesGoWithTheirRegistration()
    {
        RuleWorld world;
        bool ran = false;
        InvalidationRule rule = custom([&ran](const RuleRun &) { ran = true; });
        rule.dispatcher = "held";
        world.add({rule});
        world.engine->send({savedUser()});
        world.registrations.clear();
        QVERIFY(world.engine->models().empty());
        const auto failures = world.held->runner->run(world.held->jobs.front()).result();
        QCOMPARE(failures.size(), size_t(1));
        QCOMPARE(failures[0].error.code, Error::Code::NotFound);
        QVERIFY(!ran);
    }

    void aLateEndOfAnOldRegistrationLeavesTheNewOneAlone()
    {
        RuleWorld world;
        world.add({failing()});
        world.add({failing()});
        world.registrations.erase(world.registrations.begin());
        QCOMPARE(world.engine->models(), std::vector<QByteArray>{"auth.User"});
        world.engine->send({savedUser()});
        QVERIFY(world.reported[0].error.reason.contains("no mail server"));
    }
};

QTEST_GUILESS_MAIN(TestRuleEngine)
#include "tst_ruleengine.moc"
