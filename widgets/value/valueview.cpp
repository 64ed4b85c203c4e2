// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/value/valueview.h"

#include "core/value/valuejson.h"
#include "widgets/disposal.h"
#include "widgets/style/format.h"
#include "widgets/style/roomyrows.h"
#include "widgets/style/theme.h"
#include "widgets/style/whynot.h"
#include "widgets/value/bytesview.h"
#include "widgets/value/difftext.h"
#include "widgets/value/diffview.h"
#include "widgets/value/jsonview.h"
#include "widgets/value/valuetext.h"
#include "widgets/value/valuetreemodel.h"
#include "widgets/whenready.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QScrollBar>
#include <QSplitter>
#include <QTabWidget>
#include <QtConcurrent>
#include <QTreeView>
#include <QVBoxLayout>

namespace Cachelens {

namespace {

enum Tab { TreeTab, JsonTab, BytesTab, DiffTab };

QLabel *makeNote()
{
    auto *note = new QLabel;
    note->setWordWrap(true);
    note->setMargin(4);
    note->setVisible(false);
    return note;
}

void setNote(QLabel *note, const QString &text)
{
    note->setText(text);
    note->setVisible(!text.isEmpty());
}

QWidget *page(QLabel *note, QWidget *content)
{
    auto *widget = new QWidget;
    auto *layout = new QVBoxLayout(widget);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(note);
    layout->addWidget(content, 1);
    widget->setFocusProxy(content);
    return widget;
}

} // namespace

ValueView::ValueView(QWidget *parent)
    : QWidget(parent), m_tabs(new QTabWidget), m_json(new JsonView), m_jsonNote(makeNote()),
      m_bytes(new BytesView), m_bytesNote(makeNote()), m_diff(new DiffView), m_diffNote(makeNote())
{
    m_tabs->setDocumentMode(true);
    // Of a window that is low, the value gets what is left: views ask for more than they need.
    const int fewRows = 3 * fontMetrics().lineSpacing();
    m_json->setMinimumHeight(fewRows);
    m_bytes->setMinimumHeight(fewRows);
    m_diff->setMinimumHeight(fewRows);
    m_tabs->setAccessibleName(tr("Value"));
    m_json->setAccessibleName(tr("Value as JSON"));
    m_bytes->setAccessibleName(tr("Stored bytes"));
    m_diff->setAccessibleName(tr("What has changed in the value"));
    m_showTree = addTab(buildTree(), tr("Tree"), tr("Show Value as a &Tree"));
    m_showJson = addTab(page(m_jsonNote, m_json), tr("JSON"), tr("Show Value as &JSON"));
    m_showBytes = addTab(page(m_bytesNote, m_bytes), tr("Bytes"), tr("Show Stored &Bytes"));
    m_showDiff = addTab(page(m_diffNote, m_diff), tr("Diff"), tr("Show What &Has Changed"));
    forgetComparison();
    connect(m_tabs, &QTabWidget::currentChanged, this, [this](int tab) {
        if (tab != DiffTab) // where one goes back to from there
            m_chosenTab = tab;
        if (tab == JsonTab)
            makeJson();
    });

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_tabs);
}

ValueView::~ValueView() = default;

QAction *ValueView::addTab(QWidget *content, const QString &title, const QString &command)
{
    const int tab = m_tabs->addTab(content, title);
    const QKeySequence keys(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + tab));
    auto *action = new QAction(command, this);
    action->setShortcut(keys);
    setWhyNot(action, tr("No value is shown"));
    connect(action, &QAction::triggered, this, [this, tab] {
        m_tabs->setCurrentIndex(tab);
        m_tabs->currentWidget()->setFocus(Qt::ShortcutFocusReason);
    });
    addAction(action);
    m_tabs->setTabToolTip(tab,
                          QStringLiteral("%1 (%2)").arg(QString(command).remove(u'&'),
                                                        keys.toString(QKeySequence::NativeText)));
    return action;
}

