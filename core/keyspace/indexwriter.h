// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/cachebackend.h"
#include "core/keyspace/keyindex.h"

#include <QThreadPool>

#include <atomic>
#include <functional>
#include <mutex>
#include <semaphore>
#include <string>
#include <unordered_map>

namespace Cachelens {

/// Keys of one slice of a scan, copied out of the reply that they came in.
struct KeySlab {
    std::string bytes;
    std::vector<std::string_view> keys; ///< into `bytes`
    quint64 slice = 0; ///< number of the slice, see IndexWriter::beginSlice

    void assign(std::span<const std::string_view> views);
};

/// The one thread that changes the index: what scans find and what changes meanwhile arrive here
/// in order, so that a key that was deleted while the slice that still has it was on its way does
/// not come back to life. Functions are thread-safe unless they say otherwise.
class IndexWriter {
public:
    /// `changed` is called on the writer's thread after each piece of work.
    IndexWriter(std::shared_ptr<KeyIndex> index, std::function<void()> changed);
    /// Drops what waits, and joins.
    ~IndexWriter();
    IndexWriter(const IndexWriter &) = delete;
    IndexWriter &operator=(const IndexWriter &) = delete;

    /// The index that is written to now.
    [[nodiscard]] std::shared_ptr<KeyIndex> index() const;

    /// Writes to a new index from here on; slabs of an older scan are dropped.
    void startOver(std::shared_ptr<KeyIndex> index);
    /// Reads all keys anew into an index with this reader; `done` is called on the writer's thread
    /// with it, unless something else replaced the index meanwhile.
    void rebuild(std::shared_ptr<const KeyReader> reader,
                 std::function<void(std::shared_ptr<KeyIndex>)> done);

    /// Which scan a slab must be of; see startOver.
    [[nodiscard]] quint64 generation() const { return m_generation; }
    /// Slices may arrive from here to endScan(): only then is it remembered which keys are gone.
    void beginScan() { ++m_scans; }
    void endScan();
    /// To be called before a slice is asked for: its number.
    [[nodiscard]] quint64 beginSlice() { return ++m_slice; }
    /// A slab to fill, with its memory from an earlier use. Blocks while too many are on their way,
    /// and then for as long as those take to be indexed.
    [[nodiscard]] std::shared_ptr<KeySlab> takeSlab();
    void add(std::shared_ptr<KeySlab> slab, quint64 generation);

    /// Applies changes; then `done` is called on the writer's thread.
    void apply(std::vector<KeyChange> changes, std::function<void(std::vector<KeyChange>)> done);
    /// Calls `task` on the writer's thread when all before it is done.
    void then(std::function<void()> task);

private:
    static constexpr int slabsOnTheirWay = 16;

    void addSlab(KeySlab &slab, quint64 generation);
    void applyChanges(const std::vector<KeyChange> &changes);

    const std::function<void()> m_changed;
    std::atomic<quint64> m_generation = 0;
    std::atomic<quint64> m_slice = 0;
    std::atomic<int> m_scans = 0; // that run
    std::atomic<bool> m_stopping = false;

    mutable std::mutex m_mutex; // of the next two
    std::shared_ptr<KeyIndex> m_index;
    std::vector<std::shared_ptr<KeySlab>> m_spare;
    std::counting_semaphore<slabsOnTheirWay> m_slabs{slabsOnTheirWay};

    // Of the writer's thread: the last slice that may still have a key that is gone.
    std::unordered_map<std::string, quint64> m_gone;
    quint64 m_clearedAt = 0;

    QThreadPool m_thread; // last: joined first
};

} // namespace Cachelens
