// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/functioncore.h"
#include "core/invalidation/rule.h"
#include "core/key/keyconstructor.h"
#include "core/payload/entrywriter.h"

#include <functional>
#include <type_traits>

namespace Cachelens {

/// What can be chosen for a cached function; `Verdict` is what its predicates return: bool, or
/// QFuture<bool> for an asynchronous one. A value; the predicates are called on the threads on
/// which results are made, at the same time too.
template <typename R, typename Verdict = bool> struct FunctionOptions {
    using Milliseconds = std::chrono::milliseconds;

    AnyKeyConstructor key = {}; ///< the default one: all arguments, no partition
    std::optional<Milliseconds> ttl = std::chrono::hours(1); ///< none: no expiry
    std::vector<InvalidationRule> rules = {};

    /// Whether a result is stored. At most one of the two; std::invalid_argument otherwise.
    std::function<Verdict(const R &)> cacheIf = nullptr;
    std::function<Verdict(const R &)> cacheUnless = nullptr;

    Milliseconds staleFor{
        0}; ///< behind its time an entry is served (STALE) while one call renews it
    /// Behind its time an entry is served (STALE) when the function throws, or takes longer than
    /// softLimit. The backend keeps entries for the longer of the two.
    Milliseconds staleOnErrorFor{0};
    std::optional<Milliseconds> softLimit = {};
    /// Calls that wait longer for the function are served the old result (STALE) as well, or else
    /// throw FunctionTimedOut; the run itself goes on, on a worker.
    std::optional<Milliseconds> hardLimit = {};
    double ttlJitter = 0; ///< 0 to 1: by how much of itself a ttl may be shortened at random
    /// Refresh a hit in the background before its time is over; the greater, the earlier. 1 is the
    /// optimum for even loads.
    double earlyRefresh = 0;

    /// Callers in this process wait for a run that is under way. False: each call that misses runs
    /// the function at once, whoever else does, and of runs at the same time only the one that
    /// began last is stored, in any process.
    bool oneFlight = true;
    bool acrossProcesses = true; ///< with oneFlight: and so do callers in other processes

    Serializer serializer = Serializer::Pickle; ///< what Django reads by default
    Compressor compressor = Compressor::None;
    qsizetype compressAbove = 1024; ///< bytes before compression

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

} // namespace Cachelens
