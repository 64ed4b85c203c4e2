// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/simulator/simulator.h"

#include <QAbstractTableModel>

#include <functional>

namespace Cachelens {

/// A row for each rule of the signal's model: whether it runs, or which gate stopped it and why.
class RulesModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { RuleColumn, OutcomeColumn, WhyColumn, KeysColumn, SizeColumn, ColumnCount };
    using CanRun = std::function<bool(const QByteArray &function)>;

    /// `simulator` outlives it.
    explicit RulesModel(const Simulator *simulator, QObject *parent = nullptr);

    /// Whether a function can be run from here; without one, none can.
    void setCanRun(CanRun canRun);
    [[nodiscard]] bool canRun(const QByteArray &function) const
    {
        return m_canRun && m_canRun(function);
    }
    /// Null for a row that is none.
    [[nodiscard]] const SimulatedRule *ruleAt(int row) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    void take();
    [[nodiscard]] QString text(const SimulatedRule &rule, Column column) const;
    [[nodiscard]] QString outcome(const RuleVerdict &verdict) const;
    [[nodiscard]] QString toolTip(const SimulatedRule &rule, Column column) const;
    [[nodiscard]] QVariant icon(const RuleVerdict &verdict) const;

    const Simulator *m_simulator;
    CanRun m_canRun;
    int m_rows = 0;
};

} // namespace Cachelens
