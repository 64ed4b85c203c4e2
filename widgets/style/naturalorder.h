// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <string_view>

namespace Cachelens {

/// The order in which people list names: runs of digits by their number (user:9 before user:10),
/// everything else by its bytes. A total order: only equal bytes are equal.
[[nodiscard]] std::strong_ordering naturalOrder(std::string_view a, std::string_view b);

} // namespace Cachelens
