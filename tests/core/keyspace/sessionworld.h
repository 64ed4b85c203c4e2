// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backend/memorybackend.h"
#include "core/keyspace/session.h"
#include "tests/core/keyspace/heldbackend.h"
#include "tests/core/keyspace/samplekeys.h"
#include "tests/support/manualclock.h"

#include <QTest>
#include <QTimer>

#include <algorithm>
#include <set>

namespace Cachelens::Testing {

/// Lets the event loop run until the answer is there.
template <typename T> T resultOf(QFuture<T> future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 20'000))
        qFatal("the answer did not come");
    return future.resultAt(future.resultCount() - 1);
}

/// A session on a memory backend that can be held still. As with Redis nobody tells it of changes,
/// unless the capabilities say otherwise.
struct SessionWorld {
    using Limit = std::function<void(BackendCapabilities &)>;
    static void live(BackendCapabilities &) { }
    static void silent(BackendCapabilities &able) { able.changes = false; }

    explicit SessionWorld(SessionOptions options = {}, const Limit &limit = silent)
        : clock(std::make_shared<ManualClock>()), memory(std::make_shared<MemoryBackend>(clock)),
          backend(std::make_shared<HeldBackend>(memory))
    {
        auto capabilities = memory->capabilities();
        limit(capabilities);
        backend->setCapabilities(capabilities);
        options.catalog = sampleCatalog();
        options.tick = std::chrono::milliseconds(5);
        session = std::make_unique<Session>(backend, clock, std::move(options));
    }

    ~SessionWorld() { backend->release(); }

    void set(const QByteArray &key, const QByteArray &value = "value",
             std::optional<std::chrono::milliseconds> ttl = std::nullopt) const
    {
        if (!memory->set(key, value, ttl))
            qFatal("the memory backend did not take a key");
    }

    void fill(int users, int pages) const
    {
        for (int user = 0; user < users; ++user) {
            for (int page = 0; page < pages; ++page)
                set(userKey(user, page));
        }
    }

    [[nodiscard]] bool scanReaches(ScanProgress::Phase phase) const
    {
        return QTest::qWaitFor([&] { return session->scanProgress().phase == phase; }, 20'000);
    }

    [[nodiscard]] bool scanWhole() const
    {
        session->startScan();
        return scanReaches(ScanProgress::Phase::Complete);
    }

    [[nodiscard]] OperationStatus status(OperationId id) const
    {
        for (const OperationStatus &status : session->operations()) {
            if (status.id == id)
                return status;
        }
        return {};
    }

    /// The status once the operation is not active any more.
    [[nodiscard]] OperationStatus settled(OperationId id) const
    {
        if (!QTest::qWaitFor([&] { return !status(id).isActive(); }, 20'000))
            qFatal("the operation did not end");
        return status(id);
    }

    [[nodiscard]] bool holds(const QByteArray &key) const { return memory->get(key)->has_value(); }

    /// Deletes what a target says, without undo of the plan being asked about.
    [[nodiscard]] DeletionPlan plan(DeletionTarget target) const
    {
        const auto plan = resultOf(session->planDeletion(std::move(target)));
        if (!plan)
            qFatal("%s", plan.error().message().constData());
        return *plan;
    }

    std::shared_ptr<ManualClock> clock;
    std::shared_ptr<MemoryBackend> memory;
    std::shared_ptr<HeldBackend> backend;
    std::unique_ptr<Session> session;
};

/// The event loop comes around: a call that blocks its thread would hang here.
[[nodiscard]] inline bool eventLoopTurns(int turns = 20)
{
    int turned = 0;
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, [&] { ++turned; });
    timer.start(0);
    return QTest::qWaitFor([&] { return turned >= turns; }, 20'000);
}

} // namespace Cachelens::Testing
