// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/paneheader.h"

#include <QHBoxLayout>
#include <QLabel>

namespace Cachelens {

QLabel *paneTitle(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    QFont font = label->font();
    font.setBold(true);
    label->setFont(font);
    label->setTextFormat(Qt::PlainText);
    return label;
}

QLayout *paneHeader(QLabel *title, const QList<QWidget *> &right)
{
    auto *layout = new QHBoxLayout;
    layout->setContentsMargins(8, 4, 4, 4);
    layout->setSpacing(8);
    layout->addWidget(title, 1);
    for (QWidget *widget : right)
        layout->addWidget(widget);
    // As high with buttons at the right as without: panes stand side by side.
    layout->addStrut(title->fontMetrics().height() + 12);
    return layout;
}

QLabel *emptyPane(QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setAlignment(Qt::AlignCenter);
    label->setWordWrap(true);
    label->setMargin(24);
    label->setTextFormat(Qt::PlainText);
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

} // namespace Cachelens
