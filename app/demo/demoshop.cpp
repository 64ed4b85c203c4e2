// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demoshop.h"

#include "core/cached/cacheruntime.h"

#include <QFile>

#include <condition_variable>
#include <future>
#include <mutex>
#include <stdexcept>

namespace Cachelens {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr auto heartbeat = 400ms;
constexpr int customersInABeat = 4;
// The shop has been open for a while.
constexpr milliseconds openFor = 15min;
constexpr int customersBefore = 4000;

CacheOptions cacheOptions()
{
    CacheOptions options;
    options.threads = 1; // one after the other, so that what they did is known, see settle()
    return options;
}

} // namespace

/// A clock that can stand in the past, to let what has been happen.
class DemoShop::Past final : public Clock {
public:
    explicit Past(std::shared_ptr<const Clock> present) : m_present(std::move(present)) { }

    void setBack(milliseconds by) { m_back = by; }
    [[nodiscard]] WallTime now() const override { return m_present->now() - m_back.load(); }
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const override
    {
        return m_present->steady();
    }

private:
    const std::shared_ptr<const Clock> m_present;
    std::atomic<milliseconds> m_back = 0ms;
};

/// How the shop's functions spend their time. Thread-safe.
class DemoShop::Work {
public:
    void spend(milliseconds time)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, m_open ? time : 0ms, [this] { return !m_open; });
    }
    void setOpen(bool open)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_open = open;
        }
        m_changed.notify_all();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_open = false; // functions take no time while it is closed
};

Catalog demoCatalog()
{
    QFile file(QStringLiteral(":/demo-catalog.json"));
    if (!file.open(QIODevice::ReadOnly))
        throw std::logic_error("the demo's catalog is not in the program");
    auto catalog = Catalog::fromJson(file.readAll(), "demo-catalog.json");
    if (!catalog)
        throw std::logic_error(catalog.error().message().toStdString());
    return *catalog;
}

DemoShop::DemoShop(std::shared_ptr<const Clock> clock, quint32 seed)
    : m_clock(std::make_shared<Past>(std::move(clock))), m_work(std::make_shared<Work>()),
      m_backend(std::make_shared<MemoryBackend>(m_clock)),
      m_cache(m_backend, cacheOptions(), {.clock = m_clock}),
      m_functions(m_cache,
                  std::make_shared<const DemoData>(
                      seed, m_clock, [work = m_work](milliseconds time) { work->spend(time); }),
                  seed),
      m_link(m_cache)
{
    m_thread.setMaxThreadCount(1);
    m_timer.setInterval(heartbeat);
    m_timer.callOnTimeout([this] {
        if (m_thread.activeThreadCount() == 0) // who comes too early waits for the next beat
            m_thread.start([this] { beat(); });
    });
    open();
}

DemoShop::~DemoShop()
{
    stop();
}

void DemoShop::open()
{
    for (int i = 0; i < customersBefore; ++i) {
        m_clock->setBack(openFor - openFor * i / customersBefore);
        serveCustomer();
    }
    m_clock->setBack(0ms);
    m_backend->expire();
    storeForeignKeys();
}

void DemoShop::start()
{
    m_work->setOpen(true);
    m_timer.start();
}

void DemoShop::stop()
{
    m_timer.stop();
    m_work->setOpen(false);
    m_thread.waitForDone();
}

void DemoShop::beat()
{
    m_backend->expire();
    for (int i = 0; i < customersInABeat; ++i)
        serveCustomer();
    if (++m_beats % 16 == 0)
        storeForeignKeys();
}

void DemoShop::serveCustomer()
{
    const auto call = m_functions.serveCustomer();
    if (call && call->status == CacheStatus::Stale)
        settle();
}

void DemoShop::settle()
{
    const auto done = std::make_shared<std::promise<void>>();
    m_cache.runtime()->scheduler.run([done] { done->set_value(); });
    done->get_future().wait();
}

void DemoShop::storeForeignKeys()
{
    for (int i = 0; i < 12; ++i) {
        const QByteArray session = QByteArray::number(0x5eed'0000 + m_functions.below(60), 16);
        (void)m_backend->set("session:" + session,
                             R"({"user_id": )" + QByteArray::number(1 + m_functions.below(240))
                                 + R"(, "csrf": ")" + session + R"("})",
                             20min);
    }
    for (const char *route : {"login", "checkout", "search"})
        (void)m_backend->set(QByteArray("throttle:") + route,
                             QByteArray::number(m_functions.below(500)), 60s);
}

} // namespace Cachelens
