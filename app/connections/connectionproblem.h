// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backend/cachebackend.h"

#include <QString>

#include <optional>

namespace Cachelens {

/// What a person is told about a connection that does not work, and what can help.
struct ConnectionProblem {
    QString text;
    bool password = false; ///< a password, or another one, would help
    bool retry = false; ///< trying again can help without a change
    bool operator==(const ConnectionProblem &) const = default;
};

/// None when the connection works, or was not tried yet.
[[nodiscard]] std::optional<ConnectionProblem> problemOf(const BackendState &state);

} // namespace Cachelens
