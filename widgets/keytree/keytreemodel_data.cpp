// SPDX-License-Identifier: GPL-3.0-or-later
// What KeyTreeModel says of its rows; how they come and go is in keytreemodel.cpp.
#include "widgets/key/displaykey.h"
#include "widgets/keytree/keytreemodel.h"
#include "widgets/keytree/keytreerow.h"
#include "widgets/style/format.h"
#include "widgets/style/theme.h"

#include <QFont>
#include <QGuiApplication>
#include <QPalette>

namespace Cachelens {

KeyTreeModel::Row *KeyTreeModel::rowOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Row *>(index.internalPointer()) : m_root.get();
}

QModelIndex KeyTreeModel::indexOf(const Row *row, int column) const
{
    return row == m_root.get() ? QModelIndex() : createIndex(row->position, column, row);
}

KeyTreeModel::Row *KeyTreeModel::childNamed(const Row &parent, const NodeName &name) const
{
    for (const auto &row : parent.rows) {
        if (!row->more && NodeName::of(row->info) == name)
            return row.get();
    }
    return nullptr;
}

NodeInfo KeyTreeModel::info(const QModelIndex &index) const
{
    return rowOf(index)->info;
}

bool KeyTreeModel::isMore(const QModelIndex &index) const
{
    return rowOf(index)->more;
}

NodePath KeyTreeModel::path(const QModelIndex &index) const
{
    NodePath path;
    for (const Row *row = rowOf(index); row != m_root.get(); row = row->parent)
        path.insert(path.begin(), NodeName::of(row->info));
    return path;
}

QModelIndex KeyTreeModel::find(const NodePath &path) const
{
    const Row *row = m_root.get();
    for (const NodeName &name : path) {
        row = childNamed(*row, name);
        if (!row)
            return {};
    }
    return indexOf(row);
}

QModelIndex KeyTreeModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, rowOf(parent)->rows[static_cast<std::size_t>(row)].get());
}

QModelIndex KeyTreeModel::parent(const QModelIndex &child) const
{
    return child.isValid() ? indexOf(rowOf(child)->parent) : QModelIndex();
}

int KeyTreeModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > NameColumn ? 0 : rowOf(parent)->rowCount();
}

int KeyTreeModel::columnCount(const QModelIndex &) const
{
    return ColumnCount;
}

bool KeyTreeModel::hasChildren(const QModelIndex &parent) const
{
    if (parent.column() > NameColumn)
        return false;
    const Row *row = rowOf(parent);
    return row->rowCount() > 0 || (!row->more && !row->asked && row->info.children > 0);
}

Qt::ItemFlags KeyTreeModel::flags(const QModelIndex &index) const
{
    if (!index.isValid())
        return {};
    const Row &row = *rowOf(index);
    Qt::ItemFlags flags = Qt::ItemIsEnabled;
    flags.setFlag(Qt::ItemIsSelectable, !row.more);
    // Lets a view skip its search for expanded rows, which is slow for many.
    flags.setFlag(Qt::ItemNeverHasChildren,
                  row.more || row.info.kind == NodeKind::Partition
                      || row.info.kind == NodeKind::OtherKeys);
    return flags;
}

QString KeyTreeModel::title(const NodeInfo &info) const
{
    switch (info.kind) {
    case NodeKind::OtherKeys:
        return tr("Other keys");
    case NodeKind::Namespace: {
        const QString name = info.label.isEmpty() ? tr("(no namespace)") : displayKey(info.label);
        return m_ambiguous.contains(info.label)
            ? tr("%1 in %2", "namespace and cache prefix").arg(name, displayKey(info.cache))
            : name;
    }
    case NodeKind::Partition:
        return info.label.isEmpty() ? tr("(no partition)") : displayKey(info.label);
    case NodeKind::Root:
    case NodeKind::Function:
        break;
    }
    return displayKey(info.label);
}

QString KeyTreeModel::toolTip(const Row &row) const
{
    QString text = title(row.info);
    if (!row.info.prefix.isEmpty())
        text += u'\n' + tr("Prefix: %1").arg(displayKey(row.info.prefix));
    text += u'\n'
        + (m_complete ? counted(row.info.keys, tr("1 key"), tr("%1 keys"))
                      : counted(row.info.keys, tr("1 key seen so far"), tr("%1 keys seen so far")));
    if (row.info.guessed)
        text += u'\n'
            + tr("A guess from the shape of the keys: no catalog names this function, so where its "
                 "name and its partition end is not certain.");
    return text;
}

QVariant KeyTreeModel::moreData(const Row &row, int column, int role) const
{
    if (role == MoreRole)
        return true;
    if (role == Qt::ForegroundRole)
        return QGuiApplication::palette().color(row.parent->canShowMore() ? QPalette::Link
                                                                          : QPalette::Text);
    if (role == Qt::ToolTipRole)
        return row.parent->canShowMore()
            ? tr("Click or press Enter to show them")
            : tr("More than a list is good for: use the filter to find them");
    if (role == Qt::TextAlignmentRole && column == CountColumn)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole || column != NameColumn)
        return {};
    return row.parent->canShowMore()
        ? tr("Show %1 more", "rows of a tree").arg(formatCount(row.total))
        : tr("%1 more: filter").arg(formatCount(row.total));
}

QVariant KeyTreeModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Row &row = *rowOf(index);
    const int column = index.column();
    if (row.more)
        return moreData(row, column, role);
    switch (role) {
    case Qt::DisplayRole:
        return column == NameColumn ? title(row.info) : formatCount(row.info.keys, !m_complete);
    case Qt::DecorationRole:
        return column == NameColumn ? m_icons[static_cast<std::size_t>(row.info.kind)] : QVariant();
    case Qt::ToolTipRole:
        return toolTip(row);
    case Qt::TextAlignmentRole:
        return column == CountColumn ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case Qt::FontRole:
        if (row.info.guessed && column == NameColumn) {
            QFont font = QGuiApplication::font();
            font.setItalic(true);
            return font;
        }
        return {};
    case Qt::ForegroundRole:
        if (row.info.keys == 0)
            return QGuiApplication::palette().color(QPalette::Disabled, QPalette::Text);
        return column == CountColumn ? QVariant(quietColor(QGuiApplication::palette()))
                                     : QVariant();
    case Qt::AccessibleTextRole:
        return column == NameColumn
            ? tr("%1, %2", "name of a node and its keys")
                  .arg(title(row.info),
                       counted(row.info.keys, tr("1 key"), tr("%1 keys"), !m_complete))
            : QVariant();
    case MoreRole:
        return false;
    case GuessedRole:
        return row.info.guessed;
    default:
        return {};
    }
}

QVariant KeyTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && section == CountColumn)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    return section == NameColumn ? tr("Name") : tr("Keys");
}

void KeyTreeModel::updateAmbiguous()
{
    QSet<QByteArray> seen;
    QSet<QByteArray> ambiguous;
    for (const auto &row : m_root->rows) {
        if (row->more || row->info.kind != NodeKind::Namespace)
            continue;
        if (seen.contains(row->info.label))
            ambiguous.insert(row->info.label);
        seen.insert(row->info.label);
    }
    if (ambiguous == m_ambiguous)
        return;
    m_ambiguous = ambiguous;
    if (!m_root->rows.empty())
        Q_EMIT dataChanged(indexOf(m_root->rows.front().get()), indexOf(m_root->rows.back().get()));
}

} // namespace Cachelens
