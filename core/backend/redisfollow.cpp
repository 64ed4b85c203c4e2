// SPDX-License-Identifier: MIT
#include "core/backend/redisfollow.h"

#include "core/backend/redisconnection.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace Cachelens {

using namespace std::chrono;

namespace {

constexpr char channel[] = "__redis__:invalidate";

/// A connection, and whether the server still says something on it.
struct Line {
    std::unique_ptr<RedisConnection> connection;
    steady_clock::time_point asked; ///< when the ping was sent, or something heard since
    bool waits = false; ///< for its answer
};

struct Link {
    Line listener;
    Line tracker;
};

/// What the thread works on, which outlives the subscription if it has to.
class Follower {
public:
    Follower(const BackendUrl &url, const RedisOptions &options, const QByteArray &prefix,
             FollowCallbacks callbacks)
        : m_url(url), m_options(options), m_prefix(prefix), m_callbacks(std::move(callbacks)),
          m_wakeup(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
    {
    }

    ~Follower()
    {
        if (m_wakeup >= 0)
            ::close(m_wakeup);
    }

    Follower(const Follower &) = delete;
    Follower &operator=(const Follower &) = delete;

    void run()
    {
        int failures = 0;
        bool told = false; // that the link is down
        while (!isStopped()) {
            Result<Link> link = makeLink();
            Error error;
            if (link) {
                failures = 0;
                told = false;
                tell(m_callbacks.linked);
                error = listen(*link);
            } else {
                error = std::move(link.error());
                error.attempt = "follow the changes of";
                error.subject = m_url.description();
                tell(m_callbacks.failed, error);
            }
            if (!std::exchange(told, true))
                tell(m_callbacks.lost);
            pause(error.retryable ? backoff(failures++) : m_options.longestBackoff);
        }
        const std::lock_guard lock(m_mutex);
        m_ended = true;
        m_changed.notify_all();
    }

    /// From whichever thread; afterwards no callback runs, unless it is one that calls this.
    void stop(std::thread &thread)
    {
        // Time enough for a thread that is not connecting.
        constexpr seconds Patience(1);
        std::unique_lock lock(m_mutex);
        m_stopped = true;
        const quint64 one = 1;
        (void)!::write(m_wakeup, &one, sizeof one);
        ++*m_interrupts;
        m_changed.notify_all();
        if (thread.get_id() == std::this_thread::get_id()) {
            thread.detach();
            return;
        }
        m_changed.wait(lock, [&] { return !m_telling; });
        const bool ended = m_changed.wait_for(lock, Patience, [&] { return m_ended; });
        lock.unlock();
        if (ended)
            thread.join();
        else
            thread.detach();
    }

private:
    bool isStopped()
    {
        const std::lock_guard lock(m_mutex);
        return m_stopped;
    }

    void tell(const auto &callback, const auto &...arguments)
    {
        {
            const std::lock_guard lock(m_mutex);
            if (m_stopped || !callback)
                return;
            m_telling = true;
        }
        callback(arguments...);
        {
            const std::lock_guard lock(m_mutex);
            m_telling = false;
        }
        m_changed.notify_all();
    }

    Result<Link> makeLink()
    {
        Link link;
        for (Line *line : {&link.listener, &link.tracker}) {
            auto connection = RedisConnection::open(m_url, m_options, m_interrupts);
            if (!connection)
                return failure(std::move(connection.error()));
            line->connection = std::move(*connection);
        }
        RedisBatch listening;
        listening.add({"CLIENT", "ID"});
        listening.add({"SUBSCRIBE", channel});
        const auto listens = exchange(link.listener, listening);
        if (!listens)
            return failure(listens.error());
        const QByteArray id = QByteArray::number(listens->front().integer);
        RedisBatch tracking;
        if (m_prefix.isEmpty())
            tracking.add({"CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST"});
        else
            tracking.add({"CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST", "PREFIX", m_prefix});
        if (const auto tracks = exchange(link.tracker, tracking); !tracks)
            return failure(tracks.error());
        return link;
    }

    static Result<std::vector<RedisReply>> exchange(Line &line, const RedisBatch &batch)
    {
        auto replies = line.connection->exchange(batch);
        if (!replies)
            return replies;
        for (const RedisReply &reply : *replies) {
            if (reply.isError())
                return failure(errorFromReply(reply.bytes));
        }
        return replies;
    }

    /// Until the link breaks, which is the error, or the thread is stopped.
    Error listen(Link &link)
    {
        const milliseconds distance
            = std::min<milliseconds>(seconds(1), std::max(m_options.commandTimeout / 2, 1ms));
        auto nextPing = steady_clock::now() + distance;
        for (;;) {
            if (auto waited = wait(link, nextPing); !waited)
                return waited.error();
            for (Line *line : {&link.listener, &link.tracker}) {
                if (auto heard = hear(*line); !heard)
                    return heard.error();
            }
            const auto now = steady_clock::now();
            for (const Line *line : {&link.listener, &link.tracker}) {
                if (line->waits && now - line->asked > m_options.commandTimeout)
                    return {.code = Error::Code::Timeout,
                            .attempt = {},
                            .subject = {},
                            .reason = "the server is silent",
                            .retryable = true};
            }
            if (now < nextPing)
                continue;
            for (Line *line : {&link.listener, &link.tracker}) {
                if (line->waits)
                    continue;
                const RedisBatch ping{"PING"};
                if (auto sent = line->connection->send(ping, 0, 1); !sent)
                    return sent.error();
                line->asked = now;
                line->waits = true;
            }
            nextPing = now + distance;
        }
    }

    /// Until one of the connections says something, or until `until`.
    Result<void> wait(const Link &link, steady_clock::time_point until) const
    {
        const auto left = ceil<milliseconds>(until - steady_clock::now());
        std::array<pollfd, 3> waiting{{{link.listener.connection->descriptor(), POLLIN, 0},
                                       {link.tracker.connection->descriptor(), POLLIN, 0},
                                       {m_wakeup, POLLIN, 0}}};
        (void)::poll(waiting.data(), waiting.size(), int(std::max(left, 0ms).count()));
        if (waiting.back().revents != 0)
            return failure({.code = Error::Code::Canceled,
                            .attempt = {},
                            .subject = {},
                            .reason = "it is not wanted any more"});
        return {};
    }

    Result<void> hear(Line &line)
    {
        for (;;) {
            const auto reply = line.connection->receiveIfThere();
            if (!reply)
                return failure(reply.error());
            if (!*reply)
                return {};
            if ((*reply)->isError())
                return failure(errorFromReply((*reply)->bytes));
            const std::vector<RedisReply> &words = (*reply)->elements;
            constexpr size_t messageWords = 3; // message, channel, keys
            if (words.size() == messageWords && words[0].bytes == "message")
                tellOf(words[2]);
            else
                line.waits = false;
            line.asked = steady_clock::now(); // whatever it said, it is there
        }
    }

    void tellOf(const RedisReply &keys)
    {
        if (keys.isNil()) {
            tell(m_callbacks.lost);
            tell(m_callbacks.linked);
            return;
        }
        for (const RedisReply &key : keys.elements)
            tell(m_callbacks.changed, key.bytes);
    }

    [[nodiscard]] milliseconds backoff(int failures) const
    {
        const int doublings = std::min(failures, 30);
        return std::min<milliseconds>(m_options.longestBackoff,
                                      m_options.firstBackoff * (1LL << doublings));
    }

    void pause(milliseconds time)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, time, [&] { return m_stopped; });
    }

    const BackendUrl m_url;
    const RedisOptions m_options;
    const QByteArray m_prefix;
    const FollowCallbacks m_callbacks;
    const int m_wakeup; // ends the wait for what the server says,
    const std::shared_ptr<Interrupts> m_interrupts // and that for an answer
        = std::make_shared<Interrupts>();

    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopped = false; // guarded by m_mutex, as what follows
    bool m_telling = false;
    bool m_ended = false;
};

} // namespace

Subscription followRedis(const BackendUrl &url, const RedisOptions &options,
                         const QByteArray &prefix, FollowCallbacks callbacks)
{
    auto follower = std::make_shared<Follower>(url, options, prefix, std::move(callbacks));
    // Shared, because what a std::function holds is copied.
    auto thread = std::make_shared<std::thread>([follower] { follower->run(); });
    return Subscription([follower, thread] { follower->stop(*thread); });
}

} // namespace Cachelens
