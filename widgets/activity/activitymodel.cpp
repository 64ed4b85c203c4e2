// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/activity/activitymodel.h"

#include "core/keyspace/byteview.h"
#include "core/keyspace/keyquery.h"
#include "widgets/key/displaykey.h"
#include "widgets/style/format.h"
#include "widgets/style/theme.h"

#include <QGuiApplication>
#include <QPalette>

#include <algorithm>
#include <iterator>
#include <numeric>

namespace Cachelens {

namespace {

KeyPredicate predicateOf(const QByteArray &text)
{
    KeyQuery query;
    query.pattern = text;
    return compilePattern(query).value_or(KeyPredicate([](std::string_view) { return true; }));
}

bool holds(const ActivityEvent &event, const KeyPredicate &text)
{
    const Error *problem = problemOf(event);
    return text(viewOf(problem ? problem->message() : keyOf(event)))
        || text(viewOf(functionOf(event)));
}

} // namespace

struct ActivityModel::Styles {
    qint64 palette = 0;
    std::array<ActivityStyle, activityKinds.size()> styles;
};

ActivityModel::ActivityModel(std::shared_ptr<const Clock> clock, std::size_t bound, QObject *parent)
    : QAbstractTableModel(parent), m_clock(std::move(clock)), m_bound(bound)
{
}

ActivityModel::~ActivityModel() = default;

void ActivityModel::append(const std::vector<ActivityEvent> &events, qint64 dropped)
{
    m_dropped += dropped;
    for (const ActivityEvent &event : events)
        ++m_counts[static_cast<std::size_t>(activityKind(event))];
    if (m_paused)
        m_heldBack += static_cast<qint64>(events.size());
    const std::size_t kept = std::min(events.size(), m_bound);
    m_held.insert(m_held.end(), events.end() - static_cast<std::ptrdiff_t>(kept), events.end());
    while (m_held.size() > m_bound)
        m_held.pop_front();
    if (!m_paused)
        list(m_held);
    Q_EMIT countsChanged();
}

/// Takes the events into the list.
void ActivityModel::list(std::deque<ActivityEvent> &events)
{
    const std::size_t all = m_events.size() + events.size();
    if (all > m_bound)
        forgetOldest(all - m_bound);
    const quint64 from = m_firstSerial + m_events.size();
    std::move(events.begin(), events.end(), std::back_inserter(m_events));
    events.clear();
    const std::deque<quint64> rows = listed(from);
    if (rows.empty())
        return;
    beginInsertRows({}, 0, static_cast<int>(rows.size()) - 1);
    m_rows.insert(m_rows.begin(), rows.begin(), rows.end());
    endInsertRows();
}

void ActivityModel::forgetOldest(std::size_t count)
{
    const quint64 first = m_firstSerial + count;
    const auto gone
        = std::find_if(m_rows.begin(), m_rows.end(), [first](quint64 row) { return row < first; });
    if (gone != m_rows.end()) {
        beginRemoveRows({}, static_cast<int>(gone - m_rows.begin()),
                        static_cast<int>(m_rows.size()) - 1);
        m_rows.erase(gone, m_rows.end());
        endRemoveRows();
    }
    m_events.erase(m_events.begin(), m_events.begin() + static_cast<std::ptrdiff_t>(count));
    m_firstSerial = first;
}

/// What the filter lets through of those from a serial on, the newest first.
std::deque<quint64> ActivityModel::listed(quint64 from) const
{
    const KeyPredicate text = m_filter.text.isEmpty() ? KeyPredicate() : predicateOf(m_filter.text);
    std::deque<quint64> rows;
    for (std::size_t i = from - m_firstSerial; i < m_events.size(); ++i) {
        const ActivityEvent &event = m_events[i];
        if (m_filter.kinds.test(static_cast<std::size_t>(activityKind(event)))
            && (!text || holds(event, text)))
            rows.push_front(m_firstSerial + i);
    }
    return rows;
}

void ActivityModel::setFilter(const ActivityFilter &filter)
{
    if (filter == m_filter)
        return;
    beginResetModel();
    m_filter = filter;
    m_rows = listed(m_firstSerial);
    endResetModel();
}

void ActivityModel::setPaused(bool paused)
{
    if (paused == m_paused)
        return;
    m_paused = paused;
    m_heldBack = 0;
    if (!m_paused && !m_held.empty())
        list(m_held);
    Q_EMIT countsChanged();
}

void ActivityModel::clear()
{
    beginResetModel();
    m_firstSerial += m_events.size();
    m_events.clear();
    m_rows.clear();
    m_held.clear();
    m_counts.fill(0);
    m_dropped = 0;
    m_heldBack = 0;
    endResetModel();
    Q_EMIT countsChanged();
}

void ActivityModel::updateTimes()
{
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, TimeColumn), index(rowCount() - 1, TimeColumn),
                           {Qt::DisplayRole});
}

