// SPDX-License-Identifier: MIT
#pragma once

#include "core/result.h"
#include "core/value/value.h"

#include <functional>
#include <optional>

namespace Cachelens {

/// An option that the dispatcher of this name cannot be set up with.
[[nodiscard]] Error wrongOption(const QByteArray &dispatcher, QByteArray why);

/// Reads the options of a dispatcher: a map of names to values, or none. Returns the value of
/// `raise_exception`, which every dispatcher takes. `readOwn` is given every other option, and
/// answers false for a name that it does not know.
[[nodiscard]] Result<std::optional<bool>> readDispatcherOptions(
    const QByteArray &dispatcher, const Value &options,
    const std::function<Result<bool>(const QByteArray &name, const Value &value)> &readOwn);

} // namespace Cachelens
