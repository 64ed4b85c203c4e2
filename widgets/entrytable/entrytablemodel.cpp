// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrytable/entrytablemodel.h"

#include "widgets/style/format.h"
#include "widgets/style/theme.h"
#include "widgets/whenready.h"

#include <algorithm>

namespace Cachelens {

EntryTableModel::EntryTableModel(QObject *parent)
    : QAbstractTableModel(parent), m_loader(new EntryLoader(this)),
      m_search(new EntrySearch([this](bool rows) { return shown(rows); }, this)),
      m_columns(entryColumns(NodeKind::Root, nullptr)), m_fixedFont(fixedFont())
{
    connect(m_search, &EntrySearch::began, this, &EntryTableModel::begin);
    connect(m_search, &EntrySearch::found, this, &EntryTableModel::append);
    connect(m_search, &EntrySearch::arranged, this, &EntryTableModel::replace);
    connect(m_search, &EntrySearch::progressed, this, &EntryTableModel::searchChanged);
    connect(m_loader, &EntryLoader::loaded, this, &EntryTableModel::fadeOn);
    updateOrder(false);
}

EntryTableModel::~EntryTableModel() = default;

void EntryTableModel::setSession(Session *session)
{
    m_session = session;
    m_search->setSession(session);
}

void EntryTableModel::setQuery(const KeyQuery &query)
{
    if (query != m_search->query())
        m_search->start(query);
}

EntrySearch::Shown EntryTableModel::shown(bool rows)
{
    EntrySearch::Shown shown;
    if (rows)
        shown.rows = m_rows;
    m_keptGone.clear();
    const auto gone = m_loader->goneLately();
    if (gone.empty())
        return shown;
    // Only rows on screen are kept, so only those need to be looked at.
    const int last = std::min(m_last, rowCount() - 1);
    for (int row = std::max(m_first, 0); row <= last; ++row) {
        const KeyId id = idAt(row);
        if (std::find(gone.begin(), gone.end(), id) == gone.end())
            continue;
        shown.gone.push_back({row > 0 ? std::optional(idAt(row - 1)) : std::nullopt, id});
        m_keptGone.push_back(id);
    }
    return shown;
}

void EntryTableModel::begin(const std::vector<KeyId> &rows)
{
    ++m_sortTurn;
    const auto columns = m_columns;
    beginResetModel();
    if (m_index != m_search->index()) {
        m_index = m_search->index();
        m_loader->setSession(m_session, m_index);
    }
    m_rows = rows;
    m_keptGone.clear();
    m_node = m_index ? m_index->node(m_search->query().within) : NodeInfo();
    updateColumns();
    // What only the server knows is sorted by when it is asked for, not for every query.
    for (const EntryColumn &column : m_columns) {
        if (column.needsFacts() && column.id() == m_sortId)
            m_sortId = EntryColumn().id();
    }
    endResetModel();
    if (m_columns != columns)
        Q_EMIT columnsChanged();
    updateOrder(false);
}

void EntryTableModel::append(const std::vector<KeyId> &rows)
{
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(rows.size()) - 1);
    m_rows.insert(m_rows.end(), rows.begin(), rows.end());
    endInsertRows();
}

void EntryTableModel::replace(const std::vector<KeyId> &rows)
{
    const bool grown
        = rows.size() >= m_rows.size() && std::equal(m_rows.begin(), m_rows.end(), rows.begin());
    const bool sameColumns = !m_rows.empty() || rows.empty();
    if (grown && sameColumns) {
        if (rows.size() > m_rows.size())
            append({rows.begin() + std::ssize(m_rows), rows.end()});
        return;
    }
    const auto columns = m_columns;
    beginResetModel();
    m_rows = rows;
    updateColumns();
    endResetModel();
    if (m_columns != columns)
        Q_EMIT columnsChanged();
}

