// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/answer.h"

#include <functional>

namespace Cachelens {

/// The function with the arguments of one call.
class FunctionRun {
public:
    virtual ~FunctionRun() = default;
    /// Blocks; throws what the function throws.
    [[nodiscard]] virtual Cell run() const = 0;
    /// The same with arguments of its own, for another thread and later.
    [[nodiscard]] virtual std::shared_ptr<const FunctionRun> detached() const = 0;
};

/// The same for a function that answers later.
class AsyncFunctionRun {
public:
    virtual ~AsyncFunctionRun() = default;
    using Done = std::function<void(Cell cell, std::exception_ptr thrown)>;
    /// Calls back once, on any thread. Throws what the function throws at once.
    virtual void start(Done done) const = 0;
    /// Whether a result may be stored; calls back once, on any thread.
    virtual void decide(const Cell &cell, std::function<void(bool)> done) const = 0;
};

} // namespace Cachelens
