// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/payload/entrywriter.h"
#include "core/payload/picklereader.h"
#include "core/value/valuejson.h"

#include <cstdint>
#include <cstdlib>

using namespace Cachelens;

/// Any bytes give a value that can be written down, and what can be pickled again can be read, or an
/// error that says why.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes(data, static_cast<qsizetype>(size));
    const auto read = readPickle(bytes, {.values = 200'000});
    if (read ? read->protocol > 5 : read.error().reason.isEmpty())
        std::abort();
    if (!read)
        return 0;
    (void)valueToJson(read->value, {.maxBytes = 10'000});
    const auto written = encodeValue(read->value);
    if (written ? !readPickle(*written, {}) : written.error().reason.isEmpty())
        std::abort();
    return 0;
}
