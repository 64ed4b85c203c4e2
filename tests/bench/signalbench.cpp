// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidation/ruleengine.h"
#include "core/keyspace/prefixkeys.h"
#include "tests/bench/figures.h"
#include "tests/core/invalidation/ruleworld.h"

#include <QElapsedTimer>

#include <cstdio>
#include <stdexcept>
#include <string>

// What a signal costs before anything is removed: 1,000 rules of its model, of which 10 run; and
// what it costs to tell which of a million scanned keys it would remove.

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

constexpr int Rules = 1000;
constexpr int Running = 10;
constexpr int Rounds = 9;
constexpr int Signals = 500; ///< a round

KeyedFunction function(int number)
{
    return pageFunction("get_" + QByteArray::number(number));
}

InvalidationRule rule(int number)
{
    InvalidationRule rule;
    rule.model = "shop.Order";
    rule.fieldMapping = {{"user_id", "user.id"}};
    rule.invalidateWhen = {{"state", false, Value(number % (Rules / Running))}};
    return rule;
}

/// Microseconds a signal.
template <typename Evaluate> double timed(const Evaluate &evaluate)
{
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < Signals; ++i) {
        if (evaluate() != Running)
            throw std::runtime_error("another number of rules ran");
    }
    return milliseconds(timer) * 1000 / Signals;
}

/// Does nothing.
class NoTarget final : public RuleTarget {
public:
    QFuture<Result<void>> deleteByPrefix(const RuleRun &) override
    {
        return QtFuture::makeReadyFuture(Result<void>());
    }
    QFuture<Result<void>> refresh(const RuleRun &) override
    {
        return QtFuture::makeReadyFuture(Result<void>());
    }
};

/// A million keys of the functions, each user's in three pages.
std::unique_ptr<KeyIndex> scannedKeys()
{
    constexpr int keys = 1'000'000;
    constexpr int slice = 1000;
    std::vector<KeyedFunction> functions;
    for (int i = 0; i < Rules; ++i)
        functions.push_back(function(i));
    auto index
        = std::make_unique<KeyIndex>(std::make_shared<const KeyReader>(std::move(functions)));
    std::vector<std::string> texts(slice);
    std::vector<std::string_view> views(slice);
    for (int i = 0; i < keys; i += slice) {
        for (int j = 0; j < slice; ++j) {
            texts[size_t(j)] = ":1:app.get_" + std::to_string(j) + "::user_id:"
                + std::to_string(i / slice / 3) + "::page:" + std::to_string(i / slice % 3);
            views[size_t(j)] = texts[size_t(j)];
        }
        index->add(views);
    }
    return index;
}

/// Milliseconds until it is known which keys the signal would remove.
double explained(const RuleRegistry &registry, const Signal &signal, const KeyIndex &index)
{
    QElapsedTimer timer;
    timer.start();
    std::vector<VersionedPrefix> prefixes;
    for (const RuleVerdict &verdict : registry.explain(signal)) {
        for (const QByteArray &prefix : verdict.prefixes)
            prefixes.push_back({verdict.version, prefix, {}});
    }
    qsizetype keys = 0;
    for (const PrefixKeys &found : keysUnder(index, prefixes, 500, [] { return false; }))
        keys += found.count;
    if (keys != Running * 3)
        throw std::runtime_error("another number of keys would go");
    return milliseconds(timer);
}

void measure()
{
    RuleRegistry registry;
    const auto engine
        = std::make_shared<RuleEngine>(std::make_shared<NoTarget>(), RuleEngineOptions());
    std::vector<Subscription> registrations;
    std::vector<KeyBuilder> builders;
    for (int i = 0; i < Rules; ++i) {
        (void)registry.add(function(i), {rule(i)});
        registrations.push_back(engine->add(function(i), {rule(i)}).registration);
        builders.emplace_back(function(i));
    }
    Signal signal;
    signal.model = "shop.Order";
    signal.instance
        = attributes({{"id", Value(7)},
                      {"state", Value(3)},
                      {"user", attributes({{"id", Value(42)}, {"name", Value::string("Ada")}})}});

    const auto evaluate = [&] {
        int runs = 0;
        for (const auto &each : registry.rulesOf(signal.model)) {
            if (!each->stoppedBy(signal, nullptr))
                runs += each->consequence(signal).prefixes.size() == 1;
        }
        return runs;
    };
    // The same conditions compared and the same prefixes written, without rules.
    const auto bare = [&] {
        int runs = 0;
        for (int i = 0; i < Rules; ++i) {
            const Value wanted(i % (Rules / Running));
            if (const Value *state = signal.instance.find("state"); !state || *state != wanted)
                continue;
            const Value user = *signal.instance.find("user")->find("id");
            runs += bool(builders[size_t(i)].partialPrefix({{}, {{"user_id", user}}}));
        }
        return runs;
    };
    const auto send = [&] {
        (void)engine->send({signal});
        return Running;
    };
    std::vector<double> evaluated;
    std::vector<double> bares;
    std::vector<double> sent;
    for (int round = 0; round < Rounds; ++round) {
        evaluated.push_back(timed(evaluate));
        bares.push_back(timed(bare));
        sent.push_back(timed(send));
    }
    const auto index = scannedKeys();
    std::vector<double> explanations;
    for (int round = 0; round < Rounds; ++round)
        explanations.push_back(explained(registry, signal, *index));
    tell({"signal, 10 of 1,000 rules run: evaluated", "us", median(evaluated), 0, 100});
    tell({"  against its comparisons and prefixes", "us", median(evaluated), median(bares), 0});
    tell({"  sent inline to a target that does nothing", "us", median(sent), median(bares), 0});
    tell({"explained over a million scanned keys", "ms", median(explanations), 0, 50});
}

} // namespace

int main()
{
    try {
        measure();
    } catch (const std::exception &exception) {
        std::fprintf(stderr, "signalbench: %s\n", exception.what());
        return 1;
    }
}
