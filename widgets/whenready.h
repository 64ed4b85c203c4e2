// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFutureWatcher>

#include <utility>

namespace Cachelens {

/// Gives the answer to `take` on the thread of `context`, unless the future was canceled or the
/// context is gone by then. Takes it out of the future, so that nothing big is copied.
/// What QFuture::then(context, ...) promises and, up to Qt 6.4, does not
/// keep: it asserts that the context is alive when the answer comes.
template <typename T, typename Take>
void whenReady(const QFuture<T> &future, QObject *context, Take take)
{
    auto *watcher = new QFutureWatcher<T>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context,
                     [watcher, take = std::move(take)]() mutable {
                         watcher->deleteLater();
                         // Taken, a future is as new: a promise that goes only then finishes it
                         // once more.
                         if (watcher->future().isValid() && watcher->future().resultCount() > 0)
                             take(watcher->future().takeResult());
                     });
    watcher->setFuture(future);
}

} // namespace Cachelens
