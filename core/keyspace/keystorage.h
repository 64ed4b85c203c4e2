// SPDX-License-Identifier: MIT
#pragma once

#include <QHashFunctions>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace Cachelens {

/// What a KeyIndex is stored in. Everything here grows by fixed chunks and never moves what it
/// holds, so that growing costs neither a copy nor twice the memory.

/// Byte strings that are only ever appended, named by where they stand.
class KeyArena {
public:
    using Position = quint32; ///< in units of 4 bytes: up to 16 GiB

    Position append(std::string_view bytes)
    {
        const auto size = static_cast<quint32>(bytes.size());
        const size_t needed = sizeof(size) + bytes.size();
        const size_t units = (needed + unit - 1) / unit;
        if (m_used + units > m_slots.size() * slotUnits)
            grow(units);
        if (m_used + units > limit)
            throw std::length_error("a key index holds at most 16 GiB of keys");
        char *place = address(m_used);
        std::memcpy(place, &size, sizeof(size));
        std::memcpy(place + sizeof(size), bytes.data(), bytes.size());
        const auto position = static_cast<Position>(m_used);
        m_used += units;
        return position;
    }

    [[nodiscard]] std::string_view at(Position position) const
    {
        const char *place = address(position);
        quint32 size = 0;
        std::memcpy(&size, place, sizeof(size));
        return {place + sizeof(size), size};
    }

    void prefetch(Position position) const { __builtin_prefetch(address(position)); }
    [[nodiscard]] qsizetype allocatedBytes() const { return m_allocated; }

private:
    static constexpr size_t unit = 4;
    static constexpr size_t slotUnits = 1 << 16; // 256 KiB
    static constexpr size_t limit = size_t(1) << 32;

    [[nodiscard]] char *address(size_t position) const
    {
        return m_slots[position / slotUnits] + (position % slotUnits) * unit;
    }

    /// Starts anew on fresh slots; one block of several when one string needs them.
    void grow(size_t units)
    {
        m_used = m_slots.size() * slotUnits;
        const size_t slots = (units + slotUnits - 1) / slotUnits;
        const size_t bytes = slots * slotUnits * unit;
        m_blocks.push_back(std::make_unique_for_overwrite<char[]>(bytes));
        for (size_t i = 0; i < slots; ++i)
            m_slots.push_back(m_blocks.back().get() + i * slotUnits * unit);
        m_allocated += static_cast<qsizetype>(bytes);
    }

    std::vector<std::unique_ptr<char[]>> m_blocks;
    std::vector<char *> m_slots; // where each 256 KiB of positions lies
    size_t m_used = 0; // units
    qsizetype m_allocated = 0;
};

template <typename T> class ChunkedArray {
public:
    [[nodiscard]] quint32 size() const { return m_size; }
    T &operator[](quint32 i) { return m_chunks[i / chunk][i % chunk]; }
    const T &operator[](quint32 i) const { return m_chunks[i / chunk][i % chunk]; }

    quint32 append(const T &value)
    {
        if (m_size == m_chunks.size() * chunk)
            m_chunks.push_back(std::make_unique_for_overwrite<T[]>(chunk));
        const quint32 i = m_size++;
        (*this)[i] = value;
        return i;
    }

    [[nodiscard]] qsizetype allocatedBytes() const
    {
        return static_cast<qsizetype>(m_chunks.size() * chunk * sizeof(T));
    }

private:
    static constexpr quint32 chunk = 1 << 13;
    std::vector<std::unique_ptr<T[]>> m_chunks;
    quint32 m_size = 0;
};

/// Ids by hash: open addressing, probed one after the other. Ids are never taken out.
class IdTable {
public:
    static constexpr quint32 none = 0xffffffff;

    [[nodiscard]] static quint32 hash(std::string_view bytes, size_t seed)
    {
        const size_t wide = qHashBits(bytes.data(), bytes.size(), seed);
        return static_cast<quint32>(wide ^ (wide >> 32));
    }

    IdTable() : m_slots(64) { }

    /// The id of this hash for which `matches(id)`; none when there is no such.
    template <typename Matches>
    [[nodiscard]] quint32 find(quint32 hash, const Matches &matches) const
    {
        for (size_t i = home(hash, m_slots.size());; i = i + 1 == m_slots.size() ? 0 : i + 1) {
            const Slot slot = m_slots[i];
            if (slot.idPlusOne == 0)
                return none;
            if (slot.hash == hash && matches(slot.idPlusOne - 1))
                return slot.idPlusOne - 1;
        }
    }

    void insert(quint32 hash, quint32 id)
    {
        if (++m_used * 5 > m_slots.size() * 4)
            grow();
        put(m_slots, {hash, id + 1});
    }

    void prefetch(quint32 hash) const { __builtin_prefetch(&m_slots[home(hash, m_slots.size())]); }

    /// The first candidate of a hash, so that what it names can be prefetched too.
    [[nodiscard]] quint32 peek(quint32 hash) const
    {
        return m_slots[home(hash, m_slots.size())].idPlusOne - 1;
    }

    [[nodiscard]] qsizetype allocatedBytes() const
    {
        return static_cast<qsizetype>(m_slots.capacity() * sizeof(Slot));
    }

private:
    struct Slot {
        quint32 hash = 0;
        quint32 idPlusOne = 0; // 0: free
    };

    /// Scales the hash to the table, whose size may therefore be any.
    static size_t home(quint32 hash, size_t size) { return (quint64(hash) * size) >> 32; }

    static void put(std::vector<Slot> &slots, Slot slot)
    {
        size_t i = home(slot.hash, slots.size());
        while (slots[i].idPlusOne != 0)
            i = i + 1 == slots.size() ? 0 : i + 1;
        slots[i] = slot;
    }

    void grow()
    {
        std::vector<Slot> larger(m_slots.size() + m_slots.size() / 2);
        for (const Slot slot : m_slots) {
            if (slot.idPlusOne != 0)
                put(larger, slot);
        }
        m_slots = std::move(larger);
    }

    std::vector<Slot> m_slots;
    size_t m_used = 0;
};

/// A reader/writer lock that lets a waiting writer in front of later readers: readers that overlap
/// all the time would otherwise keep it out for good.
class FairSharedMutex {
public:
    void lock()
    {
        const std::lock_guard turn(m_turn);
        m_mutex.lock();
    }
    void unlock() { m_mutex.unlock(); }
    void lock_shared()
    {
        const std::lock_guard turn(m_turn);
        m_mutex.lock_shared();
    }
    void unlock_shared() { m_mutex.unlock_shared(); }

private:
    std::mutex m_turn;
    std::shared_mutex m_mutex;
};

} // namespace Cachelens
