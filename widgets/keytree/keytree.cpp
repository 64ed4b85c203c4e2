// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/keytree/keytree.h"

#include "widgets/key/displaykey.h"
#include "widgets/keytree/keytreemodel.h"
#include "widgets/style/format.h"
#include "widgets/style/paneaction.h"
#include "widgets/style/paneheader.h"
#include "widgets/style/roomyrows.h"
#include "widgets/style/whynot.h"

#include "core/keyspace/session.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QScrollBar>
#include <QStackedWidget>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

namespace Cachelens {

namespace {

/// Functions and partitions begin alike and end differently: where one does not fit, its end is
/// what is shown.
class KeyRows final : public RoomyRows {
public:
    using RoomyRows::RoomyRows;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        RoomyRows::initStyleOption(option, index);
        const NodeKind kind = static_cast<const KeyTreeModel *>(index.model())->info(index).kind;
        const bool nested = kind == NodeKind::Function || kind == NodeKind::Partition;
        option->textElideMode = nested ? Qt::ElideLeft : Qt::ElideRight;
    }
};

} // namespace

KeyTree::KeyTree(QWidget *parent)
    : QWidget(parent), m_model(new KeyTreeModel(this)), m_title(paneTitle(tr("Keyspace"), this)),
      m_all(new QToolButton(this)), m_pages(new QStackedWidget(this)), m_view(new QTreeView(this)),
      m_empty(emptyPane(this))
{
    m_view->setModel(m_model);
    m_view->setAccessibleName(tr("Keyspace"));
    m_view->setAccessibleDescription(tr("Namespaces, functions and partitions with their keys"));
    m_view->setUniformRowHeights(true);
    m_view->setItemDelegate(new KeyRows(m_view));
    m_view->setHeaderHidden(true);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setAllColumnsShowFocus(true);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setIndentation(16);
    m_view->header()->setStretchLastSection(false);
    m_view->header()->setSectionResizeMode(KeyTreeModel::NameColumn, QHeaderView::Stretch);
    m_view->header()->setSectionResizeMode(KeyTreeModel::CountColumn, QHeaderView::Fixed);
    m_pages->addWidget(m_view);
    m_pages->addWidget(m_empty);

    addActions();
    m_all->setDefaultAction(m_showAll);
    m_all->setAutoRaise(true);
    m_all->setAccessibleName(tr("Show all keys"));
    m_all->setFocusPolicy(Qt::TabFocus);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(paneHeader(m_title, {m_all}));
    layout->addWidget(m_pages, 1);
    setFocusProxy(m_view);

    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &KeyTree::selectionChanged);
    connect(m_view, &QTreeView::activated, this, &KeyTree::activate);
    connect(m_view, &QTreeView::clicked, this, [this](const QModelIndex &index) {
        if (m_model->isMore(index))
            activate(index);
    });
    connect(m_view, &QTreeView::customContextMenuRequested, this, &KeyTree::showContextMenu);
    connect(m_view->verticalScrollBar(), &QScrollBar::valueChanged, this, &KeyTree::refreshVisible);
    connect(m_model, &KeyTreeModel::listed, this, [this] {
        restore();
        updateState();
    });
    updateState();
    updateActions();
}

KeyTree::~KeyTree()
{
    // The children emit signals while they are destroyed, when this object is only a QWidget.
    for (QObject *part : findChildren<QObject *>())
        part->disconnect(this);
}

void KeyTree::addActions()
{
    const auto add = [this](const QString &icon, const QString &text, const QKeySequence &shortcut,
                            auto slot) { return addPaneAction(this, icon, text, shortcut, slot); };
    m_showAll = add(QString(), tr("Show &All Keys"), Qt::Key_Escape,
                    [this] { m_view->selectionModel()->clear(); });
    m_showAll->setToolTip(tr("Show the entries of the whole keyspace (Esc)"));
    m_copyPrefix = add(QStringLiteral("copy"), tr("&Copy Prefix"), QKeySequence::Copy, [this] {
        QGuiApplication::clipboard()->setText(displayKey(currentNode().prefix));
    });
    m_delete = add(QStringLiteral("delete"), tr("&Delete Selected Node…"), QKeySequence::Delete,
                   [this] { Q_EMIT deleteRequested(currentNode()); });
}

