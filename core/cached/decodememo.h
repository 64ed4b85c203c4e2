// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/nearcache.h"

namespace Cachelens {

/// Remembers what bytes were decoded to, by where the bytes lie: for an embedded backend, which
/// gives out the same shared bytes again and again. Holds on to the bytes, so that the place cannot
/// be another's. Thread-safe, of a fixed size.
class DecodeMemo {
public:
    [[nodiscard]] std::optional<NearEntry> find(const QByteArray &bytes) const
    {
        Slot &slot = slotOf(bytes);
        const std::lock_guard lock(slot.mutex);
        if (slot.bytes.constData() != bytes.constData() || slot.bytes.size() != bytes.size()
            || !slot.entry.cell)
            return std::nullopt;
        return slot.entry;
    }
    void insert(const QByteArray &bytes, const NearEntry &entry) const
    {
        if (bytes.size() > s_largest)
            return;
        Slot dropped; // destroyed outside the lock
        Slot &slot = slotOf(bytes);
        const std::lock_guard lock(slot.mutex);
        dropped.bytes = std::exchange(slot.bytes, bytes);
        dropped.entry = std::exchange(slot.entry, entry);
    }

private:
    static constexpr size_t s_slots = 2048;
    static constexpr qsizetype s_largest = 16 * 1024; ///< so that it never holds much

    struct Slot {
        std::mutex mutex;
        QByteArray bytes;
        NearEntry entry;
    };
    [[nodiscard]] Slot &slotOf(const QByteArray &bytes) const
    {
        return m_slots[qHash(quintptr(bytes.constData())) % s_slots];
    }

    const std::unique_ptr<Slot[]> m_slots = std::make_unique<Slot[]>(s_slots);
};

} // namespace Cachelens
