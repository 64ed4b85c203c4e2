// SPDX-License-Identifier: MIT
#pragma once

#include "core/clock.h"

#include <QByteArray>
#include <QHashFunctions>

#include <atomic>
#include <memory>
#include <optional>

namespace Cachelens {

/// A guess, at the price of one atomic read, whether an entry is there: whether this process has
/// seen it and its time is not over. A right guess saves a script or a round trip; a wrong one
/// costs a round trip and nothing else. Thread-safe, of a fixed size.
class PresenceFilter {
public:
    [[nodiscard]] bool expects(const QByteArray &key, WallTime now) const
    {
        const quint64 hash = qHash(key);
        const quint64 seen = slot(hash).load(std::memory_order_relaxed);
        return (seen >> 40) == tag(hash) && (seen & secondsMask) > seconds(now);
    }
    /// `until`: when the backend drops it; none: never.
    void saw(const QByteArray &key, std::optional<WallTime> until)
    {
        const quint64 hash = qHash(key);
        const quint64 end = until ? seconds(*until) : secondsMask;
        slot(hash).store(tag(hash) << 40 | end, std::memory_order_relaxed);
    }
    void missed(const QByteArray &key) { slot(qHash(key)).store(0, std::memory_order_relaxed); }

private:
    static constexpr size_t s_slots = 1 << 14;
    static constexpr quint64 secondsMask = (quint64(1) << 40) - 1;

    using Slot = std::atomic<quint64>;
    [[nodiscard]] Slot &slot(quint64 hash) const { return m_slots[hash % s_slots]; }
    [[nodiscard]] static quint64 tag(quint64 hash) { return hash >> 40; }
    [[nodiscard]] static quint64 seconds(WallTime time)
    {
        return quint64(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count())
            & secondsMask;
    }

    const std::unique_ptr<Slot[]> m_slots = std::make_unique<Slot[]>(s_slots);
};

} // namespace Cachelens