QWidget *ValueView::buildTree()
{
    m_treeModel = new ValueTreeModel(this);
    m_tree = new QTreeView;
    m_tree->setModel(m_treeModel);
    m_tree->setAccessibleName(tr("Value as a tree"));
    m_tree->setFont(fixedFont());
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setMinimumHeight(3 * fontMetrics().lineSpacing());
    m_tree->setUniformRowHeights(true);
    m_tree->setItemDelegate(new RoomyRows(m_tree));
    m_tree->setIndentation(16);
    m_tree->setTextElideMode(Qt::ElideRight);
    m_tree->header()->setSectionResizeMode(QHeaderView::Interactive);
    m_tree->header()->setStretchLastSection(true);
    const int cell = QFontMetrics(m_tree->font()).horizontalAdvance(u'0');
    m_tree->setColumnWidth(ValueTreeModel::NameColumn, 24 * cell);
    m_tree->setColumnWidth(ValueTreeModel::TypeColumn, 12 * cell);

    auto *copy = new QAction(tr("&Copy Selected Value"), m_tree);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, [this] {
        if (const Value *value = m_treeModel->valueAt(m_tree->currentIndex()))
            QGuiApplication::clipboard()->setText(valueText(*value, jsonShown));
    });
    m_tree->addAction(copy);
    m_tree->setContextMenuPolicy(Qt::ActionsContextMenu);

    m_detailTitle = new QLabel;
    m_detailTitle->setMargin(4);
    m_detailText = new TextView;
    m_detailText->setAccessibleName(tr("Selected value in full"));
    m_detail = new QWidget;
    auto *layout = new QVBoxLayout(m_detail);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_detailTitle);
    layout->addWidget(m_detailText, 1);
    m_detail->setVisible(false);

    // A tree view asks for more only at its very end, and not within a branch.
    m_fetch.setSingleShot(true);
    m_fetch.setInterval(0);
    connect(&m_fetch, &QTimer::timeout, this, &ValueView::fetchVisible);
    const auto later = qOverload<>(&QTimer::start);
    connect(m_tree->verticalScrollBar(), &QScrollBar::valueChanged, &m_fetch, later);
    connect(m_tree->verticalScrollBar(), &QScrollBar::rangeChanged, &m_fetch, later);
    connect(m_tree, &QTreeView::expanded, &m_fetch, later);

    auto *splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(m_tree);
    splitter->addWidget(m_detail);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    splitter->setFocusProxy(m_tree);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex &index) { showDetail(index); });
    return splitter;
}

void ValueView::setEntry(std::shared_ptr<const EntryDetails> entry)
{
    ++m_turn;
    m_jsonMade = false;
    m_json->setText(nullptr);
    setNote(m_jsonNote, {});
    m_detail->setVisible(false);
    m_treeModel->setValue(nullptr);
    disposeOnWorker(std::move(m_entry));
    m_entry = std::move(entry);

    const bool decoded = m_entry && m_entry->decoded.has_value();
    const QString none = m_entry ? QString() : tr("No value is shown");
    const QString undecoded = decoded ? QString() : tr("The value cannot be decoded");
    for (QAction *action : {m_showTree, m_showJson})
        setWhyNot(action, firstReason(none, undecoded));
    setWhyNot(m_showBytes, none);
    m_bytes->setBytes(m_entry ? m_entry->bytes : QByteArray());
    {
        const QSignalBlocker notChosen(m_tabs);
        m_tabs->setTabVisible(TreeTab, decoded);
        m_tabs->setTabVisible(JsonTab, decoded);
        if (m_tabs->currentIndex() != DiffTab)
            m_tabs->setCurrentIndex(decoded ? m_chosenTab : BytesTab);
    }
    setNote(m_bytesNote,
            m_entry && m_entry->partial ? tr("The first %1 of %2.")
                                              .arg(formatBytes(m_entry->bytes.size()),
                                                   formatBytes(m_entry->summary.facts.size))
                                        : QString());
    if (!decoded)
        return;
    m_treeModel->setValue({m_entry, &m_entry->decoded->value});
    const QModelIndex root = m_treeModel->index(0, 0);
    m_tree->expand(root);
    // Where the keys begin, and not chosen by anybody.
    m_tree->selectionModel()->setCurrentIndex(root, QItemSelectionModel::NoUpdate);
    if (m_tabs->currentIndex() == JsonTab)
        makeJson();
}

