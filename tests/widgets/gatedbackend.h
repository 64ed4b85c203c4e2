// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backend/cachebackend.h"

#include <condition_variable>
#include <limits>
#include <map>
#include <mutex>

namespace Cachelens::Testing {

/// A backend whose answers a test holds back, or refuses. Thread-safe. Destroying it lets waiting
/// calls go on; none waits longer than ten seconds.
class GatedBackend final : public CacheBackend {
public:
    explicit GatedBackend(std::shared_ptr<CacheBackend> backend) : m_backend(std::move(backend)) { }

    /// After so many more calls the next ones wait until open().
    void close(int after = 0) { setPasses(after); }
    void open() { setPasses(std::numeric_limits<int>::max()); }
    /// Calls that wait now.
    [[nodiscard]] int waiting() const
    {
        const std::lock_guard lock(m_mutex);
        return m_waiting;
    }
    /// From now on calls fail with this; none: they do not.
    void refuse(std::optional<Error> error)
    {
        const std::lock_guard lock(m_mutex);
        m_error = std::move(error);
    }
    /// A key that is not a string.
    void addOther(const QByteArray &key, ValueHead head)
    {
        const std::lock_guard lock(m_mutex);
        m_others[key] = std::move(head);
    }

    BackendCapabilities capabilities() const override { return m_backend->capabilities(); }
    QByteArray description() const override { return m_backend->description(); }
    QByteArray serverVersion() const override { return m_backend->serverVersion(); }
    BackendState state() const override { return m_backend->state(); }
    Subscription onStateChanged(std::function<void(BackendState)> callback) override
    {
        return m_backend->onStateChanged(std::move(callback));
    }
    Result<std::chrono::microseconds> ping() override { return m_backend->ping(); }
    Result<std::optional<QByteArray>> get(const QByteArray &key) override
    {
        return pass([&] { return m_backend->get(key); });
    }
    Result<std::vector<std::optional<QByteArray>>>
    getMany(std::span<const QByteArray> keys) override
    {
        return pass([&] { return m_backend->getMany(keys); });
    }
    Result<std::vector<KeyFacts>> facts(std::span<const QByteArray> keys) override
    {
        return pass([&] {
            auto all = m_backend->facts(keys);
            const std::lock_guard lock(m_mutex);
            for (size_t i = 0; all && i < keys.size(); ++i) {
                if (const auto other = m_others.find(keys[i]); other != m_others.end())
                    (*all)[i] = {other->second.type, std::nullopt, other->second.size};
            }
            return all;
        });
    }
    Result<ValueHead> head(const QByteArray &key, qint64 bytes, qsizetype elements) override
    {
        return pass([&]() -> Result<ValueHead> {
            {
                const std::lock_guard lock(m_mutex);
                if (const auto other = m_others.find(key); other != m_others.end())
                    return other->second;
            }
            return m_backend->head(key, bytes, elements);
        });
    }
    Result<void> set(const QByteArray &key, const QByteArray &value,
                     std::optional<std::chrono::milliseconds> ttl) override
    {
        return pass([&] { return m_backend->set(key, value, ttl); });
    }
    Result<bool> setTtl(const QByteArray &key,
                        std::optional<std::chrono::milliseconds> ttl) override
    {
        return pass([&] { return m_backend->setTtl(key, ttl); });
    }
    Result<qint64> remove(std::span<const QByteArray> keys) override
    {
        return pass([&] { return m_backend->remove(keys); });
    }
    Result<std::vector<KeySnapshot>> take(std::span<const QByteArray> keys) override
    {
        return pass([&] { return m_backend->take(keys); });
    }
    Result<std::vector<RestoreOutcome>> restore(std::span<const KeySnapshot> snapshots) override
    {
        return pass([&] { return m_backend->restore(snapshots); });
    }
    Result<qint64> snapshotBytes(std::span<const QByteArray> keys) override
    {
        return pass([&] { return m_backend->snapshotBytes(keys); });
    }
    std::unique_ptr<KeyCursor> scan(const ScanRequest &request) override
    {
        return m_backend->scan(request);
    }
    Result<qint64> keyCount() override { return m_backend->keyCount(); }
    Subscription watch(std::function<void(const KeyChange &)> callback) override
    {
        return m_backend->watch(std::move(callback));
    }

private:
    void setPasses(int passes)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_passes = passes;
        }
        m_changed.notify_all();
    }

    template <typename Call> auto pass(Call call) -> decltype(call())
    {
        {
            std::unique_lock lock(m_mutex);
            ++m_waiting;
            m_changed.wait_for(lock, std::chrono::seconds(10), [this] { return m_passes > 0; });
            --m_waiting;
            if (m_passes > 0 && m_passes < std::numeric_limits<int>::max())
                --m_passes;
            if (m_error)
                return failure(*m_error);
        }
        return call();
    }

    const std::shared_ptr<CacheBackend> m_backend;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    int m_passes = std::numeric_limits<int>::max();
    int m_waiting = 0;
    std::optional<Error> m_error;
    std::map<QByteArray, ValueHead> m_others;
};

} // namespace Cachelens::Testing
