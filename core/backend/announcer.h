// SPDX-License-Identifier: MIT
#pragma once

#include "core/subscription.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace Cachelens {

/// Tells subscribers of values in the order in which they were posted, outside any lock. post()
/// may be called under the owner's lock, so that the order is that of the changes; deliver() is
/// called once it is released. One thread delivers at a time, and takes over what others post
/// meanwhile: nobody waits for anybody's callback. Thread-safe; subscriptions may outlive it.
template <typename T> class Announcer {
public:
    using Callback = std::function<void(const T &)>;

    [[nodiscard]] bool hasSubscribers() const
    {
        return m_state->subscribers.load(std::memory_order_acquire) != 0;
    }

    /// Callbacks must not throw.
    Subscription subscribe(Callback callback)
    {
        auto subscriber = std::make_shared<Subscriber>();
        subscriber->callback = std::move(callback);
        const std::lock_guard lock(m_state->mutex);
        m_state->list.push_back(subscriber);
        m_state->subscribers.store(m_state->list.size(), std::memory_order_release);
        return Subscription([state = m_state, subscriber] { state->unsubscribe(subscriber); });
    }

    void post(T value)
    {
        const std::lock_guard lock(m_state->mutex);
        if (!m_state->list.empty())
            m_state->queue.push_back(std::move(value));
    }

    void deliver() noexcept { m_state->deliver(); }

private:
    struct Subscriber {
        Callback callback;
        bool subscribed = true; // guarded by State::mutex, as all of State
    };
    using SubscriberPtr = std::shared_ptr<Subscriber>;

    struct State {
        void deliver()
        {
            std::unique_lock lock(mutex);
            if (delivering)
                return;
            delivering = true;
            deliverer = std::this_thread::get_id();
            while (!queue.empty()) {
                const T value = std::move(queue.front());
                queue.pop_front();
                std::vector<SubscriberPtr> told = list;
                for (const SubscriberPtr &subscriber : told) {
                    if (!subscriber->subscribed)
                        continue;
                    running = subscriber.get();
                    lock.unlock();
                    subscriber->callback(value);
                    lock.lock();
                    running = nullptr;
                    returned.notify_all();
                }
                // The last hold on a callback, and on what it owns, which may unsubscribe.
                lock.unlock();
                told.clear();
                lock.lock();
            }
            delivering = false;
            deliverer = {};
        }

        void unsubscribe(const SubscriberPtr &subscriber)
        {
            std::unique_lock lock(mutex);
            subscriber->subscribed = false;
            std::erase(list, subscriber);
            subscribers.store(list.size(), std::memory_order_release);
            // As long as the callback runs, and no longer: what Subscription promises.
            if (deliverer != std::this_thread::get_id())
                returned.wait(lock, [&] { return running != subscriber.get(); });
        }

        std::mutex mutex;
        std::condition_variable returned;
        std::vector<SubscriberPtr> list;
        std::deque<T> queue;
        std::atomic<size_t> subscribers{0};
        const Subscriber *running = nullptr;
        std::thread::id deliverer;
        bool delivering = false;
    };

    std::shared_ptr<State> m_state = std::make_shared<State>();
};

} // namespace Cachelens
