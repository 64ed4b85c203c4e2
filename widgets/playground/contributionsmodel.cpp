// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/playground/contributionsmodel.h"

#include "core/catalog/catalognames.h"
#include "widgets/key/displaykey.h"
#include "widgets/style/theme.h"

#include <QGuiApplication>
#include <QPalette>

namespace Cachelens {

namespace {

constexpr qsizetype longestShown = 4096; // bytes of a text

QString shown(const QByteArray &text)
{
    return text.size() <= longestShown ? displayKey(text)
                                       : displayKey(text.first(longestShown)) + QChar(0x2026);
}

} // namespace

QString hashName(QCryptographicHash::Algorithm algorithm)
{
    return QString::fromLatin1(hashAlgorithmName(algorithm)).toUpper();
}

void ContributionsModel::setExplanation(const KeyExplanation &explanation, const KeySpec &spec)
{
    const bool sameRows = explanation.fields.size() == m_fields.size();
    if (!sameRows)
        beginResetModel();
    m_fields = explanation.fields;
    m_suffixHashed = explanation.suffixHashed;
    m_hash = hashName(spec.hash);
    if (!sameRows)
        endResetModel();
    else if (!m_fields.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void ContributionsModel::clear()
{
    beginResetModel();
    m_fields.clear();
    endResetModel();
}

int ContributionsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_fields.size());
}

int ContributionsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString ContributionsModel::why(const ExplainedField &field) const
{
    QStringList reasons;
    if (field.hashed)
        reasons.append(tr("The field hashes its value with %1. Unhashed: %2")
                           .arg(m_hash, shown(field.contribution.unhashed)));
    if (m_suffixHashed && !field.contribution.partition)
        reasons.append(tr("Hashed with the suffix, which is too long"));
    else if (field.begin == field.end)
        reasons.append(tr("Nothing to say in this call"));
    return reasons.join(QStringLiteral(". "));
}

QString ContributionsModel::text(const ExplainedField &field, int column) const
{
    switch (column) {
    case FieldColumn:
        return displayKey(field.contribution.field);
    case PartColumn:
        return field.contribution.partition ? tr("partition") : tr("suffix");
    case FromColumn:
        switch (field.type) {
        case KeyField::Type::Constant:
            return tr("constant");
        case KeyField::Type::RequestValue:
            return tr("request");
        case KeyField::Type::QueryParams:
            return tr("query parameters");
        case KeyField::Type::Args:
        case KeyField::Type::ViewKwargs: {
            QStringList names;
            for (const QByteArray &name : field.arguments)
                names.append(displayKey(name));
            return names.isEmpty() ? tr("no argument") : names.join(QStringLiteral(", "));
        }
        }
        return {};
    case TextColumn:
        return shown(field.contribution.text);
    case WhyColumn:
        return why(field);
    default:
        return {};
    }
}

QVariant ContributionsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const ExplainedField &field = m_fields[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return text(field, index.column());
    case Qt::ToolTipRole:
        return index.column() == TextColumn || index.column() == WhyColumn
            ? text(field, index.column())
            : QVariant();
    case Qt::BackgroundRole:
        return index.column() == FieldColumn || index.column() == TextColumn
            ? segmentTint(field.contribution.field, QGuiApplication::palette())
            : QVariant();
    case Qt::FontRole:
        return index.column() == TextColumn ? fixedFont() : QVariant();
    default:
        return {};
    }
}

QVariant ContributionsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case FieldColumn:
        return tr("Field");
    case PartColumn:
        return tr("Part");
    case FromColumn:
        return tr("From");
    case TextColumn:
        return tr("Gave");
    case WhyColumn:
        return tr("Why it is not plain");
    default:
        return {};
    }
}

} // namespace Cachelens
