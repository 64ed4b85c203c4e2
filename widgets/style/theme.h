// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/keyquery.h"
#include "core/payload/entrycodec.h"

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QString>

class QApplication;
class QPalette;

namespace Cachelens {

enum class ThemeChoice { System, Light, Dark };

/// Gives the application the palette of the choice. The desktop's style stays, unless it cannot
/// draw with another palette than its own; then it is Fusion. System goes on following the desktop.
void applyTheme(QApplication &application, ThemeChoice choice);

/// Whether text is lighter than its ground.
[[nodiscard]] bool isDark(const QPalette &palette);

/// How a status is shown. Colour never stands alone: the icon has a shape of its own.
struct StatusStyle {
    QColor color;
    QString text; ///< HIT, STALE ...; a dash for NextCall::Unknown
    QIcon icon;
};
[[nodiscard]] StatusStyle statusStyle(NextCall nextCall, const QPalette &palette);
[[nodiscard]] StatusStyle statusStyle(CacheStatus status, const QPalette &palette);

[[nodiscard]] QColor dangerColor(const QPalette &palette);
/// Text that says less than the text beside it, still with a contrast of 4.5:1.
/// Marks where the keyboard is.
[[nodiscard]] QColor accentColor(const QPalette &palette);
[[nodiscard]] QColor quietColor(const QPalette &palette);
/// The quiet ground of a key's segment: the same for a field's name everywhere.
[[nodiscard]] QColor segmentTint(QByteArrayView fieldName, const QPalette &palette);
[[nodiscard]] QColor segmentTint(int fieldIndex, const QPalette &palette);

/// For keys, values and numbers that are compared; the desktop's own, in the application's size.
[[nodiscard]] QFont fixedFont();

/// An icon of resources/icons by its file's name without ending, drawn in the palette's text
/// colour as it is when it is painted.
[[nodiscard]] QIcon themedIcon(const QString &name);

} // namespace Cachelens
