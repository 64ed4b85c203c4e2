// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIconEngine>

namespace Cachelens {

/// The base of icons that are painted anew for every size, so that they are sharp on every screen
/// and follow the palette.
class PaintedIconEngine : public QIconEngine {
public:
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override;

protected:
    PaintedIconEngine() = default;
    PaintedIconEngine(const PaintedIconEngine &) = default;

    /// The colour of text in the application's palette.
    [[nodiscard]] static QColor inkColor(QIcon::Mode mode);
};

} // namespace Cachelens
