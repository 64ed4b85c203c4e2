// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/argumenttext.h"
#include "core/cached/cacheruntime.h"
#include "core/cached/flight.h"
#include "core/cached/functioncounters.h"
#include "core/cached/functiondescription.h"
#include "core/cached/functionrun.h"
#include "core/cached/functionsettings.h"
#include "core/cached/resultbytes.h"
#include "core/key/keybuilder.h"

#include <QFuture>

#include <span>

namespace Cachelens {

class Fill;

/// The engine of a cached function, without its types: looks up, runs, stores, and says truly what
/// it did. Thread-safe. Blocking calls block for as long as the function and the backend's
/// timeouts; the others return at once and call back on a thread of the cache's, or at once.
class FunctionCore : public std::enable_shared_from_this<FunctionCore> {
public:
    /// `isCacheable` empty: always.
    FunctionCore(std::shared_ptr<CacheRuntime> runtime, FunctionSettings settings,
                 FunctionDescription description, std::unique_ptr<const ResultBytes> bytes,
                 std::function<bool(const Cell &)> isCacheable);

    // --- keys, as the backend has them
    /// `arguments`: one for each parameter, in their order.
    [[nodiscard]] QByteArray key(std::span<const Value> arguments) const;
    /// What the keys of some calls begin with.
    struct Prefix {
        QByteArray bytes;
        bool isExactKey = false; ///< no key goes on behind it
    };
    /// Of all calls with these arguments: those that are given, by position or name. A name that is
    /// not a parameter's is left out. InvalidInput when no key begins so, see partitionGap().
    [[nodiscard]] Result<Prefix> partialPrefix(const Call &call) const;
    /// The prefix of all its keys.
    [[nodiscard]] Prefix prefix() const { return {m_prefix}; }
    [[nodiscard]] Prefix prefixOfVersion(int version) const;
    /// Whether the prefix of calls with these arguments is the key of the only one: when all fields
    /// are in the partition and have what they take.
    [[nodiscard]] bool isExactKey(const std::vector<QByteArray> &given) const;

    // --- blocking. Keys are the backend's.
    /// `isTimed`: a clock is read even for a hit in the near cache that nobody observes.
    [[nodiscard]] Answer call(const QByteArray &key, const FunctionRun &run, bool isTimed = false);
    [[nodiscard]] Answer refresh(const QByteArray &key, const FunctionRun &run);
    [[nodiscard]] Answer bypass(const QByteArray &key, const FunctionRun &run);
    /// One entry as it is for a caller who only looks. No cell: there is no entry that a call would
    /// be answered with.
    [[nodiscard]] Answer peek(const QByteArray &key);
    /// One round trip for all; what is missing runs one after another. `runs` as many as keys.
    [[nodiscard]] std::vector<Answer> callMany(std::span<const QByteArray> keys,
                                               std::span<const FunctionRun *const> runs);
    [[nodiscard]] Result<Removal> remove(const QByteArray &key);
    /// Of an older version it may be shorter than prefix().
    [[nodiscard]] Result<Removal> removePrefix(const Prefix &prefix);

    // --- asynchronous: return at once, and call back once
    using Continuation = Flight::Continuation;
    using AsyncRun = std::shared_ptr<const AsyncFunctionRun>;
    void callAsync(const QByteArray &key, AsyncRun run, Continuation then);
    void refreshAsync(const QByteArray &key, AsyncRun run, Continuation then);
    void bypassAsync(const QByteArray &key, AsyncRun run, Continuation then);
    /// One round trip for all that are there; the others run side by side. `runs` as many as keys;
    /// calls back once, with as many answers.
    void callManyAsync(std::vector<QByteArray> keys, std::vector<AsyncRun> runs,
                       std::function<void(std::vector<Answer>)> then);

    // --- calls by somebody who knows no types
    struct Invocation {
        QByteArray key;
        AsyncRun run;
    };
    using Invoker = std::function<Result<Invocation>(const ArgumentTexts &arguments)>;
    /// Before the function is used.
    void setInvoker(Invoker invoker) { m_invoker = std::move(invoker); }
    /// A call with arguments as a key holds them.
    [[nodiscard]] Result<Invocation> invocation(const ArgumentTexts &arguments) const
    {
        return m_invoker(arguments);
    }
    /// Blocks where the function does; the future fails with what the function throws.
    using Refresher = std::function<QFuture<Result<void>>(const ArgumentValues &arguments)>;
    /// Before the function is used.
    void setRefresher(Refresher refresher) { m_refresher = std::move(refresher); }
    /// Overwrites the entry of the call with these arguments, and defaults for the others.
    [[nodiscard]] QFuture<Result<void>> refresh(const ArgumentValues &arguments) const
    {
        return m_refresher(arguments);
    }
    /// What lets its rules go with it. Before the function is used.
    void setRules(Subscription registration) { m_rules = std::move(registration); }
    /// Nobody can call it by its declaration any more: its rules go, and its id is free again. A
    /// run or a job that still holds it may end. Once.
    void withdraw();
    [[nodiscard]] bool isWithdrawn() const { return m_isWithdrawn; }

