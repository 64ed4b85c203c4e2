// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <chrono>
#include <optional>

#include <tl/expected.hpp>

namespace Cachelens {

/// A time to live as people type it: "90s", "5m", "1h 30m", "2d", "90" (seconds), "none" (no
/// expiry, which the answer holds as nothing). Fails with a sentence that says what to type.
using Ttl = std::optional<std::chrono::milliseconds>;
[[nodiscard]] tl::expected<Ttl, QString> ttlFromText(QStringView text);
/// What ttlFromText reads back to the same, to the second (milliseconds below a second).
[[nodiscard]] QString ttlToText(Ttl ttl);

} // namespace Cachelens
