// SPDX-License-Identifier: MIT
#pragma once

#include "core/payload/decodelimits.h"
#include "core/result.h"
#include "core/value/value.h"

namespace Cachelens {

/// Reads MessagePack. A timestamp becomes a DateTime in UTC, to the microsecond; any other
/// extension becomes an Object `msgpack.ExtType` of its number and bytes; text that is not UTF-8,
/// as old writers leave it, becomes Bytes. The whole input must be one value.
[[nodiscard]] Result<Value> readMessagePack(QByteArrayView bytes, const DecodeLimits &limits);

} // namespace Cachelens
