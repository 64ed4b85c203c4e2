// SPDX-License-Identifier: MIT
#pragma once

#include "core/payload/decodelimits.h"
#include "core/result.h"
#include "core/value/value.h"

namespace Cachelens {

struct Unpickled {
    Value value;
    int protocol = 0; ///< as the pickle says; one that says nothing is 0, or 1 when it is binary
};

/// Reads a pickle of protocol 0 to 5 without running anything that is in it: calls are noted, not
/// made. Types that Value knows become such values, any other class an Object. The whole input
/// must be one pickle. What refers to itself has Value::cycle() where it recurs. Memory is
/// proportional to the input.
[[nodiscard]] Result<Unpickled> readPickle(QByteArrayView bytes, const DecodeLimits &limits);

} // namespace Cachelens
