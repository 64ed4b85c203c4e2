// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QFuture>
#include <QPromise>

#include <exception>

namespace Cachelens::Detail {

/// A future was canceled by whoever was to finish it.
class Canceled : public std::exception {
public:
    [[nodiscard]] const char *what() const noexcept override { return "the future was canceled"; }
};

/// Calls back once the future is finished, failed or canceled: at once, or on the thread that
/// finishes it.
template <typename T, typename Callback> void whenFinished(QFuture<T> future, Callback callback)
{
    future
        .then(QtFuture::Launch::Sync,
              [callback](const QFuture<T> &finished) { callback(finished); })
        .onCanceled([callback, future] { callback(future); });
}

/// The result of a finished future; throws what it failed with, Canceled when it was canceled.
template <typename T> T resultOf(QFuture<T> future)
{
    future.waitForFinished(); // throws what it failed with
    if (future.isCanceled() || future.resultCount() == 0)
        throw Canceled();
    return future.result();
}

/// What to call an exception in a message.
[[nodiscard]] inline QByteArray whatWasThrown(const std::exception_ptr &thrown)
{
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception &exception) {
        return exception.what();
    } catch (...) {
        return "something that is no std::exception";
    }
}

/// Passes on what was thrown: to be finished, the promise fails with it; Canceled cancels it.
template <typename T> void fail(QPromise<T> &promise, const std::exception_ptr &thrown)
{
    try {
        std::rethrow_exception(thrown);
    } catch (const Canceled &) {
        promise.future().cancel();
    } catch (...) {
        promise.setException(std::current_exception());
    }
}

} // namespace Cachelens::Detail
