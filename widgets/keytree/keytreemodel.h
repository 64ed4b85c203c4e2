// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/keytree/childlist.h"

#include <QAbstractItemModel>
#include <QIcon>
#include <QSet>
#include <QTimer>

#include <array>
#include <chrono>
#include <memory>
#include <unordered_map>

namespace Cachelens {

/// The tree of a KeyIndex while it grows. A node's children are listed and sorted on a worker when
/// they are first asked for, and again, in few steps, as the index grows. Of very many children
/// the first are shown and a last row that says how many more there are (see showMore).
class KeyTreeModel final : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { NameColumn, CountColumn, ColumnCount };
    enum Role {
        MoreRole = Qt::UserRole, ///< bool: not a node but "so many more"
        GuessedRole, ///< bool
    };

    explicit KeyTreeModel(QObject *parent = nullptr);
    ~KeyTreeModel() override;

    /// Starts anew; null: nothing to show.
    void setIndex(std::shared_ptr<const KeyIndex> index);
    /// The index has changed: lists what is new.
    void grow();
    /// Whether the counts are of all keys, or only of those seen so far.
    void setComplete(bool complete);
    /// Reads the counts of these rows (those on screen) anew.
    void refresh(const QModelIndexList &rows);
    /// Shows more of the children of the node that `more` is the last row of.
    void showMore(const QModelIndex &more);
    /// Nodes to show as soon as they are in the index, even beyond the limit of their list.
    void setWanted(std::vector<NodePath> paths);

    /// Everything that is in the index is listed.
    [[nodiscard]] bool isSettled() const;
    /// The root for an invalid index.
    [[nodiscard]] NodeInfo info(const QModelIndex &index) const;
    [[nodiscard]] bool isMore(const QModelIndex &index) const;
    [[nodiscard]] NodePath path(const QModelIndex &index) const;
    /// Invalid unless the whole path is shown.
    [[nodiscard]] QModelIndex find(const NodePath &path) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    /// Rows of some nodes have come or gone.
    void listed();

private:
    struct Row;
    using Rows = std::vector<std::unique_ptr<Row>>;

    [[nodiscard]] Row *rowOf(const QModelIndex &index) const;
    [[nodiscard]] QModelIndex indexOf(const Row *row, int column = NameColumn) const;
    [[nodiscard]] Row *childNamed(const Row &parent, const NodeName &name) const;
    [[nodiscard]] QVariant moreData(const Row &row, int column, int role) const;
    [[nodiscard]] QString toolTip(const Row &row) const;
    [[nodiscard]] QString title(const NodeInfo &info) const;
    [[nodiscard]] std::vector<ChildListRequest> requests() const;
    void list();
    void listSoon(std::chrono::milliseconds delay);
    void apply(std::vector<ChildList> lists);
    void applyTo(Row &parent, ChildList list);
    void removeMissing(Row &parent, const std::vector<NodeInfo> &shown);
    void insertNew(Row &parent, std::vector<NodeInfo> shown);
    void appendAndSort(Row &parent, std::vector<NodeInfo> shown);
    void setMore(Row &parent);
    void reorder(Row &parent, Rows rows);
    void removeRange(Row &parent, int first, int last);
    void forget(const Row &row);
    void updateAmbiguous();

    std::shared_ptr<const KeyIndex> m_index;
    std::unique_ptr<Row> m_root;
    std::unordered_map<NodeId, Row *> m_asked; ///< whose children are listed, or will be
    std::vector<NodePath> m_wanted;
    bool m_complete = true;
    QSet<QByteArray> m_ambiguous; ///< namespaces that are in more than one cache
    bool m_listing = false;
    bool m_again = false;
    quint64 m_turn = 0;
    quint64 m_listedRevision = 0;
    std::array<QIcon, 5> m_icons; ///< by NodeKind
    QTimer m_next;
};

} // namespace Cachelens
