// SPDX-License-Identifier: MIT
#include "core/cached/flight.h"

namespace Cachelens {

void Flight::offerFallback(Answer fallback)
{
    const std::lock_guard lock(m_mutex);
    m_fallback = std::move(fallback);
}

std::optional<Answer> Flight::fallback() const
{
    const std::lock_guard lock(m_mutex);
    return m_fallback;
}

std::optional<Answer> Flight::waitUntil(Steady deadline) const
{
    std::unique_lock lock(m_mutex);
    m_completed.wait_until(lock, deadline, [this] { return m_answer.has_value(); });
    return m_answer;
}

void Flight::then(Continuation continuation)
{
    {
        const std::lock_guard lock(m_mutex);
        if (!m_answer) {
            m_continuations.push_back(std::move(continuation));
            return;
        }
    }
    continuation(*m_answer); // never changes once it is there
}

void Flight::complete(Answer answer)
{
    std::vector<Continuation> continuations;
    {
        const std::lock_guard lock(m_mutex);
        if (m_answer)
            return;
        m_answer = std::move(answer);
        continuations.swap(m_continuations);
    }
    m_completed.notify_all();
    for (const Continuation &continuation : continuations)
        continuation(*m_answer);
}

FlightTable::Shard &FlightTable::shardOf(const QByteArray &key)
{
    return m_shards[qHash(key) % m_shards.size()];
}

FlightTable::Seat FlightTable::join(const QByteArray &key, CellType type)
{
    Shard &shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    std::shared_ptr<Flight> &flight = shard.flights[key];
    if (flight && flight->type() != type) {
        flight->makeVoid();
        flight.reset();
    }
    const bool leads = !flight;
    if (leads)
        flight = std::make_shared<Flight>(key, type);
    return {flight, leads};
}

std::shared_ptr<Flight> FlightTable::replace(const QByteArray &key, CellType type)
{
    auto flight = std::make_shared<Flight>(key, type);
    Shard &shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    std::shared_ptr<Flight> &current = shard.flights[key];
    if (current)
        current->makeVoid();
    current = flight;
    return flight;
}

void FlightTable::land(const std::shared_ptr<Flight> &flight)
{
    Shard &shard = shardOf(flight->key());
    const std::lock_guard lock(shard.mutex);
    const auto it = shard.flights.constFind(flight->key());
    if (it != shard.flights.cend() && *it == flight)
        shard.flights.erase(it);
}

void FlightTable::voidPrefix(const QByteArray &prefix)
{
    for (Shard &shard : m_shards) {
        const std::lock_guard lock(shard.mutex);
        for (auto it = shard.flights.begin(); it != shard.flights.end();) {
            if (it.key().startsWith(prefix)) {
                (*it)->makeVoid();
                it = shard.flights.erase(it);
            } else {
                ++it;
            }
        }
    }
}

void FlightTable::voidKey(const QByteArray &key)
{
    Shard &shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    if (const auto flight = shard.flights.take(key))
        flight->makeVoid();
}

} // namespace Cachelens
