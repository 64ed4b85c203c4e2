// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/arguments.h"
#include "app/commandline/commandline.h"
#include "app/commandline/deletionrun.h"
#include "app/commandline/entryreport.h"
#include "app/commandline/linebatch.h"
#include "app/connections/cacheaccess.h"
#include "core/invalidation/ruleregistry.h"
#include "core/value/valuejson.h"

#include <set>
#include <stdexcept>

namespace Cachelens {

namespace {

using Action = RuleVerdict::Action;

/// Takes in the rules of a function that came from outside, where a mistake is an answer.
Result<std::vector<RuleRegistry::Note>> take(RuleRegistry &registry,
                                             const CatalogFunction &function)
{
    if (!function.impossibleRules.empty())
        return failure(function.impossibleRules.front());
    try {
        return registry.add(function.keyed, function.rules);
    } catch (const std::invalid_argument &wrong) { // an id that another rule has
        return failure({Error::Code::InvalidInput, "use the rules of", function.keyed.id,
                        wrong.what(), false});
    }
}

QByteArray json(const Value &value)
{
    return valueToJson(value).json;
}

QByteArray actionName(Action action)
{
    switch (action) {
    case Action::DeleteByPrefix:
        return "delete_by_prefix";
    case Action::Refresh:
        return "refresh";
    case Action::Custom:
        return "invalidator";
    }
    return {};
}

/// What the batch answers of one rule.
ValueMap answerOf(const RuleVerdict &verdict)
{
    ValueMap object;
    append(object, "function", Value::string(verdict.function));
    append(object, "runs", Value(verdict.runs()));
    if (verdict.stoppedBy) {
        append(object, "skipped_by", Value::string(gateName(*verdict.stoppedBy)));
        return object;
    }
    ValueMap kwargs;
    for (const auto &[name, value] : verdict.arguments)
        kwargs.emplace_back(Value::string(name), value);
    append(object, "kwargs", Value::map(std::move(kwargs)));
    append(object, "action", Value::string(actionName(verdict.action)));
    append(object, "prefix",
           verdict.prefixes.empty() ? Value() : Value::string(verdict.prefixes.front()));
    append(object, "key", verdict.key.isEmpty() ? Value() : Value::string(verdict.key));
    return object;
}

Value comparisonValue(const RuleComparison &compared)
{
    ValueMap object;
    if (!compared.attribute.isEmpty())
        append(object, "attribute", Value::string(compared.attribute));
    if (!compared.parameter.isEmpty())
        append(object, "parameter", Value::string(compared.parameter));
    append(object, compared.negated ? "not_wanted" : "wanted", compared.wanted);
    if (compared.found)
        append(object, "found", *compared.found);
    return Value::map(std::move(object));
}

/// Why a rule does nothing, as half a sentence.
QByteArray whyNot(RuleGate gate, const RuleComparison &compared)
{
    const QByteArray found = compared.found ? json(*compared.found) : "no such attribute";
    switch (gate) {
    case RuleGate::TriggerOnCreate:
        return "the row was created";
    case RuleGate::WatchFields:
        return "it watches " + json(compared.wanted) + ", and " + found + " was written";
    case RuleGate::InvalidateWhen:
        return compared.attribute + " is " + found + ", and must "
            + (compared.negated ? "not " : "") + "be " + json(compared.wanted);
    case RuleGate::RequireArgs:
        return compared.parameter + " is taken from " + compared.attribute + ", and that is "
            + found;
    }
    return {};
}

// --- one line of a batch

Result<QByteArray> answer(const QByteArray &line)
{
    static const QByteArray subject = "the case";
    const auto request = valueFromJson(line, subject);
    if (!request)
        return failure(request.error());
    const auto missing = [](const char *member) {
        return failure({Error::Code::InvalidInput, "read", subject,
                        "it has no member '" + QByteArray(member) + '\'', false});
    };
    const Value *functions = request->find("functions");
    if (!functions || !functions->isSequence())
        return missing("functions");
    const Value *described = request->find("signal");
    if (!described)
        return missing("signal");
    RuleRegistry registry;
    QSet<QByteArray> ids;
    for (const Value &item : functions->items()) {
        const auto function = Catalog::functionFromJson(json(item), "functions");
        if (!function)
            return failure(function.error());
        if (ids.contains(function->keyed.id))
            return failure({Error::Code::InvalidInput, "read", subject,
                            "function '" + function->keyed.id + "' stands twice", false});
        ids.insert(function->keyed.id);
        if (auto taken = take(registry, *function); !taken)
            return failure(taken.error());
    }
    const auto signal = signalFromJson(json(*described), "signal");
    if (!signal)
        return failure(signal.error());
    ValueList answers;
    for (const RuleVerdict &verdict : registry.explain(*signal))
        answers.push_back(Value::map(answerOf(verdict)));
    return json(Value::list(std::move(answers)));
}

// --- one signal

/// The keys in a cache that begin with one prefix.
struct Reached {
    QByteArray prefix; ///< as the server has it
    DeletionPlan plan;
};

class Simulation {
public:
    Simulation(const RuleRegistry &registry, Signal signal, QByteArray keyPrefix, Console &console)
        : m_verdicts(registry.explain(signal)), m_signal(std::move(signal)),
          m_keyPrefix(std::move(keyPrefix)), m_console(console)
    {
    }

