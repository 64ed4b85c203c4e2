// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrytable/entrytable.h"

#include "widgets/entrytable/entrytablekept.h"
#include "widgets/entrytable/entrytablemodel.h"
#include "widgets/entrytable/sortmenu.h"
#include "widgets/style/format.h"
#include "widgets/style/paneheader.h"
#include "widgets/style/plaintable.h"

#include <QAction>
#include <QDataStream>
#include <QEvent>
#include <QHeaderView>
#include <QIODevice>
#include <QLabel>
#include <QProgressBar>
#include <QScrollBar>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <QToolTip>
#include <QVBoxLayout>

#include <algorithm>

namespace Cachelens {

using namespace std::chrono_literals;

namespace {

/// Keys begin alike and end differently: where one does not fit, its end is what is shown.
class EntryDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        if (index.data(EntryTableModel::IsKeyRole).toBool())
            option->textElideMode = Qt::ElideLeft;
    }
};

} // namespace

EntryTable::EntryTable(QWidget *parent)
    : QWidget(parent), m_model(new EntryTableModel(this)), m_title(paneTitle(tr("Entries"), this)),
      m_count(new QLabel(this)), m_progress(new QProgressBar(this)), m_stop(new QToolButton(this)),
      m_pages(new QStackedWidget(this)), m_view(new QTableView(this)), m_empty(emptyPane(this)),
      m_second(new QTimer(this)), m_fade(new QTimer(this)), m_sortMenu(new SortMenu(*m_model, this))
{
    setUpView();
    addActions();

    m_count->setAccessibleName(tr("Entries found"));
    m_progress->setAccessibleName(tr("Search progress"));
    m_progress->setTextVisible(false);
    m_progress->setFixedSize(96, 8);
    m_stop->setDefaultAction(m_stopSearch);
    m_stop->setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_stop->setAutoRaise(true);
    m_stop->setFocusPolicy(Qt::TabFocus);
    m_stop->setAccessibleName(tr("Stop the search"));

    m_pages->addWidget(m_view);
    m_pages->addWidget(m_empty);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(paneHeader(m_title, {m_count, m_progress, m_stop}));
    layout->addWidget(m_pages, 1);
    setFocusProxy(m_view);

    connectModel();
    m_second->setInterval(1s);
    connect(m_second, &QTimer::timeout, this, [this] {
        if (isVisible())
            m_model->tick();
        updateState();
    });
    m_fade->setInterval(33ms);
    connect(m_fade, &QTimer::timeout, this, [this] {
        m_model->fadeOn();
        if (!m_model->isFading())
            m_fade->stop();
    });
    updateColumns();
    updateState();
    updateActions();
}

EntryTable::~EntryTable()
{
    // The children emit signals while they are destroyed, when this object is only a QWidget.
    for (QObject *part : findChildren<QObject *>())
        part->disconnect(this);
}

void EntryTable::setUpView()
{
    setUpPlainTable(m_view, tr("Entries"), tr("Columns of the entries"));
    m_view->setModel(m_model);
    m_view->setTextElideMode(Qt::ElideRight);
    m_view->setItemDelegate(new EntryDelegate(m_view));
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setIconSize({14, 14});

    QHeaderView *rows = m_view->verticalHeader();
    // It would go through every row that is selected to find out what to paint of itself.
    rows->setSelectionModel(new QItemSelectionModel(m_model, rows));
    QHeaderView *columns = m_view->horizontalHeader();
    columns->setSectionsClickable(true);
    columns->setSortIndicatorShown(true);
    connect(columns, &QHeaderView::sectionClicked, this, &EntryTable::sortByClicked);
    connect(m_sortMenu, &SortMenu::sortRequested, this, &EntryTable::sortBy);
    connect(columns, &QHeaderView::sectionResized, this, [this](int column, int, int width) {
        if (!m_settingWidths
            && m_view->horizontalHeader()->sectionResizeMode(column) == QHeaderView::Interactive)
            m_widths.insert(m_model->columns()[static_cast<std::size_t>(column)].id(), width);
        if (!m_settingWidths && column != stretchedColumn())
            stretchColumn();
    });

    m_view->viewport()->installEventFilter(this);
    connect(m_view->verticalScrollBar(), &QScrollBar::valueChanged, this,
            &EntryTable::updateVisible);
    connect(m_view, &QTableView::customContextMenuRequested, this, &EntryTable::showContextMenu);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] {
        if (m_restoring)
            return;
        m_wanted.clear(); // whoever goes to a row does not wait for another
        // With the keyboard a view goes to its first row without choosing it.
        if (!m_view->selectionModel()->hasSelection() && m_view->currentIndex().isValid())
            m_view->selectionModel()->select(
                m_view->currentIndex(), QItemSelectionModel::Select | QItemSelectionModel::Rows);
        tellCurrent();
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        updateActions();
        updateState();
    });
}

