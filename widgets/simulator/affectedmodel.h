// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/simulator/simulator.h"

#include <QAbstractItemModel>

namespace Cachelens {

/// The keys that a signal would remove: rules, their partitions, keys. Of very many keys the first
/// are shown, and how many more there are.
class AffectedModel final : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { NameColumn, KeysColumn, SizeColumn, ColumnCount };

    /// `simulator` outlives it.
    explicit AffectedModel(const Simulator *simulator, QObject *parent = nullptr);

    /// Empty for what is no key.
    [[nodiscard]] QByteArray keyAt(const QModelIndex &index) const;
    /// The row of a rule of the simulation; invalid when it removes nothing.
    [[nodiscard]] QModelIndex ofRule(const QByteArray &rule) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    /// Where an index stands: a rule, a partition of it, a key of that. -1: not so deep.
    struct Place {
        qsizetype rule = -1;
        qsizetype partition = -1;
        qsizetype key = -1;
        bool more = false; ///< the row that says how many more there are
    };

    void take();
    [[nodiscard]] Place placeOf(const QModelIndex &index) const;
    [[nodiscard]] const SimulatedRule &rule(qsizetype at) const
    {
        return m_rules[static_cast<size_t>(at)];
    }
    [[nodiscard]] QString name(const Place &place) const;
    [[nodiscard]] QString keys(const Place &place) const;
    [[nodiscard]] QString size(const Place &place) const;

    const Simulator *m_simulator;
    std::vector<SimulatedRule> m_rules; // those that remove something
};

} // namespace Cachelens
