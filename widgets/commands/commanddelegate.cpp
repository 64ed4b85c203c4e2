// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/commands/commanddelegate.h"

#include "widgets/commands/commandmodel.h"
#include "widgets/style/theme.h"

#include <QApplication>
#include <QPainter>
#include <QTextLayout>

namespace Cachelens {

namespace {

constexpr int gap = 8;

} // namespace

void CommandDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                            const QModelIndex &index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    item.text.clear(); // drawn below
    const QStyle *style = item.widget ? item.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);

    const bool selected = item.state & QStyle::State_Selected;
    const auto group = item.state & QStyle::State_Active ? QPalette::Active : QPalette::Inactive;
    const QColor selectedText = item.palette.color(group, QPalette::HighlightedText);
    const QColor quiet = selected ? selectedText : quietColor(item.palette);
    const bool possible = index.data(CommandModel::ReasonRole).toString().isEmpty();
    const QColor color = selected ? selectedText
        : possible                ? item.palette.color(QPalette::Text)
                                  : quiet;

    QRect rect = item.rect.adjusted(gap, 0, -gap, 0);
    painter->save();
    painter->setFont(item.font);
    painter->setPen(quiet);
    const QString shortcut = index.data(CommandModel::ShortcutRole).toString();
    painter->drawText(rect, Qt::AlignRight | Qt::AlignVCenter, shortcut);
    if (!shortcut.isEmpty())
        rect.setRight(rect.right() - item.fontMetrics.horizontalAdvance(shortcut) - gap);

    const QString text
        = item.fontMetrics.elidedText(index.data().toString(), Qt::ElideRight, rect.width() - gap);
    QList<QTextLayout::FormatRange> formats;
    const auto matches = index.data(CommandModel::MatchesRole).value<QList<int>>();
    for (const int at : matches) {
        QTextLayout::FormatRange range{at, 1, {}};
        range.format.setFontWeight(QFont::Bold);
        range.format.setFontUnderline(true);
        formats.push_back(range);
    }
    QTextLayout layout(text, item.font);
    layout.setFormats(formats);
    layout.beginLayout();
    QTextLine line = layout.createLine();
    if (line.isValid()) {
        line.setLineWidth(rect.width());
        layout.endLayout();
        painter->setPen(color);
        const qreal top = rect.y() + (rect.height() - line.height()) / 2;
        layout.draw(painter, QPointF(rect.x(), top));
    } else {
        layout.endLayout();
    }
    painter->restore();
}

QSize CommandDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return {120, option.fontMetrics.height() + gap};
}

} // namespace Cachelens
