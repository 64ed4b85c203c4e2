// SPDX-License-Identifier: MIT
#include "core/keyspace/searchjob.h"

#include <QPromise>

#include <algorithm>
#include <map>
#include <mutex>

namespace Cachelens {

namespace {

constexpr KeyId smallBlock = 4096; // the first ones, so that the first rows are there at once
constexpr KeyId largeBlock = 32768;
constexpr KeyId smallBlocks = 8;
constexpr KeyId lockedKeys = 8192; // visited under one lock of the index
constexpr size_t glance = 16; // keys matched before it is looked whether the answer is wanted

struct Block {
    KeyId number;
    KeyId from;
    KeyId to;
};

KeyId blockBegin(KeyId number)
{
    return number < smallBlocks ? number * smallBlock
                                : smallBlocks * smallBlock + (number - smallBlocks) * largeBlock;
}

/// Shared by the threads that search. Blocks are taken in order and told in order, so what one
/// thread finds early waits for the blocks in front of it. One thread tells at a time, and without
/// the lock, because whoever listens may run inside of the telling. The promise finishes itself,
/// canceled, when the last thread lets go of a job that is not wanted any more.
class SearchJob {
public:
    SearchJob(std::stop_token stop, std::shared_ptr<const KeyIndex> index, EntryReader entries,
              KeyQuery query, KeyPredicate predicate)
        : m_stop(std::move(stop)), m_index(std::move(index)), m_entries(std::move(entries)),
          m_query(std::move(query)), m_predicate(std::move(predicate)), m_ids(m_index->idCount()),
          m_total(m_index->node(m_query.within).keys)
    {
        m_promise.start();
    }

    [[nodiscard]] QFuture<Result<SearchBatch>> future() { return m_promise.future(); }

    void run()
    {
        while (const auto block = take())
            tell(block->number, search(*block));
    }

private:
    struct Found {
        std::vector<KeyId> ids;
        qint64 examined = 0;
        bool last = false;
    };

    [[nodiscard]] bool unwanted() const
    {
        return m_stop.stop_requested() || m_promise.isCanceled();
    }

    [[nodiscard]] std::optional<Block> take();
    [[nodiscard]] Result<Found> search(const Block &block) const;
    [[nodiscard]] Result<void> keepFitting(std::vector<KeyId> &ids) const;
    [[nodiscard]] bool fits(const KeyFacts &facts) const;
    [[nodiscard]] bool fits(const KeyFacts &facts, const std::optional<EntryMetadata> &metadata,
                            WallTime now) const;
    void tell(KeyId number, Result<Found> found);
    void keep(KeyId number, Result<Found> found);
    [[nodiscard]] std::optional<Result<SearchBatch>> takeNext();

    const std::stop_token m_stop;
    const std::shared_ptr<const KeyIndex> m_index;
    const EntryReader m_entries;
    const KeyQuery m_query;
    const KeyPredicate m_predicate;
    const KeyId m_ids;
    const qint64 m_total;

