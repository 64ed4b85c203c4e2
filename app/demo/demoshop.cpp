// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demoshop.h"

#include "core/payload/entrywriter.h"

#include <stdexcept>

namespace Cachelens {

namespace {

using namespace std::chrono_literals;

constexpr int callsBeforeOpening = 1600;
constexpr auto heartbeat = 400ms;
constexpr int callsInABeat = 4;

} // namespace

DemoShop::DemoShop(std::shared_ptr<const Clock> clock, quint32 seed)
    : m_clock(clock), m_backend(std::make_shared<MemoryBackend>(std::move(clock))), m_calls(seed)
{
    m_timer.setInterval(heartbeat);
    m_timer.callOnTimeout([this] { beat(); });
    for (int i = 0; i < callsBeforeOpening; ++i) {
        const DemoCall call = m_calls.next();
        // Of an age that leaves something of its life: the shop has been open for a while.
        const auto life = call.function->ttl ? *call.function->ttl + call.grace : 3600s;
        store(call, i % 5 == 0 ? CacheStatus::Refresh : CacheStatus::Miss,
              life * m_calls.below(1000) / 1000);
    }
    storeForeignKeys();
}

void DemoShop::start()
{
    m_timer.start();
}

void DemoShop::stop()
{
    m_timer.stop();
}

void DemoShop::beat()
{
    m_backend->expire();
    for (int i = 0; i < callsInABeat; ++i)
        store(m_calls.next(), m_calls.below(4) == 0 ? CacheStatus::Refresh : CacheStatus::Miss,
              0ms);
    if (++m_beats % 16 == 0)
        storeForeignKeys();
}

void DemoShop::store(const DemoCall &call, CacheStatus writtenBy, std::chrono::milliseconds age)
{
    const CatalogFunction &function = *call.function;
    const KeyBuilder &builder = m_builders.try_emplace(call.function, function.keyed).first->second;
    const auto built = builder.build(call.call);
    const WallTime cachedAt = m_clock->now() - age;
    EntryTimes times{cachedAt, std::nullopt, writtenBy};
    std::optional<std::chrono::milliseconds> left;
    if (function.ttl) {
        times.resetAt = cachedAt + *function.ttl;
        left = *function.ttl + call.grace - age;
    }
    const auto entry = encodeEntry(call.result, times);
    if (!built || !entry)
        throw std::logic_error((built ? entry.error() : built.error()).message().toStdString());
    const QByteArray key = redisKey("", function.keyed.key.version, built->key);
    // The backend is bounded and evicts; a set that it refuses is no harm to a demo.
    (void)m_backend->set(key, *entry, left);
}

void DemoShop::storeForeignKeys()
{
    for (int i = 0; i < 12; ++i) {
        const QByteArray session = QByteArray::number(0x5eed'0000 + m_calls.below(60), 16);
        (void)m_backend->set("session:" + session,
                             R"({"user_id": )" + QByteArray::number(1 + m_calls.below(240))
                                 + R"(, "csrf": ")" + session + R"("})",
                             20min);
    }
    for (const char *route : {"login", "checkout", "search"})
        (void)m_backend->set(QByteArray("throttle:") + route,
                             QByteArray::number(m_calls.below(500)), 60s);
}

} // namespace Cachelens
