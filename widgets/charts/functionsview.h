// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/charts/functionsmodel.h"

#include <QTimer>
#include <QWidget>

#include <functional>

class QLabel;
class QStackedWidget;
class QTableView;

namespace Cachelens {

/// How well the cache serves each function: a table with a small chart of the hit ratio and of the
/// latency in each row.
class FunctionsView : public QWidget {
    Q_OBJECT

public:
    static constexpr std::chrono::seconds span{2};
    static constexpr std::size_t spans = 90;

    explicit FunctionsView(QWidget *parent = nullptr);

    /// Asks for the counts, as FunctionLink::counts() does; it must not block. An empty one gives
    /// none.
    using Source = std::function<std::vector<FunctionCounts>()>;
    void setSource(Source source);
    /// Takes a snapshot; the tick does that once a span.
    void sample();

    [[nodiscard]] FunctionsModel *model() const { return m_model; }
    [[nodiscard]] QTableView *table() const { return m_table; }

private:
    void setUpTable();
    void updateEmpty();

    Source m_source;
    FunctionsModel *m_model;
    QStackedWidget *m_pages = nullptr;
    QTableView *m_table = nullptr;
    QLabel *m_empty = nullptr;
    QTimer m_tick;
};

} // namespace Cachelens
