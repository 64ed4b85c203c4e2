// SPDX-License-Identifier: MIT
#pragma once

#include "core/payload/entrycodec.h"

namespace Cachelens {

/// What the first bytes name. Zlib's header is two bytes that other data can begin with as well;
/// the others are sure.
[[nodiscard]] Compressor detectCompressor(QByteArrayView stored);

/// Undoes one compressor. The whole input must be used.
[[nodiscard]] Result<QByteArray> decompressWith(Compressor compressor, QByteArrayView stored,
                                                const DecodeLimits &limits);

} // namespace Cachelens
