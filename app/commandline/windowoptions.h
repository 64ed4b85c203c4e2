// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/commandline/console.h"
#include "core/backend/backendurl.h"
#include "widgets/style/theme.h"

#include <QList>
#include <QSize>
#include <QStringList>

#include <optional>
#include <variant>

namespace Cachelens {

/// What the window was asked for on the command line.
struct WindowOptions {
    std::optional<BackendUrl> url; ///< none: the last connection, else the demo
    QStringList catalogs;
    bool readOnly = false;
    std::optional<ThemeChoice> theme;
    double scale = 1.0;
    std::optional<QSize> size;
    QString dock; ///< to bring to the front; empty: as it was left
    QByteArray select; ///< a key; empty: none
    QString screenshot; ///< a file to draw the window into, and end; empty: none
    bool reportStalls = false;
};

/// Reads them; or an exit code, when help was asked for or what was asked makes no sense.
[[nodiscard]] std::variant<WindowOptions, int> readWindowOptions(const QList<QByteArray> &arguments,
                                                                 Console &console);

} // namespace Cachelens
