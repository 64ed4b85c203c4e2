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

/// What an exception says of itself.
inline QByteArray textOf(const std::exception_ptr &thrown)
{
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception &exception) {
        return exception.what();
    } catch (...) {
        return "something that is no std::exception";
    }
}

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
