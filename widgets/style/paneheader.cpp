// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/paneheader.h"

#include "widgets/style/theme.h"

#include <QApplication>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>

#include <utility>

namespace Cachelens {

namespace {

/// In the accent's colour while the keyboard is in its pane.
class PaneTitle final : public QLabel {
public:
    PaneTitle(const QString &text, QWidget *pane) : QLabel(text, pane)
    {
        connect(qApp, &QApplication::focusChanged, this,
                [this](const QWidget *, const QWidget *now) {
                    const bool here = now && parentWidget()->isAncestorOf(now);
                    if (std::exchange(m_here, here) != here)
                        updateColor();
                });
    }

protected:
    void changeEvent(QEvent *event) override
    {
        QLabel::changeEvent(event);
        if (event->type() == QEvent::PaletteChange)
            updateColor();
    }

private:
    void updateColor()
    {
        const QPalette base = QApplication::palette();
        const QColor color = m_here ? accentColor(base) : base.color(QPalette::WindowText);
        if (palette().color(QPalette::WindowText) == color)
            return;
        QPalette own; // the rest follows the application
        own.setColor(QPalette::WindowText, color);
        setPalette(own);
    }

    bool m_here = false;
};

} // namespace

QLabel *paneTitle(const QString &text, QWidget *parent)
{
    auto *label = new PaneTitle(text, parent);
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
