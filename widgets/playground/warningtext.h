// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/key/keywarning.h"

#include <QString>

namespace Cachelens {

/// A warning as a sentence that says what follows from it.
[[nodiscard]] QString warningText(const KeyWarning &warning);

} // namespace Cachelens
