// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/payload/entrywriter.h"
#include "core/payload/msgpackreader.h"
#include "core/value/valuejson.h"

#include <cstdint>
#include <cstdlib>

using namespace Cachelens;

/// What is read is the same when it is read again, and when it can be written and read; the rest is
/// an error that says why.
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
    const auto written = encodeValue(*read, Serializer::MessagePack);
    if (written ? !(*read == *readMessagePack(*written, {}))
                : written.error().code != Error::Code::Unsupported)
        std::abort();
    (void)valueToJson(*read, {.maxBytes = 10'000});
    return 0;
}
