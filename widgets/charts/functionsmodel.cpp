// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/functionsmodel.h"

#include "widgets/key/displaykey.h"
#include "widgets/style/format.h"
#include "widgets/style/theme.h"

#include <QGuiApplication>
#include <QLocale>
#include <QPalette>

#include <algorithm>

namespace Cachelens {

namespace {

const QString nothing = QStringLiteral("\u2013");

QString percent(double ratio)
{
    // 99.97 % is not all, and 0.02 % is not none.
    double shown = ratio * 100;
    const bool whole = shown <= 0 || shown >= 100 || (shown >= 1 && shown <= 99);
    if (!whole)
        shown = std::clamp(shown, 0.1, 99.9);
    return FunctionsModel::tr("%1 %", "percent").arg(QLocale().toString(shown, 'f', whole ? 0 : 1));
}

} // namespace

FunctionsModel::FunctionsModel(std::size_t spans, std::chrono::seconds span, QObject *parent)
    : QAbstractTableModel(parent), m_history(spans), m_span(span)
{
}

void FunctionsModel::sample(const std::vector<FunctionCounts> &snapshot)
{
    const auto &records = m_history.records();
    const bool same = std::equal(records.begin(), records.end(), snapshot.begin(), snapshot.end(),
                                 [](const FunctionRecord &record, const FunctionCounts &counts) {
                                     return record.counts.function == counts.function;
                                 });
    if (!same)
        beginResetModel();
    m_history.sample(snapshot);
    if (!same)
        endResetModel();
    else if (!records.empty())
        Q_EMIT dataChanged(index(0, CallsColumn), index(rowCount() - 1, ColumnCount - 1));
}

void FunctionsModel::clear()
{
    beginResetModel();
    m_history.clear();
    endResetModel();
}

std::size_t FunctionsModel::spans() const
{
    std::size_t most = 0;
    for (const FunctionRecord &record : m_history.records())
        most = std::max(most, record.spans.size());
    return most;
}

std::optional<Sparkline> FunctionsModel::chart(const QModelIndex &index) const
{
    if (index.column() != HitRatioColumn && index.column() != LatencyColumn)
        return std::nullopt;
    const FunctionRecord &record = m_history.records()[static_cast<std::size_t>(index.row())];
    const QPalette palette = QGuiApplication::palette();
    Sparkline line;
    // A young history is drawn larger: a few spans of many are a scratch at the right.
    constexpr std::size_t few = 20;
    line.capacity
        = std::clamp(record.spans.size(), std::min(few, m_history.bound()), m_history.bound());
    line.values.reserve(record.spans.size());
    if (index.column() == HitRatioColumn) {
        line.color = statusStyle(CacheStatus::Hit, palette).color;
        for (const FunctionSpan &span : record.spans)
            line.values.push_back(span.hitRatio());
        return line;
    }
    line.color = statusStyle(CacheStatus::Refresh, palette).color;
    line.high = 0;
    for (const FunctionSpan &span : record.spans) {
        const auto latency = span.latency();
        line.values.push_back(latency ? std::optional(double(latency->count())) : std::nullopt);
        line.high = std::max(line.high, line.values.back().value_or(0));
    }
    return line;
}

int FunctionsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_history.records().size());
}

int FunctionsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString FunctionsModel::text(const FunctionRecord &record, Column column) const
{
    const FunctionSpan recent = record.recent();
    switch (column) {
    case FunctionColumn:
        return displayKey(record.counts.function);
    case CallsColumn:
        return formatCount(record.counts.total());
    case HitRatioColumn:
        return recent.hitRatio() ? percent(*recent.hitRatio()) : nothing;
    case LatencyColumn:
        return recent.latency() ? formatLatency(*recent.latency()) : nothing;
    case TypicalRunColumn:
        return recent.run() ? formatLatency(*recent.run()) : nothing;
    case RefusedColumn:
        return formatCount(record.counts.refused);
    case ColumnCount:
        break;
    }
    return {};
}

QString FunctionsModel::description(const FunctionRecord &record, Column column) const
{
    const FunctionCounts &counts = record.counts;
    const FunctionSpan recent = record.recent();
    const QString time = formatDuration(m_span * static_cast<qint64>(record.spans.size()));
    const QString none = tr("No calls in the last %1.").arg(time);
    switch (column) {
    case FunctionColumn:
        return displayKey(counts.function);
    case CallsColumn:
        return tr("HIT %1, MISS %2, STALE %3, BYPASS %4, REFRESH %5; the function failed in %6.")
            .arg(formatCount(counts.of(CacheStatus::Hit)),
                 formatCount(counts.of(CacheStatus::Miss)),
                 formatCount(counts.of(CacheStatus::Stale)),
                 formatCount(counts.of(CacheStatus::Bypass)),
                 formatCount(counts.of(CacheStatus::Refresh)), formatCount(counts.failures));
    case HitRatioColumn:
        if (!recent.hitRatio())
            return none;
        return tr("%1 of %2 calls in the last %3 were answered from the cache; %4 of all since "
                  "the program began.")
            .arg(formatCount(recent.hits), formatCount(recent.calls), time,
                 percent(counts.hitRatio()));
    case LatencyColumn: {
        if (!recent.latency())
            return none;
        std::chrono::microseconds slowest{0};
        for (const FunctionSpan &span : record.spans)
            slowest = std::max(slowest, span.latency().value_or(slowest));
        return tr("A call took %1 on average in the last %2, and %3 in the slowest %4 of it.")
            .arg(formatLatency(*recent.latency()), time, formatLatency(slowest),
                 formatDuration(m_span));
    }
    case TypicalRunColumn:
        return recent.run() ? tr("%1 in the last %2.", "The function ran 3 times in the last 3 min")
                                  .arg(counted(recent.runs, tr("The function ran once"),
                                               tr("The function ran %1 times")),
                                       time)
                            : tr("The function did not run in the last %1.").arg(time);
    case RefusedColumn:
        return tr("Results that were not stored, because an invalidation came while the function "
                  "ran.");
    case ColumnCount:
        break;
    }
    return {};
}

QVariant FunctionsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const FunctionRecord &record = m_history.records()[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return text(record, column);
    case Qt::ToolTipRole:
    case Qt::AccessibleDescriptionRole:
        return description(record, column);
    case Qt::FontRole:
        return column == FunctionColumn ? QVariant() : QVariant(fixedFont());
    case Qt::TextAlignmentRole:
        return column == FunctionColumn ? QVariant()
                                        : QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    default:
        return {};
    }
}

QVariant FunctionsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    const auto column = static_cast<Column>(section);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((column == FunctionColumn ? Qt::AlignLeft : Qt::AlignRight)
                                   | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole) {
        const QString time = formatDuration(m_span * static_cast<qint64>(m_history.bound()));
        if (column == HitRatioColumn)
            return tr("Calls answered from the cache (HIT and STALE), in the last %1").arg(time);
        if (column == LatencyColumn)
            return tr("Of a call, on average, in the last %1; each chart has a scale of its own")
                .arg(time);
        return {};
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case FunctionColumn:
        return tr("Function");
    case CallsColumn:
        return tr("Calls");
    case HitRatioColumn:
        return tr("Hit ratio");
    case LatencyColumn:
        return tr("Latency");
    case TypicalRunColumn:
        return tr("Typical run");
    case RefusedColumn:
        return tr("Refused stores");
    case ColumnCount:
        break;
    }
    return {};
}

} // namespace Cachelens
