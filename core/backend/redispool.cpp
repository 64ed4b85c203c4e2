// SPDX-License-Identifier: MIT
#include "core/backend/redispool.h"

#include <algorithm>
#include <utility>

namespace Cachelens {

using namespace std::chrono;

namespace {

BackendState::Phase phaseAfter(const Error &error)
{
    using Code = Error::Code;
    using Phase = BackendState::Phase;
    if (error.code == Code::Timeout || error.code == Code::Unreachable)
        return Phase::Waiting;
    return error.retryable ? Phase::Busy : Phase::Refused;
}

} // namespace

RedisPool::Lease::Lease(std::shared_ptr<RedisPool> pool,
                        std::unique_ptr<RedisConnection> connection, Purpose purpose, Idle idle)
    : m_pool(std::move(pool)), m_connection(std::move(connection)), m_purpose(purpose), m_idle(idle)
{
}

RedisPool::Lease::~Lease()
{
    if (m_pool)
        m_pool->giveBack(std::move(m_connection), m_purpose);
}

void RedisPool::Lease::succeeded(microseconds latency)
{
    m_pool->noteSuccess(latency);
}

void RedisPool::Lease::changed(const std::optional<Error> &refusal)
{
    m_pool->noteChange(refusal);
}

void RedisPool::Lease::failed(const Error &error)
{
    m_connection.reset();
    m_wasClosed = m_idle == Idle::AsItIs && error.code == Error::Code::Unreachable;
    if (!m_wasClosed)
        m_pool->noteFailure(error);
}

void RedisPool::Lease::abandon()
{
    m_connection.reset();
    if (const auto pool = std::exchange(m_pool, nullptr))
        pool->giveBack(nullptr, m_purpose);
}

RedisPool::RedisPool(BackendUrl url, std::shared_ptr<const Clock> clock, RedisOptions options)
    : m_url(std::move(url)), m_description(m_url.description()), m_clock(std::move(clock)),
      m_options(options), m_connections(std::max(options.connections, 1)),
      m_interrupts(std::make_shared<Interrupts>(0))
{
}

Result<RedisPool::Lease> RedisPool::lend(Purpose purpose, Idle idle)
{
    const auto patience = m_options.connectTimeout + m_options.commandTimeout;
    const auto deadline = steady_clock::now() + patience;
    std::unique_lock lock(m_mutex);
    for (;;) {
        if (auto error = whyNotNow())
            return failure(std::move(*error));
        const bool mayHaveOne = purpose == Purpose::Scan || m_lent < m_connections;
        if (mayHaveOne) {
            if (auto connection = takeIdle(idle)) {
                m_lent += purpose == Purpose::Call;
                return Lease(shared_from_this(), std::move(connection), purpose, idle);
            }
            if (!m_connecting)
                return connect(purpose, lock);
        }
        if (m_changed.wait_until(lock, deadline) == std::cv_status::timeout) {
            return failure({Error::Code::Timeout, "get a connection to", m_description,
                            "all " + QByteArray::number(m_connections) + " were busy for "
                                + QByteArray::number(qint64(patience.count())) + " ms",
                            true});
        }
    }
}

/// Called with the lock held, and returns without it.
Result<RedisPool::Lease> RedisPool::connect(Purpose purpose, std::unique_lock<std::mutex> &lock)
{
    m_connecting = true;
    m_lent += purpose == Purpose::Call;
    if (m_state.phase != Phase::Ready)
        enter(Phase::Connecting);
    lock.unlock();
    m_announcer.deliver();

    auto connection = RedisConnection::open(m_url, m_options, m_interrupts);

    lock.lock();
    m_connecting = false;
    if (connection) {
        m_failures = 0;
        m_serverVersion = (*connection)->serverVersion();
        enter(Phase::Ready);
    } else {
        m_lent -= purpose == Purpose::Call;
        connection.error() = named("connect to", std::move(connection.error()));
        enterFailure(connection.error(), nextBackoff());
    }
    lock.unlock();
    m_changed.notify_all();
    m_announcer.deliver();
    if (!connection)
        return failure(std::move(connection.error()));
    return Lease(shared_from_this(), std::move(*connection), purpose, Idle::LookedAt);
}

void RedisPool::retryNow()
{
    const std::lock_guard lock(m_mutex);
    m_state.retryAt = std::min(m_state.retryAt, m_clock->steady());
}

BackendState RedisPool::state() const
{
    const std::lock_guard lock(m_mutex);
    BackendState state = m_state;
    state.latency = microseconds(m_latency.load(std::memory_order_relaxed));
    return state;
}

Subscription RedisPool::onStateChanged(std::function<void(BackendState)> callback)
{
    return m_announcer.subscribe(std::move(callback));
}

QByteArray RedisPool::serverVersion() const
{
    const std::lock_guard lock(m_mutex);
    return m_serverVersion;
}

void RedisPool::giveBack(std::unique_ptr<RedisConnection> connection, Purpose purpose)
{
    {
        const std::lock_guard lock(m_mutex);
        m_lent -= purpose == Purpose::Call;
        if (connection && !connection->hasStrayBytes() && int(m_idle.size()) < m_connections)
            m_idle.push_back(std::move(connection));
    }
    m_changed.notify_all();
}

void RedisPool::noteSuccess(microseconds latency)
{
    m_latency.store(latency.count(), std::memory_order_relaxed);
    if (m_ready.load(std::memory_order_acquire))
        return;
    {
        const std::lock_guard lock(m_mutex);
        m_failures = 0;
        enter(Phase::Ready);
    }
    m_announcer.deliver();
}

void RedisPool::noteChange(const std::optional<Error> &refusal)
{
    if (!refusal && !m_refusesChanges.load(std::memory_order_acquire))
        return;
    {
        const std::lock_guard lock(m_mutex);
        const std::optional<Error> &known = m_state.changesRefused;
        if (refusal && known && known->code == refusal->code)
            return;
        m_state.changesRefused = refusal ? std::optional(named("change", *refusal)) : std::nullopt;
        m_refusesChanges.store(refusal.has_value(), std::memory_order_release);
        post();
    }
    m_announcer.deliver();
}

void RedisPool::noteFailure(const Error &error)
{
    std::vector<std::unique_ptr<RedisConnection>> closed; // outside the lock
    {
        const std::lock_guard lock(m_mutex);
        closed.swap(m_idle); // the server that this one lost is the others' as well
        // A connection that broke says nothing of the server: the next call finds out at once. A
        // server that does not answer would keep that call waiting just as long.
        const bool atOnce = error.code == Error::Code::Unreachable;
        enterFailure(named("reach", error), atOnce ? milliseconds(0) : nextBackoff());
    }
    m_changed.notify_all();
    m_announcer.deliver();
}

std::unique_ptr<RedisConnection> RedisPool::takeIdle(Idle idle)
{
    while (!m_idle.empty()) {
        auto connection = std::move(m_idle.back());
        m_idle.pop_back();
        if (idle == Idle::AsItIs || connection->isQuiet())
            return connection;
    }
    return nullptr;
}

std::optional<Error> RedisPool::whyNotNow() const
{
    const auto wait = m_state.retryAt - m_clock->steady();
    if (!m_state.error || wait <= steady_clock::duration::zero())
        return std::nullopt;
    Error error = *m_state.error;
    if (m_state.phase == Phase::Waiting)
        error.code = Error::Code::Unreachable;
    if (error.reason.endsWith('.')) // as Redis writes it
        error.reason.chop(1);
    error.reason += "; the next attempt is in "
        + QByteArray::number(qint64(ceil<milliseconds>(wait).count())) + " ms";
    return error;
}

void RedisPool::enter(Phase phase, std::optional<Error> error)
{
    m_ready.store(phase == Phase::Ready, std::memory_order_release);
    if (phase == m_state.phase && error == m_state.error)
        return;
    m_state.phase = phase;
    m_state.error = std::move(error);
    if (phase != Phase::Ready) { // it may come back as another
        m_state.changesRefused.reset();
        m_refusesChanges.store(false, std::memory_order_release);
    }
    post();
}

void RedisPool::post()
{
    BackendState told = m_state;
    told.latency = microseconds(m_latency.load(std::memory_order_relaxed));
    m_announcer.post(std::move(told));
}

milliseconds RedisPool::nextBackoff()
{
    const int doublings = std::min(m_failures++, 30);
    return std::min<milliseconds>(m_options.longestBackoff,
                                  m_options.firstBackoff * (1LL << doublings));
}

void RedisPool::enterFailure(const Error &error, milliseconds backoff)
{
    m_state.retryAt = m_clock->steady() + backoff;
    enter(phaseAfter(error), error);
}

Error RedisPool::named(const char *attempt, Error error) const
{
    error.attempt = attempt;
    error.subject = m_description;
    return error;
}

} // namespace Cachelens
