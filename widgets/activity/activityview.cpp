// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/activity/activityview.h"

#include "widgets/activity/activityfeed.h"
#include "widgets/key/displaykey.h"
#include "widgets/style/format.h"
#include "widgets/style/paneheader.h"
#include "widgets/style/plaintable.h"
#include "widgets/style/stretchedcolumn.h"
#include "widgets/style/theme.h"
#include "widgets/style/whynot.h"

#include <QAction>
#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QToolButton>

#include <algorithm>

namespace Cachelens {

namespace {

/// Keys begin alike and end differently.
class ActivityDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        if (index.column() == ActivityModel::KeyColumn
            || index.column() == ActivityModel::FunctionColumn)
            option->textElideMode = Qt::ElideLeft;
    }
};

} // namespace

ActivityView::ActivityView(ActivityFeed *feed, QWidget *parent)
    : QWidget(parent), m_feed(feed),
      m_model(new ActivityModel(feed->clock(), ActivityModel::defaultBound, this)),
      m_pages(new QStackedWidget), m_list(new QTableView), m_empty(emptyPane(this))
{
    setUpList();
    m_bar = buildBar();
    m_pages->addWidget(m_list);
    m_pages->addWidget(m_empty);
    m_empty->setMargin(8);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_bar);
    layout->addWidget(m_pages, 1);

    connect(feed, &ActivityFeed::arrived, m_model, &ActivityModel::append);
    connect(feed, &ActivityFeed::sourceChanged, this, [this] {
        m_pause->setChecked(false);
        clear();
        updateEmpty();
    });
    connect(m_model, &ActivityModel::countsChanged, this, &ActivityView::updateCounts);
    connect(m_model, &ActivityModel::modelReset, this, &ActivityView::updateEmpty);
    connect(m_model, &ActivityModel::rowsRemoved, this, &ActivityView::updateEmpty);
    connect(m_model, &ActivityModel::rowsAboutToBeInserted, this, [this] {
        m_top = m_list->verticalScrollBar()->value() > 0 ? m_list->indexAt({0, 0}) : QModelIndex();
    });
    connect(m_model, &ActivityModel::rowsInserted, this, [this] {
        // Who reads further down goes on reading what was there.
        if (m_top.isValid())
            m_list->scrollTo(m_top, QAbstractItemView::PositionAtTop);
        updateEmpty();
    });
    m_second.setInterval(1000);
    m_second.callOnTimeout(this, [this] {
        if (isVisible())
            m_model->updateTimes();
    });
    m_second.start();
    updateCounts();
    updateEmpty();
}

ActivityView::~ActivityView() = default;

void ActivityView::setUpList()
{
    setUpPlainTable(m_list, tr("Events"), tr("Columns of the events"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new ActivityDelegate(m_list));
    m_list->setIconSize({14, 14});
    m_list->setMinimumHeight(fontMetrics().lineSpacing()); // of a window that is low
    QHeaderView *columns = m_list->horizontalHeader();
    const int character = m_list->fontMetrics().averageCharWidth();
    for (const auto &[column, characters] :
         std::initializer_list<std::pair<int, int>>{{ActivityModel::TimeColumn, 13},
                                                    {ActivityModel::FunctionColumn, 40},
                                                    {ActivityModel::DurationColumn, 12},
                                                    {ActivityModel::SizeColumn, 15}})
        columns->resizeSection(column, characters * character);
    const QString longest = tr("%1 %2", "REMOVED by prefix")
                                .arg(activityStyle(ActivityKind::Removal, palette()).text,
                                     removalCauseText(RemovalCause::Prefix));
    columns->resizeSection(ActivityModel::StatusColumn,
                           fontMetrics().horizontalAdvance(longest) + 32);
    new StretchedColumn(m_list, ActivityModel::KeyColumn, 32 * character);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &current) { reveal(current); });

    auto *copy = new QAction(tr("Copy Event's &Key"), m_list);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, [this] {
        const QModelIndex current = m_list->currentIndex();
        if (current.isValid())
            QGuiApplication::clipboard()->setText(
                displayKey(keyOf(m_model->eventAt(current.row()))));
    });
    m_list->addAction(copy);
    m_list->setContextMenuPolicy(Qt::ActionsContextMenu);
}