void EntryTable::connectModel()
{
    connect(m_model, &QAbstractItemModel::modelAboutToBeReset, this, &EntryTable::keepSelection);
    connect(m_model, &QAbstractItemModel::modelReset, this, [this] {
        restoreSelection();
        updateVisible();
        updateTitle();
        updateSortIndicator();
    });
    connect(m_model, &QAbstractItemModel::rowsInserted, this, [this] {
        if (!m_wanted.isEmpty())
            restoreSelection();
        updateVisible();
    });
    connect(m_model, &EntryTableModel::columnsChanged, m_sortMenu, &SortMenu::rebuild);
    connect(m_model, &EntryTableModel::columnsChanged, this, &EntryTable::updateColumns);
    connect(m_model, &EntryTableModel::searchChanged, this, &EntryTable::updateState);
    connect(m_model, &QAbstractItemModel::dataChanged, this, [this] {
        const bool animates = style()->styleHint(QStyle::SH_Widget_Animation_Duration) > 0;
        if (animates && m_model->isFading() && !m_fade->isActive())
            m_fade->start();
    });
}

void EntryTable::setSession(Session *session)
{
    if (session == m_session)
        return;
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    m_wanted.clear();
    if (!m_told.isEmpty()) {
        m_told.clear();
        Q_EMIT currentKeyChanged({});
    }
    if (session) {
        connect(session, &Session::scanProgressed, this, &EntryTable::updateState);
        connect(session, &QObject::destroyed, this, [this] { m_model->setSession(nullptr); });
        m_second->start();
    } else {
        m_second->stop();
    }
    m_model->setSession(session);
    updateState();
    updateActions();
}

void EntryTable::setQuery(const KeyQuery &query)
{
    m_model->setQuery(query);
}

KeyQuery EntryTable::query() const
{
    return m_model->search().query();
}

QByteArray EntryTable::currentKey() const
{
    const QModelIndex current = m_view->currentIndex();
    return current.isValid() ? m_model->keyAt(current.row()) : QByteArray();
}

void EntryTable::selectKey(const QByteArray &key)
{
    m_wanted = key;
    restoreSelection();
}

void EntryTable::tellCurrent()
{
    const QByteArray key = currentKey();
    const bool lookedFor = key.isEmpty() && !m_wanted.isEmpty() && m_wanted == m_told;
    if (key == m_told || lookedFor)
        return;
    m_told = key;
    updateActions();
    Q_EMIT currentKeyChanged(key);
}

QList<int> EntryTable::selectedRows() const
{
    QList<int> rows;
    for (const QItemSelectionRange &range : m_view->selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom(); ++row)
            rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

QList<QByteArray> EntryTable::selectedKeys() const
{
    return m_model->keysAt(selectedRows());
}

void EntryTable::keepSelection()
{
    // Ids mean nothing in another index; keys do.
    const bool otherIndex = m_model->keyIndex() != m_model->search().index();
    if (otherIndex && m_wanted.isEmpty())
        m_wanted = m_told;
    m_kept = std::make_unique<Kept>(Kept::of(*m_view, *m_model));
}

void EntryTable::restoreSelection()
{
    m_restoring = true;
    if (const auto kept = std::exchange(m_kept, nullptr))
        kept->restore(*m_view, *m_model);
    if (!m_wanted.isEmpty()) {
        if (const int row = m_model->rowOf(m_wanted); row >= 0) {
            m_wanted.clear();
            // Not the view's own function: that one heeds which modifiers are held down.
            m_view->selectionModel()->setCurrentIndex(m_model->index(row, 0),
                                                      QItemSelectionModel::ClearAndSelect
                                                          | QItemSelectionModel::Rows);
            m_view->scrollTo(m_model->index(row, 0));
        }
    }
    m_restoring = false;
    tellCurrent();
    updateActions();
}

void EntryTable::updateVisible()
{
    // The scroll bar counts rows. What the view has laid out may be of the rows before.
    const int first = m_view->verticalScrollBar()->value();
    const int height = m_view->verticalHeader()->defaultSectionSize();
    m_model->showRows(first, first + m_view->viewport()->height() / height);
}

void EntryTable::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    updateVisible();
}

