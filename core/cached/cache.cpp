// SPDX-License-Identifier: MIT
#include "core/cached/cache.h"

#include "core/backend/memorybackend.h"
#include "core/backend/redisbackend.h"
#include "core/cached/cacheruletarget.h"
#include "core/cached/functioncore.h"
#include "core/jobs/queuedispatcher.h"
#include "core/key/keycoverage.h"

#include <QScopeGuard>

#include <algorithm>
#include <stdexcept>

namespace Cachelens {

using namespace std::chrono_literals;

namespace {

RuleEngineOptions ruleOptions(const std::shared_ptr<CacheRuntime> &runtime)
{
    return {.dispatchers = runtime->environment.dispatchers,
            .raiseException = runtime->options.raiseException,
            .report = [runtime](const RuleFailure &failure) {
                runtime->tell([&](CacheObserver &observer) { observer.ruleFailed(failure); });
            }};
}

/// Null when it is gone, or withdrawn while somebody still holds it.
std::shared_ptr<FunctionCore> lockLiving(const std::weak_ptr<FunctionCore> &weak)
{
    auto function = weak.lock();
    return function && !function->isWithdrawn() ? function : nullptr;
}

} // namespace

Cache::Cache(std::shared_ptr<CacheBackend> backend, CacheOptions options,
             CacheEnvironment environment)
    : m_runtime(std::make_shared<CacheRuntime>(std::move(backend), std::move(options),
                                               std::move(environment))),
      m_ruleTarget(std::make_shared<CacheRuleTarget>(m_runtime)),
      m_rules(std::make_shared<RuleEngine>(m_ruleTarget, ruleOptions(m_runtime))),
      m_outlet([rules = m_rules](const std::vector<Signal> &batch) { rules->send(batch); })
{
    m_runtime->start();
}

Cache::~Cache()
{
    m_rules->finish();
    m_runtime->stop();
}

QFuture<void> Cache::send(const std::vector<Signal> &batch)
{
    if (!m_outlet.isHolding())
        return m_rules->send(batch);
    for (const Signal &signal : batch)
        m_outlet.send(signal);
    return QtFuture::makeReadyFuture();
}

Result<std::unique_ptr<Cache>> Cache::open(QByteArrayView url, CacheOptions options,
                                           CacheEnvironment environment)
{
    auto parsed = BackendUrl::parse(url);
    if (!parsed)
        return failure(std::move(parsed.error()));
    if (parsed->scheme == BackendUrl::Scheme::RedisTls)
        return failure({Error::Code::Unsupported, "open the cache", parsed->description(),
                        "TLS is not supported yet", false});
    if (!environment.clock)
        environment.clock = std::make_shared<SystemClock>();
    if (parsed->scheme == BackendUrl::Scheme::Memory) {
        auto memory = std::make_shared<MemoryBackend>(environment.clock);
        return std::make_unique<Cache>(std::move(memory), std::move(options),
                                       std::move(environment));
    }
    RedisOptions redis;
    redis.connectTimeout = 250ms;
    redis.commandTimeout = 250ms;
    redis.connections = std::max(options.threads, 8);
    if (!environment.dispatchers)
        environment.dispatchers = std::make_shared<Dispatchers>();
    const std::vector<QByteArray> known = environment.dispatchers->names();
    if (std::find(known.begin(), known.end(), "queue") == known.end())
        environment.dispatchers->add("queue", queueDispatchers(*parsed));
    auto backend = std::make_shared<RedisBackend>(std::move(*parsed), environment.clock, redis);
    return std::make_unique<Cache>(std::move(backend), std::move(options), std::move(environment));
}

CacheBackend &Cache::backend() const
{
    return *m_runtime->backend;
}

const CacheOptions &Cache::options() const
{
    return m_runtime->options;
}

bool Cache::isBypassed() const
{
    return !m_runtime->breaker.isClosed();
}

bool Cache::hasNearCache() const
{
    return m_runtime->near.isLinked();
}

Subscription Cache::observe(std::shared_ptr<CacheObserver> observer)
{
    return m_runtime->observe(std::move(observer));
}

std::vector<FunctionCounts> Cache::counts() const
{
    std::vector<FunctionCounts> all;
    for (const auto &function : living())
        all.push_back(function->counts());
    return all;
}

std::vector<FunctionDescription> Cache::functions() const
{
    std::vector<FunctionDescription> all;
    for (const auto &function : living())
        all.push_back(function->description());
    return all;
}

qsizetype Cache::undeliveredRemovals() const
{
    return m_runtime->kept.count();
}

Result<void> Cache::deliverRemovals()
{
    return m_runtime->deliverKept();
}

namespace {

Result<Removal> removePrefixes(FunctionCore &function,
                               const std::vector<FunctionCore::Prefix> &prefixes, Removal total)
{
    for (const FunctionCore::Prefix &prefix : prefixes) {
        const auto removal = function.removePrefix(prefix);
        if (!removal)
            return removal;
        total.entries += removal->entries;
        total.delivered &= removal->delivered;
    }
    return total;
}

} // namespace

Result<Removal> Cache::removeWhole(const Functions &functions)
{
    Result<Removal> total;
    for (const auto &function : functions) {
        if (total)
            total = removePrefixes(*function, {function->prefix()}, *total);
    }
    return total;
}

Result<Removal> Cache::removePartition(const Functions &functions, const Call &arguments)
{
    for (const auto &[name, value] : arguments.kwargs) {
        const auto hasIt = [&name = name](const auto &function) {
            return isInPartition(function->description().keyed, name);
        };
        if (!functions.empty() && std::none_of(functions.begin(), functions.end(), hasIt))
            return failure({Error::Code::InvalidInput, "wipe by the argument", name,
                            "it is in the partition of none of the functions", false});
    }
    std::vector<std::pair<FunctionCore *, FunctionCore::Prefix>> partitions;
    for (const auto &function : functions) {
        const auto isHere = [&](const auto &argument) {
            return isInPartition(function->description().keyed, argument.first);
        };
        if (std::none_of(arguments.kwargs.begin(), arguments.kwargs.end(), isHere))
            continue;
        const auto prefix = function->partialPrefix(arguments);
        if (!prefix)
            return failure(prefix.error());
        partitions.emplace_back(function.get(), *prefix);
    }
    Result<Removal> total;
    for (const auto &[function, prefix] : partitions) {
        if (total)
            total = removePrefixes(*function, {prefix}, *total);
    }
    return total;
}

Result<Removal> Cache::removePreviousVersions(const Functions &functions)
{
    Result<Removal> total;
    for (const auto &function : functions) {
        std::vector<FunctionCore::Prefix> prefixes;
        for (int version = 1; version < function->description().keyed.key.version; ++version)
            prefixes.push_back(function->prefixOfVersion(version));
        if (total)
            total = removePrefixes(*function, prefixes, *total);
    }
    return total;
}

std::shared_ptr<FunctionCore> Cache::find(const QByteArray &id) const
{
    for (auto &function : living()) {
        if (function->id() == id)
            return function;
    }
    return nullptr;
}

void Cache::add(const std::shared_ptr<FunctionCore> &function)
{
    {
        const std::lock_guard lock(m_mutex);
        std::erase_if(m_functions, [](const auto &weak) { return !lockLiving(weak); });
        for (const auto &weak : m_functions) {
            if (const auto other = lockLiving(weak); other && other->id() == function->id())
                throw std::invalid_argument("there is a cached function '"
                                            + function->id().toStdString() + "' already");
        }
        m_functions.push_back(function); // nobody else may take its id from here on
    }
    auto giveBack = qScopeGuard([&] { function->withdraw(); });
    RuleEngine::Registered registered
        = m_rules->add(function->description().keyed, function->description().rules);
    giveBack.dismiss();
    function->setRules(std::move(registered.registration));
    m_ruleTarget->add(function);
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_notes, [&](const auto &note) { return note.function == function->id(); });
    m_notes.insert(m_notes.end(), registered.notes.begin(), registered.notes.end());
}

std::vector<RuleRegistry::Note> Cache::ruleNotes() const
{
    std::vector<RuleRegistry::Note> notes;
    {
        const std::lock_guard lock(m_mutex);
        notes = m_notes;
    }
    std::erase_if(notes, [this](const auto &note) { return !find(note.function); });
    return notes;
}

std::vector<Cache::KeyNote> Cache::keyNotes() const
{
    std::vector<KeyNote> notes;
    for (const auto &function : living()) {
        for (const QByteArray &parameter : parametersOutsideKey(function->description().keyed))
            notes.push_back({function->id(), parameter});
    }
    return notes;
}

Cache::Functions
Cache::livingWith(const std::function<bool(const AnyKeyConstructor &)> &isWanted) const
{
    Functions functions = living();
    std::erase_if(functions, [&](const auto &function) {
        return !isWanted(function->description().constructor);
    });
    return functions;
}

Cache::Functions Cache::living() const
{
    const std::lock_guard lock(m_mutex);
    Functions functions;
    for (const auto &weak : m_functions) {
        if (auto function = lockLiving(weak))
            functions.push_back(std::move(function));
    }
    return functions;
}

} // namespace Cachelens
