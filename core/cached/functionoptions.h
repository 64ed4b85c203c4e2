// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/functionsettings.h"
#include "core/invalidation/rule.h"
#include "core/key/keyconstructor.h"
#include "core/payload/entrywriter.h"

#include <functional>

namespace Cachelens {

/// What can be chosen for a cached function; `Verdict` is what its predicates return: bool, or
/// QFuture<bool> for an asynchronous one. A value; the predicates are called on the threads on
/// which results are made, at the same time too. A value out of its range is refused by the
/// function's constructor with std::invalid_argument.
template <typename R, typename Verdict = bool> struct FunctionOptions {
    using Milliseconds = std::chrono::milliseconds;

    AnyKeyConstructor key = {}; ///< the default one: all arguments, no partition
    // Times are at most 100 years.

    /// How long an entry is fresh, more than 0; none: it does not expire.
    std::optional<Milliseconds> ttl = std::chrono::hours(1);
    std::vector<InvalidationRule> rules = {};

    /// Whether a result is stored. At most one of the two. When it throws the call is answered, the
    /// result is not stored, and observers are told (errorOccurred()).
    std::function<Verdict(const R &)> cacheIf = nullptr;
    std::function<Verdict(const R &)> cacheUnless = nullptr;

    /// For how long after its ttl an entry is served (STALE) while one call renews it; 0 or more.
    Milliseconds staleFor{0};
    /// For how long after its ttl an entry is served (STALE) when the function throws, or takes
    /// longer than softLimit; 0 or more. The backend keeps entries for the longer of the two.
    Milliseconds staleOnErrorFor{0};
    /// Who has waited so long for the function is served the old result (STALE), where
    /// staleOnErrorFor allows it, and else waits on. More than 0, and no longer than hardLimit.
    std::optional<Milliseconds> softLimit = {};
    /// Who has waited so long is served the old result (STALE) as well, or else throws
    /// FunctionTimedOut; the run itself goes on, on a worker. More than 0.
    std::optional<Milliseconds> hardLimit = {};
    /// By how much of itself a ttl may be shortened at random, 0 to 1.
    double ttlJitter = 0;
    /// Refreshes a hit in the background before its time is over; the greater, the earlier. 1 is
    /// the optimum for even loads. Finite, 0 or more.
    double earlyRefresh = 0;

    /// Callers in this process wait for a run that is under way. False: each call that misses runs
    /// the function at once, whoever else does, and of runs at the same time only the one that
    /// began last is stored, in any process.
    bool oneFlight = true;
    bool acrossProcesses = true; ///< with oneFlight: and so do callers in other processes

    Serializer serializer = Serializer::Pickle; ///< what Django reads by default
    Compressor compressor = Compressor::None;
    /// Entries of more bytes are compressed; 0 or more.
    qsizetype compressAbove = 1024;

    [[nodiscard]] FunctionSettings settings(const QByteArray &id) const
    {
        return {.id = id,
                .ttl = ttl,
                .staleFor = staleFor,
                .staleOnErrorFor = staleOnErrorFor,
                .softLimit = softLimit,
                .hardLimit = hardLimit,
                .ttlJitter = ttlJitter,
                .earlyRefresh = earlyRefresh,
                .oneFlight = oneFlight,
                .acrossProcesses = oneFlight && acrossProcesses};
    }
};

namespace Detail {

/// Throws std::invalid_argument, naming the function, the option and its value, for one that is out
/// of its range.
void checkRanges(const FunctionSettings &settings, qsizetype compressAbove);

} // namespace Detail

} // namespace Cachelens
