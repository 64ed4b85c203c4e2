// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/value/value.h"

#include <QString>

namespace Cachelens {

/// A value's type as a Python developer calls it: "str", "dict", "shop.models.User".
[[nodiscard]] QString valueTypeName(const Value &value);
/// One line, about `limit` characters at most: strings quoted, containers with their first items.
[[nodiscard]] QString valuePreview(const Value &value, qsizetype limit = 160);
/// Whether the value is text or bytes, of which valueText() may be a part.
[[nodiscard]] bool hasText(const Value &value);
/// A scalar in full, strings as they are: at most about `limit` bytes of it. Containers: their
/// preview.
[[nodiscard]] QString valueText(const Value &value, qsizetype limit);

} // namespace Cachelens
