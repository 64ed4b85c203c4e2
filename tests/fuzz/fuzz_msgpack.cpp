// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/payload/msgpackreader.h"
#include "core/value/valuejson.h"

#include <cstdint>
#include <cstdlib>

using namespace Cachelens;

/// What is read is the same when it is read again; the rest is an error that says why.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes(data, static_cast<qsizetype>(size));
    const auto read = readMessagePack(bytes, {});
    if (!read) {
        if (read.error().reason.isEmpty())
            std::abort();
        return 0;
    }
    if (!(*read == *readMessagePack(bytes, {})))
        std::abort();
    (void)valueToJson(*read, {.maxBytes = 10'000});
    return 0;
}