    /// Which keys each rule that runs would take.
    Result<void> look(Session &session)
    {
        m_looked = true;
        for (const RuleVerdict &verdict : m_verdicts) {
            std::vector<Reached> reached;
            for (const QByteArray &prefix : verdict.prefixes) {
                const QByteArray literal = redisKey(m_keyPrefix, verdict.version, prefix);
                auto plan
                    = session.planDeletion({.title = literal, .prefixes = {literal}}).result();
                if (!plan)
                    return failure(std::move(plan.error()));
                m_keys.insert(plan->keys->begin(), plan->keys->end());
                reached.push_back({literal, std::move(*plan)});
            }
            m_reached.push_back(std::move(reached));
        }
        return {};
    }

    /// All keys that go, each once.
    [[nodiscard]] DeletionTarget target() const
    {
        return {.title = "what " + m_signal.model + " reaches",
                .keys = {m_keys.begin(), m_keys.end()}};
    }

    void tellJson(const std::vector<RuleRegistry::Note> &notes)
    {
        for (std::size_t i = 0; i < m_verdicts.size(); ++i) {
            const RuleVerdict &verdict = m_verdicts[i];
            ValueMap object = answerOf(verdict);
            append(object, "rule", Value::string(verdict.rule));
            if (verdict.stoppedBy)
                append(object, "compared", comparisonValue(*verdict.compared));
            if (verdict.problem)
                append(object, "problem", bytesValue(verdict.problem->message()));
            if (verdict.runs())
                append(object, "whole_function", Value(verdict.wholeFunction));
            for (const RuleRegistry::Note &note : notes) {
                if (note.rule == verdict.rule)
                    append(object, "note", Value::string(note.text));
            }
            if (m_looked && verdict.runs())
                append(object, "reached", reachedValue(m_reached[i]));
            m_console.writeLine(toJsonLine(std::move(object)));
        }
    }

    void tellText(const std::vector<RuleRegistry::Note> &notes)
    {
        if (m_verdicts.empty())
            m_console.writeLine("No rule watches " + m_signal.model + '.');
        for (std::size_t i = 0; i < m_verdicts.size(); ++i) {
            const RuleVerdict &verdict = m_verdicts[i];
            if (verdict.stoppedBy) {
                m_console.writeLine("skipped  " + verdict.rule + " at "
                                    + gateName(*verdict.stoppedBy) + ": "
                                    + whyNot(*verdict.stoppedBy, *verdict.compared));
                continue;
            }
            m_console.writeLine("runs     " + verdict.rule + ": " + actionText(verdict));
            for (const RuleRegistry::Note &note : notes) {
                if (note.rule == verdict.rule)
                    m_console.writeLine("         " + note.text);
            }
            if (m_looked) {
                for (const Reached &reached : m_reached[i])
                    tellReached(reached);
            } else {
                for (const QByteArray &prefix : verdict.prefixes)
                    m_console.writeLine(
                        "         " + readableKey(redisKey(m_keyPrefix, verdict.version, prefix))
                        + '*');
            }
        }
    }

private:
    static QByteArray actionText(const RuleVerdict &verdict)
    {
        if (verdict.problem)
            return verdict.problem->message();
        switch (verdict.action) {
        case Action::DeleteByPrefix:
            return verdict.ofOldValues ? "deletes by prefix, for the old values alone"
                                       : "deletes by prefix";
        case Action::Refresh:
            return "deletes by prefix, then the service refreshes " + verdict.key
                + "; from here it is a deletion only";
        case Action::Custom:
            return "calls an invalidator of the service, and what that does is not known here";
        }
        return {};
    }

    void tellReached(const Reached &reached)
    {
        m_console.writeLine("         " + readableKey(reached.prefix) + "*  "
                            + countedKeys(reached.plan.count()) + ", about "
                            + QByteArray::number(reached.plan.bytes) + " bytes");
        for (const QByteArray &key : reached.plan.sample)
            m_console.writeLine("           " + readableKey(key));
        if (static_cast<qsizetype>(reached.plan.sample.size()) < reached.plan.count())
            m_console.writeLine("           ...");
    }

    static Value reachedValue(const std::vector<Reached> &all)
    {
        ValueList prefixes;
        for (const Reached &reached : all) {
            ValueList sample;
            for (const QByteArray &key : reached.plan.sample) {
                ValueMap object;
                appendKey(object, key);
                sample.push_back(Value::map(std::move(object)));
            }
            ValueMap object;
            append(object, "prefix", bytesValue(reached.prefix));
            append(object, "keys", Value(static_cast<qint64>(reached.plan.count())));
            append(object, "bytes", Value(reached.plan.bytes));
            append(object, "sample", Value::list(std::move(sample)));
            prefixes.push_back(Value::map(std::move(object)));
        }
        return Value::list(std::move(prefixes));
    }

