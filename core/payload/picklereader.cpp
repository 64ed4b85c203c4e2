// SPDX-License-Identifier: MIT
#include "core/payload/picklereader.h"

#include "core/payload/pickleconverter.h"
#include "core/payload/picklemachine.h"

#include <array>
#include <cstddef>
#include <memory_resource>

namespace Cachelens {

Result<Unpickled> readPickle(QByteArrayView bytes, const DecodeLimits &limits)
{
    // Room for all that an entry of a few kilobytes needs while it is read.
    std::array<std::byte, 16 * 1024> room;
    std::pmr::monotonic_buffer_resource memory(room.data(), room.size());
    PickleMachine machine(bytes, limits, &memory);
    const auto root = machine.run();
    if (!root)
        return failure(root.error());
    PickleConverter converter(machine.graph(), bytes.size(), limits, &memory);
    auto value = converter.convert(*root);
    if (!value)
        return failure(std::move(value.error()));
    return Unpickled{std::move(*value), machine.protocol()};
}

} // namespace Cachelens