const CatalogFunction *EntryTableModel::functionOf(const std::vector<KeyId> &rows) const
{
    const bool ofOne = m_node.kind == NodeKind::Function || m_node.kind == NodeKind::Partition;
    if (!ofOne || m_node.guessed || rows.empty() || !m_session)
        return nullptr;
    const QByteArray key = m_index->key(rows.front());
    const int function = m_index->reader()
                             .levels({key.constData(), static_cast<std::size_t>(key.size())})
                             .functionIndex;
    const auto &functions = m_session->catalog().functions();
    return function >= 0 && function < std::ssize(functions)
        ? &functions[static_cast<std::size_t>(function)]
        : nullptr;
}

void EntryTableModel::updateColumns()
{
    m_columns = entryColumns(m_node.kind, functionOf(m_rows));
}

void EntryTableModel::showRows(int first, int last)
{
    m_first = first;
    m_last = last;
    wantShown();
}

void EntryTableModel::wantShown()
{
    static constexpr int margin = 10;
    const int first = std::max(0, m_first - margin);
    const int last = std::min(rowCount() - 1, m_last + margin);
    if (first <= last)
        m_loader->want({m_rows.begin() + first, m_rows.begin() + last + 1});
    else
        m_loader->want({});
}

void EntryTableModel::tick()
{
    if (m_session)
        m_loader->refetchExpired(m_session->now());
    fadeOn();
    const auto lately = m_loader->goneLately();
    const bool over = std::any_of(m_keptGone.begin(), m_keptGone.end(), [&](KeyId id) {
        return std::find(lately.begin(), lately.end(), id) == lately.end();
    });
    if (over) {
        auto gone = std::exchange(m_keptGone, {});
        std::erase_if(gone, [&](KeyId id) {
            return std::find(lately.begin(), lately.end(), id) != lately.end();
        });
        m_search->drop(gone);
    }
}

void EntryTableModel::fadeOn()
{
    const int last = std::min(m_last, rowCount() - 1);
    if (m_first <= last)
        Q_EMIT dataChanged(index(m_first, 0), index(last, columnCount() - 1));
}

int EntryTableModel::entryCount() const
{
    return rowCount() - static_cast<int>(m_keptGone.size());
}

QByteArray EntryTableModel::keyAt(int row) const
{
    const EntryRow *known = m_loader->find(idAt(row));
    return known ? known->key : m_index->key(idAt(row));
}

std::optional<KeyType> EntryTableModel::typeAt(int row) const
{
    const EntryRow *known = m_loader->find(idAt(row));
    if (!known || known->summary.key.isEmpty())
        return {};
    return known->summary.facts.type;
}

QList<QByteArray> EntryTableModel::keysAt(const QList<int> &rows) const
{
    std::vector<KeyId> ids;
    ids.reserve(static_cast<std::size_t>(rows.size()));
    for (const int row : rows)
        ids.push_back(idAt(row));
    if (ids.empty())
        return {};
    auto keys = m_index->keys(ids);
    return {std::move_iterator(keys.begin()), std::move_iterator(keys.end())};
}

int EntryTableModel::rowOf(const QByteArray &key) const
{
    const auto id = m_index ? m_index->find(key) : std::nullopt;
    if (!id)
        return -1;
    const auto at = std::find(m_rows.begin(), m_rows.end(), *id);
    return at == m_rows.end() ? -1 : static_cast<int>(at - m_rows.begin());
}

QString EntryTableModel::whyNotSortable(int column) const
{
    if (!m_session)
        return tr("Not connected");
    if (!m_columns[static_cast<std::size_t>(column)].needsFacts() || rowCount() <= sortableByFacts)
        return {};
    return tr("Sorting by %1 asks the server about every row. It is offered for %2 rows or fewer: "
              "narrow the filter down first.")
        .arg(m_columns[static_cast<std::size_t>(column)].title(), formatCount(sortableByFacts));
}

