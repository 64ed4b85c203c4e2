// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/demofunctions.h"
#include "core/backend/memorybackend.h"
#include "core/cached/cache.h"
#include "core/cached/functionlink.h"
#include "core/catalog/catalog.h"

#include <QThreadPool>
#include <QTimer>

#include <memory>

namespace Cachelens {

/// A small shop's cache to look at without a server: functions written with the library, and
/// customers who call them, so that entries come, are rewritten, grow stale and expire while one
/// looks. GUI thread only.
class DemoShop final {
public:
    explicit DemoShop(std::shared_ptr<const Clock> clock, quint32 seed = 20260101);
    ~DemoShop();
    DemoShop(const DemoShop &) = delete;
    DemoShop &operator=(const DemoShop &) = delete;

    [[nodiscard]] const std::shared_ptr<MemoryBackend> &backend() const { return m_backend; }
    [[nodiscard]] Cache &cache() { return m_cache; }
    /// Lives as long as the shop.
    [[nodiscard]] LocalFunctions &functions() { return m_link; }

    /// Lets the shop live: customers come in now and then, on a thread of its own, and functions
    /// take their time. Needs an event loop.
    void start();
    /// Waits for a customer who is being served; that does not take long.
    void stop();
    /// One beat: what has expired goes, some customers are served, and what they leave to be done
    /// is done. Blocks; functions take no time unless the shop has been started.
    void beat();

private:
    class Past;
    class Work;

    void open();
    void serveCustomer();
    /// Waits until the cache has refreshed what it served stale.
    void settle();
    void storeForeignKeys();

    const std::shared_ptr<Past> m_clock;
    const std::shared_ptr<Work> m_work;
    const std::shared_ptr<MemoryBackend> m_backend;
    Cache m_cache;
    DemoFunctions m_functions;
    LocalFunctions m_link;
    quint64 m_beats = 0;
    QThreadPool m_thread;
    QTimer m_timer;
};

/// The catalog of the demo shop's functions; an embedded resource.
[[nodiscard]] Catalog demoCatalog();

} // namespace Cachelens
