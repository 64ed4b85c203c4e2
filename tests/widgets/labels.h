// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

#include <algorithm>

namespace Cachelens::Testing {

/// Whether a label in sight has this in its text.
[[nodiscard]] inline bool says(const QWidget &within, const QString &text)
{
    const auto labels = within.findChildren<QLabel *>();
    return std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) {
        return label->isVisible() && label->text().contains(text);
    });
}

} // namespace Cachelens::Testing
