// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/democalls.h"
#include "core/backend/memorybackend.h"
#include "core/key/keybuilder.h"
#include "core/payload/entrycodec.h"

#include <QTimer>

#include <map>
#include <memory>

namespace Cachelens {

/// A small shop's cache to look at without a server: full of believable entries, which come, are
/// rewritten, grow stale and expire while one looks. Written byte for byte as drf-restflow does.
class DemoShop final {
public:
    explicit DemoShop(std::shared_ptr<const Clock> clock, quint32 seed = 20260101);
    DemoShop(const DemoShop &) = delete;
    DemoShop &operator=(const DemoShop &) = delete;

    [[nodiscard]] const std::shared_ptr<MemoryBackend> &backend() const { return m_backend; }

    /// Lets the shop live: a beat now and then, of some microseconds. Needs an event loop.
    void start();
    void stop();
    /// One beat: what has expired goes, some calls are answered, some of them anew.
    void beat();

private:
    /// Stores a call's result as if it had been written `age` ago.
    void store(const DemoCall &call, CacheStatus writtenBy, std::chrono::milliseconds age);
    void storeForeignKeys();

    const std::shared_ptr<const Clock> m_clock;
    const std::shared_ptr<MemoryBackend> m_backend;
    DemoCalls m_calls;
    std::map<const CatalogFunction *, KeyBuilder> m_builders;
    quint64 m_beats = 0;
    QTimer m_timer;
};

} // namespace Cachelens
