// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/simulator/signaldraft.h"

#include <QAbstractTableModel>

namespace Cachelens {

/// The attributes of a signal's instance as a form: a row each, and a last one that becomes an
/// attribute when it is given a name.
class AttributesModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { NameColumn, ValueColumn, ChangedColumn, OldColumn, ColumnCount };

    explicit AttributesModel(QObject *parent = nullptr);

    void setDraft(const SignalDraft &draft);
    [[nodiscard]] const SignalDraft &draft() const { return m_draft; }
    void setModel(const QByteArray &model, const std::vector<QByteArray> &names);
    void setEvent(SignalDraft::Event event);
    void setSaysFields(bool says);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role = Qt::EditRole) override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    /// Whoever changed it.
    void draftChanged();

private:
    [[nodiscard]] QString toolTip(const SignalDraft::Attribute &attribute, Column column) const;
    bool rename(size_t row, const QByteArray &name);

    SignalDraft m_draft;
};

} // namespace Cachelens
