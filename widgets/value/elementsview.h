// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/entry.h"

#include <QAbstractTableModel>
#include <QWidget>

#include <memory>

class QLabel;
class QTableView;

namespace Cachelens {

/// The first elements of a list, set, sorted set, hash or stream.
class ElementsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    static constexpr int FullTextRole = Qt::UserRole; ///< a cell's text however long

    using QAbstractTableModel::QAbstractTableModel;

    void setEntry(std::shared_ptr<const EntryDetails> entry); ///< null: none

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] KeyType type() const;

    std::shared_ptr<const EntryDetails> m_entry;
};

/// What is shown of a key that is not a string: read-only, and how much there is in all.
class ElementsView : public QWidget {
    Q_OBJECT

public:
    explicit ElementsView(QWidget *parent = nullptr);

    void setEntry(std::shared_ptr<const EntryDetails> entry);

private:
    void copySelection();

    ElementsModel *m_model = nullptr;
    QTableView *m_table = nullptr;
    QLabel *m_note = nullptr;
};

} // namespace Cachelens
