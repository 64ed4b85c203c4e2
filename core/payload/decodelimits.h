// SPDX-License-Identifier: MIT
#pragma once

#include <QtGlobal>

namespace Cachelens {

/// Where decoders stop. One set for every serializer and compressor; an answer that hits one says
/// which (Error::Code::LimitExceeded). The defaults hold for everything a cache reasonably stores.
struct DecodeLimits {
    qsizetype decompressedBytes = 64 * 1024 * 1024;
    int depth = 500; ///< containers inside containers; the readers recurse as deep
    qsizetype values = 4'000'000; ///< values in all, keys of maps included
    qsizetype memo = 4'000'000; ///< pickle's memo
    qsizetype containerItems = 2'000'000; ///< items of one container
    qsizetype integerDigits = 10'000; ///< decimal digits of one integer
};

} // namespace Cachelens
