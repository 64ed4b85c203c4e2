// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/backendurl.h"

#include <atomic>
#include <chrono>

namespace Cachelens {

/// Grows each time that whatever waits for a server is to give up.
using Interrupts = std::atomic<unsigned>;

/// A blocking socket that is connected to the URL's host and port, or to its Unix socket; the
/// caller closes it. Finding the host's addresses and trying one after the other take `timeout`
/// together at most: hiredis waits for the resolver as long as that likes, and can do neither with
/// interrupts. Errors come without `attempt` and `subject`: Unreachable, or Timeout, also when
/// `interrupts` has grown since the call began. Thread-safe; blocks.
[[nodiscard]] Result<int> connectSocket(const BackendUrl &url, std::chrono::milliseconds timeout,
                                        const Interrupts &interrupts);

} // namespace Cachelens
