// SPDX-License-Identifier: MIT
#pragma once

#include "core/invalidation/rulerunner.h"

#include <functional>
#include <map>

namespace Cachelens {

/// What has become of a job when a dispatcher returns.
struct Dispatched {
    /// Of what was done on the sender's thread: these may be thrown to the sender.
    RuleFailures failures = {};
    /// Of the rest: finishes when it is done, or in hands that do it later (a queue that took it).
    /// A default one: there is no rest.
    QFuture<RuleFailures> rest = QtFuture::makeReadyFuture(RuleFailures());
};

/// Decides where and when a job's rules run. Thread-safe; lives at least as long as a rule that
/// names it.
class Dispatcher {
public:
    virtual ~Dispatcher() = default;

    /// On the sender's thread. What is thrown counts as the failure of the whole job. The job is
    /// all there is to do, as data; `runner` does it, and may be kept.
    [[nodiscard]] virtual Dispatched dispatch(RuleJob job, std::shared_ptr<const RuleRunner> runner)
        = 0;
    /// Whether failures are thrown to the sender, for rules that do not say; none: as the cache
    /// says.
    [[nodiscard]] virtual std::optional<bool> raiseException() const { return std::nullopt; }
    /// Waits for what it has been given and other threads of this process do. Called before a cache
    /// goes.
    virtual void finish() { }
};

/// Runs a job on this thread, now; what answers later is the rest.
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
