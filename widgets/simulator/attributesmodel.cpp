// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/simulator/attributesmodel.h"

#include "widgets/key/displaykey.h"
#include "widgets/style/theme.h"
#include "widgets/value/valuetext.h"

#include <QGuiApplication>
#include <QPalette>

namespace Cachelens {

AttributesModel::AttributesModel(QObject *parent) : QAbstractTableModel(parent)
{
}

void AttributesModel::setDraft(const SignalDraft &draft)
{
    if (draft == m_draft)
        return;
    beginResetModel();
    m_draft = draft;
    endResetModel();
    Q_EMIT draftChanged();
}

void AttributesModel::setModel(const QByteArray &model, const std::vector<QByteArray> &names)
{
    SignalDraft draft = m_draft;
    draft.model = model;
    draft.setNames(names);
    setDraft(draft);
}

void AttributesModel::setEvent(SignalDraft::Event event)
{
    SignalDraft draft = m_draft;
    draft.event = event;
    setDraft(draft);
}

void AttributesModel::setSaysFields(bool says)
{
    SignalDraft draft = m_draft;
    draft.saysFields = says;
    setDraft(draft);
}

int AttributesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_draft.attributes.size()) + 1;
}

int AttributesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

Qt::ItemFlags AttributesModel::flags(const QModelIndex &index) const
{
    const bool isNew = index.row() == rowCount() - 1;
    const bool saved = m_draft.event == SignalDraft::Event::Saved;
    const Qt::ItemFlags shown = Qt::ItemIsSelectable | Qt::ItemIsEnabled;
    switch (static_cast<Column>(index.column())) {
    case NameColumn:
        return shown | Qt::ItemIsEditable;
    case ValueColumn:
        return isNew ? shown : shown | Qt::ItemIsEditable;
    case ChangedColumn:
        return !isNew && saved && m_draft.saysFields ? shown | Qt::ItemIsUserCheckable
                                                     : Qt::ItemIsSelectable;
    case OldColumn:
        return !isNew && saved ? shown | Qt::ItemIsEditable : Qt::ItemIsSelectable;
    case ColumnCount:
        break;
    }
    return {};
}

QVariant AttributesModel::data(const QModelIndex &index, int role) const
{
    const auto column = static_cast<Column>(index.column());
    const auto row = static_cast<size_t>(index.row());
    if (role == Qt::FontRole && column != ChangedColumn)
        return fixedFont();
    if (row >= m_draft.attributes.size()) {
        if (column == NameColumn && role == Qt::DisplayRole)
            return tr("Add …");
        if (column == NameColumn && role == Qt::ForegroundRole)
            return quietColor(QGuiApplication::palette());
        if (column == NameColumn && role == Qt::AccessibleTextRole)
            return tr("Add an attribute");
        return {};
    }
    const SignalDraft::Attribute &attribute = m_draft.attributes[row];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole:
        if (column == NameColumn)
            return displayKey(attribute.name);
        if (column == ValueColumn)
            return attribute.value;
        return column == OldColumn ? attribute.old : QVariant();
    case Qt::CheckStateRole:
        if (column != ChangedColumn || !(flags(index) & Qt::ItemIsUserCheckable))
            return {};
        return attribute.changed ? Qt::Checked : Qt::Unchecked;
    case Qt::ToolTipRole:
        return toolTip(attribute, column);
    case Qt::AccessibleTextRole:
        if (column == ChangedColumn)
            return attribute.changed ? tr("%1 was written").arg(displayKey(attribute.name))
                                     : tr("%1 was not written").arg(displayKey(attribute.name));
        return {};
    default:
        return {};
    }
}

QString AttributesModel::toolTip(const SignalDraft::Attribute &attribute, Column column) const
{
    if (column == ChangedColumn)
        return tr("Whether the save wrote this field (update_fields)");
    if (column != ValueColumn && column != OldColumn)
        return {};
    const QString &text = column == OldColumn ? attribute.old : attribute.value;
    if (text.isEmpty())
        return column == OldColumn ? tr("Not known. With the old value of a mapped field, the "
                                        "entries of that value go too.")
                                   : tr("The instance has no such attribute.");
    return tr("%1, of type %2")
        .arg(valuePreview(valueOfText(text)).toHtmlEscaped(), valueTypeName(valueOfText(text)));
}

bool AttributesModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    const auto column = static_cast<Column>(index.column());
    const auto row = static_cast<size_t>(index.row());
    if (column == ChangedColumn ? role != Qt::CheckStateRole : role != Qt::EditRole)
        return false;
    const QString text = value.toString();
    if (column == NameColumn)
        return rename(row, bytesOfDisplayKey(text.trimmed()));
    if (row >= m_draft.attributes.size())
        return false;
    SignalDraft::Attribute &attribute = m_draft.attributes[row];
    const SignalDraft::Attribute before = attribute;
    if (column == ValueColumn)
        attribute.value = text;
    else if (column == OldColumn)
        attribute.old = text;
    else
        attribute.changed = value.toInt() == Qt::Checked;
    if (attribute == before)
        return true;
    Q_EMIT dataChanged(index, index);
    Q_EMIT draftChanged();
    return true;
}

bool AttributesModel::rename(size_t row, const QByteArray &name)
{
    const SignalDraft::Attribute *known = m_draft.find(name);
    if (known && known != m_draft.attributes.data() + row)
        return false;
    const auto at = static_cast<int>(row);
    if (row == m_draft.attributes.size()) {
        if (name.isEmpty())
            return false;
        beginInsertRows({}, at, at);
        m_draft.attributes.push_back({name, {}, {}, false});
        endInsertRows();
    } else if (name.isEmpty()) {
        beginRemoveRows({}, at, at);
        m_draft.attributes.erase(m_draft.attributes.begin() + at);
        endRemoveRows();
    } else {
        m_draft.attributes[row].name = name;
        Q_EMIT dataChanged(index(at, 0), index(at, ColumnCount - 1));
    }
    Q_EMIT draftChanged();
    return true;
}

QVariant AttributesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    static const char *const names[]{
        QT_TR_NOOP("Attribute"),
        QT_TR_NOOP("Value"),
        QT_TR_NOOP("Written"),
        QT_TR_NOOP("Old value"),
    };
    if (role == Qt::DisplayRole)
        return tr(names[section]);
    return role == Qt::TextAlignmentRole ? QVariant(Qt::AlignLeft | Qt::AlignVCenter) : QVariant();
}

} // namespace Cachelens
