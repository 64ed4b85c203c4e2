// SPDX-License-Identifier: MIT
#include "core/cached/cacheruntime.h"

#include "core/bookkeeping.h"

#include <QUuid>

#include <random>

namespace Cachelens {

namespace {

CacheEnvironment complete(CacheEnvironment environment)
{
    if (!environment.clock)
        environment.clock = std::make_shared<SystemClock>();
    if (!environment.tokens) {
        environment.tokens = [process = QUuid::createUuid().toByteArray(QUuid::Id128) + '-',
                              last = std::make_shared<std::atomic<quint64>>(0)] {
            return process + QByteArray::number(++*last);
        };
    }
    if (!environment.random) {
        environment.random = [] {
            thread_local std::minstd_rand generator{std::random_device()()};
            return std::generate_canonical<double, 32>(generator);
        };
    }
    return environment;
}

} // namespace

CacheRuntime::CacheRuntime(std::shared_ptr<CacheBackend> theBackend, CacheOptions theOptions,
                           CacheEnvironment theEnvironment)
    : backend(std::move(theBackend)), capabilities(backend->capabilities()),
      options(std::move(theOptions)), environment(complete(std::move(theEnvironment))),
      near(options.nearCacheBytes), kept(options.keptRemovals), breaker(options.breaker),
      scheduler(options.threads), leases(backend, options.leaseTime),
      m_observers(std::make_shared<const Observers>())
{
}

void CacheRuntime::start()
{
    if (options.nearCacheBytes <= 0 || !capabilities.follow)
        return;
    // The callbacks end with the subscription, which ends before this object.
    m_following = backend->follow(
        options.keyPrefix + ':',
        {.linked =
             [this] {
                 near.setLinked(true);
                 m_toldOfNoLink = false;
             },
         .changed =
             [this](const QByteArray &key) {
                 if (!isBookkeeping({key.constData(), size_t(key.size())}))
                     near.drop(key);
             },
         .lost = [this] { near.setLinked(false); },
         .failed =
             [this](const Error &error) {
                 if (isObserved() && !m_toldOfNoLink.exchange(true))
                     tell([&](CacheObserver &observer) { observer.errorOccurred(error); });
             }});
}

void CacheRuntime::stop()
{
    m_following.cancel();
    near.setLinked(false);
    scheduler.stop();
    leases.stop(); // functions that ran until now had theirs
}

void CacheRuntime::noteTrouble(const Error &error)
{
    if (breaker.failed(error))
        attendLater(breaker.pause());
    tell([&](CacheObserver &observer) { observer.errorOccurred(error); });
}

Error CacheRuntime::whyOpen() const
{
    return breaker.reason().value_or(Error{Error::Code::Unreachable, "use", backend->description(),
                                           "it was away just now", true});
}

void CacheRuntime::attendLater(std::chrono::milliseconds pause)
{
    scheduler.keepAfter(pause, [weak = weak_from_this()] {
        if (const auto self = weak.lock())
            self->attend();
    });
}

/// Finds out whether the backend is back, and delivers what was kept.
void CacheRuntime::attend()
{
    if (!breaker.isClosed())
        breaker.probed(backend->ping());
    if (!breaker.isClosed())
        attendLater(breaker.pause());
    else if (const auto delivered = deliverKept(); !delivered && breaker.isClosed())
        attendLater(options.breaker.longestPause); // it is there, and refuses this
}

Result<void> CacheRuntime::deliverKept()
{
    std::vector<Error> troubles;
    {
        const std::lock_guard lock(m_delivery);
        quint64 last = 0;
        while (const auto removal = kept.next(last)) {
            last = removal->number;
            const auto done = removal->isPrefix
                ? backend->removePrefix(removal->name, removal->functionEnd, removal->reach)
                : backend->removeEntry({removal->name, removal->functionEnd});
            if (done) {
                kept.delivered(removal->number);
                continue;
            }
            troubles.push_back(done.error());
            if (CircuitBreaker::isDown(done.error()))
                break; // else this one is refused, and the others need not wait for it
        }
    }
    for (const Error &trouble : troubles)
        noteTrouble(trouble); // observers may come back here
    if (troubles.empty())
        return {};
    return failure(troubles.back());
}

Result<Removal> CacheRuntime::removeEntry(const FillSlot &slot)
{
    flights.voidKey(slot.entry);
    near.drop(slot.entry);
    presence.missed(slot.entry);
    auto result
        = breaker.isClosed() ? backend->removeEntry(slot) : Result<qint64>(failure(whyOpen()));
    near.drop(slot.entry); // what a reader found in between
    return removed(std::move(result),
                   {.name = slot.entry, .functionEnd = slot.functionEnd, .at = now()});
}

Result<Removal> CacheRuntime::removePrefix(const QByteArray &prefix, qsizetype functionEnd,
                                           bool isExactKey)
{
    if (isExactKey && !capabilities.removePrefix)
        return removeEntry({prefix, functionEnd});
    flights.voidPrefix(prefix);
    near.dropPrefix(prefix);
    auto result = breaker.isClosed() ? backend->removePrefix(prefix, functionEnd, options.removals)
                                     : Result<qint64>(failure(whyOpen()));
    near.dropPrefix(prefix);
    return removed(std::move(result),
                   {.name = prefix,
                    .isPrefix = true,
                    .functionEnd = functionEnd,
                    .reach = options.removals,
                    .at = now()});
}

Result<Removal> CacheRuntime::removed(Result<qint64> result, const KeptRemoval &unlessDelivered)
{
    if (result)
        return Removal{*result, true};
    if (result.error().code == Error::Code::Unsupported)
        return failure(std::move(result.error()));
    kept.keep(unlessDelivered);
    // What a reader found before it was kept.
    if (unlessDelivered.isPrefix)
        near.dropPrefix(unlessDelivered.name);
    else
        near.drop(unlessDelivered.name);
    noteTrouble(result.error());
    if (breaker.isClosed())
        attendLater(options.breaker.firstPause); // this command failed, not the backend
    return Removal{0, false};
}

Subscription CacheRuntime::observe(std::shared_ptr<CacheObserver> observer)
{
    changeObservers([&](Observers &list) { list.push_back(observer); });
    return Subscription([weak = weak_from_this(), observer] {
        if (const auto self = weak.lock())
            self->changeObservers([&](Observers &list) { std::erase(list, observer); });
    });
}

void CacheRuntime::changeObservers(const std::function<void(Observers &)> &change)
{
    const std::lock_guard lock(m_observersMutex);
    Observers list = *m_observers.load();
    change(list);
    m_observed.store(!list.empty(), std::memory_order_release);
    m_observers.store(std::make_shared<const Observers>(std::move(list)));
}

} // namespace Cachelens
