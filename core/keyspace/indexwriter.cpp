// SPDX-License-Identifier: MIT
#include "core/keyspace/indexwriter.h"

#include "core/keyspace/byteview.h"

#include <algorithm>

namespace Cachelens {

namespace {

constexpr KeyId lockedKeys = 8192; // read under one lock of the old index

bool removes(KeyChange::Cause cause)
{
    switch (cause) {
    case KeyChange::Cause::Deleted:
    case KeyChange::Cause::Expired:
    case KeyChange::Cause::Evicted:
        return true;
    case KeyChange::Cause::Stored:
    case KeyChange::Cause::TtlChanged:
    case KeyChange::Cause::Replaced:
    case KeyChange::Cause::Cleared:
        break;
    }
    return false;
}

} // namespace

void KeySlab::assign(std::span<const std::string_view> views)
{
    size_t size = 0;
    for (const std::string_view view : views)
        size += view.size();
    bytes.resize(size);
    keys.clear();
    keys.reserve(views.size());
    char *to = bytes.data();
    for (const std::string_view view : views) {
        std::copy(view.begin(), view.end(), to);
        keys.emplace_back(to, view.size());
        to += view.size();
    }
}

IndexWriter::IndexWriter(std::shared_ptr<KeyIndex> index, std::function<void()> changed)
    : m_changed(std::move(changed)), m_index(std::move(index))
{
    m_thread.setMaxThreadCount(1);
}

IndexWriter::~IndexWriter()
{
    m_stopping = true;
    m_thread.waitForDone();
}

std::shared_ptr<KeyIndex> IndexWriter::index() const
{
    const std::lock_guard lock(m_mutex);
    return m_index;
}

void IndexWriter::startOver(std::shared_ptr<KeyIndex> index)
{
    const std::lock_guard lock(m_mutex);
    ++m_generation;
    m_index = std::move(index);
}

void IndexWriter::then(std::function<void()> task)
{
    m_thread.start([this, task = std::move(task)] {
        if (!m_stopping)
            task();
    });
}

void IndexWriter::rebuild(std::shared_ptr<const KeyReader> reader,
                          std::function<void(std::shared_ptr<KeyIndex>)> done)
{
    then([this, reader = std::move(reader), done = std::move(done)] {
        const auto old = index();
        auto rebuilt = std::make_shared<KeyIndex>(reader);
        std::vector<std::string_view> keys;
        for (KeyId from = 0; from < old->idCount() && !m_stopping; from += lockedKeys) {
            keys.clear();
            old->visit(from, from + lockedKeys, KeyIndex::root,
                       [&](KeyId, std::string_view key) { keys.push_back(key); });
            rebuilt->add(keys);
        }
        {
            const std::lock_guard lock(m_mutex);
            if (m_stopping || m_index != old)
                return;
            m_index = rebuilt;
        }
        done(std::move(rebuilt));
    });
}

void IndexWriter::endScan()
{
    then([this] {
        if (--m_scans == 0)
            m_gone.clear();
    });
}

std::shared_ptr<KeySlab> IndexWriter::takeSlab()
{
    m_slabs.acquire();
    const std::lock_guard lock(m_mutex);
    if (m_spare.empty())
        return std::make_shared<KeySlab>();
    auto slab = std::move(m_spare.back());
    m_spare.pop_back();
    return slab;
}

void IndexWriter::add(std::shared_ptr<KeySlab> slab, quint64 generation)
{
    m_thread.start([this, slab = std::move(slab), generation] {
        if (!m_stopping)
            addSlab(*slab, generation);
        {
            const std::lock_guard lock(m_mutex);
            m_spare.push_back(slab);
        }
        m_slabs.release();
    });
}

void IndexWriter::addSlab(KeySlab &slab, quint64 generation)
{
    std::shared_ptr<KeyIndex> target;
    {
        const std::lock_guard lock(m_mutex);
        if (generation != m_generation)
            return;
        target = m_index;
    }
    if (slab.slice <= m_clearedAt)
        return;
    if (!m_gone.empty()) {
        std::erase_if(slab.keys, [&](std::string_view key) {
            const auto gone = m_gone.find(std::string(key));
            return gone != m_gone.end() && slab.slice <= gone->second;
        });
        std::erase_if(m_gone, [&](const auto &gone) { return gone.second <= slab.slice; });
    }
    target->add(slab.keys);
    m_changed();
}

void IndexWriter::apply(std::vector<KeyChange> changes,
                        std::function<void(std::vector<KeyChange>)> done)
{
    // Shared, since a std::function must be copyable.
    auto shared = std::make_shared<std::vector<KeyChange>>(std::move(changes));
    then([this, shared, done = std::move(done)] {
        applyChanges(*shared);
        m_changed();
        done(std::move(*shared));
    });
}

void IndexWriter::applyChanges(const std::vector<KeyChange> &changes)
{
    const auto target = index();
    const quint64 slice = m_slice + 1; // a cursor may ask for the next slice ahead
    std::vector<QByteArray> gone;
    std::vector<std::string_view> stored;
    const auto flush = [&] {
        target->remove(gone);
        target->add(stored);
        gone.clear();
        stored.clear();
    };
    for (const KeyChange &change : changes) {
        if (change.cause == KeyChange::Cause::Cleared) {
            flush();
            target->clear();
            m_gone.clear();
            m_clearedAt = slice;
        } else if (removes(change.cause)) {
            if (!stored.empty())
                flush();
            gone.push_back(change.key);
            if (m_scans > 0)
                m_gone.insert_or_assign(std::string(viewOf(change.key)), slice);
        } else {
            if (!gone.empty())
                flush();
            stored.push_back(viewOf(change.key));
            m_gone.erase(std::string(viewOf(change.key)));
        }
    }
    flush();
}

} // namespace Cachelens
