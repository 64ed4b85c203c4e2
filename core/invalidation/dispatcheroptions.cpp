// SPDX-License-Identifier: MIT
#include "core/invalidation/dispatcheroptions.h"

namespace Cachelens {

Error wrongOption(const QByteArray &dispatcher, QByteArray why)
{
    return {Error::Code::InvalidInput, "set up the dispatcher", dispatcher, std::move(why), false};
}

Result<std::optional<bool>> readDispatcherOptions(
    const QByteArray &dispatcher, const Value &options,
    const std::function<Result<bool>(const QByteArray &name, const Value &value)> &readOwn)
{
    std::optional<bool> raiseException;
    if (options.isNone())
        return raiseException;
    if (!options.isMap())
        return failure(wrongOption(dispatcher, "its options are no map"));
    for (const auto &[key, value] : options.entries()) {
        const QByteArray name = key.isString() ? key.toByteArray() : QByteArray();
        if (name == "raise_exception") {
            if (value.type() != Value::Type::Bool)
                return failure(wrongOption(dispatcher, "'raise_exception' is no boolean"));
            raiseException = value.toBool();
            continue;
        }
        const auto isKnown = readOwn(name, value);
        if (!isKnown)
            return failure(isKnown.error());
        if (!*isKnown)
            return failure(wrongOption(dispatcher, "it has no option '" + name + "'"));
    }
    return raiseException;
}

} // namespace Cachelens
