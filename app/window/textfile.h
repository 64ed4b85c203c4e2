// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QString>

namespace Cachelens {

/// A text file as an editor shows it. Both functions block.
struct TextFile {
    QString text; ///< lines end with \n
    bool windowsLines = false; ///< in the file they end with \r\n

    /// Refuses what is not UTF-8, or is larger than an editor should be given.
    [[nodiscard]] static Result<TextFile> read(const QString &file);
    /// Replaces the file in one step: whoever reads it gets the old text or the new one.
    [[nodiscard]] Result<void> write(const QString &file) const;
    bool operator==(const TextFile &) const = default;
};

} // namespace Cachelens
