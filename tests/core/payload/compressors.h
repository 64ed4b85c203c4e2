// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/payload/entrycodec.h"

namespace Cachelens::Testing {

/// Compresses as a cache client does.
[[nodiscard]] QByteArray compress(Compressor compressor, QByteArrayView bytes);

/// The old container of xz, which has no magic.
[[nodiscard]] QByteArray compressLzma(QByteArrayView bytes);

} // namespace Cachelens::Testing
