// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/payload/entrycodec.h"
#include "core/value/valuejson.h"

#include <cstdint>
#include <cstdlib>

using namespace Cachelens;

/// Any bytes give an entry, whose parts fit together, or an error that says why.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes(data, static_cast<qsizetype>(size));
    const auto entry = decodeEntry(bytes, {.decompressedBytes = 1'000'000, .values = 200'000});
    if (!entry) {
        if (entry.error().reason.isEmpty())
            std::abort();
        return 0;
    }
    const bool pickle = entry->serializer == Serializer::Pickle;
    if (entry->storedBytes != bytes.size() || entry->restflow != entry->metadata.has_value()
        || pickle != (entry->pickleProtocol >= 0))
        std::abort();
    (void)valueToJson(entry->value, {.maxBytes = 10'000});
    return 0;
}
