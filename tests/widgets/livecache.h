// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backend/memorybackend.h"
#include "core/keyspace/session.h"
#include "tests/core/keyspace/heldbackend.h"
#include "tests/support/manualclock.h"

#include <memory>

namespace Cachelens::Testing {

/// A session over the embedded backend that holds what the real drf-restflow and django-redis
/// wrote (tests/data/restflow-live.jsonl), at a time when they were half a minute old.
struct LiveCache {
    explicit LiveCache(SessionOptions options = {});
    ~LiveCache() { held->release(); }

    std::shared_ptr<ManualClock> clock;
    std::shared_ptr<MemoryBackend> memory;
    std::shared_ptr<HeldBackend> held; ///< what the session talks to
    std::unique_ptr<Session> session;
    std::vector<QByteArray> keys;

    /// The key whose partition begins with user_id:`user`.
    [[nodiscard]] static QByteArray userKey(const QByteArray &user, int page = 1);
    static inline const QByteArray usersPrefix = ":2:users::shop.services.get_user_payload::";
    static constexpr int userEntries = 28;
};

/// The catalog of the same services.
[[nodiscard]] Catalog liveCatalog();

} // namespace Cachelens::Testing
