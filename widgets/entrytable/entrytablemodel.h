// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/entrytable/entryloader.h"
#include "widgets/entrytable/entrysearch.h"

#include <QAbstractTableModel>
#include <QFont>

namespace Cachelens {

/// The entries that a query finds, four bytes a row. What a row shows is read from the index, and
/// for the rows on screen (showRows) fetched from the server; data() itself waits for nothing.
class EntryTableModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Role {
        KeyRole = Qt::UserRole, ///< QByteArray
        StateRole, ///< EntryRow::State as int; invalid for a row that was not on screen
        LoadingRole, ///< bool
        IsKeyRole, ///< bool: the column shows the key
    };

    explicit EntryTableModel(QObject *parent = nullptr);
    ~EntryTableModel() override;

    void setSession(Session *session);
    void setQuery(const KeyQuery &query);
    void stop() { m_search->stop(); }
    [[nodiscard]] const EntrySearch &search() const { return *m_search; }
    /// The node that all rows are beneath.
    [[nodiscard]] const NodeInfo &node() const { return m_node; }

    /// The rows on screen. Those near are fetched, too.
    void showRows(int first, int last);
    /// To be called every second: updates ages and TTLs on screen and fetches rows that expired.
    void tick();
    /// Whether rows fade; fadeOn() is then to be called some thirty times a second.
    [[nodiscard]] bool isFading() const { return m_loader->anyFading(); }
    void fadeOn();

    [[nodiscard]] const std::vector<EntryColumn> &columns() const { return m_columns; }
    [[nodiscard]] KeyId idAt(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    /// Rows whose keys are there, as far as is known.
    [[nodiscard]] int entryCount() const;
    [[nodiscard]] QByteArray keyAt(int row) const;
    [[nodiscard]] std::optional<KeyType> typeAt(int row) const;
    [[nodiscard]] QList<QByteArray> keysAt(const QList<int> &rows) const;
    [[nodiscard]] const std::vector<KeyId> &rows() const { return m_rows; }
    /// The index that the rows are ids in.
    [[nodiscard]] const std::shared_ptr<const KeyIndex> &keyIndex() const { return m_index; }
    /// -1 when the key is not among the rows.
    [[nodiscard]] int rowOf(const QByteArray &key) const;

    /// Empty when rows can be sorted by the column, else why they cannot.
    [[nodiscard]] QString whyNotSortable(int column) const;
    /// Sorts on a worker, or by what the server says of every row.
    void sort(int column, Qt::SortOrder order) override;
    [[nodiscard]] int sortedColumn() const; ///< -1: as they were found
    [[nodiscard]] Qt::SortOrder sortDirection() const { return m_sortDirection; }
    /// Sorts by the column with this id, as soon as there is one.
    void setSortId(const QString &id, Qt::SortOrder order);
    [[nodiscard]] const QString &sortId() const { return m_sortId; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

    /// So many rows can be sorted by what only the server knows.
    static constexpr int sortableByFacts = 5000;

Q_SIGNALS:
    /// Counts, errors, whether a query runs.
    void searchChanged();
    /// After modelReset when the rows are of another index or other columns.
    void columnsChanged();

private:
    void begin(const std::vector<KeyId> &rows);
    void append(const std::vector<KeyId> &rows);
    void replace(const std::vector<KeyId> &rows);
    void updateColumns();
    void updateOrder(bool forced);
    void sortByFacts(int column, Qt::SortOrder order);
    void wantShown();
    [[nodiscard]] EntrySearch::Shown shown(bool rows);
    [[nodiscard]] const CatalogFunction *functionOf(const std::vector<KeyId> &rows) const;
    [[nodiscard]] QByteArray shortKey(const QByteArray &key) const;
    [[nodiscard]] QString text(const EntryColumn &column, KeyId id) const;
    [[nodiscard]] QString factsText(const EntryColumn &column, const EntryRow &row) const;
    [[nodiscard]] QVariant decoration(const EntryColumn &column, KeyId id) const;
    [[nodiscard]] QVariant foreground(const EntryColumn &column, KeyId id) const;
    [[nodiscard]] QVariant background(KeyId id) const;
    [[nodiscard]] QString toolTip(const EntryColumn &column, KeyId id) const;
    [[nodiscard]] QString accessibleText(const EntryColumn &column, KeyId id) const;

    QPointer<Session> m_session;
    EntryLoader *m_loader = nullptr;
    EntrySearch *m_search = nullptr;
    std::shared_ptr<const KeyIndex> m_index;
    std::vector<KeyId> m_rows;
    std::vector<KeyId> m_keptGone;
    NodeInfo m_node;
    std::vector<EntryColumn> m_columns;
    QFont m_fixedFont;
    int m_first = 0; ///< on screen
    int m_last = -1;
    QString m_sortId = QStringLiteral("key");
    Qt::SortOrder m_sortDirection = Qt::AscendingOrder;
    quint64 m_sortTurn = 0;
};

} // namespace Cachelens