bool EntryTable::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize) {
        stretchColumn();
        updateVisible();
    }
    return QWidget::eventFilter(watched, event);
}

QMenu *EntryTable::sortMenu() const
{
    return m_sortMenu;
}

void EntryTable::sortByClicked(int column)
{
    if (const QString why = m_model->whyNotSortable(column); !why.isEmpty())
        QToolTip::showText(QCursor::pos(), why, m_view->horizontalHeader());
    const bool again = column == m_model->sortedColumn();
    const bool ascending = !again || m_model->sortDirection() == Qt::DescendingOrder;
    sortBy(column, ascending ? Qt::AscendingOrder : Qt::DescendingOrder);
}

void EntryTable::sortBy(int column, Qt::SortOrder direction)
{
    m_model->sort(column, direction);
    updateSortIndicator();
}

void EntryTable::updateSortIndicator()
{
    m_view->horizontalHeader()->setSortIndicator(m_model->sortedColumn(), m_model->sortDirection());
    m_sortMenu->refresh();
}

int EntryTable::defaultWidth(int column) const
{
    const EntryColumn &shown = m_model->columns()[static_cast<std::size_t>(column)];
    if (const auto width = m_widths.constFind(shown.id()); width != m_widths.constEnd())
        return *width;
    using Kind = EntryColumn::Kind;
    const int digit = m_view->fontMetrics().horizontalAdvance(u'0');
    switch (shown.kind) {
    case Kind::Key:
        return 23 * digit;
    case Kind::Field:
        return 14 * digit;
    case Kind::NextCall:
        return 8 * digit + m_view->iconSize().width();
    case Kind::WrittenBy:
        return 9 * digit + m_view->iconSize().width();
    case Kind::Age:
    case Kind::Ttl: // up to "23 h 59 min"
        return 11 * digit + 8;
    case Kind::Size:
        break;
    }
    return 8 * digit + 8;
}

int EntryTable::stretchedColumn() const
{
    // The last that says which entry it is takes the room that is left: what the server knows of
    // it stands at the right, where it stood before.
    const auto &columns = m_model->columns();
    const auto facts = std::find_if(columns.begin(), columns.end(),
                                    [](const EntryColumn &column) { return column.needsFacts(); });
    return static_cast<int>(facts - columns.begin()) - 1;
}

void EntryTable::updateColumns()
{
    m_settingWidths = true;
    QHeaderView *header = m_view->horizontalHeader();
    for (int column = 0; column < m_model->columnCount(); ++column) {
        const bool stretches = column == stretchedColumn();
        header->setSectionResizeMode(column,
                                     stretches ? QHeaderView::Fixed : QHeaderView::Interactive);
        if (!stretches)
            header->resizeSection(column, defaultWidth(column));
    }
    m_settingWidths = false;
    stretchColumn();
    updateSortIndicator();
}

void EntryTable::stretchColumn()
{
    // Unlike QHeaderView::Stretch it leaves enough to tell keys apart, and scrolls.
    const int column = stretchedColumn();
    QHeaderView *header = m_view->horizontalHeader();
    const int others = header->length() - header->sectionSize(column);
    header->resizeSection(column,
                          std::max(defaultWidth(column), m_view->viewport()->width() - others));
}

QByteArray EntryTable::saveState() const
{
    QByteArray state;
    QDataStream stream(&state, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_4);
    stream << m_widths << m_model->sortId() << (m_model->sortDirection() == Qt::AscendingOrder);
    return state;
}

void EntryTable::restoreState(const QByteArray &state)
{
    QDataStream stream(state);
    stream.setVersion(QDataStream::Qt_6_4);
    QHash<QString, int> widths;
    QString sortId;
    bool ascending = true;
    stream >> widths >> sortId >> ascending;
    if (stream.status() != QDataStream::Ok)
        return;
    m_widths = widths;
    m_model->setSortId(sortId, ascending ? Qt::AscendingOrder : Qt::DescendingOrder);
    updateColumns();
}

} // namespace Cachelens
