// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/functionsview.h"

#include "widgets/style/paneheader.h"
#include "widgets/style/plaintable.h"
#include "widgets/style/stretchedcolumn.h"

#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace Cachelens {

namespace {

constexpr int padding = 4;
constexpr int chartCharacters = 24;
constexpr int numberCharacters = 10;

/// A number at the right, and the chart of it in what is left.
class ChartDelegate final : public QStyledItemDelegate {
public:
    ChartDelegate(const FunctionsModel *model, QObject *parent)
        : QStyledItemDelegate(parent), m_model(model)
    {
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        QStyledItemDelegate::paint(painter, option, index);
        auto line = m_model->chart(index);
        if (!line)
            return;
        const int number = option.fontMetrics.averageCharWidth() * numberCharacters;
        const QRectF area = QRectF(option.rect).adjusted(padding, padding, -number, -padding);
        if (area.width() < 2 * option.fontMetrics.averageCharWidth())
            return;
        QPalette palette = option.palette;
        if (option.state & QStyle::State_Selected) {
            const auto group
                = option.state & QStyle::State_Active ? QPalette::Active : QPalette::Inactive;
            line->color = palette.color(group, QPalette::HighlightedText);
        }
        paintSparkline(*painter, area, *line, palette);
    }

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        if (index.column() == FunctionsModel::FunctionColumn)
            option->textElideMode = Qt::ElideLeft; // paths begin alike
    }

private:
    const FunctionsModel *m_model;
};

} // namespace

FunctionsView::FunctionsView(QWidget *parent)
    : QWidget(parent), m_model(new FunctionsModel(spans, span, this)),
      m_pages(new QStackedWidget(this)), m_table(new QTableView), m_empty(emptyPane(this))
{
    setUpTable();
    m_empty->setMargin(8);
    m_pages->addWidget(m_table);
    m_pages->addWidget(m_empty);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_pages);
    m_tick.setInterval(span);
    m_tick.callOnTimeout(this, &FunctionsView::sample);
    connect(m_model, &FunctionsModel::modelReset, this, &FunctionsView::updateEmpty);
    updateEmpty();
}

void FunctionsView::setUpTable()
{
    setUpPlainTable(m_table, tr("Functions"), tr("Columns of the functions"), 12);
    m_table->setModel(m_model);
    m_table->setItemDelegate(new ChartDelegate(m_model, m_table));
    m_table->setMinimumHeight(fontMetrics().lineSpacing()); // of a window that is low
    QHeaderView *columns = m_table->horizontalHeader();
    const int character = m_table->fontMetrics().averageCharWidth();
    for (int column = FunctionsModel::CallsColumn; column < FunctionsModel::ColumnCount; ++column) {
        const bool chart
            = column == FunctionsModel::HitRatioColumn || column == FunctionsModel::LatencyColumn;
        const int content = (numberCharacters + (chart ? chartCharacters : 0)) * character;
        columns->resizeSection(column, std::max(content, columns->sectionSizeHint(column) + 8));
    }
    new StretchedColumn(m_table, FunctionsModel::FunctionColumn, 32 * character);
}

void FunctionsView::setSource(Source source)
{
    m_source = std::move(source);
    m_model->clear();
    if (m_source) {
        sample();
        m_tick.start();
    } else {
        m_tick.stop();
    }
    updateEmpty();
}

void FunctionsView::sample()
{
    if (m_source)
        m_model->sample(m_source());
}

void FunctionsView::updateEmpty()
{
    m_pages->setCurrentIndex(m_model->rowCount() == 0 ? 1 : 0);
    m_empty->setText(m_source
                         ? tr("No function has been declared yet.")
                         : tr("Functions that run elsewhere do not tell of their calls yet. Those "
                              "of the demo shop do: open it to see how well they are cached."));
}

} // namespace Cachelens
