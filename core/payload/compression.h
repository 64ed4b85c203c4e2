// SPDX-License-Identifier: MIT
#pragma once

#include "core/payload/entrycodec.h"

namespace Cachelens {

/// What decompressWith() undoes, at the level that cache clients use; None gives the bytes as they
/// are.
[[nodiscard]] Result<QByteArray> compress(Compressor compressor, QByteArrayView bytes);

} // namespace Cachelens