void KeyTree::setSession(Session *session)
{
    if (session == m_session)
        return;
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    m_toExpand.clear();
    m_toSelect.clear();
    m_expandFew = true;
    m_model->setIndex(session ? session->index() : nullptr);
    if (session) {
        m_model->setComplete(session->scanProgress().complete());
        connect(session, &Session::indexChanged, this, &KeyTree::grow);
        connect(session, &Session::indexReplaced, this, &KeyTree::replaceIndex);
        connect(session, &Session::scanProgressed, this, [this](const ScanProgress &progress) {
            m_model->setComplete(progress.complete());
            updateState();
        });
        connect(session, &QObject::destroyed, this, [this] {
            m_model->setIndex(nullptr);
            updateState();
        });
    }
    updateState();
    updateActions();
    Q_EMIT nodeSelected(currentNode());
}

void KeyTree::setChangeable(const QString &whyNot)
{
    m_whyNoChange = whyNot;
    updateActions();
}

NodeInfo KeyTree::currentNode() const
{
    const QModelIndexList rows = m_view->selectionModel()->selectedRows();
    return m_model->info(rows.isEmpty() ? QModelIndex() : rows.first());
}

void KeyTree::replaceIndex()
{
    // What is still looked for in the last index is looked for in this one, too.
    for (NodePath &path : expandedPaths({}))
        m_toExpand.push_back(std::move(path));
    const QModelIndexList rows = m_view->selectionModel()->selectedRows();
    if (!rows.isEmpty())
        m_toSelect = m_model->path(rows.first());

    m_model->setIndex(m_session->index());
    m_model->setComplete(m_session->scanProgress().complete());
    m_model->setWanted(wanted());
    updateState();
    updateActions();
    Q_EMIT nodeSelected(currentNode());
}

std::vector<NodePath> KeyTree::expandedPaths(const QModelIndex &parent) const
{
    std::vector<NodePath> paths;
    for (int row = 0; row < m_model->rowCount(parent); ++row) {
        const QModelIndex index = m_model->index(row, 0, parent);
        if (!m_model->hasChildren(index) || !m_view->isExpanded(index))
            continue;
        paths.push_back(m_model->path(index));
        for (NodePath &path : expandedPaths(index))
            paths.push_back(std::move(path));
    }
    return paths;
}

std::vector<NodePath> KeyTree::wanted() const
{
    auto paths = m_toExpand;
    if (!m_toSelect.empty())
        paths.push_back(m_toSelect);
    return paths;
}

