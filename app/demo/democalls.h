// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"

#include <random>

namespace Cachelens {

/// One call of one of the demo shop's functions, with its result.
struct DemoCall {
    const CatalogFunction *function = nullptr; ///< valid as long as the DemoCalls
    Call call;
    Value result;
    std::chrono::seconds grace{0}; ///< how long its entry may be served stale
};

/// What the demo shop's functions are called with and what they answer, made up from a seed: the
/// same seed gives the same calls.
class DemoCalls {
public:
    explicit DemoCalls(quint32 seed);

    /// The next customer's call.
    [[nodiscard]] DemoCall next();
    /// A number from 0 to `end` - 1.
    [[nodiscard]] int below(int end);
    [[nodiscard]] const Catalog &catalog() const { return m_catalog; }

private:
    [[nodiscard]] const QByteArray &oneOf(std::span<const QByteArray> choices);
    [[nodiscard]] Value money();
    [[nodiscard]] DateTime recently();
    [[nodiscard]] DemoCall profile();
    [[nodiscard]] DemoCall addresses();
    [[nodiscard]] DemoCall product();
    [[nodiscard]] DemoCall search();
    [[nodiscard]] DemoCall orders();
    [[nodiscard]] DemoCall orderTotal();
    [[nodiscard]] DemoCall dailySales();
    [[nodiscard]] DemoCall exchangeRate();
    [[nodiscard]] DemoCall featureFlags();
    [[nodiscard]] DemoCall callOf(const char *function, std::vector<Value> args, Value result);

    const Catalog m_catalog;
    std::mt19937 m_random;
};

/// The catalog of the demo shop's functions; an embedded resource.
[[nodiscard]] Catalog demoCatalog();

} // namespace Cachelens
