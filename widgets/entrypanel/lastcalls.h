// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cached/cacheobserver.h"

#include <QCache>

#include <optional>

namespace Cachelens {

/// The last call that asked for an entry.
struct LastCall {
    CacheStatus status = CacheStatus::Hit;
    bool failed = false;
    std::chrono::microseconds duration{0};
    WallTime at; ///< when the event came
};

/// The last call of each key, of the keys that were called latest.
class LastCalls {
public:
    explicit LastCalls(int keys = 20'000) : m_calls(keys) { }

    void note(const CallEvent &call, WallTime at)
    {
        m_calls.insert(call.key,
                       new LastCall{call.metadata.status, call.failed, call.metadata.duration, at});
    }
    [[nodiscard]] std::optional<LastCall> of(const QByteArray &key) const
    {
        const LastCall *call = m_calls.object(key);
        return call ? std::optional(*call) : std::nullopt;
    }
    void clear() { m_calls.clear(); }

private:
    QCache<QByteArray, LastCall> m_calls;
};

} // namespace Cachelens
