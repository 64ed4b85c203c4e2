// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backend/cachebackend.h"

#include <condition_variable>
#include <mutex>

namespace Cachelens::Testing {

/// A backend in front of another one that can be held still, made to fail, and made to be less
/// able. Thread-safe.
class HeldBackend final : public CacheBackend {
public:
    explicit HeldBackend(std::shared_ptr<CacheBackend> inner)
        : m_inner(std::move(inner)), m_capabilities(m_inner->capabilities())
    {
    }

    /// Calls wait from here on, after another `calls` of them.
    void hold(int calls = 0)
    {
        const std::lock_guard lock(m_mutex);
        m_left = calls;
        m_changed.notify_all();
    }
    /// What a cursor has read waits on its way to whoever asked.
    void holdSlices()
    {
        const std::lock_guard lock(m_mutex);
        m_slicesHeld = true;
    }
    /// Reads of many values wait; reads of one do not.
    void holdManyValues()
    {
        const std::lock_guard lock(m_mutex);
        m_manyValuesHeld = true;
    }
    void release()
    {
        const std::lock_guard lock(m_mutex);
        m_left = -1;
        m_slicesHeld = false;
        m_manyValuesHeld = false;
        m_changed.notify_all();
    }
    /// How many calls wait now.
    [[nodiscard]] int waiting() const
    {
        const std::lock_guard lock(m_mutex);
        return m_waiting;
    }
    /// After another `calls` calls each one fails like this; with `done` it does its work first, as
    /// when the connection breaks before the reply is read.
    void failWith(const Error &error, int calls = 0, bool done = false)
    {
        const std::lock_guard lock(m_mutex);
        m_error = error;
        m_untilError = calls;
        m_doneAllTheSame = done;
    }
    void recover()
    {
        const std::lock_guard lock(m_mutex);
        m_error.reset();
    }
    /// removeIfSame() fails like this, and nothing else does. To be called while nobody calls.
    void failRemovalsOfTheSame(const Error &error) { m_removalError = error; }
    void setCapabilities(BackendCapabilities capabilities) { m_capabilities = capabilities; }

    BackendCapabilities capabilities() const override { return m_capabilities; }
    QByteArray description() const override { return m_inner->description(); }
    bool usesPassword() const override { return m_inner->usesPassword(); }
    QByteArray serverVersion() const override { return m_inner->serverVersion(); }
    BackendState state() const override { return m_inner->state(); }
    Subscription onStateChanged(std::function<void(BackendState)> callback) override
    {
        return m_inner->onStateChanged(std::move(callback));
    }
    // Neither held nor failing: it would count among the calls of what is tested.
    Result<std::chrono::microseconds> ping() override { return m_inner->ping(); }
    Result<std::optional<QByteArray>> get(const QByteArray &key) override
    {
        return pass([&] { return m_inner->get(key); });
    }
    Result<std::vector<std::optional<QByteArray>>>
    getMany(std::span<const QByteArray> keys) override
    {
        return pass([&] {
            waitWhile(m_manyValuesHeld);
            return m_inner->getMany(keys);
        });
    }
    Result<std::vector<KeyFacts>> facts(std::span<const QByteArray> keys) override
    {
        return pass([&] { return m_inner->facts(keys); });
    }
    Result<ValueHead> head(const QByteArray &key, qint64 bytes, qsizetype elements) override
    {
        return pass([&] { return m_inner->head(key, bytes, elements); });
    }
    Result<void> set(const QByteArray &key, const QByteArray &value,
                     std::optional<std::chrono::milliseconds> ttl) override
    {
        return pass([&] { return m_inner->set(key, value, ttl); });
    }
    Result<bool> setTtl(const QByteArray &key,
                        std::optional<std::chrono::milliseconds> ttl) override
    {
        return pass([&] { return m_inner->setTtl(key, ttl); });
    }
    Result<qint64> remove(std::span<const QByteArray> keys) override
    {
        return pass([&] { return m_inner->remove(keys); });
    }
    Result<bool> removeIfSame(const QByteArray &key, const QByteArray &value) override
    {
        if (m_removalError)
            return tl::unexpected(*m_removalError);
        return pass([&] { return m_inner->removeIfSame(key, value); });
    }
    Result<std::vector<KeySnapshot>> take(std::span<const QByteArray> keys) override
    {
        return pass([&] { return m_inner->take(keys); });
    }
    Result<std::vector<RestoreOutcome>> restore(std::span<const KeySnapshot> snapshots) override
    {
        return pass([&] { return m_inner->restore(snapshots); });
    }
    Result<qint64> snapshotBytes(std::span<const QByteArray> keys) override
    {
        return pass([&] { return m_inner->snapshotBytes(keys); });
    }
    std::unique_ptr<KeyCursor> scan(const ScanRequest &request) override
    {
        if (!m_capabilities.listByPrefix)
            return nullptr;
        return std::make_unique<Cursor>(*this, m_inner->scan(request));
    }
    Result<qint64> keyCount() override
    {
        return pass([&] { return m_inner->keyCount(); });
    }
    Subscription watch(std::function<void(const KeyChange &)> callback) override
    {
        return m_capabilities.changes ? m_inner->watch(std::move(callback)) : Subscription();
    }

private:
    struct Cursor final : KeyCursor {
        Cursor(HeldBackend &backend, std::unique_ptr<KeyCursor> of)
            : held(backend), inner(std::move(of))
        {
        }
        Result<bool> next(const Sink &sink) override
        {
            return held.pass([&] {
                return inner->next([&](std::span<const std::string_view> keys) {
                    held.waitWhile(held.m_slicesHeld);
                    sink(keys);
                });
            });
        }
        HeldBackend &held;
        std::unique_ptr<KeyCursor> inner;
    };

    template <typename Call> auto pass(const Call &call) -> decltype(call())
    {
        std::optional<Error> error;
        bool doneAllTheSame = false;
        {
            std::unique_lock lock(m_mutex);
            if (m_left == 0 || (m_left > 0 && m_waiting > 0))
                wait(lock);
            else if (m_left > 0)
                --m_left;
            if (m_error && m_untilError > 0)
                --m_untilError;
            else
                error = m_error;
            doneAllTheSame = m_doneAllTheSame;
        }
        if (!error)
            return call();
        if (doneAllTheSame)
            static_cast<void>(call());
        return tl::unexpected(*error);
    }

    /// In the order in which they came, so that of several threads none goes hungry.
    void wait(std::unique_lock<std::mutex> &lock)
    {
        const int turn = m_came++;
        ++m_waiting;
        m_changed.wait(lock, [&] { return m_left < 0 || (m_left > 0 && turn <= m_went); });
        --m_waiting;
        ++m_went;
        if (m_left > 0)
            --m_left;
        m_changed.notify_all();
    }

    void waitWhile(const bool &held)
    {
        std::unique_lock lock(m_mutex);
        ++m_waiting;
        m_changed.wait(lock, [&] { return !held; });
        --m_waiting;
    }

    const std::shared_ptr<CacheBackend> m_inner;
    BackendCapabilities m_capabilities; // set before the threads start
    std::optional<Error> m_removalError; // likewise

    mutable std::mutex m_mutex; // of the rest
    std::condition_variable m_changed;
    int m_left = -1; // calls that go through; -1: all
    bool m_slicesHeld = false;
    bool m_manyValuesHeld = false;
    int m_waiting = 0;
    int m_came = 0; // to wait
    int m_went = 0; // on
    std::optional<Error> m_error;
    int m_untilError = 0;
    bool m_doneAllTheSame = false;
};

} // namespace Cachelens::Testing
