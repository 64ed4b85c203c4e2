// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/charts/functionhistory.h"
#include "widgets/charts/sparkline.h"

#include <QAbstractTableModel>

namespace Cachelens {

/// A row for each function: how often it was called, how often the cache had the answer, how long
/// a call and a run take. GUI thread only.
class FunctionsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        FunctionColumn,
        CallsColumn,
        HitRatioColumn, ///< with its chart
        LatencyColumn, ///< of a call, with its chart
        TypicalRunColumn,
        RefusedColumn,
        ColumnCount
    };
    /// `spans` of `span` each are charted.
    explicit FunctionsModel(std::size_t spans, std::chrono::seconds span,
                            QObject *parent = nullptr);

    /// Once a span.
    void sample(const std::vector<FunctionCounts> &snapshot);
    void clear();

    /// The number of spans charted so far, of the function that has most.
    [[nodiscard]] std::size_t spans() const;
    /// Empty where a column has no chart.
    [[nodiscard]] std::optional<Sparkline> chart(const QModelIndex &index) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    /// The accessible text of a chart's cell has its numbers.
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] QString text(const FunctionRecord &record, Column column) const;
    [[nodiscard]] QString description(const FunctionRecord &record, Column column) const;

    FunctionHistory m_history;
    const std::chrono::seconds m_span;
};

} // namespace Cachelens
