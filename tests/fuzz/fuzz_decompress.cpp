// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/payload/entrycodec.h"

#include <cstdint>
#include <cstdlib>

using namespace Cachelens;

/// No compressor gives more than the limit; bytes of none stay as they are.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    constexpr qsizetype limit = 1'000'000;
    const QByteArrayView bytes(data, static_cast<qsizetype>(size));
    const auto result = decompress(bytes, {.decompressedBytes = limit});
    if (!result) {
        if (result.error().reason.isEmpty())
            std::abort();
        return 0;
    }
    if (result->compressor == Compressor::None ? result->bytes != bytes
                                               : result->bytes.size() > limit)
        std::abort();
    return 0;
}
