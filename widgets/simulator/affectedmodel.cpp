// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/simulator/affectedmodel.h"

#include "widgets/key/displaykey.h"
#include "widgets/simulator/verdicttext.h"
#include "widgets/style/format.h"
#include "widgets/style/theme.h"

#include <QGuiApplication>
#include <QPalette>

#include <algorithm>

namespace Cachelens {

namespace {

// An index knows where its parent stands: 0 for the root, else the rule's number and, shifted, the
// partition's, both from 1 on.
constexpr int partitionShift = 32;

quintptr idOf(qsizetype rule, qsizetype partition = -1)
{
    return static_cast<quintptr>(rule + 1) | static_cast<quintptr>(partition + 1) << partitionShift;
}

bool sameRows(const SimulatedRule &a, const SimulatedRule &b)
{
    return a.verdict.rule == b.verdict.rule && a.some == b.some && a.keys == b.keys
        && a.partitions == b.partitions;
}

} // namespace

AffectedModel::AffectedModel(const Simulator *simulator, QObject *parent)
    : QAbstractItemModel(parent), m_simulator(simulator)
{
    static_assert(sizeof(quintptr) >= 8);
    connect(simulator, &Simulator::simulated, this, &AffectedModel::take);
    connect(simulator, &Simulator::weighed, this, [this] {
        if (!m_rules.empty())
            Q_EMIT dataChanged(index(0, KeysColumn), index(rowCount() - 1, SizeColumn));
    });
}

void AffectedModel::take()
{
    std::vector<SimulatedRule> rules;
    if (const Simulation *simulation = m_simulator->simulation()) {
        for (const SimulatedRule &rule : simulation->rules) {
            if (rule.keys > 0)
                rules.push_back(rule);
        }
    }
    if (std::ranges::equal(rules, m_rules, sameRows))
        return; // what is open and selected stays
    beginResetModel();
    m_rules = std::move(rules);
    endResetModel();
}

AffectedModel::Place AffectedModel::placeOf(const QModelIndex &index) const
{
    if (!index.isValid())
        return {};
    const quintptr id = index.internalId();
    if (id == 0)
        return {index.row(), -1, -1, false};
    const auto above = static_cast<qsizetype>(id & 0xffffffffU) - 1;
    const auto partition = static_cast<qsizetype>(id >> partitionShift) - 1;
    if (partition < 0) {
        const bool more = index.row() == std::ssize(rule(above).partitions);
        return {above, more ? -1 : index.row(), -1, more};
    }
    return {above, partition, index.row(), false};
}

QModelIndex AffectedModel::index(int row, int column, const QModelIndex &parent) const
{
    if (row < 0 || column < 0 || row >= rowCount(parent) || column >= ColumnCount)
        return {};
    const Place place = placeOf(parent);
    return createIndex(row, column, parent.isValid() ? idOf(place.rule, place.partition) : 0);
}

QModelIndex AffectedModel::parent(const QModelIndex &child) const
{
    const quintptr id = child.isValid() ? child.internalId() : 0;
    if (id == 0)
        return {};
    const auto rule = static_cast<qsizetype>(id & 0xffffffffU) - 1;
    const auto partition = static_cast<qsizetype>(id >> partitionShift) - 1;
    return partition < 0 ? createIndex(static_cast<int>(rule), 0, quintptr(0))
                         : createIndex(static_cast<int>(partition), 0, idOf(rule));
}

int AffectedModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_rules.size());
    const Place place = placeOf(parent);
    if (parent.column() != 0 || place.key >= 0 || place.more)
        return 0;
    const SimulatedRule &shown = rule(place.rule);
    if (place.partition < 0)
        return static_cast<int>(shown.partitions.size())
            + (shown.keys > std::ssize(shown.some) ? 1 : 0);
    const auto &partition = shown.partitions[static_cast<size_t>(place.partition)];
    return static_cast<int>(partition.end - partition.begin);
}

int AffectedModel::columnCount(const QModelIndex &) const
{
    return ColumnCount;
}

