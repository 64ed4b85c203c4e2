// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QFuture>

#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

namespace Cachelens {

struct RuleRun;

/// A function of the user that does what a rule does: `void(const RuleRun &)`, or one that returns
/// a QFuture and is done when that is finished. What it throws, at once or through its future, is
/// the rule's failure. The dispatcher chooses the thread; a signal may lead to two calls.
class Invalidator {
public:
    Invalidator() = default;
    Invalidator(std::nullptr_t) { } // NOLINT
    template <typename F>
    requires std::invocable<const F &, const RuleRun &> Invalidator(F function) // NOLINT
        : m_function([function = std::move(function)](const RuleRun &run) {
              using Returned = std::invoke_result_t<const F &, const RuleRun &>;
              if constexpr (std::is_void_v<Returned>) {
                  function(run);
                  return QtFuture::makeReadyFuture();
              } else {
                  return QFuture<void>(function(run));
              }
          })
    {
    }

    explicit operator bool() const { return bool(m_function); }
    QFuture<void> operator()(const RuleRun &run) const { return m_function(run); }

private:
    std::function<QFuture<void>(const RuleRun &)> m_function;
};

/// Invalidators by their names. Thread-safe.
class Invalidators {
public:
    /// Throws std::invalid_argument when there is one of that name.
    void add(const QByteArray &name, Invalidator invalidator);
    /// Returns the one that was removed, or an empty one. A call that has begun goes on.
    Invalidator remove(const QByteArray &name);
    /// Empty when there is none.
    [[nodiscard]] Invalidator find(const QByteArray &name) const;

private:
    mutable std::mutex m_mutex;
    std::unordered_map<std::string, Invalidator> m_byName;
};

} // namespace Cachelens
