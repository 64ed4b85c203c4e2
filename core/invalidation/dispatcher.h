// SPDX-License-Identifier: MIT
#pragma once

#include "core/invalidation/rulerunner.h"

#include <functional>
#include <map>

namespace Cachelens {

/// What has become of a job when a dispatcher returns.
struct Dispatched {
    /// The failures of what was done on the sender's thread. They may be thrown to the sender.
    RuleFailures failures = {};
    /// The failures of the rest. It finishes when the rest is done, or was taken by something that
    /// does it later (a queue). The default: there is no rest.
    QFuture<RuleFailures> rest = QtFuture::makeReadyFuture(RuleFailures());
};

/// Decides where and when a job's rules run. Thread-safe; lives at least as long as a rule that
/// names it.
class Dispatcher {
public:
    virtual ~Dispatcher() = default;

    /// Called on the sender's thread. An exception counts as the failure of the whole job. The job
    /// says all that is to be done; `runner` does it, and may be kept.
    [[nodiscard]] virtual Dispatched dispatch(RuleJob job, std::shared_ptr<const RuleRunner> runner)
        = 0;
    /// Whether failures of rules that do not say are thrown to the sender; none: the cache decides.
    [[nodiscard]] virtual std::optional<bool> raiseException() const { return std::nullopt; }
    /// Waits for the jobs that other threads of this process run for it. Called before a cache is
    /// destroyed.
    virtual void finish() { }
};

/// Runs a job on this thread, now. What answers later becomes the rest.
[[nodiscard]] Dispatched runHere(const RuleJob &job, const RuleRunner &runner);

/// Dispatchers by their names. Thread-safe. There from the start, each with the option
/// `raise_exception` (a boolean):
///  - inline: on the sender's thread, before sending returns
///  - thread: on a pool of its own; `threads`, 4
///  - eventloop, also asyncio: on the event loop that the sender's thread runs, in a later turn;
///    where none runs, as inline
class Dispatchers {
public:
    /// `options`: a map of names to values, or none. InvalidInput for options it does not take.
    using Factory = std::function<Result<std::shared_ptr<Dispatcher>>(const Value &options)>;

    Dispatchers();

    // Throw std::invalid_argument when there is one of that name.
    void add(const QByteArray &name, Factory factory);
    void add(const QByteArray &name, std::shared_ptr<Dispatcher> dispatcher);

    /// The same one for the same options. NotFound for a name that is not registered.
    [[nodiscard]] Result<std::shared_ptr<Dispatcher>> find(const QByteArray &name,
                                                           const Value &options = {});
    /// In byte order.
    [[nodiscard]] std::vector<QByteArray> names() const;
    /// Dispatcher::finish() of all that were found here.
    void finish();

private:
    struct Named {
        Factory factory;
        std::vector<std::pair<Value, std::shared_ptr<Dispatcher>>> made; // by their options
    };
    mutable std::mutex m_mutex;
    std::map<QByteArray, std::shared_ptr<Named>> m_byName;
};

} // namespace Cachelens
