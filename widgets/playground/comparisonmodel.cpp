// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/playground/comparisonmodel.h"

#include "widgets/key/displaykey.h"
#include "widgets/style/theme.h"

#include <QGuiApplication>
#include <QPalette>

#include <algorithm>

namespace Cachelens {

namespace {

using What = ComparedPart::What;
using Hint = ComparedPart::Hint;

constexpr qsizetype longestShown = 4096; // bytes of a text

} // namespace

void ComparisonModel::setParts(std::vector<ComparedPart> parts)
{
    std::stable_partition(parts.begin(), parts.end(),
                          [](const ComparedPart &part) { return !part.same(); });
    beginResetModel();
    m_parts = std::move(parts);
    endResetModel();
}

int ComparisonModel::differences() const
{
    return static_cast<int>(std::count_if(m_parts.begin(), m_parts.end(),
                                          [](const ComparedPart &part) { return !part.same(); }));
}

int ComparisonModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_parts.size());
}

int ComparisonModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString ComparisonModel::text(const ComparedPart &part, int column) const
{
    const auto value = [this](const std::optional<QByteArray> &text) {
        return text ? displayKey(text->first(std::min(text->size(), longestShown))) : tr("none");
    };
    switch (column) {
    case PartColumn:
        switch (part.what) {
        case What::ClientPrefix:
            return tr("Cache prefix");
        case What::Version:
            return tr("Version");
        case What::Namespace:
            return tr("Namespace");
        case What::Function:
            return tr("Function");
        case What::Field:
            return part.argument.isEmpty() || part.argument == part.field
                ? displayKey(part.field)
                : QStringLiteral("%1: %2").arg(displayKey(part.field), displayKey(part.argument));
        case What::Digest:
            return tr("Hash of the suffix");
        case What::Whole:
            return tr("Whole key");
        }
        return {};
    case LeftColumn:
        return value(part.left);
    case RightColumn:
        return value(part.right);
    case DifferenceColumn:
        if (part.same())
            return tr("same");
        switch (part.hint) {
        case Hint::Case:
            return tr("differs in upper and lower case only");
        case Hint::Space:
            return tr("differs in white space only");
        case Hint::Order:
            return tr("the same items in another order");
        case Hint::Absent:
            return tr("only one key has it");
        case Hint::None:
            break;
        }
        return tr("differs");
    default:
        return {};
    }
}

QVariant ComparisonModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const ComparedPart &part = m_parts[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    const bool value = column == LeftColumn || column == RightColumn;
    const QPalette palette = QGuiApplication::palette();
    switch (role) {
    case Qt::DisplayRole:
        return text(part, column);
    case Qt::ToolTipRole:
        return value ? text(part, column) : QVariant();
    case Qt::FontRole: {
        QFont font = value ? fixedFont() : QGuiApplication::font();
        font.setBold(!part.same() && column != PartColumn);
        return font;
    }
    case Qt::ForegroundRole:
        if (part.same())
            return quietColor(palette);
        return column == DifferenceColumn ? QVariant(dangerColor(palette)) : QVariant();
    case Qt::BackgroundRole:
        return column == PartColumn && part.what == What::Field ? segmentTint(part.field, palette)
                                                                : QVariant();
    case SameRole:
        return part.same();
    default:
        return {};
    }
}

QVariant ComparisonModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case PartColumn:
        return tr("Part");
    case LeftColumn:
        return tr("This key");
    case RightColumn:
        return tr("Other key");
    case DifferenceColumn:
        return tr("Difference");
    default:
        return {};
    }
}

} // namespace Cachelens
