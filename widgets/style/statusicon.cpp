// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/statusicon.h"

#include "widgets/style/paintedicon.h"

#include <QPainter>

#include <algorithm>
#include <memory>

namespace Cachelens {

namespace {

/// Draws into a square of 16.
void drawShape(QPainter &painter, StatusShape shape)
{
    switch (shape) {
    case StatusShape::Disc:
        painter.drawEllipse(QPointF(8, 8), 4.5, 4.5);
        break;
    case StatusShape::Ring:
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(QPointF(8, 8), 4, 4);
        break;
    case StatusShape::Triangle:
        painter.drawPolygon(QPolygonF({{8, 3.5}, {13, 12.5}, {3, 12.5}}));
        break;
    case StatusShape::Diamond:
        painter.drawPolygon(QPolygonF({{8, 2.5}, {13.5, 8}, {8, 13.5}, {2.5, 8}}));
        break;
    case StatusShape::Turn:
        painter.setBrush(Qt::NoBrush);
        painter.drawArc(QRectF(4, 4, 8, 8), 60 * 16, 290 * 16);
        painter.setBrush(painter.pen().color());
        painter.drawPolygon(QPolygonF({{9.5, 2}, {13.5, 4.5}, {9.5, 7}}));
        break;
    case StatusShape::Cross:
        painter.drawLine(QPointF(4.5, 4.5), QPointF(11.5, 11.5));
        painter.drawLine(QPointF(11.5, 4.5), QPointF(4.5, 11.5));
        break;
    case StatusShape::Bang:
        painter.drawLine(QPointF(8, 3.5), QPointF(8, 9));
        painter.drawEllipse(QPointF(8, 12), 0.6, 0.6);
        break;
    case StatusShape::Dash:
        painter.drawLine(QPointF(4.5, 8), QPointF(11.5, 8));
        break;
    }
}

class StatusIconEngine final : public PaintedIconEngine {
public:
    StatusIconEngine(StatusShape shape, const QColor &color) : m_shape(shape), m_color(color) { }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        const QColor color = mode == QIcon::Selected ? inkColor(mode) : m_color;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const qreal side = std::min(rect.width(), rect.height());
        painter->translate(QRectF(rect).center() - QPointF(side / 2, side / 2));
        painter->scale(side / 16, side / 16);
        painter->setOpacity(mode == QIcon::Disabled ? 0.5 : 1);
        painter->setPen(QPen(color, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->setBrush(color);
        drawShape(*painter, m_shape);
        painter->restore();
    }
    QIconEngine *clone() const override { return new StatusIconEngine(*this); }

private:
    StatusShape m_shape;
    QColor m_color;
};

} // namespace

QIcon statusIcon(StatusShape shape, const QColor &color)
{
    return QIcon(std::make_unique<StatusIconEngine>(shape, color).release());
}

} // namespace Cachelens