QByteArray AffectedModel::keyAt(const QModelIndex &index) const
{
    const Place place = placeOf(index);
    if (place.key < 0)
        return {};
    const SimulatedRule &shown = rule(place.rule);
    const auto &partition = shown.partitions[static_cast<size_t>(place.partition)];
    return shown.some[static_cast<size_t>(partition.begin + place.key)];
}

QModelIndex AffectedModel::ofRule(const QByteArray &rule) const
{
    const auto found = std::ranges::find_if(
        m_rules, [&rule](const SimulatedRule &r) { return r.verdict.rule == rule; });
    return found == m_rules.end() ? QModelIndex()
                                  : index(static_cast<int>(found - m_rules.begin()), 0);
}

QString AffectedModel::name(const Place &place) const
{
    const SimulatedRule &shown = rule(place.rule);
    if (place.more)
        return tr("%1 more").arg(formatCount(shown.keys - std::ssize(shown.some)));
    if (place.partition < 0)
        return ruleTitle(shown.verdict);
    const auto &partition = shown.partitions[static_cast<size_t>(place.partition)];
    if (place.key >= 0)
        return displayKey(shown.some[static_cast<size_t>(partition.begin + place.key)]);
    return partition.text.isEmpty() ? tr("no partition") : displayKey(partition.text);
}

QString AffectedModel::keys(const Place &place) const
{
    if (place.key >= 0 || place.more)
        return {};
    const SimulatedRule &shown = rule(place.rule);
    const bool all = m_simulator->isComplete();
    if (place.partition < 0)
        return formatCount(shown.keys, !all);
    const auto &partition = shown.partitions[static_cast<size_t>(place.partition)];
    return formatCount(partition.end - partition.begin,
                       !all || shown.keys > std::ssize(shown.some));
}

QString AffectedModel::size(const Place &place) const
{
    const SimulatedRule &shown = rule(place.rule);
    if (place.more)
        return {};
    if (place.partition < 0) {
        const auto bytes = m_simulator->bytesOf(shown);
        if (!bytes)
            return {};
        return m_simulator->isEstimate(shown) ? tr("\u2248 %1").arg(formatBytes(*bytes))
                                              : formatBytes(*bytes);
    }
    const auto &partition = shown.partitions[static_cast<size_t>(place.partition)];
    const qsizetype first = partition.begin + std::max<qsizetype>(place.key, 0);
    const qsizetype last = place.key >= 0 ? first + 1 : partition.end;
    qint64 sum = 0;
    for (qsizetype i = first; i < last; ++i) {
        const auto bytes = m_simulator->bytesOf(shown.some[static_cast<size_t>(i)]);
        if (!bytes)
            return {};
        sum += *bytes;
    }
    return formatBytes(sum);
}

QVariant AffectedModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Place place = placeOf(index);
    switch (role) {
    case Qt::DisplayRole:
        return index.column() == NameColumn ? name(place)
            : index.column() == KeysColumn  ? keys(place)
                                            : size(place);
    case Qt::ToolTipRole:
        return index.column() == NameColumn ? QVariant(name(place).toHtmlEscaped()) : QVariant();
    case Qt::FontRole:
        return fixedFont();
    case Qt::ForegroundRole:
        return place.more ? QVariant(quietColor(QGuiApplication::palette())) : QVariant();
    case Qt::TextAlignmentRole:
        return QVariant(index.column() == NameColumn ? Qt::AlignLeft | Qt::AlignVCenter
                                                     : Qt::AlignRight | Qt::AlignVCenter);
    default:
        return {};
    }
}

QVariant AffectedModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    static const char *const names[]{QT_TR_NOOP("Keys that go"), QT_TR_NOOP("Keys"),
                                     QT_TR_NOOP("Size")};
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::DisplayRole)
        return tr(names[section]);
    if (role == Qt::TextAlignmentRole)
        return QVariant(section == NameColumn ? Qt::AlignLeft | Qt::AlignVCenter
                                              : Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

} // namespace Cachelens
