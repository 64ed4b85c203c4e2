// SPDX-License-Identifier: MIT
#include "core/payload/picklereader.h"

#include "core/payload/pickleconverter.h"
#include "core/payload/picklemachine.h"

namespace Cachelens {

Result<Unpickled> readPickle(QByteArrayView bytes, const DecodeLimits &limits)
{
    PickleMachine machine(bytes, limits);
    const auto root = machine.run();
    if (!root)
        return failure(root.error());
    PickleConverter converter(machine.graph(), bytes.size(), limits);
    auto value = converter.convert(*root);
    if (!value)
        return failure(std::move(value.error()));
    return Unpickled{std::move(*value), machine.protocol()};
}

} // namespace Cachelens
