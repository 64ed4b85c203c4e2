// SPDX-License-Identifier: MIT
#include "core/keyspace/scanjob.h"

#include <algorithm>

namespace Cachelens {

namespace {

/// How long a throttled scan sleeps before it looks at the clock again, which may be a test's.
constexpr std::chrono::milliseconds nap(20);
constexpr int slicesPerSecond = 10; // at most, when throttled

qsizetype sliceFor(const ScanOptions &options)
{
    const qsizetype slice = std::max<qsizetype>(1, options.slice);
    if (!options.keysPerSecond)
        return slice;
    return std::clamp<qsizetype>(*options.keysPerSecond / slicesPerSecond, 1, slice);
}

std::chrono::milliseconds toMilliseconds(std::chrono::steady_clock::duration duration)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration);
}

} // namespace

ScanJob::ScanJob(QThreadPool &pool, std::stop_token stop, std::shared_ptr<CacheBackend> backend,
                 std::shared_ptr<const Clock> clock, IndexWriter &writer,
                 const ScanOptions &options, std::function<void()> changed)
    : m_pool(pool), m_stop(std::move(stop)), m_backend(std::move(backend)),
      m_clock(std::move(clock)), m_writer(writer), m_generation(writer.generation()),
      m_options(options), m_slice(sliceFor(options)), m_changed(std::move(changed))
{
}

void ScanJob::resume()
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_stop.stop_requested())
            return;
        if (m_running) {
            if (m_wish == Wish::Pause)
                m_wish = Wish::Run;
            return;
        }
        const auto phase = m_progress.phase;
        if (phase != ScanProgress::Phase::Idle && phase != ScanProgress::Phase::Paused
            && phase != ScanProgress::Phase::Failed)
            return;
        m_running = true;
        m_wish = Wish::Run;
        setPhase(ScanProgress::Phase::Running);
        m_progress.error.reset();
        m_lookedBefore = m_progress.looked;
        m_runBegan = m_clock->steady();
        // Under the lock: after a stop and a cancel() nothing begins any more.
        m_pool.start([self = shared_from_this()] { self->run(); });
    }
    m_changed();
}

void ScanJob::pause()
{
    const std::lock_guard lock(m_mutex);
    if (m_running && m_wish == Wish::Run)
        m_wish = Wish::Pause;
    m_woken.notify_all();
}

void ScanJob::cancel()
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_running) {
            m_wish = Wish::Cancel;
            m_woken.notify_all();
            return;
        }
        if (m_progress.phase != ScanProgress::Phase::Paused
            && m_progress.phase != ScanProgress::Phase::Failed)
            return;
        setPhase(ScanProgress::Phase::Canceled);
        m_progress.error.reset();
    }
    m_changed();
}

/// Tells the writer from when to when slices may arrive; called with the lock held.
void ScanJob::setPhase(ScanProgress::Phase phase)
{
    m_progress.phase = phase;
    const bool over
        = phase == ScanProgress::Phase::Complete || phase == ScanProgress::Phase::Canceled;
    if (std::exchange(m_open, !over) == m_open)
        return;
    if (m_open)
        m_writer.beginScan();
    else
        m_writer.endScan();
}

ScanProgress ScanJob::progress() const
{
    const std::lock_guard lock(m_mutex);
    ScanProgress progress = m_progress;
    if (progress.phase != ScanProgress::Phase::Running)
        return progress;
    progress.elapsed += toMilliseconds(m_clock->steady() - m_runBegan);
    if (progress.looked > 0 && progress.expected > 0) {
        const double left = static_cast<double>(progress.expected - progress.looked)
            / static_cast<double>(progress.looked);
        progress.remaining = std::chrono::milliseconds(
            std::max<qint64>(0, qint64(left * static_cast<double>(progress.elapsed.count()))));
    }
    return progress;
}

void ScanJob::run()
{
    if (!m_cursor) {
        m_cursor = m_backend->scan({.prefix = {}, .slice = m_slice});
        if (!m_cursor) {
            leave(ScanProgress::Phase::Failed,
                  Error{.code = Error::Code::Unsupported,
                        .attempt = "list the keys of",
                        .subject = m_backend->description(),
                        .reason = "it cannot list its keys",
                        .retryable = false});
            return;
        }
        if (const auto count = m_backend->keyCount()) {
            const std::lock_guard lock(m_mutex);
            m_progress.expected = *count;
        }
    }
    while (waitForTurn()) {
        const auto more = readSlice();
        if (!more) {
            leave(ScanProgress::Phase::Failed, more.error());
            return;
        }
        if (!*more) {
            leave(ScanProgress::Phase::Complete);
            return;
        }
    }
    std::unique_lock lock(m_mutex);
    const bool paused = m_wish == Wish::Pause && !m_stop.stop_requested();
    lock.unlock();
    leave(paused ? ScanProgress::Phase::Paused : ScanProgress::Phase::Canceled);
}

bool ScanJob::waitForTurn()
{
    std::unique_lock lock(m_mutex);
    const auto goesOn = [this] { return m_wish == Wish::Run && !m_stop.stop_requested(); };
    if (m_options.keysPerSecond) {
        const double seconds = static_cast<double>(m_progress.looked - m_lookedBefore)
            / std::max(1, *m_options.keysPerSecond);
        const auto due = m_runBegan
            + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                             std::chrono::duration<double>(seconds));
        while (goesOn() && m_clock->steady() < due)
            m_woken.wait_for(lock, nap);
    }
    return goesOn();
}

Result<bool> ScanJob::readSlice()
{
    const quint64 slice = m_writer.beginSlice();
    qint64 looked = 0;
    auto more = m_cursor->next([&](std::span<const std::string_view> keys) {
        looked += static_cast<qint64>(keys.size());
        auto slab = m_writer.takeSlab();
        slab->assign(keys);
        slab->slice = slice;
        m_writer.add(std::move(slab), m_generation);
    });
    const std::lock_guard lock(m_mutex);
    m_progress.looked += looked;
    return more;
}

void ScanJob::leave(ScanProgress::Phase phase, std::optional<Error> error)
{
    // Counts are the truth only when the last slab is in the index.
    m_writer.then([self = shared_from_this(), phase, error = std::move(error)] {
        self->settle(phase, error);
    });
}

void ScanJob::settle(ScanProgress::Phase phase, std::optional<Error> error)
{
    bool wishedOn = false; // resumed while it was about to pause
    {
        const std::lock_guard lock(m_mutex);
        m_progress.elapsed += toMilliseconds(m_clock->steady() - m_runBegan);
        m_progress.error = std::move(error);
        m_running = false;
        const bool pausing = phase == ScanProgress::Phase::Paused;
        wishedOn = pausing && m_wish == Wish::Run;
        setPhase(pausing && m_wish == Wish::Cancel ? ScanProgress::Phase::Canceled : phase);
    }
    if (wishedOn)
        resume();
    else
        m_changed();
}

} // namespace Cachelens
