// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/key/keyspec.h"

#include <QAbstractTableModel>

namespace Cachelens {

/// The fields of a key constructor, to be edited.
class FieldsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        NameColumn,
        TypeColumn,
        TakesColumn, ///< names, `*`, or `key=value` of a constant
        PathColumn,
        PartitionColumn,
        HashColumn,
        SortColumn,
        ColumnCount
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// Without changed().
    void setFields(std::vector<KeyField> fields);
    [[nodiscard]] const std::vector<KeyField> &fields() const { return m_fields; }
    /// Adds a field of one argument under a free name, and returns its row.
    int addField();
    void removeField(int row);

    /// The names of the field types, in the order of their enumerators.
    [[nodiscard]] static QStringList typeNames();

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

Q_SIGNALS:
    void changed();

private:
    std::vector<KeyField> m_fields;
};

} // namespace Cachelens
