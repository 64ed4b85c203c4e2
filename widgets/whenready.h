// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFutureWatcher>

#include <utility>

namespace Cachelens {

/// Gives the answer to `take` on the thread of `context`, unless the future was canceled or the
/// context is gone by then. The answer is moved out of the future, so that nothing big is copied.
/// QFuture::then(context, ...) promises the same, but up to Qt 6.4 it asserts that the context is
/// alive when the answer comes.
template <typename T, typename Take>
void whenReady(const QFuture<T> &future, QObject *context, Take take)
{
    auto *watcher = new QFutureWatcher<T>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context,
                     [watcher, take = std::move(take)]() mutable {
                         watcher->deleteLater();
                         // takeResult() resets the future. A promise that is destroyed after that
                         // finishes it a second time, without a result.
                         if (watcher->future().isValid() && watcher->future().resultCount() > 0)
                             take(watcher->future().takeResult());
                     });
    watcher->setFuture(future);
}

} // namespace Cachelens
