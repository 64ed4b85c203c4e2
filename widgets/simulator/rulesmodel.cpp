// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/simulator/rulesmodel.h"

#include "widgets/key/displaykey.h"
#include "widgets/simulator/verdicttext.h"
#include "widgets/style/format.h"
#include "widgets/style/statusicon.h"
#include "widgets/style/theme.h"

#include <QGuiApplication>
#include <QPalette>

namespace Cachelens {

RulesModel::RulesModel(const Simulator *simulator, QObject *parent)
    : QAbstractTableModel(parent), m_simulator(simulator)
{
    connect(simulator, &Simulator::simulated, this, &RulesModel::take);
    connect(simulator, &Simulator::weighed, this, [this] {
        if (m_rows > 0)
            Q_EMIT dataChanged(index(0, KeysColumn), index(m_rows - 1, SizeColumn));
    });
}

void RulesModel::setCanRun(CanRun canRun)
{
    m_canRun = std::move(canRun);
    if (m_rows > 0)
        Q_EMIT dataChanged(index(0, 0), index(m_rows - 1, ColumnCount - 1));
}

/// Rows of the same model stay, so that what is selected does.
void RulesModel::take()
{
    const Simulation *simulation = m_simulator->simulation();
    const int rows = simulation ? static_cast<int>(simulation->rules.size()) : 0;
    if (rows == m_rows) {
        if (rows > 0)
            Q_EMIT dataChanged(index(0, 0), index(rows - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_rows = rows;
    endResetModel();
}

const SimulatedRule *RulesModel::ruleAt(int row) const
{
    const Simulation *simulation = m_simulator->simulation();
    const bool there
        = simulation && row >= 0 && row < m_rows && row < std::ssize(simulation->rules);
    return there ? &simulation->rules[static_cast<size_t>(row)] : nullptr;
}

int RulesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : m_rows;
}

int RulesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RulesModel::data(const QModelIndex &index, int role) const
{
    const SimulatedRule *rule = ruleAt(index.row());
    if (!rule)
        return {};
    const auto column = static_cast<Column>(index.column());
    const QPalette palette = QGuiApplication::palette();
    switch (role) {
    case Qt::DisplayRole:
        return text(*rule, column);
    case Qt::DecorationRole:
        return column == OutcomeColumn ? icon(rule->verdict) : QVariant();
    case Qt::ForegroundRole:
        if (rule->verdict.problem || (rule->verdict.runs() && rule->verdict.wholeFunction))
            return column == WhyColumn ? QVariant(dangerColor(palette)) : QVariant();
        return rule->verdict.runs() ? QVariant() : QVariant(quietColor(palette));
    case Qt::FontRole:
        return column == RuleColumn || column >= KeysColumn ? QVariant(fixedFont()) : QVariant();
    case Qt::TextAlignmentRole:
        return QVariant(column >= KeysColumn ? Qt::AlignRight | Qt::AlignVCenter
                                             : Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::ToolTipRole:
        return toolTip(*rule, column);
    default:
        return {};
    }
}

QString RulesModel::text(const SimulatedRule &rule, Column column) const
{
    const RuleVerdict &verdict = rule.verdict;
    const bool removes = verdict.runs() && !verdict.prefixes.empty();
    switch (column) {
    case RuleColumn:
        return ruleTitle(verdict);
    case OutcomeColumn:
        return outcome(verdict);
    case WhyColumn:
        return verdictText(verdict);
    case KeysColumn:
        return removes ? formatCount(rule.keys, !m_simulator->isComplete()) : QString();
    case SizeColumn: {
        const auto bytes = removes ? m_simulator->bytesOf(rule) : std::nullopt;
        if (!bytes)
            return {};
        return m_simulator->isEstimate(rule) ? tr("\u2248 %1").arg(formatBytes(*bytes))
                                             : formatBytes(*bytes);
    }
    case ColumnCount:
        break;
    }
    return {};
}

QString RulesModel::outcome(const RuleVerdict &verdict) const
{
    if (!verdict.runs())
        return tr("does nothing");
    if (verdict.problem)
        return tr("fails");
    switch (verdict.action) {
    case RuleVerdict::Action::DeleteByPrefix:
        return tr("deletes");
    case RuleVerdict::Action::Refresh:
        return canRun(verdict.function) ? tr("refreshes") : tr("deletes (rewarm)");
    case RuleVerdict::Action::Custom:
        return tr("own invalidator");
    }
    return {};
}

QString RulesModel::toolTip(const SimulatedRule &rule, Column column) const
{
    const RuleVerdict &verdict = rule.verdict;
    if (column == RuleColumn)
        return tr("Rule %1 of %2").arg(displayKey(verdict.rule), displayKey(verdict.function));
    QStringList lines;
    if (column == OutcomeColumn && verdict.runs()
        && verdict.action == RuleVerdict::Action::Refresh) {
        if (!canRun(verdict.function))
            return tr("In its service the rule would run the function again. It cannot be run from "
                      "here: what is under the prefix goes, no more.");
        lines.append(
            tr("What is under the prefix goes, then the function runs and its result is stored."));
        if (!verdict.key.isEmpty())
            lines.append(displayKey(verdict.key));
    } else if (column == WhyColumn || column == KeysColumn) {
        lines.append(verdictText(verdict));
        for (const QByteArray &prefix : verdict.prefixes)
            lines.append(displayKey(prefix) + u'*');
    }
    return lines.join(u'\n').toHtmlEscaped().replace(u'\n', QStringLiteral("<br>"));
}

QVariant RulesModel::icon(const RuleVerdict &verdict) const
{
    const QPalette palette = QGuiApplication::palette();
    if (!verdict.runs())
        return statusIcon(StatusShape::Dash, quietColor(palette));
    if (verdict.problem)
        return statusIcon(StatusShape::Bang, dangerColor(palette));
    if (verdict.action == RuleVerdict::Action::Refresh && canRun(verdict.function))
        return statusIcon(StatusShape::Turn, statusStyle(CacheStatus::Refresh, palette).color);
    return statusIcon(StatusShape::Cross, dangerColor(palette));
}

QVariant RulesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    static const char *const names[]{
        QT_TR_NOOP("Rule"), QT_TR_NOOP("Outcome"), QT_TR_NOOP("Why"),
        QT_TR_NOOP("Keys"), QT_TR_NOOP("Size"),
    };
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::DisplayRole)
        return tr(names[section]);
    if (role == Qt::TextAlignmentRole)
        return QVariant(section >= KeysColumn ? Qt::AlignRight | Qt::AlignVCenter
                                              : Qt::AlignLeft | Qt::AlignVCenter);
    return {};
}

} // namespace Cachelens
