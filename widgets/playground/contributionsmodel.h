// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/key/keyexplanation.h"

#include <QAbstractTableModel>

namespace Cachelens {

/// What each field gave to a key, a row each.
class ContributionsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { FieldColumn, PartColumn, FromColumn, TextColumn, WhyColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setExplanation(const KeyExplanation &explanation, const KeySpec &spec);
    void clear();

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] QString text(const ExplainedField &field, int column) const;
    [[nodiscard]] QString why(const ExplainedField &field) const;

    std::vector<ExplainedField> m_fields;
    bool m_suffixHashed = false;
    QString m_hash;
};

/// The name that people know a hash algorithm by.
[[nodiscard]] QString hashName(QCryptographicHash::Algorithm algorithm);

} // namespace Cachelens
