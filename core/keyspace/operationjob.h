// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/cachebackend.h"
#include "core/keyspace/operation.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>

namespace Cachelens {

/// The memory that all undos of a session may hold together. Thread-safe.
class UndoBudget {
public:
    explicit UndoBudget(qint64 limit) : m_limit(limit) { }
    /// What a snapshot takes beside its bytes, about.
    static constexpr qint64 overhead = 128;
    [[nodiscard]] static qint64 cost(const KeySnapshot &snapshot)
    {
        return snapshot.key.size() + snapshot.payload.size() + overhead;
    }

    [[nodiscard]] qint64 limit() const { return m_limit; }
    [[nodiscard]] qint64 held() const { return m_held; }
    [[nodiscard]] bool fits(qint64 bytes) const { return m_held + bytes <= m_limit; }
    void hold(qint64 bytes) { m_held += bytes; }
    void release(qint64 bytes) { m_held -= bytes; }

private:
    const qint64 m_limit;
    std::atomic<qint64> m_held = 0;
};

/// What every operation of a session works with.
struct OperationContext {
    std::shared_ptr<CacheBackend> backend;
    std::shared_ptr<const Clock> clock;
    std::shared_ptr<UndoBudget> budget;
    std::shared_ptr<const std::atomic<bool>> readOnly;
    std::stop_token stop;
    size_t batch = 1000;
    /// Called on a worker with the keys that changed.
    std::function<void(std::vector<KeyChange>)> changed;
    /// Called on any thread when some status() has changed.
    std::function<void()> progressed;
};

/// A job that changes the cache, with the exact account of what it did. Thread-safe; run() and
/// undo() block and belong on a worker.
class OperationJob {
public:
    virtual ~OperationJob();

    [[nodiscard]] OperationStatus status() const;
    /// Grows with every change of status(); never 0.
    [[nodiscard]] quint64 revision() const { return m_revision; }

    void run();
    /// False when there is nothing to undo, or it is still active. Then undo() is to be called.
    [[nodiscard]] bool beginUndo();
    void undo();
    void cancel() { m_canceled = true; }

protected:
    OperationJob(OperationContext context, OperationStatus status);

    virtual Result<void> perform() = 0;
    virtual Result<void> revert() = 0;
    /// Whether anything is held to undo.
    [[nodiscard]] virtual bool holdsUndo() const = 0;

    /// To be asked before each batch: an error when it must not be sent.
    [[nodiscard]] Result<void> mayGoOn(const char *attempt) const;
    template <typename Change> void update(Change change)
    {
        {
            const std::lock_guard lock(m_mutex);
            change(m_status);
            settle();
        }
        m_context.progressed();
    }
    [[nodiscard]] const OperationContext &context() const { return m_context; }

private:
    using Steady = std::chrono::steady_clock::time_point;
    void settle();
    void finish(OperationStatus::Phase success, const Result<void> &result);

    const OperationContext m_context;
    std::atomic<bool> m_canceled = false;
    std::atomic<quint64> m_revision = 1;
    mutable std::mutex m_mutex; // of the rest
    OperationStatus m_status;
    Steady m_began;
};

} // namespace Cachelens
