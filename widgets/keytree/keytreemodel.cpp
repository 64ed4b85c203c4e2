// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/keytree/keytreemodel.h"

#include "widgets/keytree/keytreerow.h"
#include "widgets/style/theme.h"
#include "widgets/whenready.h"

#include <QtConcurrent>

#include <algorithm>

namespace Cachelens {

using namespace std::chrono_literals;

KeyTreeModel::KeyTreeModel(QObject *parent)
    : QAbstractItemModel(parent),
      m_root(std::make_unique<Row>()), m_icons{QIcon(), themedIcon(QStringLiteral("namespace")),
                                               themedIcon(QStringLiteral("function")),
                                               themedIcon(QStringLiteral("partition")),
                                               themedIcon(QStringLiteral("other-keys"))}
{
    m_next.setSingleShot(true);
    connect(&m_next, &QTimer::timeout, this, &KeyTreeModel::list);
}

KeyTreeModel::~KeyTreeModel() = default;

void KeyTreeModel::setIndex(std::shared_ptr<const KeyIndex> index)
{
    ++m_turn;
    m_next.stop();
    m_listing = false;
    m_again = false;
    beginResetModel();
    m_index = std::move(index);
    m_asked.clear();
    m_wanted.clear();
    m_ambiguous.clear();
    m_root = std::make_unique<Row>();
    endResetModel();
    if (m_index) {
        m_root->info = m_index->node(KeyIndex::root);
        fetchMore({});
    }
}

void KeyTreeModel::grow()
{
    if (!m_index)
        return;
    m_root->info = m_index->node(KeyIndex::root);
    list();
}

void KeyTreeModel::setComplete(bool complete)
{
    if (complete == m_complete)
        return;
    m_complete = complete;
    for (const auto &[id, row] : m_asked) {
        if (!row->rows.empty())
            Q_EMIT dataChanged(indexOf(row->rows.front().get(), CountColumn),
                               indexOf(row->rows.back().get(), CountColumn));
    }
}

void KeyTreeModel::refresh(const QModelIndexList &rows)
{
    if (!m_index)
        return;
    std::vector<Row *> asked;
    std::vector<NodeId> ids;
    for (const QModelIndex &index : rows) {
        if (Row *row = rowOf(index); !row->more) {
            asked.push_back(row);
            ids.push_back(row->info.id);
        }
    }
    const auto infos = m_index->nodes(ids);
    bool vanished = false;
    for (std::size_t i = 0; i < infos.size(); ++i) {
        Row *row = asked[i];
        if (row->info.keys == infos[i].keys && row->info.children == infos[i].children)
            continue;
        row->info = infos[i];
        if (row->info.keys == 0) {
            row->parent->knownChildren = -1;
            vanished = true;
        }
        Q_EMIT dataChanged(indexOf(row, NameColumn), indexOf(row, CountColumn));
    }
    if (vanished)
        list();
}

void KeyTreeModel::showMore(const QModelIndex &more)
{
    if (!isMore(more))
        return;
    Row *parent = rowOf(more)->parent;
    if (!parent->canShowMore())
        return;
    parent->showMore();
    listSoon(0ms);
}

void KeyTreeModel::setWanted(std::vector<NodePath> paths)
{
    m_wanted = std::move(paths);
    if (m_wanted.empty())
        return;
    for (const auto &[id, row] : m_asked)
        row->knownChildren = -1;
    listSoon(0ms);
}

bool KeyTreeModel::isSettled() const
{
    return !m_listing && !m_again && !m_next.isActive()
        && (!m_index || m_index->revision() == m_listedRevision);
}

bool KeyTreeModel::canFetchMore(const QModelIndex &parent) const
{
    const Row *row = rowOf(parent);
    return m_index && !row->more && !row->asked && row->info.children > 0;
}

void KeyTreeModel::fetchMore(const QModelIndex &parent)
{
    Row *row = rowOf(parent);
    if (!m_index || row->asked || row->more)
        return;
    row->asked = true;
    m_asked[row->info.id] = row;
    listSoon(0ms);
}

void KeyTreeModel::listSoon(std::chrono::milliseconds delay)
{
    if (m_listing)
        m_again = true;
    else if (!m_next.isActive() || delay < m_next.remainingTimeAsDuration())
        m_next.start(delay);
}

std::vector<ChildListRequest> KeyTreeModel::requests() const
{
    std::unordered_map<NodeId, ChildListRequest> requests;
    for (const auto &[id, row] : m_asked)
        requests[id] = {id, row->limit, {}, row->knownChildren, row->knownKeys};
    // What is selected or expanded stays, however many new siblings come before it.
    for (const QModelIndex &index : persistentIndexList()) {
        if (const Row *row = rowOf(index); index.column() == NameColumn && !row->more)
            requests[row->parent->info.id].keep.push_back(NodeName::of(row->info));
    }
    for (const NodePath &path : m_wanted) {
        const Row *row = m_root.get();
        for (const NodeName &name : path) {
            if (!row || !row->asked)
                break;
            requests[row->info.id].keep.push_back(name);
            row = childNamed(*row, name);
        }
    }
    std::vector<ChildListRequest> list;
    list.reserve(requests.size());
    for (auto &[id, request] : requests)
        list.push_back(std::move(request));
    return list;
}

void KeyTreeModel::list()
{
    if (m_listing) {
        m_again = true;
        return;
    }
    if (m_next.isActive() && m_next.remainingTime() > 0)
        return;
    m_next.stop();
    m_listing = true;
    m_listedRevision = m_index->revision();
    struct Answer {
        std::vector<ChildList> lists;
        std::chrono::milliseconds took;
    };
    auto answer = QtConcurrent::run([index = m_index, requests = requests()] {
        const auto begin = std::chrono::steady_clock::now();
        auto lists = listChildren(*index, requests);
        const auto took = std::chrono::steady_clock::now() - begin;
        return Answer{std::move(lists), std::chrono::ceil<std::chrono::milliseconds>(took)};
    });
    whenReady(answer, this, [this, turn = m_turn](Answer listed) {
        if (turn != m_turn)
            return;
        m_listing = false;
        apply(std::move(listed.lists));
        // Listing may take a quarter of a worker's time, not all of it.
        if (std::exchange(m_again, false))
            listSoon(std::clamp(3 * listed.took, 0ms, 2000ms));
    });
}

void KeyTreeModel::apply(std::vector<ChildList> lists)
{
    bool changed = false;
    for (ChildList &list : lists) {
        if (const auto at = m_asked.find(list.node); at != m_asked.end()) {
            applyTo(*at->second, std::move(list));
            changed = true;
        }
    }
    if (changed) {
        updateAmbiguous();
        Q_EMIT listed();
    }
}

void KeyTreeModel::applyTo(Row &parent, ChildList list)
{
    parent.total = list.total;
    parent.knownChildren = list.knownChildren;
    parent.knownKeys = list.knownKeys;
    parent.limit = std::max<qsizetype>(parent.limit, std::ssize(list.shown));
    removeMissing(parent, list.shown);
    insertNew(parent, std::move(list.shown));
    setMore(parent);
}

void KeyTreeModel::removeMissing(Row &parent, const std::vector<NodeInfo> &shown)
{
    std::vector<NodeId> ids;
    ids.reserve(shown.size());
    for (const NodeInfo &info : shown)
        ids.push_back(info.id);
    std::sort(ids.begin(), ids.end());
    const auto stays = [&](const std::unique_ptr<Row> &row) {
        return row->more || std::binary_search(ids.begin(), ids.end(), row->info.id);
    };

    const auto first = std::find_if_not(parent.rows.begin(), parent.rows.end(), stays);
    if (first == parent.rows.end())
        return;
    auto last = std::find_if(first, parent.rows.end(), stays);
    if (std::find_if_not(last, parent.rows.end(), stays) != parent.rows.end()) {
        const auto from = first - parent.rows.begin();
        Rows rows = std::move(parent.rows);
        const auto gone = std::stable_partition(rows.begin() + from, rows.end(), stays);
        const auto begin = gone - rows.begin();
        reorder(parent, std::move(rows));
        removeRange(parent, static_cast<int>(begin), parent.rowCount() - 1);
    } else {
        removeRange(parent, static_cast<int>(first - parent.rows.begin()),
                    static_cast<int>(last - parent.rows.begin()) - 1);
    }
}

void KeyTreeModel::removeRange(Row &parent, int first, int last)
{
    for (int i = first; i <= last; ++i)
        forget(*parent.rows[static_cast<std::size_t>(i)]);
    beginRemoveRows(indexOf(&parent), first, last);
    parent.rows.erase(parent.rows.begin() + first, parent.rows.begin() + last + 1);
    parent.renumber(first);
    endRemoveRows();
}

void KeyTreeModel::forget(const Row &row)
{
    if (!row.asked)
        return;
    m_asked.erase(row.info.id);
    for (const auto &child : row.rows)
        forget(*child);
}

void KeyTreeModel::insertNew(Row &parent, std::vector<NodeInfo> shown)
{
    // Rows that are there are in the order of `shown` already: only what is between them is new.
    struct Run {
        std::size_t first, count;
    };
    std::vector<Run> runs;
    std::size_t old = 0;
    bool refreshed = false;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        if (old < parent.rows.size() && !parent.rows[old]->more
            && parent.rows[old]->info.id == shown[i].id) {
            refreshed = refreshed || parent.rows[old]->info.keys != shown[i].keys;
            parent.rows[old++]->info = shown[i];
        } else if (!runs.empty() && runs.back().first + runs.back().count == i) {
            ++runs.back().count;
        } else {
            runs.push_back({i, 1});
        }
    }
    if (refreshed)
        Q_EMIT dataChanged(indexOf(parent.rows.front().get(), NameColumn),
                           indexOf(parent.rows.back().get(), CountColumn));

