// SPDX-License-Identifier: MIT
#pragma once

#include "core/value/value.h"

namespace Cachelens {

/// A value as Python's str() writes it.
[[nodiscard]] QByteArray pythonStr(const Value &value);

/// A float as Python's repr() writes it: the shortest text that reads back the same.
void appendPythonFloat(QByteArray &out, double value);

} // namespace Cachelens
