// SPDX-License-Identifier: MIT
#include "core/invalidation/ruleengine.h"

#include "core/futures.h"

#include <algorithm>
#include <mutex>

namespace Cachelens {

namespace {

std::string summary(const RuleFailures &failures)
{
    QByteArray text;
    for (const RuleFailure &failure : failures) {
        if (!text.isEmpty())
            text += "; ";
        text += failure.error.message();
    }
    return text.toStdString();
}

RuleRun runOf(const CompiledRule &rule, const Signal &signal, RuleVerdict verdict)
{
    RuleRun run;
    run.function = std::move(verdict.function);
    run.rule = std::move(verdict.rule);
    run.action = verdict.action;
    run.arguments = std::move(verdict.arguments);
    run.prefixes = std::move(verdict.prefixes);
    run.functionPrefix = rule.functionPrefix();
    run.version = verdict.version;
    if (run.action == RuleVerdict::Action::Custom) {
        run.invalidator = rule.rule().invalidator;
        run.signal = signal;
    }
    return run;
}

RuleFailures allFailed(const RuleJob &job, const Error &error, const std::exception_ptr &thrown)
{
    RuleFailures failures;
    for (const RuleRun &run : job)
        failures.push_back({run.function, run.rule, error, thrown});
    return failures;
}

Error notDispatched(const QByteArray &reason)
{
    return {Error::Code::ServerError, "dispatch", "a job of rules", reason, true};
}

} // namespace

RulesFailed::RulesFailed(RuleFailures failures)
    : std::runtime_error(summary(failures)), m_failures(std::move(failures))
{
}

RuleEngine::RuleEngine(std::shared_ptr<RuleTarget> target, RuleEngineOptions options)
    : m_dispatchers(options.dispatchers ? std::move(options.dispatchers)
                                        : std::make_shared<Dispatchers>()),
      m_invalidators(std::make_shared<Invalidators>()),
      m_runner(std::make_shared<const RuleRunner>(std::move(target), m_invalidators)),
      m_raiseException(options.raiseException), m_report(std::move(options.report))
{
}

// --- registration

RuleEngine::Manner RuleEngine::mannerOf(const KeyedFunction &function,
                                        const InvalidationRule &rule) const
{
    const auto refuse = [&](const QByteArray &why) {
        throw std::invalid_argument(("rule '" + rule.id + "' of function '" + function.id
                                     + "' cannot be registered: " + why)
                                        .toStdString());
    };
    Manner manner;
    manner.dispatcher = rule.ownDispatcher;
    if (!manner.dispatcher) {
        auto found = m_dispatchers->find(rule.dispatcher, rule.dispatcherOptions);
        if (!found)
            refuse(found.error().message());
        manner.dispatcher = std::move(*found);
    }
    manner.ownsInvalidator = bool(rule.invalidate);
    if (!rule.invalidator.isEmpty() && !manner.ownsInvalidator
        && !m_invalidators->find(rule.invalidator))
        refuse("no invalidator '" + rule.invalidator + "' is registered");
    if (manner.ownsInvalidator && m_invalidators->find(rule.invalidator))
        refuse("there is an invalidator '" + rule.invalidator + "' already");
    manner.raises = rule.raiseException.value_or(
        manner.dispatcher->raiseException().value_or(m_raiseException));
    return manner;
}

RuleEngine::Registered RuleEngine::add(const KeyedFunction &function,
                                       const std::vector<InvalidationRule> &rules)
{
    const std::vector<InvalidationRule> named = withIds(function.id, rules);
    {
        Dropped dropped;
        const std::unique_lock lock(m_mutex);
        dropped = drop(function.id);
    }
    QHash<QByteArray, Manner> manners;
    for (const InvalidationRule &rule : named)
        manners.insert(rule.id, mannerOf(function, rule));
    const std::unique_lock lock(m_mutex);
    Registered registered;
    registered.notes = m_registry.add(function, named);
    Registration registration{++m_lastNumber, {}};
    for (const InvalidationRule &rule : named) {
        const Manner &manner = manners[rule.id];
        if (manner.ownsInvalidator)
            m_invalidators->add(rule.invalidator, rule.invalidate);
        m_manners.insert(rule.id, manner);
        registration.rules.push_back(rule.id);
    }
    registered.registration
        = Subscription([weak = weak_from_this(), id = function.id, number = registration.number] {
              if (const auto self = weak.lock())
                  self->remove(id, number);
          });
    m_registrations.insert(function.id, std::move(registration));
    return registered;
}

void RuleEngine::remove(const QByteArray &function, quint64 registration)
{
    Dropped dropped;
    const std::unique_lock lock(m_mutex);
    if (const auto found = m_registrations.constFind(function);
        found != m_registrations.constEnd() && found->number == registration)
        dropped = drop(function);
}

RuleEngine::Dropped RuleEngine::drop(const QByteArray &function)
{
    Dropped dropped;
    dropped.rules = m_registry.remove(function);
    for (const QByteArray &rule : m_registrations.take(function).rules) {
        dropped.manners.push_back(m_manners.take(rule));
        if (dropped.manners.back().ownsInvalidator)
            dropped.invalidators.push_back(m_invalidators->remove(rule));
    }
    return dropped;
}

// --- signals

QFuture<void> RuleEngine::send(const std::vector<Signal> &batch)
{
    Plan planned = plan(batch);
    RuleFailures raised;
    const auto failedHere = [&](const RuleFailures &failures) {
        for (const RuleFailure &failure : failures) {
            if (planned.raises.value(failure.rule, m_raiseException))
                raised.push_back(failure);
            else
                report({failure});
        }
    };
    failedHere(planned.impossible);
    std::vector<QFuture<RuleFailures>> open;
    for (Job &job : planned.jobs) {
        Dispatched dispatched = dispatch(std::move(job));
        failedHere(dispatched.failures);
        open.push_back(std::move(dispatched.rest));
    }
    const auto done = std::make_shared<QPromise<void>>();
    done->start();
    Detail::whenFinished(allOf(std::move(open)),
                         [done](const QFuture<RuleFailures> &) { done->finish(); });
    if (!raised.empty())
        throw RulesFailed(std::move(raised));
    return done->future();
}

RuleEngine::Plan RuleEngine::plan(const std::vector<Signal> &batch) const
{
    std::vector<Running> running;
    {
        const std::shared_lock lock(m_mutex);
        for (const Signal &signal : batch) {
            for (const auto &rule : m_registry.rulesOf(signal.model)) {
                if (!rule->stoppedBy(signal, nullptr))
                    running.push_back({rule, &signal, m_manners.value(rule->rule().id)});
            }
        }
    }
    Plan plan;
    for (const Running &one : running)
        take(one, &plan);
    return plan;
}

void RuleEngine::take(const Running &running, Plan *plan)
{
    const InvalidationRule &rule = running.rule->rule();
    plan->raises.insert(rule.id, running.manner.raises);
    RuleVerdict verdict = running.rule->consequence(*running.signal);
    if (verdict.problem) {
        plan->impossible.push_back(
            {running.rule->function(), rule.id, std::move(*verdict.problem), nullptr});
        return;
    }
    RuleRun run = runOf(*running.rule, *running.signal, std::move(verdict));
    const auto &dispatcher = running.manner.dispatcher;
    const auto batched = std::find_if(plan->jobs.begin(), plan->jobs.end(), [&](const Job &job) {
        return rule.batch && job.batch && job.dispatcher == dispatcher;
    });
    if (batched != plan->jobs.end())
        batched->runs.push_back(std::move(run));
    else
        plan->jobs.push_back({dispatcher, rule.batch, {std::move(run)}});
}

/// The rest tells of its failures before it finishes.
Dispatched RuleEngine::dispatch(Job job) const
{
    const RuleJob runs = job.runs;
    Dispatched dispatched;
    try {
        dispatched = job.dispatcher->dispatch(std::move(job.runs), m_runner);
    } catch (const std::exception &exception) {
        const Error error = notDispatched(QByteArray("the dispatcher threw: ") + exception.what());
        return {allFailed(runs, error, std::current_exception())};
    } catch (...) {
        return {allFailed(runs, notDispatched("the dispatcher threw"), std::current_exception())};
    }
    const auto promise = std::make_shared<QPromise<RuleFailures>>();
    promise->start();
    Detail::whenFinished(
        dispatched.rest, [promise, runs, report = m_report](const QFuture<RuleFailures> &finished) {
            RuleFailures failures;
            try {
                failures = Detail::resultOf(finished);
            } catch (const std::exception &exception) {
                failures
                    = allFailed(runs, notDispatched(exception.what()), std::current_exception());
            } catch (...) {
                failures
                    = allFailed(runs, notDispatched("it was given up"), std::current_exception());
            }
            for (const RuleFailure &failure : failures) {
                if (report)
                    report(failure);
            }
            promise->addResult(std::move(failures));
            promise->finish();
        });
    dispatched.rest = promise->future();
    return dispatched;
}

void RuleEngine::report(const RuleFailures &failures) const
{
    for (const RuleFailure &failure : failures) {
        if (m_report)
            m_report(failure);
    }
}

void RuleEngine::finish()
{
    std::vector<std::shared_ptr<Dispatcher>> own;
    {
        const std::shared_lock lock(m_mutex);
        for (const Manner &manner : m_manners)
            own.push_back(manner.dispatcher);
    }
    m_dispatchers->finish();
    for (const auto &dispatcher : own)
        dispatcher->finish();
}

std::vector<RuleVerdict> RuleEngine::explain(const Signal &signal) const
{
    std::vector<std::shared_ptr<const CompiledRule>> rules;
    {
        const std::shared_lock lock(m_mutex);
        rules = m_registry.rulesOf(signal.model);
    }
    std::vector<RuleVerdict> verdicts;
    for (const auto &rule : rules)
        verdicts.push_back(rule->verdict(signal));
    return verdicts;
}

std::vector<QByteArray> RuleEngine::models() const
{
    const std::shared_lock lock(m_mutex);
    return m_registry.models();
}

} // namespace Cachelens
