// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/banner.h"

#include "widgets/style/theme.h"

#include <QAction>
#include <QApplication>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QStyle>
#include <QToolButton>

namespace Cachelens {

Banner::Banner(QWidget *parent) : QFrame(parent), m_icon(new QLabel(this)), m_text(new QLabel(this))
{
    setAutoFillBackground(true);
    setAccessibleName(tr("Problem"));
    m_icon->setAccessibleName(tr("Warning"));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setAccessibleName(tr("What is wrong"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 8);
    layout->setSpacing(8);
    layout->addWidget(m_icon);
    layout->addWidget(m_text, 1);
    m_buttons = new QHBoxLayout;
    m_buttons->setSpacing(8);
    layout->addLayout(m_buttons);
    updateColors();
    hide();
}

void Banner::tell(const QString &text, const QList<QAction *> &actions)
{
    if (actions != m_shown) {
        while (QLayoutItem *item = m_buttons->takeAt(0)) {
            item->widget()->deleteLater();
            delete item;
        }
        for (QAction *action : actions) {
            auto *button = new QToolButton(this);
            button->setDefaultAction(action);
            button->setToolButtonStyle(Qt::ToolButtonTextOnly);
            button->setFocusPolicy(Qt::StrongFocus);
            button->setAccessibleName(action->text().remove(u'&'));
            m_buttons->addWidget(button);
        }
        m_shown = actions;
    }
    m_text->setText(text);
    setAccessibleDescription(text);
    show();
}

void Banner::clear()
{
    hide();
    m_text->clear();
}

QString Banner::text() const
{
    return m_text->text();
}

void Banner::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        updateColors();
    QFrame::changeEvent(event);
}

void Banner::updateColors()
{
    const QPalette base = QApplication::palette();
    const QColor danger = dangerColor(base);
    const QColor window = base.color(QPalette::Window);
    const auto mixed = [](float ground, float tint) { return ground * 0.88F + tint * 0.12F; };
    const QColor ground = QColor::fromRgbF(mixed(window.redF(), danger.redF()),
                                           mixed(window.greenF(), danger.greenF()),
                                           mixed(window.blueF(), danger.blueF()));
    if (palette().color(QPalette::Window) == ground)
        return;
    QPalette own; // the rest follows the application
    own.setColor(QPalette::Window, ground);
    setPalette(own);
    const int size = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
    m_icon->setPixmap(themedIcon(QStringLiteral("warning")).pixmap(size));
}

} // namespace Cachelens
