// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrytable/entryloader.h"

#include "widgets/whenready.h"

#include <algorithm>

namespace Cachelens {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

constexpr qsizetype maxRows = 8000;
constexpr milliseconds goneStays = 4s;

} // namespace

EntryLoader::EntryLoader(QObject *parent) : QObject(parent)
{
    m_clock.start();
    m_soon.setSingleShot(true);
    // While one scrolls fast, rows that are gone again at once are not worth asking for.
    m_soon.setInterval(30ms);
    connect(&m_soon, &QTimer::timeout, this, &EntryLoader::ask);
}

void EntryLoader::setSession(Session *session, std::shared_ptr<const KeyIndex> index)
{
    ++m_turn;
    m_answer.cancel();
    m_answer = {};
    m_soon.stop();
    m_rows.clear();
    m_ids.clear();
    m_wanted.clear();
    m_asked.clear();
    m_index = std::move(index);
    if (session == m_session)
        return;
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    if (!session)
        return;
    connect(session, &Session::keysChanged, this, &EntryLoader::keysChanged);
    connect(session, &Session::stateChanged, this, [this](const BackendState &state) {
        // What failed while the server was away is worth another try.
        if (state.phase != BackendState::Phase::Ready)
            return;
        for (EntryRow &row : m_rows) {
            if (row.state == EntryRow::State::Failed)
                row.state = EntryRow::State::Loading;
        }
        m_soon.start();
    });
}

void EntryLoader::want(std::vector<KeyId> ids)
{
    if (!m_session || ids == m_wanted)
        return;
    m_wanted = std::move(ids);
    std::vector<KeyId> unknown;
    std::copy_if(m_wanted.begin(), m_wanted.end(), std::back_inserter(unknown),
                 [this](KeyId id) { return !m_rows.contains(id); });
    if (!unknown.empty()) {
        const auto keys = m_index->keys(unknown);
        for (std::size_t i = 0; i < keys.size(); ++i) {
            EntryRow row;
            row.key = keys[i];
            row.reading = m_index->reader().read(keys[i]);
            m_ids.insert(row.key, unknown[i]);
            m_rows.insert(unknown[i], std::move(row));
        }
        prune();
    }
    if (!m_soon.isActive())
        m_soon.start();
}

const EntryRow *EntryLoader::find(KeyId id) const
{
    const auto at = m_rows.constFind(id);
    return at == m_rows.constEnd() ? nullptr : &*at;
}

void EntryLoader::store(KeyId id, const EntrySummary &summary)
{
    const auto at = m_rows.find(id);
    if (at == m_rows.end())
        return;
    at->asked = false;
    at->summary = summary;
    at->state
        = summary.facts.type == KeyType::None ? EntryRow::State::Gone : EntryRow::State::Loaded;
    if (at->state == EntryRow::State::Gone && !at->changedAt)
        at->changedAt = clock();
}

void EntryLoader::refetchExpired(WallTime now)
{
    for (const KeyId id : m_wanted) {
        const auto row = m_rows.find(id);
        if (row == m_rows.end() || row->state != EntryRow::State::Loaded)
            continue;
        if (row->summary.isOver(now)) {
            row->state = EntryRow::State::Loading;
            if (!m_soon.isActive())
                m_soon.start();
        }
    }
}

void EntryLoader::ask()
{
    if (!m_session || !m_asked.empty())
        return; // goes on when the answer is there
    std::vector<QByteArray> keys;
    for (const KeyId id : m_wanted) {
        const auto row = m_rows.find(id);
        if (row == m_rows.end() || row->state != EntryRow::State::Loading)
            continue;
        row->asked = true;
        m_asked.push_back(id);
        keys.push_back(row->key);
    }
    if (keys.empty())
        return;
    m_answer = m_session->summaries(std::move(keys));
    whenReady(m_answer, this,
              [this, turn = ++m_turn](const Result<std::vector<EntrySummary>> &answer) {
                  if (turn == m_turn)
                      take(answer);
              });
}

void EntryLoader::take(const Result<std::vector<EntrySummary>> &answer)
{
    const std::vector<KeyId> asked = std::exchange(m_asked, {});
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const auto row = m_rows.find(asked[i]);
        if (row == m_rows.end() || !row->asked)
            continue; // it has changed since: it is asked for again
        if (answer) {
            store(asked[i], (*answer)[i]);
        } else {
            row->asked = false;
            row->state = EntryRow::State::Failed;
            row->error = QString::fromUtf8(answer.error().message());
        }
    }
    Q_EMIT loaded();
    ask(); // what has come into view meanwhile
}

void EntryLoader::keysChanged(const std::vector<KeyChange> &changes)
{
    bool any = false;
    const auto change = [&](EntryRow &row, KeyChange::Cause cause) {
        using Cause = KeyChange::Cause;
        const bool stays
            = cause == Cause::Stored || cause == Cause::TtlChanged || cause == Cause::Replaced;
        row.asked = false;
        row.state = stays ? EntryRow::State::Loading : EntryRow::State::Gone;
        row.changedAt = clock();
        any = true;
    };
    for (const KeyChange &told : changes) {
        if (told.cause == KeyChange::Cause::Cleared) {
            for (EntryRow &row : m_rows)
                change(row, told.cause);
        } else if (const auto id = m_ids.constFind(told.key); id != m_ids.constEnd()) {
            change(m_rows[*id], told.cause);
        }
    }
    if (!any)
        return;
    Q_EMIT loaded();
    if (!m_soon.isActive())
        m_soon.start();
}

milliseconds EntryLoader::clock() const
{
    return milliseconds(m_clock.elapsed());
}

std::vector<KeyId> EntryLoader::goneLately() const
{
    std::vector<KeyId> gone;
    for (const KeyId id : m_wanted) {
        const EntryRow *row = find(id);
        if (row && row->state == EntryRow::State::Gone && row->changedAt
            && clock() - *row->changedAt < goneStays)
            gone.push_back(id);
    }
    return gone;
}

bool EntryLoader::isFading(const EntryRow &row) const
{
    return row.changedAt && clock() - *row.changedAt < fade;
}

bool EntryLoader::anyFading() const
{
    return std::any_of(m_wanted.begin(), m_wanted.end(), [this](KeyId id) {
        const EntryRow *row = find(id);
        return row && isFading(*row);
    });
}

void EntryLoader::prune()
{
    if (m_rows.size() <= maxRows)
        return;
    QHash<KeyId, EntryRow> kept;
    m_ids.clear();
    for (const auto *list : {&m_wanted, &m_asked}) {
        for (const KeyId id : *list) {
            if (const auto at = m_rows.constFind(id); at != m_rows.constEnd()) {
                kept.insert(id, *at);
                m_ids.insert(at->key, id);
            }
        }
    }
    m_rows = std::move(kept);
}

} // namespace Cachelens
