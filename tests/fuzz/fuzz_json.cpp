// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/payload/entrywriter.h"
#include "core/payload/jsonreader.h"
#include "core/value/valuejson.h"

#include <cstdint>
#include <cstdlib>

using namespace Cachelens;

/// What is read is the same when it is read again, and when it is written and read; the rest is an
/// error that says why.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes(data, static_cast<qsizetype>(size));
    const auto read = readJson(bytes, {});
    if (!read) {
        if (read.error().reason.isEmpty())
            std::abort();
        return 0;
    }
    if (!(*read == *readJson(bytes, {})))
        std::abort();
    const auto written = encodeValue(*read, Serializer::Json);
    if (!written || !(*read == *readJson(*written, {})))
        std::abort();
    (void)valueToJson(*read, {.maxBytes = 10'000});
    return 0;
}
