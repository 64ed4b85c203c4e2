// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/sparkline.h"

#include "widgets/style/theme.h"

#include <QPainter>
#include <QPainterPath>
#include <QPalette>

#include <algorithm>

namespace Cachelens {

QPointF Sparkline::point(std::size_t index, double value, const QRectF &area) const
{
    const auto spans = static_cast<double>(std::max<std::size_t>(capacity, 2) - 1);
    const auto behind = static_cast<double>(values.size() - 1 - index);
    const double share = high > low ? std::clamp((value - low) / (high - low), 0.0, 1.0) : 0;
    return {area.right() - area.width() * behind / spans, area.bottom() - area.height() * share};
}

std::vector<std::vector<QPointF>> Sparkline::runs(const QRectF &area) const
{
    std::vector<std::vector<QPointF>> runs;
    bool running = false;
    const std::size_t first = values.size() > capacity ? values.size() - capacity : 0;
    for (std::size_t i = first; i < values.size(); ++i) {
        if (values[i]) {
            if (!running)
                runs.emplace_back();
            runs.back().push_back(point(i, *values[i], area));
        }
        running = values[i].has_value();
    }
    return runs;
}

std::vector<QPointF> Sparkline::gaps(const QRectF &area) const
{
    std::vector<QPointF> gaps;
    const std::size_t first = values.size() > capacity ? values.size() - capacity : 0;
    for (std::size_t i = first; i < values.size(); ++i) {
        if (!values[i])
            gaps.push_back(point(i, low, area));
    }
    return gaps;
}

void paintSparkline(QPainter &painter, const QRectF &area, const Sparkline &line,
                    const QPalette &palette)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(quietColor(palette));
    for (const QPointF &gap : line.gaps(area))
        painter.drawEllipse(gap, 0.6, 0.6);

    QColor ground = line.color;
    ground.setAlphaF(0.16F);
    for (const std::vector<QPointF> &run : line.runs(area)) {
        if (run.size() == 1) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(line.color);
            painter.drawEllipse(run.front(), 1.4, 1.4);
            continue;
        }
        QPainterPath path(run.front());
        for (std::size_t i = 1; i < run.size(); ++i)
            path.lineTo(run[i]);
        QPainterPath filled = path;
        filled.lineTo(run.back().x(), area.bottom());
        filled.lineTo(run.front().x(), area.bottom());
        filled.closeSubpath();
        painter.fillPath(filled, ground);
        painter.strokePath(path, QPen(line.color, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    }
    painter.restore();
}

} // namespace Cachelens
