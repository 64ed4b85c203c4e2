// SPDX-License-Identifier: MIT
#pragma once

#include "core/invalidation/dispatcher.h"
#include "core/invalidation/ruleregistry.h"
#include "core/subscription.h"

#include <shared_mutex>
#include <stdexcept>

namespace Cachelens {

/// Thrown by RuleEngine::send() when rules that are to raise have failed on the sender's thread.
/// All other rules have had their turn by then.
class RulesFailed : public std::runtime_error {
public:
    explicit RulesFailed(RuleFailures failures);
    [[nodiscard]] const RuleFailures &failures() const { return m_failures; }

private:
    RuleFailures m_failures; // never empty
};

struct RuleEngineOptions {
    std::shared_ptr<Dispatchers> dispatchers = nullptr; ///< null: the built-in ones
    bool raiseException = false; ///< for rules and dispatchers that do not say
    /// Called with each failure that is not thrown. On any thread; must not throw.
    std::function<void(const RuleFailure &)> report = nullptr;
};

/// Takes signals, asks the rules of their models, and hands those that run to their dispatchers.
/// Thread-safe; owned by a shared_ptr.
class RuleEngine : public std::enable_shared_from_this<RuleEngine> {
public:
    RuleEngine(std::shared_ptr<RuleTarget> target, RuleEngineOptions options);

    struct Registered {
        std::vector<RuleRegistry::Note> notes;
        /// The rules are asked as long as this lives. A job that was dispatched goes on without it.
        Subscription registration;
    };
    /// Removes the rules that the function has, and then adds these. Throws std::invalid_argument
    /// as RuleRegistry::add does, and for a dispatcher or an invalidator that is not registered.
    [[nodiscard]] Registered add(const KeyedFunction &function,
                                 const std::vector<InvalidationRule> &rules);

    /// Lets the rules of the signals' models run, in the order of the signals and the rules. One
    /// that fails stops no other. Rules that batch go as one job for each dispatcher, the others
    /// one by one. Throws RulesFailed for what failed on this thread and is to raise (as the rule
    /// says, else its dispatcher, else the options); reports every other failure. The future
    /// finishes when all jobs are done, or in hands that do them later.
    QFuture<void> send(const std::vector<Signal> &batch);

    /// Waits for the jobs that dispatchers run on other threads of this process.
    void finish();

    /// See RuleRegistry. Runs nothing.
    [[nodiscard]] std::vector<RuleVerdict> explain(const Signal &signal) const;
    [[nodiscard]] std::vector<QByteArray> models() const;

    [[nodiscard]] Dispatchers &dispatchers() const { return *m_dispatchers; }
    [[nodiscard]] Invalidators &invalidators() const { return *m_invalidators; }
    /// For jobs that come from other processes.
    [[nodiscard]] const std::shared_ptr<const RuleRunner> &runner() const { return m_runner; }

private:
    struct Manner {
        std::shared_ptr<Dispatcher> dispatcher;
        bool raises = false;
        bool ownsInvalidator = false;
    };
    /// A rule that a signal lets run.
    struct Running {
        std::shared_ptr<const CompiledRule> rule;
        const Signal *signal;
        Manner manner;
    };
    struct Job {
        std::shared_ptr<Dispatcher> dispatcher;
        bool batch = false;
        RuleJob runs;
    };
    /// What a sending is about to do.
    struct Plan {
        std::vector<Job> jobs;
        QHash<QByteArray, bool> raises; ///< by the rule's id
        RuleFailures impossible;
    };

    [[nodiscard]] Manner mannerOf(const KeyedFunction &function,
                                  const InvalidationRule &rule) const;
    void remove(const QByteArray &function, quint64 registration);
    /// What has been dropped is let go of outside the lock: with it goes what users gave.
    struct Dropped {
        std::vector<std::shared_ptr<const CompiledRule>> rules;
        std::vector<Manner> manners;
        std::vector<Invalidator> invalidators;
    };
    [[nodiscard]] Dropped drop(const QByteArray &function);
    [[nodiscard]] Plan plan(const std::vector<Signal> &batch) const;
    static void take(const Running &running, Plan *plan);
    [[nodiscard]] Dispatched dispatch(Job job) const;
    void report(const RuleFailures &failures) const;

    const std::shared_ptr<Dispatchers> m_dispatchers;
    const std::shared_ptr<Invalidators> m_invalidators;
    const std::shared_ptr<const RuleRunner> m_runner;
    const bool m_raiseException;
    const std::function<void(const RuleFailure &)> m_report;

    mutable std::shared_mutex m_mutex; // of the rest
    RuleRegistry m_registry;
    QHash<QByteArray, Manner> m_manners; // by the rule's id
    struct Registration {
        quint64 number = 0;
        std::vector<QByteArray> rules; ///< their ids
    };
    QHash<QByteArray, Registration> m_registrations; // by function
    quint64 m_lastNumber = 0;
};

} // namespace Cachelens
