// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/invalidation/ruleworld.h"

#include <QEventLoop>
#include <QSemaphore>
#include <QTest>
#include <QTimer>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

Value oneOption(const char *name, Value value)
{
    return attributes({{name, std::move(value)}});
}

/// What is removed for user 42.
std::vector<QByteArray> removal(const RuleWorld &world)
{
    return {"delete " + world.engine->explain(savedUser()).back().prefixes.front()};
}

/// Calls `work` within an event loop of this thread, and goes on until it quits.
template <typename Work> void inLoop(const Work &work)
{
    QEventLoop loop;
    QTimer::singleShot(0, &loop, [&] { work(loop); });
    loop.exec();
}

} // namespace

class TestDispatchers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void inlineRunsOnTheSendersThreadBeforeSendingReturns()
    {
        RuleWorld world;
        world.add({byUser("inline")});
        const auto done = world.engine->send({savedUser()});
        QVERIFY(done.isFinished());
        QCOMPARE(world.target->done(), removal(world));
        QCOMPARE(world.target->thread(), QThread::currentThread());
    }

    void threadRunsOnAnotherThread()
    {
        RuleWorld world;
        world.add({byUser("thread")});
        world.engine->send({savedUser()}).waitForFinished();
        QCOMPARE(world.target->done(), removal(world));
        QVERIFY(world.target->thread() != QThread::currentThread());
    }

    void threadDoesWhatItWasGivenBeforeItGoes()
    {
        RuleWorld world;
        QSemaphore go;
        InvalidationRule blocking = byUser("thread");
        blocking.fieldMapping.clear();
        blocking.invalidate = [&go](const RuleRun &) { go.acquire(); };
        blocking.dispatcherOptions = oneOption("threads", Value(1));
        InvalidationRule behind = byUser("thread");
        behind.dispatcherOptions = blocking.dispatcherOptions;
        world.add({blocking, behind});
        const auto expected = removal(world);
        const auto done = world.engine->send({savedUser()});
        QVERIFY(!done.isFinished());
        go.release();
        world.registrations.clear();
        world.engine.reset();
        QVERIFY(done.isFinished());
        QCOMPARE(world.target->done(), expected);
    }

    void eventLoopRunsInALaterTurnOfTheSendersLoop_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("eventloop") << QByteArray("eventloop");
        QTest::newRow("asyncio") << QByteArray("asyncio");
    }
    void eventLoopRunsInALaterTurnOfTheSendersLoop()
    {
        QFETCH(QByteArray, name);
        RuleWorld world;
        world.add({byUser(name)});
        std::vector<QByteArray> before{"not asked"};
        inLoop([&](QEventLoop &loop) {
            world.engine->send({savedUser()}).then([&loop] { loop.quit(); });
            before = world.target->done();
        });
        QCOMPARE(before, std::vector<QByteArray>());
        QCOMPARE(world.target->done(), removal(world));
        QCOMPARE(world.target->thread(), QThread::currentThread());
    }

    void eventLoopRunsInlineWhereNoLoopRuns()
    {
        RuleWorld world;
        world.add({byUser("eventloop")});
        QVERIFY(world.engine->send({savedUser()}).isFinished());
        QCOMPARE(world.target->done(), removal(world));
    }

    void aJobIsDoneThoughTheLoopEndsBeforeItsTurn()
    {
        RuleWorld world;
        world.add({byUser("eventloop")});
        QThread thread;
        QObject there;
        there.moveToThread(&thread);
        thread.start();
        QMetaObject::invokeMethod(&there, [&] {
            world.engine->send({savedUser()});
            thread.quit();
        });
        QVERIFY(thread.wait());
        QCOMPARE(world.target->done(), removal(world));
    }

    void oneOfOnesOwnIsGivenTheJobAsData()
    {
        RuleWorld world;
        world.add({byUser("held")});
        world.engine->send({savedUser()});
        QCOMPARE(world.held->jobs.size(), size_t(1));
        RuleRun expected;
        expected.function = "app.get_page";
        expected.rule = "app.get_page/auth.User";
        expected.arguments = {{"user_id", Value(42)}};
        expected.prefixes = world.engine->explain(savedUser()).front().prefixes;
        expected.functionPrefix = KeyBuilder(pageFunction()).functionPrefix();
        QCOMPARE(world.held->jobs.front(), RuleJob{expected});
        QVERIFY(expected.prefixes.front().startsWith(expected.functionPrefix));
        QCOMPARE(world.target->done(), std::vector<QByteArray>());

        QVERIFY(world.held->runner->run(world.held->jobs.front()).result().empty());
        QCOMPARE(world.target->done(), removal(world));
    }

    void aRuleMayBringItsOwnInstance()
    {
        RuleWorld world;
        InvalidationRule rule = byUser();
        const auto own = std::make_shared<HeldDispatcher>();
        rule.ownDispatcher = own;
        world.add({rule});
        world.engine->send({savedUser()});
        QCOMPARE(own->jobs.size(), size_t(1));
        QCOMPARE(world.held->jobs.size(), size_t(0));
    }

    void oneOptionsHaveOneInstance()
    {
        Dispatchers dispatchers;
        const Value two = oneOption("threads", Value(2));
        const auto first = dispatchers.find("thread", two);
        QVERIFY(first);
        QCOMPARE(*dispatchers.find("thread", oneOption("threads", Value(2))), *first);
        QVERIFY(*dispatchers.find("thread", oneOption("threads", Value(3))) != *first);
        QCOMPARE((*dispatchers.find("inline", oneOption("raise_exception", Value(true))))
                     ->raiseException(),
                 std::optional(true));
    }

    void unknownOptionsAreRefused_data()
    {
        QTest::addColumn<QByteArray>("dispatcher");
        QTest::addColumn<QByteArray>("option");
        QTest::addColumn<bool>("asNumber");
        QTest::newRow("of another") << QByteArray("inline") << QByteArray("threads") << true;
        QTest::newRow("of nobody") << QByteArray("thread") << QByteArray("stack") << true;
        QTest::newRow("of another type") << QByteArray("thread") << QByteArray("threads") << false;
        QTest::newRow("no boolean")
            << QByteArray("eventloop") << QByteArray("raise_exception") << true;
        QTest::newRow("of an instance") << QByteArray("held") << QByteArray("threads") << true;
    }
    void unknownOptionsAreRefused()
    {
        QFETCH(QByteArray, dispatcher);
        QFETCH(QByteArray, option);
        QFETCH(bool, asNumber);
        Dispatchers dispatchers;
        dispatchers.add("held", std::make_shared<HeldDispatcher>());
        const auto found = dispatchers.find(
            dispatcher, oneOption(option.constData(), asNumber ? Value(0) : Value::string("4")));
        QVERIFY(!found);
        QCOMPARE(found.error().code, Error::Code::InvalidInput);
        QCOMPARE(found.error().subject, dispatcher);
    }

    void aNameIsTakenOnce()
    {
        Dispatchers dispatchers;
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument,
                                 dispatchers.add("inline", std::make_shared<HeldDispatcher>()));
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument,
                                 dispatchers.add("", std::make_shared<HeldDispatcher>()));
        QCOMPARE(dispatchers.names(),
                 (std::vector<QByteArray>{"asyncio", "eventloop", "inline", "thread"}));
    }

    void rulesThatBatchGoAsOneJob()
    {
        RuleWorld world;
        InvalidationRule batched = byUser("held");
        batched.batch = true;
        world.add({batched, byUser("held")}, "first");
        world.add({batched}, "second");
        world.engine->send({savedUser(1), savedUser(2)});
        std::vector<QByteArray> jobs;
        for (const RuleJob &job : world.held->jobs) {
            QByteArray text;
            for (const RuleRun &run : job)
                text += run.rule + '=' + QByteArray::number(run.arguments[0].second.toInt()) + ' ';
            jobs.push_back(text);
        }
        QCOMPARE(jobs,
                 (std::vector<QByteArray>{"app.first/auth.User=1 app.second/auth.User=1 "
                                          "app.first/auth.User=2 app.second/auth.User=2 ",
                                          "app.first/auth.User#2=1 ", "app.first/auth.User#2=2 "}));
    }

    void aBatchIsOfOneConfiguration()
    {
        RuleWorld world;
        InvalidationRule batched = byUser();
        batched.batch = true;
        const auto first = std::make_shared<HeldDispatcher>();
        const auto second = std::make_shared<HeldDispatcher>();
        batched.ownDispatcher = first;
        world.add({batched}, "first");
        batched.ownDispatcher = second;
        world.add({batched}, "second");
        world.engine->send({savedUser()});
        QCOMPARE(first->jobs.size(), size_t(1));
        QCOMPARE(second->jobs.size(), size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestDispatchers)
#include "tst_dispatchers.moc"
