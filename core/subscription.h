// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <utility>

namespace Cachelens {

/// A move-only token: letting go of it unsubscribes. After its destructor or cancel() returns, the
/// callback is not running and will not run again, unless it is the callback itself that lets go,
/// or what gave the token says otherwise.
class [[nodiscard]] Subscription {
public:
    Subscription() = default;
    explicit Subscription(std::function<void()> unsubscribe) : m_unsubscribe(std::move(unsubscribe))
    {
    }
    Subscription(Subscription &&other) noexcept
        : m_unsubscribe(std::exchange(other.m_unsubscribe, nullptr))
    {
    }
    Subscription &operator=(Subscription &&other) noexcept
    {
        if (this != &other) {
            cancel();
            m_unsubscribe = std::exchange(other.m_unsubscribe, nullptr);
        }
        return *this;
    }
    Subscription(const Subscription &) = delete;
    Subscription &operator=(const Subscription &) = delete;
    ~Subscription() { cancel(); }

    void cancel()
    {
        if (auto unsubscribe = std::exchange(m_unsubscribe, nullptr))
            unsubscribe();
    }

private:
    std::function<void()> m_unsubscribe;
};

} // namespace Cachelens