QWidget *ActivityView::buildBar()
{
    auto *bar = new QWidget;
    auto *layout = new QHBoxLayout(bar);
    layout->setContentsMargins(8, 4, 4, 4);
    layout->setSpacing(4);

    m_filter = new QLineEdit;
    m_filter->setPlaceholderText(tr("Filter events"));
    m_filter->setAccessibleName(tr("Filter events"));
    m_filter->setToolTip(tr("Events whose function, key or problem holds this text"));
    m_filter->setClearButtonEnabled(true);
    m_filter->addAction(themedIcon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
    m_filter->setFont(fixedFont());
    m_filter->setMinimumWidth(96);
    m_filter->setMaximumWidth(280);
    connect(m_filter, &QLineEdit::textChanged, this, &ActivityView::applyFilter);
    layout->addWidget(m_filter, 1);
    for (const ActivityKind kind : activityKinds) {
        m_chips[static_cast<std::size_t>(kind)] = makeChip();
        layout->addWidget(m_chips[static_cast<std::size_t>(kind)]);
    }
    m_note = new QLabel;
    m_note->setTextFormat(Qt::PlainText);
    m_note->setForegroundRole(QPalette::PlaceholderText);
    m_note->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_note->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    layout->addWidget(m_note, 1);

    const auto button = [&](const QString &text, const QString &name, const QString &icon) {
        auto *action = new QAction(themedIcon(icon), text, this);
        action->setIconText(name);
        addAction(action);
        auto *made = new QToolButton;
        made->setDefaultAction(action);
        made->setAutoRaise(true);
        made->setFocusPolicy(Qt::TabFocus);
        made->setAccessibleName(name);
        layout->addWidget(made);
        return action;
    };
    m_pause = button(tr("&Pause Activity"), tr("Pause activity"), QStringLiteral("pause"));
    m_pause->setCheckable(true);
    m_pause->setToolTip(tr("Let the list stand still; what comes is counted"));
    connect(m_pause, &QAction::toggled, m_model, &ActivityModel::setPaused);
    m_clear = button(tr("C&lear Activity"), tr("Clear activity"), QStringLiteral("forget"));
    m_clear->setToolTip(tr("Forget these events, and count anew"));
    connect(m_clear, &QAction::triggered, this, &ActivityView::clear);
    return bar;
}

QToolButton *ActivityView::makeChip()
{
    auto *chip = new QToolButton;
    chip->setCheckable(true);
    chip->setChecked(true);
    chip->setAutoRaise(true);
    chip->setFocusPolicy(Qt::TabFocus);
    chip->setIconSize({14, 14});
    chip->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    connect(chip, &QToolButton::toggled, this, &ActivityView::applyFilter);
    return chip;
}

void ActivityView::clear()
{
    m_model->clear();
}

void ActivityView::applyFilter()
{
    ActivityFilter filter;
    filter.text = bytesOfDisplayKey(m_filter->text());
    for (std::size_t i = 0; i < m_chips.size(); ++i)
        filter.kinds.set(i, m_chips[i]->isChecked());
    m_model->setFilter(filter);
    updateEmpty();
}

void ActivityView::updateCounts()
{
    updateChips();
    const QString paused = m_model->isPaused()
        ? tr("Paused: %1 since").arg(formatCount(m_model->heldBack()))
        : QString();
    const QString dropped = m_model->dropped() > 0
        ? tr("%1 came too fast to be listed").arg(formatCount(m_model->dropped()))
        : QString();
    const QString note = paused.isEmpty() || dropped.isEmpty()
        ? paused + dropped
        : tr("%1; %2", "two notes").arg(paused, dropped);
    m_note->setText(note);
    m_note->setToolTip(note);
    const bool isEmpty = m_model->total() == 0 && m_model->dropped() == 0;
    setWhyNot(m_clear, isEmpty ? tr("No event has come") : QString());
    updateEmpty();
}

/// Their counts, and their names where there is room for them.
void ActivityView::updateChips()
{
    const auto textOf = [this](std::size_t i, bool named) {
        const qint64 count = m_model->count(activityKinds[i]);
        return named ? tr("%1 %2", "HIT 12")
                           .arg(activityStyle(activityKinds[i], palette()).text, formatCount(count))
                     : compactNumber(count);
    };
    const auto widthOf = [&](bool named) {
        constexpr int iconAndMargins = 34;
        int wide = m_filter->minimumWidth() + 3 * iconAndMargins; // and two buttons
        for (std::size_t i = 0; i < m_chips.size(); ++i)
            wide += fontMetrics().horizontalAdvance(textOf(i, named)) + iconAndMargins;
        return wide;
    };
    const bool named = widthOf(true) <= width();
    m_bar->setMinimumWidth(widthOf(false)); // whatever it shows now, it can do with less
    for (std::size_t i = 0; i < m_chips.size(); ++i) {
        const ActivityStyle style = activityStyle(activityKinds[i], palette());
        const QString text = textOf(i, named);
        if (m_chips[i]->text() == text)
            continue;
        m_chips[i]->setText(text);
        m_chips[i]->setIcon(style.icon);
        m_chips[i]->setAccessibleName(textOf(i, true));
        m_chips[i]->setToolTip(tr("%1: %2 since the list was cleared. Lists them, or not.")
                                   .arg(style.text, formatCount(m_model->count(activityKinds[i]))));
    }
}

void ActivityView::updateEmpty()
{
    const bool empty = m_model->rowCount() == 0;
    m_pages->setCurrentIndex(empty ? 1 : 0);
    if (!empty)
        return;
    if (!m_feed->hasSource())
        m_empty->setText(tr("Calls of functions that run elsewhere are not told of yet. Those of "
                            "the demo shop are: open it to see them come."));
    else if (m_model->total() - m_model->heldBack() <= 0)
        m_empty->setText(m_model->isPaused()
                             ? tr("Paused. What comes is listed when you let the list go on.")
                             : tr("No calls yet. Each call of a function and each removal is "
                                  "listed here as it comes, with how it was answered."));
    else
        m_empty->setText(tr("No event passes the filter. Clear it to see all that came."));
}

void ActivityView::reveal(const QModelIndex &current)
{
    if (!current.isValid())
        return;
    if (const QByteArray key = entryOf(m_model->eventAt(current.row())); !key.isEmpty())
        Q_EMIT entryRequested(key);
}

void ActivityView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_chips.back()) {
        for (QToolButton *chip : m_chips)
            chip->setText({}); // to be made anew
        updateChips();
    }
}

void ActivityView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    updateChips();
}

void ActivityView::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && !m_model->filter().isEmpty()) {
        m_filter->clear();
        for (QToolButton *chip : m_chips)
            chip->setChecked(true);
        event->accept();
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace Cachelens
