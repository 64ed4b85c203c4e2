// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/value/elementsview.h"

#include "widgets/key/displaykey.h"
#include "widgets/style/format.h"
#include "widgets/style/theme.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>

#include <limits>

namespace Cachelens {

namespace {

constexpr qsizetype shownBytes = 500; // of an element
constexpr qsizetype tooltipBytes = 4000;

QString elementText(QByteArrayView element, qsizetype limit)
{
    if (element.size() <= limit)
        return displayKey(element);
    return displayKey(element.first(limit)) + QChar(0x2026);
}

/// A stream's fields and values in one cell.
QByteArray joinedFields(const std::vector<QByteArray> &element, qsizetype limit)
{
    QByteArray text;
    for (size_t i = 1; i < element.size() && text.size() <= limit; ++i) {
        if (i > 1)
            text += i % 2 == 1 ? ", " : "=";
        text += element[i];
    }
    return text;
}

} // namespace

KeyType ElementsModel::type() const
{
    return m_entry ? m_entry->summary.facts.type : KeyType::None;
}

void ElementsModel::setEntry(std::shared_ptr<const EntryDetails> entry)
{
    beginResetModel();
    m_entry = std::move(entry);
    endResetModel();
}

int ElementsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_entry ? 0 : static_cast<int>(m_entry->elements.size());
}

int ElementsModel::columnCount(const QModelIndex &parent) const
{
    if (parent.isValid())
        return 0;
    switch (type()) {
    case KeyType::SortedSet:
    case KeyType::Hash:
    case KeyType::Stream:
        return 2;
    default:
        return 1;
    }
}

QVariant ElementsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    if (role == Qt::TextAlignmentRole && type() == KeyType::SortedSet && index.column() == 1)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != FullTextRole)
        return {};
    const auto &element = m_entry->elements[static_cast<size_t>(index.row())];
    const auto column = static_cast<size_t>(index.column());
    const qsizetype limit = role == Qt::DisplayRole ? shownBytes
        : role == Qt::ToolTipRole                   ? tooltipBytes
                                                    : std::numeric_limits<qsizetype>::max();
    if (type() == KeyType::Stream && column == 1)
        return elementText(joinedFields(element, limit), limit);
    return column < element.size() ? elementText(element[column], limit) : QString();
}

QVariant ElementsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole)
        return {};
    if (orientation == Qt::Vertical)
        return section;
    switch (type()) {
    case KeyType::Hash:
        return section == 0 ? tr("Field") : tr("Value");
    case KeyType::SortedSet:
        return section == 0 ? tr("Member") : tr("Score");
    case KeyType::Stream:
        return section == 0 ? tr("Id") : tr("Fields");
    case KeyType::Set:
        return tr("Member");
    default:
        return tr("Element");
    }
}

ElementsView::ElementsView(QWidget *parent)
    : QWidget(parent), m_model(new ElementsModel(this)), m_table(new QTableView), m_note(new QLabel)
{
    m_note->setWordWrap(true);
    m_note->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_note->setAccessibleName(tr("How much of the value is shown"));

    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Elements"));
    m_table->setFont(fixedFont());
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setMinimumHeight(3 * fontMetrics().lineSpacing());
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setDefaultSectionSize(220);
    m_table->verticalHeader()->setDefaultSectionSize(QFontMetrics(m_table->font()).height() + 6);

    auto *copy = new QAction(tr("&Copy Selected Elements"), m_table);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, &ElementsView::copySelection);
    m_table->addAction(copy);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_note);
    layout->addWidget(m_table, 1);
}

void ElementsView::setEntry(std::shared_ptr<const EntryDetails> entry)
{
    m_model->setEntry(entry);
    if (!entry)
        return;
    const auto shown = static_cast<qint64>(entry->elements.size());
    // Only in a list does the place mean something.
    m_table->verticalHeader()->setVisible(entry->summary.facts.type == KeyType::List);
    const KeyFacts &facts = entry->summary.facts;
    const QString type = QString::fromLatin1(name(facts.type));
    if (facts.type == KeyType::Other)
        m_note->setText(tr("A type that is not shown here. It can be deleted."));
    else if (shown < facts.size)
        m_note->setText(tr("The first %1 of %2 elements of a %3, read-only.")
                            .arg(formatCount(shown), formatCount(facts.size), type));
    else
        m_note->setText(tr("All elements of a %1: %2. Read-only.").arg(type, formatCount(shown)));
}

void ElementsView::copySelection()
{
    QStringList lines;
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    for (const QModelIndex &row : rows) {
        QStringList cells;
        for (int column = 0; column < m_model->columnCount(); ++column)
            cells += row.siblingAtColumn(column).data(ElementsModel::FullTextRole).toString();
        lines += cells.join(u'\t');
    }
    if (!lines.isEmpty())
        QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

} // namespace Cachelens
