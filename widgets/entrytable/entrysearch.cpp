// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrytable/entrysearch.h"

#include "widgets/whenready.h"

#include <QtConcurrent>

namespace Cachelens {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

EntrySearch::EntrySearch(ShownNow shownNow, QObject *parent)
    : QObject(parent), m_shownNow(std::move(shownNow))
{
    m_flush.setSingleShot(true);
    // An answer that is whole by then is shown in its order at once.
    m_flush.setInterval(40ms);
    connect(&m_flush, &QTimer::timeout, this, &EntrySearch::flush);
    m_rerun.setSingleShot(true);
    connect(&m_rerun, &QTimer::timeout, this, [this] { ask(false); });
    connect(&m_watcher, &QFutureWatcherBase::resultReadyAt, this, &EntrySearch::take);
    connect(&m_watcher, &QFutureWatcherBase::finished, this, &EntrySearch::finish);
}

EntrySearch::~EntrySearch()
{
    m_watcher.disconnect(this);
    m_watcher.cancel();
}

void EntrySearch::setSession(Session *session)
{
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    if (session) {
        connect(session, &Session::indexChanged, this, &EntrySearch::indexChanged);
        connect(session, &Session::scanProgressed, this, &EntrySearch::indexChanged);
        connect(session, &Session::indexReplaced, this, [this] {
            // Ids of nodes are of the index before.
            KeyQuery query = m_query;
            query.within = KeyIndex::root;
            start(query);
        });
    }
    start({});
}

void EntrySearch::start(const KeyQuery &query)
{
    m_query = query;
    const auto index = m_session ? m_session->index() : nullptr;
    if (index != m_index) {
        // Rows of another index mean nothing in this one.
        m_index = index;
        m_shownCount = 0;
        Q_EMIT began({});
    }
    ask(true);
}

void EntrySearch::ask(bool fresh)
{
    ++m_turn;
    m_rerun.stop();
    m_flush.stop();
    m_arranging = false;
    m_watcher.cancel();
    // A new query that has not been shown stays one.
    m_fresh = fresh || m_fresh;
    m_shownFirst = false;
    m_stopped = false;
    m_error.reset();
    m_found.clear();
    m_flushed = 0;
    m_examined = 0;
    m_total = 0;
    if (!m_session) {
        m_running = false;
        m_fresh = false;
        m_watcher.setFuture({});
        Q_EMIT began({});
        Q_EMIT progressed();
        return;
    }
    m_running = true;
    m_askedRevision = m_index->revision();
    m_askedComplete = m_session->scanProgress().complete();
    m_since.start();
    if (m_fresh)
        m_flush.start();
    m_watcher.setFuture(m_session->search(m_query));
    Q_EMIT progressed();
}

void EntrySearch::stop()
{
    if (!m_running)
        return;
    m_stopped = true;
    m_watcher.cancel();
}

void EntrySearch::take(int index)
{
    const Result<SearchBatch> batch = m_watcher.resultAt(index);
    if (!batch) {
        m_error = batch.error();
        return;
    }
    m_found.insert(m_found.end(), batch->keys.begin(), batch->keys.end());
    m_examined = batch->examined;
    m_total = batch->total;
    if (!m_fresh || m_flush.isActive())
        return;
    if (m_shownFirst)
        m_flush.start();
    else
        flush(); // the first have been waited for long enough
}

void EntrySearch::flush()
{
    if (!m_fresh)
        return;
    const auto from = m_found.begin() + static_cast<std::ptrdiff_t>(m_flushed);
    const std::vector<KeyId> rows(from, m_found.end());
    m_flushed = m_found.size();
    if (!m_shownFirst) {
        // Until the first are there, those of the query before are better than none.
        if (rows.empty())
            return;
        m_shownFirst = true;
        Q_EMIT began(rows);
    } else if (!rows.empty()) {
        Q_EMIT found(rows);
    }
    Q_EMIT progressed();
}

void EntrySearch::finish()
{
    if (!m_running)
        return;
    m_running = false;
    m_took = milliseconds(m_since.elapsed());
    m_flush.stop();
    m_watcher.setFuture({}); // lets go of the batches
    arrange(std::exchange(m_found, {}));
    Q_EMIT progressed();
}

void EntrySearch::arrange(std::vector<KeyId> rows)
{
    const bool tooMany = rows.size() > sortedUnasked && !m_orderForced;
    const EntryOrder order
        = m_order.by == EntryOrder::By::Column && tooMany ? EntryOrder() : m_order;
    const bool fresh = m_fresh && !m_shownFirst;
    Shown shown = m_shownNow(order.by == EntryOrder::By::Shown);
    if (m_fresh)
        shown = {};
    const auto show = [this, fresh](const std::vector<KeyId> &arrangedRows) {
        m_arranging = false;
        m_fresh = false;
        m_shownCount = arrangedRows.size();
        if (fresh)
            Q_EMIT began(arrangedRows);
        else
            Q_EMIT arranged(arrangedRows);
        Q_EMIT progressed();
        indexChanged();
    };
    m_arranging = true;
    auto answer = QtConcurrent::run(
        [index = m_index, rows = std::move(rows), order, shown = std::move(shown)]() mutable {
            return arrangeEntries(*index, std::move(rows), order, shown.rows, shown.gone);
        });
    whenReady(answer, this, [turn = m_turn, this, show](const std::vector<KeyId> &arrangedRows) {
        if (turn == m_turn)
            show(arrangedRows);
    });
}

void EntrySearch::setOrder(const EntryOrder &order, bool forced)
{
    if (order == m_order && forced == m_orderForced)
        return;
    m_order = order;
    m_orderForced = forced;
    if (m_session && !m_running) {
        ++m_turn;
        arrange(m_shownNow(true).rows);
    }
}

void EntrySearch::drop(const std::vector<KeyId> &ids)
{
    if (m_running || m_arranging)
        return; // the rows to come are without them
    ++m_turn;
    auto rows = m_shownNow(true).rows;
    std::erase_if(rows,
                  [&](KeyId id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); });
    arrange(std::move(rows));
}

bool EntrySearch::isDue() const
{
    if (!m_session || m_stopped || m_error || m_index->revision() == m_askedRevision)
        return false;
    // Conditions that ask the server about every key are asked again only once the keyspace is
    // known whole.
    return !m_query.needsFacts() || (!m_askedComplete && m_session->scanProgress().complete());
}

void EntrySearch::indexChanged()
{
    if (!m_session || m_running || m_arranging || m_rerun.isActive())
        return;
    if (isDue()) {
        // The first rows are wanted at once; after that, asking may take a fifth of the time.
        const milliseconds least = m_shownCount == 0 ? 20ms : 250ms;
        m_rerun.start(std::clamp<milliseconds>(4 * m_took, least, 3000ms));
    } else if (!m_askedComplete && m_session->scanProgress().complete()
               && m_index->revision() == m_askedRevision) {
        m_askedComplete = true; // nothing has come since
        Q_EMIT progressed();
    }
}

bool EntrySearch::isOfWholeKeyspace() const
{
    return m_session && !m_running && !m_stopped && m_askedComplete
        && m_session->scanProgress().complete();
}

bool EntrySearch::isSettled() const
{
    return !m_running && !m_arranging && !m_rerun.isActive() && !isDue();
}

milliseconds EntrySearch::elapsed() const
{
    return m_running ? milliseconds(m_since.elapsed()) : m_took;
}

} // namespace Cachelens