void KeyTree::restore()
{
    if (m_expandFew && m_model->rowCount() > 0) {
        static constexpr int few = 3;
        m_expandFew = false;
        if (m_toExpand.empty() && m_model->rowCount() <= few) {
            for (int row = 0; row < m_model->rowCount(); ++row)
                m_view->expand(m_model->index(row, 0));
        }
    }
    const auto before = m_toExpand.size();
    std::erase_if(m_toExpand, [this](const NodePath &path) {
        const QModelIndex index = m_model->find(path);
        if (index.isValid()) {
            m_view->expand(index);
            m_model->fetchMore(index); // now, not when the view comes to it: see `waiting` below
        }
        return index.isValid();
    });
    bool found = false;
    if (!m_toSelect.empty()) {
        if (const QModelIndex index = m_model->find(m_toSelect); index.isValid()) {
            found = true;
            m_view->selectionModel()->setCurrentIndex(
                index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
            m_view->scrollTo(index);
        }
    }
    const bool waiting = !m_toExpand.empty() || !m_toSelect.empty();
    if (waiting && m_session && m_session->scanProgress().complete() && m_model->isSettled()) {
        // Not in this index, then.
        m_toExpand.clear();
        m_toSelect.clear();
    }
    if (found || m_toExpand.size() != before)
        m_model->setWanted(wanted());
}

void KeyTree::grow()
{
    m_model->grow();
    refreshVisible();
    updateState();
}

void KeyTree::refreshVisible()
{
    if (!isVisible())
        return;
    QModelIndexList rows;
    const int bottom = m_view->viewport()->height();
    for (QModelIndex index = m_view->indexAt({0, 0});
         index.isValid() && m_view->visualRect(index).top() < bottom;
         index = m_view->indexBelow(index)) {
        rows.push_back(index.siblingAtColumn(KeyTreeModel::NameColumn));
    }
    m_model->refresh(rows);
}

void KeyTree::selectionChanged()
{
    // Whoever selects something does not want what was selected before.
    m_toSelect.clear();
    updateActions();
    Q_EMIT nodeSelected(currentNode());
}

void KeyTree::activate(const QModelIndex &index)
{
    if (m_model->isMore(index))
        m_model->showMore(index);
    else if (!m_view->selectionModel()->isSelected(index)) // where the keyboard begins
        m_view->selectionModel()->setCurrentIndex(
            index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

QString KeyTree::emptyText() const
{
    if (!m_session)
        return tr("Not connected.\nConnect to a cache to see its keys here.");
    const ScanProgress progress = m_session->scanProgress();
    switch (progress.phase) {
    case ScanProgress::Phase::Idle:
        return tr("Not scanned yet.\nStart a scan to see the keys.");
    case ScanProgress::Phase::Running:
        return tr("Scanning. Keys appear here as they are found.");
    case ScanProgress::Phase::Paused:
        return tr("The scan is paused.\nResume it to see the keys.");
    case ScanProgress::Phase::Canceled:
        return tr("The scan was stopped before it found a key.\nStart it again to see the keys.");
    case ScanProgress::Phase::Failed:
        return progress.error ? QString::fromUtf8(progress.error->message())
                              : tr("The scan failed.");
    case ScanProgress::Phase::Complete:
        break;
    }
    return tr("There are no keys in this cache.\nCall a cached function, then scan again.");
}

void KeyTree::updateState()
{
    const NodeInfo root = m_model->info({});
    const bool empty = m_model->rowCount() == 0;
    const bool complete = m_session && m_session->scanProgress().complete();
    m_pages->setCurrentWidget(empty ? static_cast<QWidget *>(m_empty) : m_view);
    m_empty->setText(emptyText());
    const QString count = formatCount(root.keys, !complete);
    m_all->setText(root.keys > 0 ? tr("All %1").arg(count) : QString());
    m_all->setVisible(root.keys > 0);
    const int width = fontMetrics().horizontalAdvance(count + QStringLiteral("000"));
    if (width != m_view->header()->sectionSize(KeyTreeModel::CountColumn))
        m_view->header()->resizeSection(KeyTreeModel::CountColumn, width);
}

void KeyTree::updateActions()
{
    const NodeInfo node = currentNode();
    QString whyNot;
    if (node.kind == NodeKind::Root)
        whyNot = tr("Nothing is selected in the keyspace");
    else if (node.prefix.isEmpty())
        whyNot = tr("What is selected has no prefix of its own");
    setWhyNot(m_copyPrefix, whyNot);
    setWhyNot(m_delete, firstReason(m_whyNoChange, whyNot));
}

void KeyTree::showContextMenu(const QPoint &position)
{
    const QModelIndex index = m_view->indexAt(position);
    if (!index.isValid() || m_model->isMore(index))
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true); // they say why an action is not there
    menu->addActions({m_copyPrefix, m_delete});
    menu->addActions(m_view->actions()); // what the window can do
    menu->addSeparator();
    menu->addAction(m_showAll);
    menu->popup(m_view->viewport()->mapToGlobal(position));
}

} // namespace Cachelens
