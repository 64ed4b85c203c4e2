// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/catalog.h"
#include "core/invalidation/ruleengine.h"
#include "core/value/valuejson.h"

#include <QFile>
#include <QTest>

using namespace Cachelens;

namespace {

QByteArray json(const Value &value)
{
    return valueToJson(value).json;
}

/// A verdict as the vectors write it.
Value asExpected(const RuleVerdict &verdict)
{
    ValueMap members{{Value::string("function"), Value::string(verdict.function)},
                     {Value::string("runs"), Value(verdict.runs())}};
    const auto add = [&members](const char *name, Value value) {
        members.emplace_back(Value::string(name), std::move(value));
    };
    if (verdict.stoppedBy) {
        add("skipped_by", Value::string(gateName(*verdict.stoppedBy)));
        return Value::map(std::move(members));
    }
    ValueMap kwargs;
    for (const auto &[name, value] : verdict.arguments)
        kwargs.emplace_back(Value::string(name), value);
    add("kwargs", Value::map(std::move(kwargs)));
    add("action",
        Value::string(verdict.action == RuleVerdict::Action::Refresh ? "refresh"
                                                                     : "delete_by_prefix"));
    add("prefix", Value::string(verdict.prefixes.empty() ? QByteArray() : verdict.prefixes[0]));
    add("key", Value::string(verdict.key));
    return Value::map(std::move(members));
}

/// Notes of which functions the rules run.
class Ran final : public RuleTarget {
public:
    QFuture<Result<void>> deleteByPrefix(const RuleRun &run) override
    {
        functions.push_back(run.function);
        return QtFuture::makeReadyFuture(Result<void>());
    }
    QFuture<Result<void>> refresh(const RuleRun &) override
    {
        return QtFuture::makeReadyFuture(Result<void>());
    }

    std::vector<QByteArray> functions;
};

} // namespace

/// What the real library did, and where it contradicts its own documentation, what that says.
class TestSignalVectors : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyRuleDecidesAsInTheVector_data()
    {
        QTest::addColumn<Value>("vector");
        QFile file(QStringLiteral(CACHELENS_TEST_DATA "/signal-vectors.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto all = valueFromJson(file.readAll(), "signal-vectors.json");
        QVERIFY2(all, all ? "" : all.error().message().constData());
        int number = 0;
        for (const Value &vector : all->find("vectors")->items())
            QTest::addRow("%d", number++) << vector;
        QCOMPARE(number, 200);
    }

    void everyRuleDecidesAsInTheVector()
    {
        QFETCH(Value, vector);
        const auto ran = std::make_shared<Ran>();
        const auto engine = std::make_shared<RuleEngine>(ran, RuleEngineOptions());
        std::vector<Subscription> registrations;
        for (const Value &item : vector.find("functions")->items()) {
            const auto function = Catalog::functionFromJson(json(item), "the vector");
            QVERIFY2(function, function ? "" : function.error().message().constData());
            registrations.push_back(engine->add(function->keyed, function->rules).registration);
        }
        const auto signal = signalFromJson(json(*vector.find("signal")), "the vector");
        QVERIFY2(signal, signal ? "" : signal.error().message().constData());

        const auto verdicts = engine->explain(*signal);
        const ValueList &expected = vector.find("expect")->items();
        QCOMPARE(verdicts.size(), expected.size());
        engine->send({*signal});
        std::vector<QByteArray> wouldRun;
        for (std::size_t i = 0; i < verdicts.size(); ++i) {
            QCOMPARE(json(asExpected(verdicts[i])), json(expected[i]));
            if (verdicts[i].runs())
                wouldRun.push_back(verdicts[i].function);
        }
        QCOMPARE(ran->functions, wouldRun);
    }
};

QTEST_GUILESS_MAIN(TestSignalVectors)
#include "tst_signalvectors.moc"
