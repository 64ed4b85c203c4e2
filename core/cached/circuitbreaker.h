// SPDX-License-Identifier: MIT
#pragma once

#include "core/result.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>

namespace Cachelens {

struct BreakerOptions {
    std::chrono::milliseconds firstPause{100}; ///< doubles with each probe that fails
    std::chrono::milliseconds longestPause{5000};
};

/// Keeps calls away from a backend that is down: the first call that finds out pays for it with its
/// deadline, all others go on at once. While it is open, a probe (not a call) finds out whether the
/// backend is back. Thread-safe.
class CircuitBreaker {
public:
    explicit CircuitBreaker(BreakerOptions options) : m_options(options) { }

    /// Whether a call may use the backend.
    [[nodiscard]] bool isClosed() const { return m_closed.load(std::memory_order_acquire); }
    /// What a call that used it found. True when this opened the breaker: someone has to see to the
    /// probes.
    bool failed(const Error &error);
    /// A probe's answer. True when it closed the breaker.
    bool probed(const Result<std::chrono::microseconds> &answer);
    /// Until the next probe.
    [[nodiscard]] std::chrono::milliseconds pause() const;
    /// Why it is open.
    [[nodiscard]] std::optional<Error> reason() const;

    /// Whether an error means that the backend cannot be reached or does not serve anybody, as
    /// opposed to one command that failed.
    [[nodiscard]] static bool isDown(const Error &error);

private:
    const BreakerOptions m_options;
    std::atomic<bool> m_closed{true};
    mutable std::mutex m_mutex; // of the rest
    std::optional<Error> m_reason;
    int m_failedProbes = 0;
};

} // namespace Cachelens
