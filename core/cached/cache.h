// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/cacheobserver.h"
#include "core/cached/cacheoptions.h"
#include "core/cached/functioncounters.h"
#include "core/cached/functiondescription.h"
#include "core/cached/parameters.h"
#include "core/codec/keyargument.h"
#include "core/codec/modelinstance.h"
#include "core/invalidation/ruleengine.h"
#include "core/invalidation/transactionscope.h"
#include "core/subscription.h"

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace Cachelens {

class CacheBackend;
class CacheRuleTarget;
class CacheRuntime;
class FunctionCore;

/// What a signal of a save knows beside the instance.
struct SaveDetails {
    bool created = false; ///< the row is new
    /// The fields that were written; none: the save does not say.
    std::optional<std::vector<QByteArray>> updateFields = {};
    Value oldValues = {}; ///< a map of attributes as they were before; none: not known
};

/// Where cached functions keep their results: a backend, and what the functions of a process share
/// over it (flights, near cache, circuit breaker, threads). Thread-safe.
///
/// What it guarantees about stale results: a result whose function began to run before a removal of
/// its entry, its partition or its function (by this library in any process, or by drf-restflow's
/// delete_pattern) is not stored after it. See FillSlot for how, and for what this cannot see: a
/// delete of one exact key by somebody else, a store in the middle of a delete_pattern, and a Redis
/// Cluster. On a backend without leases it holds within this process. A removal that cannot be
/// delivered holds at once for this process, and for others when the backend is back; if this
/// process ends before, it is lost.
///
/// A backend that is away costs one call its timeout; all others go on as BYPASS.
class Cache {
public:
    explicit Cache(std::shared_ptr<CacheBackend> backend, CacheOptions options = {},
                   CacheEnvironment environment = {});
    /// Over Redis, with timeouts fit for calls: 250 ms to connect, 250 ms in which nothing comes
    /// (RedisOptions); connects when it is first used, and rules may name the dispatcher `queue`
    /// (queuedispatcher.h). `memory:` is a cache in this process. InvalidInput for what is no URL,
    /// Unsupported for rediss://.
    [[nodiscard]] static Result<std::unique_ptr<Cache>>
    open(QByteArrayView url, CacheOptions options = {}, CacheEnvironment environment = {});
    /// Waits for its background refreshes, and for the jobs of rules on other threads.
    /// Functions may outlive it: they go on without background work.
    ~Cache();
    Cache(const Cache &) = delete;
    Cache &operator=(const Cache &) = delete;

    [[nodiscard]] CacheBackend &backend() const;
    [[nodiscard]] const CacheOptions &options() const;
    /// Whether calls go on without the backend, because it is away.
    [[nodiscard]] bool isBypassed() const;
    /// Whether results are kept in the process: it was asked for, and the link to the backend that
    /// tells of changes is up.
    [[nodiscard]] bool hasNearCache() const;

    /// Letting go of the subscription does not wait: another thread that is just telling of an
    /// event goes on to tell it, and keeps the observer until then.
    [[nodiscard]] Subscription observe(std::shared_ptr<CacheObserver> observer);
    /// Of its living functions, in the order in which they were made.
    [[nodiscard]] std::vector<FunctionCounts> counts() const;
    [[nodiscard]] std::vector<FunctionDescription> functions() const;

    /// Removals that have not been delivered, because the backend was away or refused.
    [[nodiscard]] qsizetype undeliveredRemovals() const;
    /// Tries to deliver them now. Fails with the error of the last one that is still kept. Blocks.
    Result<void> deliverRemovals();

    /// Removes what every living function whose key constructor is this one, or derived from it,
    /// has stored. Blocks.
    template <std::derived_from<KeyConstructor> Constructor> Result<Removal> wipe()
    {
        return removeWhole(
            livingWith([](const AnyKeyConstructor &key) { return key.isA<Constructor>(); }));
    }
    /// Of each of those functions only the partition of these arguments (`"user_id"_p = 42`); those
    /// that a function does not have are left out, and so are functions that have none of them in
    /// their partition. InvalidInput, and nothing is removed, for an argument that is in no
    /// function's partition, and as CachedFunction::deleteByPrefix().
    template <std::derived_from<KeyConstructor> Constructor, FixedString... Names, typename... T>
    Result<Removal> wipe(const NamedValue<Names, T> &...arguments)
    {
        Call call;
        (call.kwargs.emplace_back(QByteArray(Names.text),
                                  KeyArgument<std::decay_t<T>>::toValue(arguments.value)),
         ...);
        return removePartition(
            livingWith([](const AnyKeyConstructor &key) { return key.isA<Constructor>(); }), call);
    }
    /// Removes what living functions whose key constructor is exactly this one have stored under
    /// lower versions of the cache key. Blocks.
    template <std::derived_from<KeyConstructor> Constructor>
    Result<Removal> deletePreviousVersions()
    {
        return removePreviousVersions(
            livingWith([](const AnyKeyConstructor &key) { return key.isExactly<Constructor>(); }));
    }

    // --- signals: what happened to a model's instance lets the rules of functions run

    /// As send(), of an instance as it is now: a Value, a Q_GADGET, or a QObject by its properties.
    template <ModelInstance T>
    QFuture<void> saved(const QByteArray &model, const T &instance, SaveDetails details = {})
    {
        return send({model, Signal::Type::Saved, details.created, std::move(details.updateFields),
                     attributesOf(instance), std::move(details.oldValues)});
    }
    template <ModelInstance T> QFuture<void> deleted(const QByteArray &model, const T &instance)
    {
        return send({.model = model,
                     .type = Signal::Type::Deleted,
                     .updateFields = {},
                     .instance = attributesOf(instance),
                     .oldValues = {}});
    }
    /// See RuleEngine::send(). What rules remove is told to observers with the cause Rule; what
    /// fails and is not thrown, with ruleFailed(). While the calling thread has a transaction open
    /// on outlet() the signals are held, and the future is finished at once.
    QFuture<void> send(const Signal &signal) { return send(std::vector{signal}); }
    QFuture<void> send(const std::vector<Signal> &batch);
    /// What a TransactionScope, or an SqlTransaction, holds the signals of this cache with:
    ///
    ///     auto transaction = SqlTransaction::begin(database, cache.outlet());
    [[nodiscard]] const SignalOutlet &outlet() const { return m_outlet; }
    /// Its rules at work: dispatchers and invalidators are registered there, before the functions
    /// whose rules name them; what a signal would do is explained there.
    [[nodiscard]] RuleEngine &rules() const { return *m_rules; }
    /// What is allowed and seldom meant in the rules of living functions.
    [[nodiscard]] std::vector<RuleRegistry::Note> ruleNotes() const;

    struct KeyNote {
        QByteArray function;
        QByteArray parameter;
    };
    /// Parameters of living functions that no field of their key takes: calls that differ in them
    /// alone share an entry.
    [[nodiscard]] std::vector<KeyNote> keyNotes() const;

    // --- for CachedFunction and FunctionLink
    [[nodiscard]] const std::shared_ptr<CacheRuntime> &runtime() const { return m_runtime; }
    /// The living function of this id; null when there is none.
    [[nodiscard]] std::shared_ptr<FunctionCore> find(const QByteArray &id) const;
    /// Throws std::invalid_argument when a living function has the same id, or its rules are
    /// refused (see RuleEngine::add).
    void add(const std::shared_ptr<FunctionCore> &function);

private:
    using Functions = std::vector<std::shared_ptr<FunctionCore>>;
    [[nodiscard]] Functions living() const;
    [[nodiscard]] Functions
    livingWith(const std::function<bool(const AnyKeyConstructor &)> &isWanted) const;
    [[nodiscard]] Result<Removal> removeWhole(const Functions &functions);
    [[nodiscard]] Result<Removal> removePartition(const Functions &functions,
                                                  const Call &arguments);
    [[nodiscard]] Result<Removal> removePreviousVersions(const Functions &functions);

    const std::shared_ptr<CacheRuntime> m_runtime;
    const std::shared_ptr<CacheRuleTarget> m_ruleTarget;
    const std::shared_ptr<RuleEngine> m_rules;
    const SignalOutlet m_outlet;
    mutable std::mutex m_mutex; // of the rest
    std::vector<std::weak_ptr<FunctionCore>> m_functions;
    std::vector<RuleRegistry::Note> m_notes;
};

} // namespace Cachelens