/// Makes the rows behind the last one of each branch whose end is in sight.
void ValueView::fetchVisible()
{
    const int bottom = m_tree->viewport()->height();
    QModelIndex index = m_tree->indexAt(QPoint(0, 0));
    for (; index.isValid() && m_tree->visualRect(index).top() < bottom;
         index = m_tree->indexBelow(index)) {
        const QModelIndex parent = index.parent();
        if (index.row() + 1 == m_treeModel->rowCount(parent) && m_treeModel->canFetchMore(parent)) {
            m_treeModel->fetchMore(parent);
            return; // the scroll bar's range changes, and this is asked again
        }
    }
}

void ValueView::makeJson()
{
    if (m_jsonMade || !m_entry || !m_entry->decoded)
        return;
    m_jsonMade = true;
    const auto turn = m_turn;
    struct Made {
        std::shared_ptr<const TextLines> lines;
        bool truncated = false;
    };
    const auto work = QtConcurrent::run([entry = m_entry] {
        const JsonText made = valueToJson(entry->decoded->value,
                                          {.indent = 2, .maxBytes = jsonShown, .maxDepth = 500});
        return Made{std::make_shared<const TextLines>(TextLines::of(QString::fromUtf8(made.json))),
                    made.truncated};
    });
    whenReady(work, this, [this, turn](const Made &made) {
        if (turn != m_turn)
            return;
        m_json->setText(made.lines);
        if (made.truncated)
            setNote(
                m_jsonNote,
                tr("The first %1 of the JSON of %2. Copying takes all of it.")
                    .arg(formatBytes(jsonShown), formatBytes(m_entry->decoded->serializedBytes)));
        Q_EMIT jsonReady();
    });
}

void ValueView::compare(std::shared_ptr<const Value> before, std::shared_ptr<const Value> after,
                        const QString &what)
{
    m_tabs->setTabEnabled(DiffTab, true);
    setWhyNot(m_showDiff, {});
    m_tabs->setTabToolTip(DiffTab, tr("What has changed in the value"));
    m_tabs->setCurrentIndex(DiffTab);
    struct Made {
        std::shared_ptr<const TextLines> lines;
        QString summary;
    };
    auto work = QtConcurrent::run([before = std::move(before), after = std::move(after)] {
        const ValueDiff diff = diffValues(*before, *after);
        const QString text = diffText(diff);
        return Made{text.isEmpty() ? nullptr
                                   : std::make_shared<const TextLines>(TextLines::of(text)),
                    diffSummary(diff)};
    });
    whenReady(work, this, [this, what, turn = ++m_comparison](const Made &made) {
        if (turn != m_comparison)
            return;
        m_diff->setText(made.lines);
        m_diff->setVisible(made.lines != nullptr);
        setNote(m_diffNote, what.isEmpty() ? made.summary : what + u' ' + made.summary);
        Q_EMIT differenceReady();
    });
}

void ValueView::forgetComparison()
{
    ++m_comparison;
    if (m_tabs->currentIndex() == DiffTab)
        m_tabs->setCurrentIndex(m_tabs->isTabVisible(m_chosenTab) ? m_chosenTab : BytesTab);
    m_diff->setText(nullptr);
    setNote(m_diffNote, {});
    m_tabs->setTabEnabled(DiffTab, false);
    setWhyNot(m_showDiff, tr("Refresh the entry to compare its value before and after"));
    m_tabs->setTabToolTip(DiffTab, whyNot(m_showDiff));
}

void ValueView::showDetail(const QModelIndex &index)
{
    const Value *value = m_treeModel->valueAt(index);
    // What a row shows whole needs no second place.
    constexpr qsizetype inARow = 60;
    const bool wanted = value && hasText(*value) && value->text().size() > inARow;
    m_detail->setVisible(wanted);
    if (!wanted) {
        m_detailText->setText(nullptr);
        return;
    }
    const qint64 size = value->text().size();
    m_detailTitle->setText(
        size > ValueTreeModel::fullTextLimit
            ? tr("The first %1 of %2")
                  .arg(formatBytes(ValueTreeModel::fullTextLimit), formatBytes(size))
            : tr("%1, %2").arg(valueTypeName(*value), formatBytes(size)));
    m_detailText->setText(std::make_shared<const TextLines>(
        TextLines::of(index.data(ValueTreeModel::FullTextRole).toString())));
}

} // namespace Cachelens