qint64 ActivityModel::total() const
{
    return std::accumulate(m_counts.begin(), m_counts.end(), qint64(0));
}

const ActivityEvent &ActivityModel::eventAt(int row) const
{
    return m_events[m_rows[static_cast<std::size_t>(row)] - m_firstSerial];
}

int ActivityModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ActivityModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString ActivityModel::text(const ActivityEvent &event, Column column) const
{
    const auto *call = std::get_if<CallEvent>(&event.what);
    const auto *removal = std::get_if<RemovalEvent>(&event.what);
    const Error *problem = problemOf(event);
    switch (column) {
    case TimeColumn:
        return relativeTime(event.at, m_clock->now());
    case StatusColumn: {
        const QString status = style(activityKind(event)).text;
        if (removal)
            return tr("%1 %2", "REMOVED by prefix").arg(status, removalCauseText(removal->cause));
        return call && call->failed ? tr("%1, failed", "MISS, failed").arg(status) : status;
    }
    case FunctionColumn:
        return displayKey(functionOf(event));
    case KeyColumn:
        return problem ? QString::fromUtf8(problem->message()) : displayKey(keyOf(event));
    case DurationColumn:
        return call ? formatLatency(call->metadata.duration) : QString();
    case SizeColumn:
        if (removal && !removal->removal.delivered)
            return tr("to be delivered");
        if (removal)
            return counted(removal->removal.entries, tr("1 entry"), tr("%1 entries"));
        return call && call->metadata.bytes > 0 ? formatBytes(call->metadata.bytes) : QString();
    case ColumnCount:
        break;
    }
    return {};
}

QString ActivityModel::toolTip(const ActivityEvent &event, Column column) const
{
    const auto *call = std::get_if<CallEvent>(&event.what);
    const auto *removal = std::get_if<RemovalEvent>(&event.what);
    switch (column) {
    case TimeColumn:
        return exactTime(event.at);
    case StatusColumn: {
        if (!call)
            return {};
        QStringList facts;
        if (call->failed)
            facts += tr("The function threw.");
        if (call->metadata.stored)
            facts += tr("The result was stored.");
        if (call->metadata.fromNearCache)
            facts += tr("From the cache in the process.");
        return facts.join(u'\n');
    }
    case DurationColumn:
        return call && call->metadata.functionTime.count() > 0
            ? tr("The function took %1 of it.").arg(formatLatency(call->metadata.functionTime))
            : QString();
    case SizeColumn:
        if (removal && !removal->removal.delivered)
            return tr("The cache could not be reached. The removal is kept, and done when it is "
                      "back.");
        return {};
    default:
        return text(event, column);
    }
}

const ActivityStyle &ActivityModel::style(ActivityKind kind) const
{
    const QPalette palette = QGuiApplication::palette();
    if (!m_styles || m_styles->palette != palette.cacheKey()) {
        m_styles = std::make_unique<Styles>();
        m_styles->palette = palette.cacheKey();
        for (const ActivityKind each : activityKinds)
            m_styles->styles[static_cast<std::size_t>(each)] = activityStyle(each, palette);
    }
    return m_styles->styles[static_cast<std::size_t>(kind)];
}

QVariant ActivityModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ActivityEvent &event = eventAt(index.row());
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return text(event, column);
    case Qt::ToolTipRole:
        return toolTip(event, column);
    case Qt::DecorationRole:
        return column == StatusColumn ? QVariant(style(activityKind(event)).icon) : QVariant();
    case Qt::ForegroundRole: {
        if (column != StatusColumn)
            return {};
        const auto *call = std::get_if<CallEvent>(&event.what);
        return call && call->failed ? dangerColor(QGuiApplication::palette())
                                    : style(activityKind(event)).color;
    }
    case Qt::FontRole:
        return column == KeyColumn || column == DurationColumn || column == SizeColumn
            ? QVariant(fixedFont())
            : QVariant();
    case Qt::TextAlignmentRole:
        return column == DurationColumn || column == SizeColumn
            ? QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter)
            : QVariant();
    default:
        return {};
    }
}

QVariant ActivityModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return section == DurationColumn || section == SizeColumn
            ? QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter)
            : QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case TimeColumn:
        return tr("Time");
    case StatusColumn:
        return tr("Status");
    case FunctionColumn:
        return tr("Function");
    case KeyColumn:
        return tr("Key");
    case DurationColumn:
        return tr("Duration");
    case SizeColumn:
        return tr("Size");
    case ColumnCount:
        break;
    }
    return {};
}

} // namespace Cachelens
