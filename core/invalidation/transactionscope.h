// SPDX-License-Identifier: MIT
#pragma once

#include "core/invalidation/signal.h"

#include <functional>
#include <memory>

namespace Cachelens {

/// Where a service sends its signals. One that is sent while the calling thread has a
/// TransactionScope open on this outlet is held by the innermost of them; any other is delivered
/// at once. Thread-safe, and one thread's scopes hold nothing of another's. Outlives its scopes.
class SignalOutlet {
public:
    /// Called on the thread that sends or commits, under no lock, never with an empty batch. What
    /// it throws reaches that caller; the transaction is committed nevertheless.
    using Deliver = std::function<void(std::vector<Signal>)>;

    explicit SignalOutlet(Deliver deliver) : m_deliver(std::move(deliver)) { }
    SignalOutlet(const SignalOutlet &) = delete;
    SignalOutlet &operator=(const SignalOutlet &) = delete;

    void send(Signal signal) const;
    /// Whether the calling thread has a scope open on it, so that what it sends is held.
    [[nodiscard]] bool isHolding() const;

private:
    friend class TransactionScope;

    Deliver m_deliver;
};

/// Holds the signals of a thread until its transaction is committed, and drops them when it is
/// rolled back, which is also what the destructor does: so an exception rolls back. Scopes of one
/// database nest: an inner commit hands its signals to the outer scope, an inner rollback drops
/// only its own, and the outermost commit delivers all, in order, as one batch. A scope of another
/// database within it is a transaction of its own. Belongs to the thread that opened it.
class TransactionScope {
public:
    /// `database` tells transactions of several databases apart: the name of a connection.
    explicit TransactionScope(const SignalOutlet &outlet, QByteArray database = {});
    TransactionScope(TransactionScope &&) noexcept;
    TransactionScope &operator=(TransactionScope &&) = delete;
    ~TransactionScope();

    /// Neither committed nor rolled back, and no scope around it was rolled back.
    [[nodiscard]] bool isOpen() const;
    /// How many scopes of the same database are open around it; 0 for the outermost.
    [[nodiscard]] int depth() const;

    /// Ends it. `commitDatabase`, when there is one, is what commits: when it fails or throws, the
    /// signals are dropped and its error is the answer. A scope that is not open, or that has
    /// an open one within, is not touched: InvalidInput.
    [[nodiscard]] Result<void> commit(const std::function<Result<void>()> &commitDatabase = {});
    /// Ends it and every scope of the same database that is open within, and drops what they hold.
    /// Does nothing when it is not open.
    void rollback() noexcept;

private:
    friend class SignalOutlet;
    struct State;

    static State *innermost(const SignalOutlet *outlet);

    std::unique_ptr<State> m_state;
};

} // namespace Cachelens
