// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/demodata.h"
#include "core/cached/callmetadata.h"

#include <memory>

namespace Cachelens {

class Cache;

/// The demo shop's cached functions, and customers who call them. The functions are thread-safe,
/// the customers are not: they are one after the other.
class DemoFunctions {
public:
    /// `cache` outlives it.
    DemoFunctions(Cache &cache, std::shared_ptr<const DemoData> data, quint32 seed);
    ~DemoFunctions();

    /// The next customer: calls a function, or has saved something that makes cached results wrong.
    /// Blocks for as long as the function does. None: no function was called.
    std::optional<CallMetadata> serveCustomer();
    /// From 0 to `end` - 1, for what else happens in the shop.
    [[nodiscard]] int below(int end);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Cachelens
