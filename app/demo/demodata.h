// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/demorandom.h"
#include "core/clock.h"
#include "core/value/value.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Cachelens {

/// What the demo shop's functions work out, and how long they take over it: as from a database
/// whose rows stay who they are (a user's name, a product's title) and change in what changes
/// (stock, prices, orders). The same seed gives the same answer at the same time. Thread-safe.
class DemoData {
public:
    /// How a function spends the time that it is said to take.
    using Work = std::function<void(std::chrono::milliseconds)>;

    DemoData(quint32 seed, std::shared_ptr<const Clock> clock, Work work);

    static constexpr int users = 240;
    static constexpr int products = 160;
    static constexpr int orders = 400;

    [[nodiscard]] Value profile(int user, const std::string &locale) const;
    [[nodiscard]] Value addresses(int user, int page) const;
    [[nodiscard]] Value product(const std::string &sku, const std::string &currency) const;
    [[nodiscard]] Value search(const std::string &query, const std::string &sort, int page) const;
    [[nodiscard]] Value ordersOf(int user, const std::optional<std::string> &status,
                                 int page) const;
    [[nodiscard]] Value orderTotal(int order) const;
    [[nodiscard]] Value dailySales(const std::string &region, const std::string &day,
                                   const std::vector<std::string> &tenants) const;
    [[nodiscard]] double exchangeRate(const std::string &base, const std::string &quote) const;
    [[nodiscard]] Value featureFlags(const std::string &environment) const;

    [[nodiscard]] static std::string sku(int product);

private:
    /// What differs from one run to the next.
    [[nodiscard]] DemoRandom now(const DemoRandom &row) const;
    void work(DemoRandom &random, int fromMs, int toMs) const;
    [[nodiscard]] QByteArray title(const std::string &sku) const;

    const DemoRandom m_random;
    const std::shared_ptr<const Clock> m_clock;
    const Work m_work;
};

} // namespace Cachelens
