// SPDX-License-Identifier: MIT
#include "core/invalidation/transactionscope.h"

#include <algorithm>
#include <iterator>

namespace Cachelens {

struct TransactionScope::State {
    const SignalOutlet *outlet = nullptr;
    QByteArray database;
    std::vector<Signal> held;
    bool open = true;

    [[nodiscard]] bool nestsWith(const State &other) const
    {
        return outlet == other.outlet && database == other.database;
    }

    /// The open scopes of this thread, the innermost last.
    static std::vector<State *> &ofThisThread()
    {
        static thread_local std::vector<State *> scopes;
        return scopes;
    }
    /// The nearest that it nests in; null for the outermost.
    [[nodiscard]] State *outer() const
    {
        const auto &scopes = ofThisThread();
        const auto self = std::find(scopes.rbegin(), scopes.rend(), this);
        if (self == scopes.rend())
            return nullptr;
        const auto found = std::find_if(std::next(self), scopes.rend(),
                                        [this](const State *other) { return nestsWith(*other); });
        return found == scopes.rend() ? nullptr : *found;
    }
    [[nodiscard]] bool hasInner() const
    {
        const auto &scopes = ofThisThread();
        const auto self = std::find(scopes.begin(), scopes.end(), this);
        return std::any_of(self, scopes.end(), [this](const State *other) {
            return other != this && nestsWith(*other);
        });
    }
};

void SignalOutlet::send(Signal signal) const
{
    if (auto *scope = TransactionScope::innermost(this)) {
        scope->held.push_back(std::move(signal));
        return;
    }
    std::vector<Signal> alone;
    alone.push_back(std::move(signal));
    m_deliver(std::move(alone));
}

bool SignalOutlet::isHolding() const
{
    return TransactionScope::innermost(this) != nullptr;
}

TransactionScope::TransactionScope(const SignalOutlet &outlet, QByteArray database)
    : m_state(std::make_unique<State>())
{
    m_state->outlet = &outlet;
    m_state->database = std::move(database);
    State::ofThisThread().push_back(m_state.get());
}

TransactionScope::TransactionScope(TransactionScope &&) noexcept = default;

TransactionScope::~TransactionScope()
{
    rollback();
}

TransactionScope::State *TransactionScope::innermost(const SignalOutlet *outlet)
{
    const auto &scopes = State::ofThisThread();
    const auto found = std::find_if(scopes.rbegin(), scopes.rend(), [outlet](const State *scope) {
        return scope->outlet == outlet;
    });
    return found == scopes.rend() ? nullptr : *found;
}

bool TransactionScope::isOpen() const
{
    return m_state && m_state->open;
}

int TransactionScope::depth() const
{
    int depth = 0;
    for (const State *at = m_state ? m_state->outer() : nullptr; at; at = at->outer())
        ++depth;
    return depth;
}

Result<void> TransactionScope::commit(const std::function<Result<void>()> &commitDatabase)
{
    const auto refused = [this](const QByteArray &reason) {
        return failure({.code = Error::Code::InvalidInput,
                        .attempt = "commit the transaction",
                        .subject = m_state ? m_state->database : QByteArray(),
                        .reason = reason});
    };
    if (!isOpen())
        return refused("it has ended already");
    if (m_state->hasInner())
        return refused("a transaction within it is still open");
    if (commitDatabase) {
        try {
            if (auto done = commitDatabase(); !done) {
                rollback();
                return done;
            }
        } catch (...) {
            rollback();
            throw;
        }
    }
    std::vector<Signal> batch = std::move(m_state->held);
    State *outer = m_state->outer();
    const SignalOutlet *outlet = m_state->outlet;
    rollback();
    if (outer) {
        outer->held.insert(outer->held.end(), std::make_move_iterator(batch.begin()),
                           std::make_move_iterator(batch.end()));
    } else if (!batch.empty()) {
        outlet->m_deliver(std::move(batch));
    }
    return {};
}

void TransactionScope::rollback() noexcept
{
    if (!isOpen())
        return;
    auto &scopes = State::ofThisThread();
    const auto self = std::find(scopes.begin(), scopes.end(), m_state.get());
    Q_ASSERT_X(self != scopes.end(), "TransactionScope", "ended on another thread");
    scopes.erase(std::remove_if(self, scopes.end(),
                                [this](State *scope) {
                                    if (!scope->nestsWith(*m_state))
                                        return false;
                                    scope->open = false;
                                    scope->held.clear();
                                    return true;
                                }),
                 scopes.end());
}

} // namespace Cachelens