    static constexpr std::size_t fewRuns = 8;
    if (runs.size() > fewRuns) {
        appendAndSort(parent, std::move(shown));
        return;
    }
    for (const Run run : runs) {
        const auto from = static_cast<std::ptrdiff_t>(run.first);
        Rows rows;
        for (std::size_t i = run.first; i < run.first + run.count; ++i)
            rows.push_back(std::make_unique<Row>(&parent, std::move(shown[i])));
        beginInsertRows(indexOf(&parent), static_cast<int>(from),
                        static_cast<int>(run.first + run.count) - 1);
        parent.rows.insert(parent.rows.begin() + from, std::move_iterator(rows.begin()),
                           std::move_iterator(rows.end()));
        parent.renumber(static_cast<int>(from));
        endInsertRows();
    }
}

void KeyTreeModel::appendAndSort(Row &parent, std::vector<NodeInfo> shown)
{
    Rows sorted(shown.size());
    std::vector<std::size_t> places;
    places.reserve(shown.size());
    const std::size_t olds = parent.rows.size() - (parent.hasMore() ? 1 : 0);
    Rows news;
    std::vector<std::size_t> newPlaces;
    for (std::size_t i = 0, old = 0; i < shown.size(); ++i) {
        if (old < olds && parent.rows[old]->info.id == shown[i].id) {
            places.push_back(i);
            ++old;
        } else {
            news.push_back(std::make_unique<Row>(&parent, std::move(shown[i])));
            newPlaces.push_back(i);
        }
    }
    const auto from = static_cast<int>(olds);
    beginInsertRows(indexOf(&parent), from, from + static_cast<int>(news.size()) - 1);
    parent.rows.insert(parent.rows.begin() + from, std::move_iterator(news.begin()),
                       std::move_iterator(news.end()));
    parent.renumber(from);
    endInsertRows();

    places.insert(places.end(), newPlaces.begin(), newPlaces.end());
    Rows rows = std::move(parent.rows);
    for (std::size_t i = 0; i < places.size(); ++i)
        sorted[places[i]] = std::move(rows[i]);
    if (rows.size() > places.size())
        sorted.push_back(std::move(rows.back()));
    reorder(parent, std::move(sorted));
}

