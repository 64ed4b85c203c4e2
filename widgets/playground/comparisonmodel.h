// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/key/keycomparison.h"

#include <QAbstractTableModel>

namespace Cachelens {

/// Two keys side by side, a row for each part: those that differ first.
class ComparisonModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { PartColumn, LeftColumn, RightColumn, DifferenceColumn, ColumnCount };
    enum Role { SameRole = Qt::UserRole }; ///< bool

    using QAbstractTableModel::QAbstractTableModel;

    void setParts(std::vector<ComparedPart> parts);
    /// How many parts differ.
    [[nodiscard]] int differences() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] QString text(const ComparedPart &part, int column) const;

    std::vector<ComparedPart> m_parts;
};

} // namespace Cachelens
