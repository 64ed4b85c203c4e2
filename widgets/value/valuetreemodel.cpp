// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/value/valuetreemodel.h"

#include "widgets/disposal.h"
#include "widgets/value/valuetext.h"

#include <QLocale>

#include <algorithm>

namespace Cachelens {

struct ValueTreeModel::Node {
    const Value *value = nullptr; // lives in m_value
    const Value *name = nullptr; // of a map's entry; null: the row is the name
    Node *parent = nullptr;
    int row = 0;
    std::vector<std::unique_ptr<Node>> children; // as far as they were fetched
};

namespace {

/// The entries of a map, object or request; null for other values.
const ValueMap *entriesOf(const Value &value)
{
    if (value.isMap())
        return &value.entries();
    if (value.type() == Value::Type::Object || value.type() == Value::Type::Request)
        return &value.object().attributes;
    return nullptr;
}

size_t childCount(const Value &value)
{
    if (value.isSequence())
        return value.items().size();
    const ValueMap *entries = entriesOf(value);
    return entries ? entries->size() : 0;
}

} // namespace

ValueTreeModel::ValueTreeModel(QObject *parent) : QAbstractItemModel(parent)
{
}

ValueTreeModel::~ValueTreeModel() = default;

void ValueTreeModel::setValue(std::shared_ptr<const Value> value)
{
    beginResetModel();
    m_root.reset();
    disposeOnWorker(std::move(m_value));
    m_value = std::move(value);
    if (m_value) {
        m_root = std::make_unique<Node>();
        m_root->value = m_value.get();
    }
    endResetModel();
}

ValueTreeModel::Node *ValueTreeModel::nodeOf(const QModelIndex &index) const
{
    return static_cast<Node *>(index.internalPointer());
}

const Value *ValueTreeModel::valueAt(const QModelIndex &index) const
{
    return index.isValid() ? nodeOf(index)->value : nullptr;
}

QModelIndex ValueTreeModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    if (!parent.isValid())
        return createIndex(row, column, m_root.get());
    return createIndex(row, column, nodeOf(parent)->children[static_cast<size_t>(row)].get());
}

QModelIndex ValueTreeModel::parent(const QModelIndex &child) const
{
    if (!child.isValid())
        return {};
    Node *parent = nodeOf(child)->parent;
    return parent ? createIndex(parent->row, 0, parent) : QModelIndex();
}

int ValueTreeModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return m_root ? 1 : 0;
    return parent.column() == 0 ? static_cast<int>(nodeOf(parent)->children.size()) : 0;
}

int ValueTreeModel::columnCount(const QModelIndex &) const
{
    return ColumnCount;
}

bool ValueTreeModel::hasChildren(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return m_root != nullptr;
    return parent.column() == 0 && childCount(*nodeOf(parent)->value) > 0;
}

bool ValueTreeModel::canFetchMore(const QModelIndex &parent) const
{
    if (!parent.isValid() || parent.column() != 0 || m_fetching)
        return false;
    const Node *node = nodeOf(parent);
    return node->children.size() < childCount(*node->value);
}

void ValueTreeModel::fetchMore(const QModelIndex &parent)
{
    if (!canFetchMore(parent))
        return;
    Node *node = nodeOf(parent);
    const size_t first = node->children.size();
    const size_t more = std::clamp<size_t>(first, chunk, largestChunk);
    const size_t end = std::min(childCount(*node->value), first + more);
    const ValueMap *entries = entriesOf(*node->value);
    m_fetching = true; // whoever is told of the rows must not ask for more meanwhile
    beginInsertRows(parent, static_cast<int>(first), static_cast<int>(end) - 1);
    for (size_t i = first; i < end; ++i) {
        auto child = std::make_unique<Node>();
        child->value = entries ? &(*entries)[i].second : &node->value->items()[i];
        child->name = entries ? &(*entries)[i].first : nullptr;
        child->parent = node;
        child->row = static_cast<int>(i);
        node->children.push_back(std::move(child));
    }
    endInsertRows();
    m_fetching = false;
}

QVariant ValueTreeModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Node *node = nodeOf(index);
    const Value &value = *node->value;
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
        switch (index.column()) {
        case NameColumn:
            if (!node->parent)
                return tr("value");
            if (!node->name)
                return QStringLiteral("[%1]").arg(node->row);
            return node->name->isString() ? valueText(*node->name, 160) : valuePreview(*node->name);
        case TypeColumn: {
            const size_t count = childCount(value);
            const QString type = valueTypeName(value);
            if (count > 0)
                return QStringLiteral("%1 (%2)").arg(
                    type, QLocale().toString(static_cast<qint64>(count)));
            return type;
        }
        default:
            return valuePreview(value, role == Qt::ToolTipRole ? 1000 : 160);
        }
    case FullTextRole:
        return valueText(value, fullTextLimit);
    case TextSizeRole:
        return hasText(value) ? static_cast<qint64>(value.text().size()) : 0;
    default:
        return {};
    }
}

QVariant ValueTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case NameColumn:
        return tr("Name");
    case TypeColumn:
        return tr("Type");
    case ValueColumn:
        return tr("Value");
    default:
        return {};
    }
}

} // namespace Cachelens
