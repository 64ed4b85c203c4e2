// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>

namespace Cachelens {

enum class StatusShape {
    Disc, ///< HIT
    Ring, ///< MISS
    Triangle, ///< STALE
    Diamond, ///< BYPASS
    Turn, ///< REFRESH: a circle of an arrow
    Cross, ///< removed
    Bang, ///< something went wrong
    Dash, ///< nothing to tell
};

/// A shape in one colour, sharp at every size.
[[nodiscard]] QIcon statusIcon(StatusShape shape, const QColor &color);

} // namespace Cachelens
