// SPDX-License-Identifier: MIT
#pragma once

#include "core/keyspace/indexwriter.h"
#include "core/keyspace/session.h"

#include <QThreadPool>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>

namespace Cachelens {

/// One pass over the keys of a backend into an IndexWriter. Thread-safe; a paused or failed scan
/// holds no thread, only its cursor.
class ScanJob : public std::enable_shared_from_this<ScanJob> {
public:
    /// `pool` and `writer` outlive the job. `changed` may be called on any thread.
    ScanJob(QThreadPool &pool, std::stop_token stop, std::shared_ptr<CacheBackend> backend,
            std::shared_ptr<const Clock> clock, IndexWriter &writer, const ScanOptions &options,
            std::function<void()> changed);

    /// Begins, or goes on where it was paused or failed.
    void resume();
    void pause();
    void cancel();
    [[nodiscard]] ScanProgress progress() const;

private:
    using Steady = std::chrono::steady_clock::time_point;
    enum class Wish : quint8 { Run, Pause, Cancel };

    void run();
    /// False when the scan is to stop.
    [[nodiscard]] bool waitForTurn();
    [[nodiscard]] Result<bool> readSlice();
    void leave(ScanProgress::Phase phase, std::optional<Error> error = std::nullopt);
    void settle(ScanProgress::Phase phase, std::optional<Error> error);
    void setPhase(ScanProgress::Phase phase);

    QThreadPool &m_pool;
    const std::stop_token m_stop;
    const std::shared_ptr<CacheBackend> m_backend;
    const std::shared_ptr<const Clock> m_clock;
    IndexWriter &m_writer;
    const quint64 m_generation;
    const ScanOptions m_options;
    const qsizetype m_slice;
    const std::function<void()> m_changed;

    std::unique_ptr<KeyCursor> m_cursor; // of the thread that runs

    mutable std::mutex m_mutex; // of all below
    std::condition_variable m_woken;
    Wish m_wish = Wish::Run;
    bool m_running = false; // a thread is reading
    bool m_open = false; // a slice may be on its way, if only after a pause
    ScanProgress m_progress;
    qint64 m_lookedBefore = 0; // when the current run began
    Steady m_runBegan;
};

} // namespace Cachelens
