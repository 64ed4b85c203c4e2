// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/announcer.h"
#include "core/backend/redisconnection.h"

#include <condition_variable>
#include <mutex>

namespace Cachelens {

/// Lends connections to threads, makes them when there are none, and knows how the server is. When
/// it is away, or says no, every call fails at once until the next attempt is due; the attempts
/// come at growing distances. Thread-safe.
class RedisPool : public std::enable_shared_from_this<RedisPool> {
public:
    enum class Purpose {
        Call, ///< one of options.connections; waits for one to come back
        Scan, ///< kept from one slice to the next, so that it does not count
    };

    /// The server may have closed a connection while it lay idle.
    enum class Idle {
        LookedAt, ///< it is there, at the price of a system call
        AsItIs, ///< for what may be done again when it turns out to be closed
    };

    /// A connection on loan: goes back when this goes, unless it was said to have failed.
    class Lease {
    public:
        Lease(std::shared_ptr<RedisPool> pool, std::unique_ptr<RedisConnection> connection,
              Purpose purpose, Idle idle);
        Lease(Lease &&) noexcept = default;
        Lease &operator=(Lease &&) = delete;
        ~Lease();

        RedisConnection *operator->() const { return m_connection.get(); }
        /// A round trip took this long: the server is there.
        void succeeded(std::chrono::microseconds latency);
        /// What came of a change. `refusal`: the server takes none, for a reason that stays.
        void changed(const std::optional<Error> &refusal);
        /// Closes the connection, because of what the server did or did not do.
        void failed(const Error &error);
        /// It has failed because it had been closed while it lay idle, which says nothing of the
        /// server.
        [[nodiscard]] bool wasClosed() const { return m_wasClosed; }
        /// Ends the loan and closes the connection, because a reply is still under way, or because
        /// the one who has it is about to ask for another one.
        void abandon();

    private:
        std::shared_ptr<RedisPool> m_pool;
        std::unique_ptr<RedisConnection> m_connection;
        Purpose m_purpose;
        Idle m_idle;
        bool m_wasClosed = false;
    };

    RedisPool(BackendUrl url, std::shared_ptr<const Clock> clock, RedisOptions options);

    /// Errors name the server as their subject.
    [[nodiscard]] Result<Lease> lend(Purpose purpose, Idle idle = Idle::LookedAt);

    /// The next attempt is due now.
    void retryNow();
    /// Whoever waits for the server gives up.
    void interrupt() { ++*m_interrupts; }

    [[nodiscard]] BackendState state() const;
    Subscription onStateChanged(std::function<void(BackendState)> callback);
    [[nodiscard]] QByteArray serverVersion() const;
    [[nodiscard]] const Clock &clock() const { return *m_clock; }
    [[nodiscard]] const QByteArray &description() const { return m_description; }
    [[nodiscard]] bool usesPassword() const { return !m_url.password.isEmpty(); }

private:
    using Phase = BackendState::Phase;

    [[nodiscard]] Result<Lease> connect(Purpose purpose, std::unique_lock<std::mutex> &lock);
    void giveBack(std::unique_ptr<RedisConnection> connection, Purpose purpose);
    void noteSuccess(std::chrono::microseconds latency);
    void noteChange(const std::optional<Error> &refusal);
    void noteFailure(const Error &error);

    // Under m_mutex.
    [[nodiscard]] std::unique_ptr<RedisConnection> takeIdle(Idle idle);
    [[nodiscard]] std::optional<Error> whyNotNow() const;
    void enter(Phase phase, std::optional<Error> error = std::nullopt);
    void post();
    void enterFailure(const Error &error, std::chrono::milliseconds backoff);
    [[nodiscard]] std::chrono::milliseconds nextBackoff();
    [[nodiscard]] Error named(const char *attempt, Error error) const;

    const BackendUrl m_url;
    const QByteArray m_description;
    const std::shared_ptr<const Clock> m_clock;
    const RedisOptions m_options;
    const int m_connections;
    const std::shared_ptr<Interrupts> m_interrupts;
    Announcer<BackendState> m_announcer;
    std::atomic<std::chrono::microseconds::rep> m_latency{0};
    std::atomic<bool> m_ready{false};
    std::atomic<bool> m_refusesChanges{false};

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<std::unique_ptr<RedisConnection>> m_idle;
    int m_lent = 0; // to calls
    bool m_connecting = false;
    int m_failures = 0; // since the last success
    BackendState m_state;
    QByteArray m_serverVersion;
};

} // namespace Cachelens