    /// Asks the predicate. One that throws has not said yes.
    [[nodiscard]] bool isCacheable(const Cell &cell) const;
    /// Tells observers that a predicate threw.
    void notePredicateThrew(const std::exception_ptr &thrown) const;
    [[nodiscard]] Value value(const Cell &cell) const { return m_bytes->value(cell); }

    [[nodiscard]] const QByteArray &id() const { return m_settings.id; }
    [[nodiscard]] const FunctionSettings &settings() const { return m_settings; }
    [[nodiscard]] const FunctionDescription &description() const { return m_description; }
    [[nodiscard]] FunctionCounts counts() const { return m_counters.snapshot(m_settings.id); }
    [[nodiscard]] CacheRuntime &runtime() const { return *m_runtime; }

private:
    friend class Fill;
    using Steady = Flight::Steady;

    /// What the backend, or the near cache, has for a key.
    struct Found {
        enum class Age : quint8 { Fresh, Stale, Fallback };
        Age age = Age::Fresh;
        Answer answer;
        bool isShared = true; ///< for other callers too
    };
    /// Of what was found for a caller that nobody joins.
    [[nodiscard]] static Answer forOneCaller(Found &&found);

    [[nodiscard]] FillSlot slot(const QByteArray &key) const { return {key, m_prefix.size()}; }
    /// None: the bytes are of no use, and have to be overwritten.
    [[nodiscard]] std::optional<Found> judge(const QByteArray &key, const QByteArray &bytes,
                                             NearCache::Ticket ticket);
    [[nodiscard]] std::optional<Answer> findNear(const QByteArray &key);
    struct Reading {
        std::optional<Found> found;
        bool isUseless = false; ///< there is an entry, and it has to be overwritten
    };
    /// By one GET, for an entry that is expected to be there.
    [[nodiscard]] Result<Reading> read(const QByteArray &key);
    [[nodiscard]] bool wantsEarlyRefresh(const Answer &hit) const;
    /// Whether the entry that a call was answered with is to be renewed behind it.
    [[nodiscard]] bool wantsRefresh(const Answer &answer) const;
    /// No cell: there is no entry that a call would be answered with.
    [[nodiscard]] std::vector<Answer> findMany(std::span<const QByteArray> keys);

    /// Of a call that missed: the flight it leads or follows.
    [[nodiscard]] FlightTable::Seat seat(const QByteArray &key);

    /// When a call stops waiting for the function, and what it has to be served then.
    struct Limits {
        std::optional<Steady> soft;
        std::optional<Steady> hard;
        std::optional<Answer> old;
    };
    [[nodiscard]] Limits limitsFromNow() const;
    [[nodiscard]] Answer callBackend(const QByteArray &key, const FunctionRun &run);
    [[nodiscard]] Answer join(const QByteArray &key, const FunctionRun &run, bool overwrites,
                              const Limits &limits);
    [[nodiscard]] Answer lead(std::shared_ptr<Fill> fill, const std::shared_ptr<Flight> &flight,
                              const FunctionRun &run, const Limits &limits);
    [[nodiscard]] std::optional<Answer> follow(const Flight &flight, const Limits &limits);
    /// Without the cache; no longer than the hard limit.
    [[nodiscard]] Answer runAside(const FunctionRun &run, const Limits &limits);
    [[nodiscard]] Answer runHere(const FunctionRun &run);
    void refreshInBackground(const QByteArray &key, std::shared_ptr<const FunctionRun> run);
    void refreshInBackground(const QByteArray &key, AsyncRun run);

    class Caller;
    using CallerPointer = std::shared_ptr<Caller>;
    /// It is answered when its limits are over, if it is not before.
    [[nodiscard]] CallerPointer caller(Continuation then);
    void callBackend(const QByteArray &key, const AsyncRun &run, const CallerPointer &caller);
    void join(const QByteArray &key, const AsyncRun &run, bool overwrites,
              const CallerPointer &caller, int attempt);
    void runAside(const AsyncRun &run, const CallerPointer &caller);
    [[nodiscard]] Continuation reported(const QByteArray &key, Continuation then);

    static constexpr int s_attempts = 3; ///< to get an answer of flights that are given up
    /// A flight's answer as one of its callers sees it, who did not ask for a refresh.
    [[nodiscard]] static Answer asCaller(Answer answer);
    [[nodiscard]] Answer timedOut() const;
    void report(const QByteArray &key, Answer &answer, Steady began);

    const std::shared_ptr<CacheRuntime> m_runtime;
    const FunctionSettings m_settings;
    const FunctionDescription m_description;
    const KeyBuilder m_keys;
    const QByteArray m_prefix;
    const std::unique_ptr<const ResultBytes> m_bytes;
    const CellType m_type;
    const std::function<bool(const Cell &)> m_isCacheable; // empty: always
    Invoker m_invoker;
    Refresher m_refresher;
    Subscription m_rules;
    std::atomic<bool> m_isWithdrawn = false;
    FunctionCounters m_counters;
};

} // namespace Cachelens
