// SPDX-License-Identifier: MIT
#pragma once

#include "core/payload/decodelimits.h"
#include "core/result.h"
#include "core/value/value.h"

namespace Cachelens {

/// Reads plain JSON as Python's json module does: NaN and Infinity are floats, integers have any
/// length, of equal keys the last one counts, 1 is not 1.0. The whole input must be one document.
[[nodiscard]] Result<Value> readJson(QByteArrayView bytes, const DecodeLimits &limits);

} // namespace Cachelens