int EntryTableModel::sortedColumn() const
{
    if (rowCount() > static_cast<int>(EntrySearch::sortedUnasked) && !m_search->isOrderForced())
        return -1;
    const auto at = std::find_if(m_columns.begin(), m_columns.end(),
                                 [this](const EntryColumn &c) { return c.id() == m_sortId; });
    return at == m_columns.end() ? -1 : static_cast<int>(at - m_columns.begin());
}

void EntryTableModel::setSortId(const QString &id, Qt::SortOrder order)
{
    m_sortId = id;
    m_sortDirection = order;
    updateOrder(false);
}

void EntryTableModel::updateOrder(bool forced)
{
    EntryOrder order{EntryOrder::By::Column, {}, m_sortDirection};
    for (const EntryColumn &column : m_columns) {
        if (column.id() == m_sortId)
            order.column = column;
    }
    // Rows that come later go behind those that were sorted by what the server said.
    if (order.column.needsFacts())
        order = {EntryOrder::By::Shown, {}, m_sortDirection};
    m_search->setOrder(order, forced);
}

void EntryTableModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= columnCount() || !whyNotSortable(column).isEmpty())
        return;
    m_sortId = m_columns[static_cast<std::size_t>(column)].id();
    m_sortDirection = order;
    ++m_sortTurn;
    if (m_columns[static_cast<std::size_t>(column)].needsFacts())
        sortByFacts(column, order);
    else
        updateOrder(true);
}

namespace {

/// What a summary is sorted by; rows that have none of it come last either way.
std::optional<qint64> sortValue(EntryColumn::Kind kind, const EntrySummary &summary)
{
    const auto &metadata = summary.metadata;
    if (summary.facts.type == KeyType::None)
        return {};
    switch (kind) {
    case EntryColumn::Kind::NextCall:
        return static_cast<qint64>(summary.nextCall);
    case EntryColumn::Kind::WrittenBy: {
        const auto status = metadata ? cacheStatus(metadata->cacheStatus) : std::nullopt;
        return status ? std::optional(static_cast<qint64>(*status)) : std::nullopt;
    }
    case EntryColumn::Kind::Age:
        return metadata && metadata->cachedAtMs ? std::optional(-*metadata->cachedAtMs)
                                                : std::nullopt;
    case EntryColumn::Kind::Ttl:
        return summary.facts.ttl ? std::optional<qint64>(summary.facts.ttl->count()) : std::nullopt;
    case EntryColumn::Kind::Size:
        return summary.facts.size;
    case EntryColumn::Kind::Key:
    case EntryColumn::Kind::Field:
        break;
    }
    return {};
}

} // namespace

void EntryTableModel::sortByFacts(int column, Qt::SortOrder order)
{
    const auto kind = m_columns[static_cast<std::size_t>(column)].kind;
    const auto rows = m_rows;
    const auto sortBy = [this, kind, order, rows](const std::vector<EntrySummary> &summaries) {
        using Valued = std::pair<std::optional<qint64>, KeyId>;
        std::vector<Valued> values;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            m_loader->store(rows[i], summaries[i]);
            values.emplace_back(sortValue(kind, summaries[i]), rows[i]);
        }
        std::stable_sort(values.begin(), values.end(), [&](const Valued &a, const Valued &b) {
            if (!a.first || !b.first)
                return a.first.has_value() && !b.first.has_value();
            return order == Qt::AscendingOrder ? *a.first < *b.first : *a.first > *b.first;
        });
        std::vector<KeyId> sorted;
        sorted.reserve(values.size());
        for (const auto &[value, id] : values)
            sorted.push_back(id);
        replace(arrangeEntries(*m_index, m_rows, {EntryOrder::By::Shown, {}, order}, sorted, {}));
        updateOrder(true);
    };
    whenReady(m_session->summaries(m_index->keys(rows)), this,
              [this, turn = ++m_sortTurn, sortBy](const Result<std::vector<EntrySummary>> &answer) {
                  if (turn == m_sortTurn && answer)
                      sortBy(*answer);
              });
}

} // namespace Cachelens
