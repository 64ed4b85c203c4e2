// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/value/value.h"

#include <QAbstractItemModel>

#include <memory>

namespace Cachelens {

/// A decoded value as a tree. Rows are made when they are asked for, a chunk at a time, so that a
/// list of a million items costs what is looked at; a value shared in many places is walked only
/// as deep as someone opens it.
class ValueTreeModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { NameColumn, TypeColumn, ValueColumn, ColumnCount };
    enum Role {
        FullTextRole = Qt::UserRole, ///< the text of a scalar, bounded by `fullTextLimit`
        TextSizeRole, ///< qint64: bytes of the whole text of a scalar
    };
    static constexpr int chunk = 256; ///< rows made by the first fetchMore(); then twice as many
    static constexpr int largestChunk = 4096;
    static constexpr qsizetype fullTextLimit = 64 * 1024;

    explicit ValueTreeModel(QObject *parent = nullptr);
    ~ValueTreeModel() override;

    /// One root row with the value; null: none. The old value is let go of on a worker.
    void setValue(std::shared_ptr<const Value> value);
    /// Null for an invalid index.
    [[nodiscard]] const Value *valueAt(const QModelIndex &index) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    struct Node;
    [[nodiscard]] Node *nodeOf(const QModelIndex &index) const;

    std::shared_ptr<const Value> m_value;
    std::unique_ptr<Node> m_root;
    bool m_fetching = false;
};

} // namespace Cachelens