    const std::vector<RuleVerdict> m_verdicts;
    const Signal m_signal;
    const QByteArray m_keyPrefix;
    Console &m_console;
    bool m_looked = false;
    std::vector<std::vector<Reached>> m_reached; // a verdict each
    std::set<QByteArray> m_keys;
};

int simulate(const Arguments &arguments, const RuleRegistry &registry,
             const std::vector<RuleRegistry::Note> &notes, Signal signal, Console &console)
{
    const bool asJson = arguments.isSet("json");
    const auto tell = [&](Simulation &simulation) {
        if (asJson)
            simulation.tellJson(notes);
        else
            simulation.tellText(notes);
    };
    Simulation simulation(registry, std::move(signal), arguments.value("key-prefix").value_or(""),
                          console);
    const auto at = arguments.at(0);
    if (!at) {
        tell(simulation);
        return console.finish();
    }
    const auto url = BackendUrl::parse(*at);
    if (!url)
        return arguments.wrong(url.error().message(), console);
    const auto clock = std::make_shared<SystemClock>();
    const OpenedCache cache = openCache(withPasswordFromEnvironment(*url), clock);
    SessionOptions options;
    options.undoBudget = 0; // the program ends with the deletion: nothing could be undone
    Session session(cache.backend, clock, options);
    if (const auto looked = simulation.look(session); !looked) {
        console.error(looked.error().message());
        return Failed;
    }
    tell(simulation);
    if (!arguments.isSet("apply"))
        return console.finish();
    return DeletionRun(session, {false, arguments.isSet("yes"), asJson}, console)
        .run(simulation.target());
}

} // namespace

int runSimulate(const QList<QByteArray> &given, Console &console)
{
    Arguments arguments("simulate",
                        "Tells what a signal would do: which rules run, why the others do not, "
                        "and with a URL which keys go. Changes nothing unless --apply is given.");
    arguments.listOption("catalog", "FILE", "What is known of the functions; may be repeated.");
    arguments.option("signal", "JSON",
                     "The signal, as docs/wire-format.md has it; - is standard input.");
    arguments.option("key-prefix", "P", "The KEY_PREFIX of the cache client; none by default.");
    arguments.flag("apply", "Deletes the keys that it shows. Asks unless --yes is given.");
    arguments.flag("yes", "Does not ask.");
    arguments.flag("json", "One JSON object a line.");
    arguments.flag("batch",
                   "Answers a case a line on standard input, as an object with the members "
                   "functions and signal, with a line of JSON each; a line that makes no sense is "
                   "answered {\"error\": why}.");
    arguments.positional("URL", "Where the cache is, as for 'cachelens keys'.", false);
    if (const auto end = arguments.parse(given, console))
        return *end;

    if (arguments.isSet("batch")) {
        for (const char *other : {"catalog", "signal", "apply"}) {
            if (arguments.isSet(other))
                return arguments.wrong("--batch goes without --" + QByteArray(other) + '.',
                                       console);
        }
        return answerLines(console, answer);
    }
    if (!arguments.isSet("signal"))
        return arguments.wrong("Missing option --signal.", console);
    const auto url
        = arguments.at(0) ? BackendUrl::parse(*arguments.at(0)) : Result<BackendUrl>(BackendUrl());
    if (!url)
        return arguments.wrong(url.error().message(), console);
    const bool demo = arguments.at(0) && url->scheme == BackendUrl::Scheme::Memory;
    if (!arguments.isSet("catalog") && !demo)
        return arguments.wrong("Missing option --catalog.", console);
    if (arguments.isSet("apply") && !arguments.at(0))
        return arguments.wrong("--apply needs the URL of a cache.", console);
    if (arguments.isSet("apply") && !arguments.isSet("yes") && !console.isInteractive())
        return arguments.wrong("Nobody can be asked here: say --yes, or leave --apply away.",
                               console);

    QByteArray text = *arguments.value("signal");
    if (text == "-") {
        text.clear();
        while (const auto line = console.readLine())
            text += *line + '\n';
    }
    auto signal = signalFromJson(text, "--signal");
    if (!signal)
        return arguments.wrong(signal.error().message(), console);
    const auto catalog = loadCatalogs(arguments.values("catalog"), *url);
    if (!catalog) {
        console.error(catalog.error().message());
        return Failed;
    }
    RuleRegistry registry;
    std::vector<RuleRegistry::Note> notes;
    for (const CatalogFunction &function : catalog->functions()) {
        auto taken = take(registry, function);
        if (!taken) {
            console.error(taken.error().message());
            return Failed;
        }
        notes.insert(notes.end(), taken->begin(), taken->end());
    }
    return simulate(arguments, registry, notes, std::move(*signal), console);
}

} // namespace Cachelens
