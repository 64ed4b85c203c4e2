// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidation/transactionscope.h"

#include <QTest>

#include <stdexcept>
#include <thread>

using namespace Cachelens;

namespace {

Signal saved(const char *model)
{
    Signal signal;
    signal.model = model;
    return signal;
}

} // namespace

class TestTransactionScope : public QObject {
    Q_OBJECT

    using Batches = QList<QByteArrayList>;

    Batches m_delivered;
    SignalOutlet m_outlet{[this](const std::vector<Signal> &batch) {
        QByteArrayList models;
        for (const Signal &signal : batch)
            models += signal.model;
        m_delivered += models;
    }};

    void send(const char *model) { m_outlet.send(saved(model)); }

private Q_SLOTS:
    void init() { m_delivered.clear(); }

    void outsideAScopeASignalGoesAtOnce()
    {
        send("a");
        send("b");
        QCOMPARE(m_delivered, Batches({{"a"}, {"b"}}));
    }

    void aCommitDeliversOneBatchInOrder()
    {
        TransactionScope scope(m_outlet);
        send("a");
        send("b");
        QCOMPARE(m_delivered, Batches());
        QVERIFY(scope.isOpen());
        QVERIFY(scope.commit());
        QVERIFY(!scope.isOpen());
        QCOMPARE(m_delivered, Batches({{"a", "b"}}));
        send("c");
        QCOMPARE(m_delivered, Batches({{"a", "b"}, {"c"}}));
        TransactionScope empty(m_outlet);
        QVERIFY(empty.commit());
        QCOMPARE(m_delivered.size(), 2);
    }

    void theDestructorRollsBack()
    {
        {
            const TransactionScope scope(m_outlet);
            send("a");
        }
        const auto fails = [this] {
            const TransactionScope scope(m_outlet);
            send("b");
            throw std::runtime_error("no such product");
        };
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, fails());
        send("c");
        QCOMPARE(m_delivered, Batches({{"c"}}));
    }

    void scopesNest()
    {
        TransactionScope outer(m_outlet);
        send("a");
        {
            TransactionScope kept(m_outlet);
            QCOMPARE(kept.depth(), 1);
            send("b");
            {
                const TransactionScope dropped(m_outlet);
                QCOMPARE(dropped.depth(), 2);
                send("c");
            }
            send("d");
            QVERIFY(kept.commit());
        }
        send("e");
        QCOMPARE(outer.depth(), 0);
        QCOMPARE(m_delivered, Batches());
        QVERIFY(outer.commit());
        QCOMPARE(m_delivered, Batches({{"a", "b", "d", "e"}}));
    }

    void anOuterRollbackDropsWhatAnInnerOneCommitted()
    {
        {
            const TransactionScope outer(m_outlet);
            TransactionScope inner(m_outlet);
            send("a");
            QVERIFY(inner.commit());
        }
        QCOMPARE(m_delivered, Batches());
    }

    void endsAreRefusedOutOfOrder()
    {
        TransactionScope outer(m_outlet, "shop");
        TransactionScope inner(m_outlet, "shop");
        send("a");
        const auto early = outer.commit();
        QVERIFY(!early);
        QCOMPARE(early.error().code, Error::Code::InvalidInput);
        QCOMPARE(early.error().subject, QByteArray("shop"));
        QVERIFY(outer.isOpen() && inner.isOpen());
        outer.rollback();
        QVERIFY(!inner.isOpen());
        const auto late = inner.commit();
        QVERIFY(!late && late.error().code == Error::Code::InvalidInput);
        send("b");
        QCOMPARE(m_delivered, Batches({{"b"}}));
    }

    void aCommitThatFailsDropsTheSignalsAndSaysSo()
    {
        TransactionScope scope(m_outlet);
        send("a");
        const Error lost{.code = Error::Code::Unreachable,
                         .attempt = "commit",
                         .subject = "shop",
                         .reason = "broken pipe",
                         .maybeDone = true};
        const auto committed = scope.commit([&]() -> Result<void> { return failure(lost); });
        QVERIFY(!committed);
        QCOMPARE(committed.error(), lost);
        QVERIFY(!scope.isOpen());

        TransactionScope thrown(m_outlet);
        send("b");
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, (void)thrown.commit([]() -> Result<void> {
            throw std::runtime_error("the driver gave up");
        }));
        QVERIFY(!thrown.isOpen());
        send("c");
        QCOMPARE(m_delivered, Batches({{"c"}}));
    }

    void theDatabaseCommitsBeforeAnythingGoesOut()
    {
        TransactionScope scope(m_outlet);
        send("a");
        QVERIFY(scope.commit([this]() -> Result<void> {
            send("b");
            return m_delivered.isEmpty() ? Result<void>()
                                         : failure({.attempt = "commit",
                                                    .subject = "shop",
                                                    .reason = "signals went out too early"});
        }));
        QCOMPARE(m_delivered, Batches({{"a", "b"}}));
    }

    void whatADeliverySendsGoesAtOnce()
    {
        QByteArrayList order;
        const SignalOutlet *self = nullptr;
        const SignalOutlet outlet([&](const std::vector<Signal> &batch) {
            order += batch.front().model;
            if (batch.front().model == "a")
                self->send(saved("b"));
        });
        self = &outlet;
        TransactionScope scope(outlet);
        outlet.send(saved("a"));
        QVERIFY(scope.commit());
        QCOMPARE(order, QByteArrayList({"a", "b"}));
    }

    void aDeliveryThatThrowsLeavesNoScopeOpen()
    {
        bool refuses = true;
        int delivered = 0;
        const SignalOutlet outlet([&](const std::vector<Signal> &) {
            if (refuses)
                throw std::runtime_error("the queue is away");
            ++delivered;
        });
        TransactionScope scope(outlet);
        outlet.send(saved("a"));
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, (void)scope.commit());
        refuses = false;
        outlet.send(saved("b"));
        QCOMPARE(delivered, 1);
    }

    void twoDatabasesDoNotWaitForEachOther()
    {
        TransactionScope orders(m_outlet, "orders");
        send("a");
        {
            TransactionScope audit(m_outlet, "audit");
            QCOMPARE(audit.depth(), 0);
            send("b");
            QVERIFY(audit.commit());
        }
        QCOMPARE(m_delivered, Batches({{"b"}}));
        orders.rollback();
        QCOMPARE(m_delivered, Batches({{"b"}}));
    }

    void outletsAreIndependent()
    {
        int others = 0;
        const SignalOutlet other([&others](const std::vector<Signal> &) { ++others; });
        const TransactionScope scope(m_outlet);
        other.send(saved("a"));
        QCOMPARE(others, 1);
    }

    void aThreadHoldsOnlyItsOwn()
    {
        TransactionScope scope(m_outlet);
        send("a");
        std::thread([this] {
            send("b");
            TransactionScope its(m_outlet);
            QCOMPARE(its.depth(), 0);
            send("c");
        }).join();
        QCOMPARE(m_delivered, Batches({{"b"}}));
        QVERIFY(scope.commit());
        QCOMPARE(m_delivered, Batches({{"b"}, {"a"}}));
    }

    void aScopeCanBeMoved()
    {
        TransactionScope first(m_outlet);
        send("a");
        TransactionScope second(std::move(first));
        send("b");
        QVERIFY(second.commit());
        QCOMPARE(m_delivered, Batches({{"a", "b"}}));
    }
};

QTEST_APPLESS_MAIN(TestTransactionScope)
#include "tst_transactionscope.moc"