    QPromise<Result<SearchBatch>> m_promise;
    std::mutex m_mutex; // of all below
    KeyId m_taken = 0; // blocks
    KeyId m_told = 0; // blocks
    std::map<KeyId, Found> m_waiting;
    std::optional<Error> m_error; // waits as well, in front of all blocks
    qint64 m_examined = 0;
    bool m_telling = false;
    bool m_over = false; // what is told last has been taken
};

std::optional<Block> SearchJob::take()
{
    const std::lock_guard lock(m_mutex);
    const KeyId from = std::min(blockBegin(m_taken), m_ids);
    if (m_over || unwanted() || (from == m_ids && m_taken > 0))
        return std::nullopt;
    const KeyId number = m_taken++;
    return Block{number, from, std::min(blockBegin(number + 1), m_ids)};
}

Result<SearchJob::Found> SearchJob::search(const Block &block) const
{
    Found found;
    found.last = block.to == m_ids;
    std::vector<std::pair<KeyId, std::string_view>> keys;
    keys.reserve(lockedKeys);
    for (KeyId from = block.from; from < block.to && !unwanted(); from += lockedKeys) {
        // Matched outside the index's lock: one regular expression can take its time.
        keys.clear();
        m_index->visit(from, std::min(from + lockedKeys, block.to), m_query.within,
                       [&](KeyId id, std::string_view key) { keys.emplace_back(id, key); });
        for (size_t i = 0; i < keys.size() && (i % glance != 0 || !unwanted()); ++i) {
            if (m_predicate(keys[i].second))
                found.ids.push_back(keys[i].first);
        }
        found.examined += static_cast<qint64>(keys.size());
    }
    if (m_query.needsFacts()) {
        if (const auto kept = keepFitting(found.ids); !kept)
            return failure(kept.error());
    }
    return found;
}

Result<void> SearchJob::keepFitting(std::vector<KeyId> &ids) const
{
    const auto isUnwanted = [this] { return unwanted(); };
    const std::vector<QByteArray> keys = m_index->keys(ids);
    const WallTime now = m_entries.clock->now();
    const auto facts = m_entries.facts(keys, isUnwanted);
    if (!facts)
        return failure(facts.error());

    std::vector<KeyId> kept;
    if (!m_query.needsValues()) {
        for (size_t i = 0; i < ids.size(); ++i) {
            if (fits((*facts)[i]))
                kept.push_back(ids[i]);
        }
    } else {
        // Whatever can be decoded: an answer that left out what is large would not be whole.
        const auto metadata
            = m_entries.metadata(keys, *facts, m_entries.limits.decompressedBytes, isUnwanted);
        if (!metadata)
            return failure(metadata.error());
        for (size_t i = 0; i < ids.size(); ++i) {
            if (fits((*facts)[i], (*metadata)[i], now))
                kept.push_back(ids[i]);
        }
    }
    ids = std::move(kept);
    return {};
}

bool SearchJob::fits(const KeyFacts &facts) const
{
    if (facts.type == KeyType::None || !m_query.size.contains(facts.size))
        return false;
    switch (m_query.expiry) {
    case KeyQuery::Expiry::Never:
        return !facts.ttl;
    case KeyQuery::Expiry::Within:
        return facts.ttl && m_query.ttl.contains(*facts.ttl);
    case KeyQuery::Expiry::Any:
        break;
    }
    return true;
}

bool SearchJob::fits(const KeyFacts &facts, const std::optional<EntryMetadata> &metadata,
                     WallTime now) const
{
    if (!fits(facts))
        return false;
    if (m_query.nextCall && nextCall(facts, metadata, now) != *m_query.nextCall)
        return false;
    if (m_query.age.isEmpty())
        return true;
    if (!metadata || !metadata->cachedAtMs)
        return false;
    const std::chrono::milliseconds cachedAt(*metadata->cachedAtMs);
    return m_query.age.contains(now.time_since_epoch() - cachedAt);
}

void SearchJob::tell(KeyId number, Result<Found> found)
{
    std::unique_lock lock(m_mutex);
    keep(number, std::move(found));
    if (m_telling)
        return; // the one who tells takes this too
    m_telling = true;
    while (auto batch = takeNext()) {
        const bool over = m_over;
        lock.unlock();
        m_promise.addResult(std::move(*batch));
        if (over)
            m_promise.finish();
        lock.lock();
    }
    m_telling = false;
}

void SearchJob::keep(KeyId number, Result<Found> found)
{
    if (found)
        m_waiting.emplace(number, std::move(*found));
    else
        m_error = std::move(found.error());
}

std::optional<Result<SearchBatch>> SearchJob::takeNext()
{
    if (m_over || unwanted())
        return std::nullopt;
    if (m_error) {
        m_over = true;
        return failure(std::move(*m_error));
    }
    const auto next = m_waiting.find(m_told);
    if (next == m_waiting.end())
        return std::nullopt;
    Found found = std::move(next->second);
    m_waiting.erase(next);
    ++m_told;
    m_examined += found.examined;
    m_over = found.last;
    return SearchBatch{std::move(found.ids), m_examined,
                       found.last ? m_examined : std::max(m_total, m_examined), found.last};
}

} // namespace

QFuture<Result<SearchBatch>> startSearch(QThreadPool &pool, std::stop_token stop,
                                         std::shared_ptr<const KeyIndex> index, EntryReader entries,
                                         KeyQuery query)
{
    auto predicate = compilePattern(query);
    if (!predicate) {
        QPromise<Result<SearchBatch>> promise;
        promise.start();
        promise.addResult(failure(predicate.error()));
        promise.finish();
        return promise.future();
    }
    const auto job
        = std::make_shared<SearchJob>(std::move(stop), std::move(index), std::move(entries),
                                      std::move(query), std::move(*predicate));
    auto future = job->future();
    for (int i = 0; i < pool.maxThreadCount(); ++i)
        pool.start([job] { job->run(); });
    return future;
}

} // namespace Cachelens
