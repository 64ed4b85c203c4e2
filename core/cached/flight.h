// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/answer.h"

#include <QByteArray>
#include <QHash>

#include <array>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace Cachelens {

/// One run of a function for one key, on which any number of callers wait. Thread-safe.
class Flight {
public:
    using Steady = std::chrono::steady_clock::time_point;
    using Continuation = std::function<void(const Answer &)>;

    Flight(QByteArray key, CellType type) : m_key(std::move(key)), m_type(type) { }

    [[nodiscard]] const QByteArray &key() const { return m_key; }
    [[nodiscard]] CellType type() const { return m_type; }
    /// This thread completes it, and so must not wait for it.
    void setPilot() { m_pilot.store(std::this_thread::get_id(), std::memory_order_relaxed); }
    [[nodiscard]] bool isPilot() const
    {
        return m_pilot.load(std::memory_order_relaxed) == std::this_thread::get_id();
    }

    /// What it found may not be stored: an invalidation came in between.
    void makeVoid() { m_void.store(true, std::memory_order_release); }
    [[nodiscard]] bool isVoid() const { return m_void.load(std::memory_order_acquire); }

    /// An old result for callers that will not wait to the end.
    void offerFallback(Answer fallback);
    [[nodiscard]] std::optional<Answer> fallback() const;

    /// Blocks until it is complete, or (none) the deadline has passed.
    [[nodiscard]] std::optional<Answer> waitUntil(Steady deadline) const;
    /// Calls back once it is complete: at once, or on the thread that completes it.
    void then(Continuation continuation);
    /// The first completion counts.
    void complete(Answer answer);

private:
    const QByteArray m_key;
    const CellType m_type;
    std::atomic<std::thread::id> m_pilot{}; // none: it is not under way, or no thread's
    std::atomic<bool> m_void{false};
    mutable std::mutex m_mutex; // of the rest
    mutable std::condition_variable m_completed;
    std::optional<Answer> m_answer;
    std::optional<Answer> m_fallback;
    std::vector<Continuation> m_continuations;
};

/// The flights of a process, by key. Thread-safe.
class FlightTable {
public:
    struct Seat {
        std::shared_ptr<Flight> flight;
        bool leads = false; ///< whoever gets this has to complete and land() it
    };

    /// The flight that is under way, or a new one. One for results of another type is replaced.
    [[nodiscard]] Seat join(const QByteArray &key, CellType type);
    /// A new flight, in the place of one that may be under way and is voided.
    [[nodiscard]] std::shared_ptr<Flight> replace(const QByteArray &key, CellType type);
    /// Callers that come from now on do not join it.
    void land(const std::shared_ptr<Flight> &flight);
    /// Voids and lands every flight whose key begins with `prefix`, or is `key`.
    void voidPrefix(const QByteArray &prefix);
    void voidKey(const QByteArray &key);

private:
    struct Shard {
        std::mutex mutex;
        QHash<QByteArray, std::shared_ptr<Flight>> flights;
    };
    [[nodiscard]] Shard &shardOf(const QByteArray &key);

    std::array<Shard, 32> m_shards;
};

} // namespace Cachelens
