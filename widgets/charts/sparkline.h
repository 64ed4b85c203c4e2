// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPointF>
#include <QRectF>

#include <optional>
#include <vector>

class QPainter;
class QPalette;

namespace Cachelens {

/// A small chart without axes: a value for each span of time, the newest at the right. A span
/// without a value is a gap in the line, with a dot on the ground: nothing is drawn where nothing
/// is known.
struct Sparkline {
    std::vector<std::optional<double>> values; ///< oldest first
    std::size_t capacity = 60; ///< spans that the whole width stands for
    double low = 0; ///< the value at the bottom
    double high = 1; ///< the value at the top; of values above, the top is drawn
    QColor color;

    /// Unbroken runs of values as points in `area`. A run may be a single point.
    [[nodiscard]] std::vector<std::vector<QPointF>> runs(const QRectF &area) const;
    /// Where the spans without a value are.
    [[nodiscard]] std::vector<QPointF> gaps(const QRectF &area) const;

private:
    [[nodiscard]] QPointF point(std::size_t index, double value, const QRectF &area) const;
};

void paintSparkline(QPainter &painter, const QRectF &area, const Sparkline &line,
                    const QPalette &palette);

} // namespace Cachelens