void KeyTreeModel::reorder(Row &parent, Rows rows)
{
    const QList<QPersistentModelIndex> parents{indexOf(&parent)};
    Q_EMIT layoutAboutToBeChanged(parents);
    parent.rows = std::move(rows);
    parent.renumber(0);
    const QModelIndexList before = persistentIndexList();
    QModelIndexList after;
    after.reserve(before.size());
    for (const QModelIndex &index : before)
        after.push_back(indexOf(rowOf(index), index.column()));
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged(parents);
}

void KeyTreeModel::setMore(Row &parent)
{
    const auto shown = std::ssize(parent.rows) - (parent.hasMore() ? 1 : 0);
    const qsizetype more = parent.total - shown;
    if (more > 0 && !parent.hasMore()) {
        auto row = std::make_unique<Row>(&parent, NodeInfo());
        row->more = true;
        row->total = more;
        const auto at = parent.rowCount();
        beginInsertRows(indexOf(&parent), at, at);
        parent.rows.push_back(std::move(row));
        parent.renumber(at);
        endInsertRows();
    } else if (more == 0 && parent.hasMore()) {
        removeRange(parent, parent.rowCount() - 1, parent.rowCount() - 1);
    } else if (more > 0 && parent.rows.back()->total != more) {
        parent.rows.back()->total = more;
        Q_EMIT dataChanged(indexOf(parent.rows.back().get(), NameColumn),
                           indexOf(parent.rows.back().get(), CountColumn));
    }
}

} // namespace Cachelens
