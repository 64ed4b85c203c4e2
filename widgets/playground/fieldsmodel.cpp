// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/playground/fieldsmodel.h"

#include "core/catalog/catalognames.h"
#include "widgets/key/displaykey.h"
#include "widgets/playground/typedargument.h"
#include "widgets/style/theme.h"

#include <QGuiApplication>
#include <QPalette>

#include <algorithm>

namespace Cachelens {

namespace {

using Type = KeyField::Type;

constexpr Type types[]
    = {Type::Constant, Type::Args, Type::RequestValue, Type::QueryParams, Type::ViewKwargs};

bool takesPath(const KeyField &field)
{
    return field.type == Type::Args || field.type == Type::ViewKwargs
        || field.type == Type::RequestValue;
}

QString takesText(const KeyField &field)
{
    switch (field.type) {
    case Type::Constant:
        return displayKey(field.constantKey) + u'=' + typedText(field.constantValue);
    case Type::RequestValue:
        return {};
    case Type::Args:
    case Type::QueryParams:
    case Type::ViewKwargs:
        break;
    }
    if (field.everything)
        return QStringLiteral("*");
    QStringList names;
    for (const QByteArray &name : field.names)
        names.append(displayKey(name));
    return names.join(QStringLiteral(", "));
}

void setTakes(const QString &text, KeyField *field)
{
    if (field->type == Type::Constant) {
        const qsizetype equals = text.indexOf(u'=');
        field->constantKey = bytesOfDisplayKey(text.left(equals).trimmed());
        field->constantValue
            = equals < 0 ? Value::string({}) : typedValue(text.mid(equals + 1).trimmed());
        return;
    }
    field->everything = text.trimmed() == u'*';
    field->names.clear();
    for (const QString &name : text.split(u',', Qt::SkipEmptyParts)) {
        if (!field->everything && !name.trimmed().isEmpty())
            field->names.push_back(bytesOfDisplayKey(name.trimmed()));
    }
}

bool KeyField::*flagOf(int column)
{
    switch (column) {
    case FieldsModel::PartitionColumn:
        return &KeyField::partition;
    case FieldsModel::HashColumn:
        return &KeyField::hashValue;
    case FieldsModel::SortColumn:
        return &KeyField::sortLists;
    default:
        return nullptr;
    }
}

} // namespace

QStringList FieldsModel::typeNames()
{
    QStringList names;
    for (const Type type : types)
        names.append(QString::fromLatin1(fieldTypeName(type)));
    return names;
}

void FieldsModel::setFields(std::vector<KeyField> fields)
{
    beginResetModel();
    m_fields = std::move(fields);
    endResetModel();
}

int FieldsModel::addField()
{
    KeyField field;
    field.everything = false;
    const auto taken = [this](const QByteArray &name) {
        return std::any_of(m_fields.begin(), m_fields.end(),
                           [&name](const KeyField &known) { return known.name == name; });
    };
    field.name = "field";
    for (int number = 2; taken(field.name); ++number)
        field.name = "field" + QByteArray::number(number);
    const int row = rowCount();
    beginInsertRows({}, row, row);
    m_fields.push_back(std::move(field));
    endInsertRows();
    Q_EMIT changed();
    return row;
}

void FieldsModel::removeField(int row)
{
    if (row < 0 || row >= rowCount())
        return;
    beginRemoveRows({}, row, row);
    m_fields.erase(m_fields.begin() + row);
    endRemoveRows();
    Q_EMIT changed();
}

int FieldsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_fields.size());
}

int FieldsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant FieldsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const KeyField &field = m_fields[static_cast<std::size_t>(index.row())];
    if (auto flag = flagOf(index.column())) {
        if (role == Qt::CheckStateRole)
            return field.*flag ? Qt::Checked : Qt::Unchecked;
        return role == Qt::AccessibleTextRole
            ? headerData(index.column(), Qt::Horizontal, Qt::ToolTipRole)
            : QVariant();
    }
    if (role == Qt::BackgroundRole && index.column() == NameColumn)
        return segmentTint(field.name, QGuiApplication::palette());
    if (role != Qt::DisplayRole && role != Qt::EditRole)
        return {};
    switch (index.column()) {
    case NameColumn:
        return displayKey(field.name);
    case TypeColumn:
        return QString::fromLatin1(fieldTypeName(field.type));
    case TakesColumn:
        return takesText(field);
    case PathColumn:
        return displayKey(field.path);
    default:
        return {};
    }
}

bool FieldsModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!index.isValid())
        return false;
    KeyField &field = m_fields[static_cast<std::size_t>(index.row())];
    if (auto flag = flagOf(index.column()); flag && role == Qt::CheckStateRole) {
        field.*flag = value.toInt() == Qt::Checked;
    } else if (role != Qt::EditRole) {
        return false;
    } else if (index.column() == NameColumn) {
        const QByteArray name = bytesOfDisplayKey(value.toString().trimmed());
        const bool taken
            = std::any_of(m_fields.begin(), m_fields.end(), [&](const KeyField &known) {
                  return &known != &field && known.name == name;
              });
        if (name.isEmpty() || taken)
            return false; // a field replaces the one of its name: two cannot be
        field.name = name;
    } else if (index.column() == TypeColumn) {
        const qsizetype type = typeNames().indexOf(value.toString());
        if (type < 0)
            return false;
        field.type = types[type];
    } else if (index.column() == TakesColumn) {
        setTakes(value.toString(), &field);
    } else {
        field.path = bytesOfDisplayKey(value.toString().trimmed());
    }
    // Another type takes other things.
    Q_EMIT dataChanged(index.siblingAtColumn(0), index.siblingAtColumn(ColumnCount - 1));
    Q_EMIT changed();
    return true;
}

Qt::ItemFlags FieldsModel::flags(const QModelIndex &index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    const Qt::ItemFlags shown = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    if (flagOf(index.column()))
        return shown | Qt::ItemIsUserCheckable;
    const KeyField &field = m_fields[static_cast<std::size_t>(index.row())];
    const bool closed = (index.column() == TakesColumn && field.type == Type::RequestValue)
        || (index.column() == PathColumn && !takesPath(field));
    return closed ? shown : shown | Qt::ItemIsEditable;
}

QVariant FieldsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    const bool tip = role == Qt::ToolTipRole;
    switch (section) {
    case NameColumn:
        return tip ? tr("Fields stand in a key in the order of their names") : tr("Name");
    case TypeColumn:
        return tip ? tr("Where the field takes its value from") : tr("Type");
    case TakesColumn:
        return tip ? tr("Arguments or query parameters, * for all; key=value of a constant")
                   : tr("Takes");
    case PathColumn:
        return tip ? tr("A dotted path into the value") : tr("Path");
    case PartitionColumn:
        return tip ? tr("In the partition, by which entries are deleted together")
                   : tr("Partition");
    case HashColumn:
        return tip ? tr("Hash the value") : tr("Hash");
    case SortColumn:
        return tip ? tr("Sort lists") : tr("Sort");
    default:
        return {};
    }
}

} // namespace Cachelens
